"""Words of plans: states, origins, regimes, parts of a grant, what is wrong and where it comes from."""

from datetime import date

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError
from filiere.projects.models import AidRegime, DueKind, FundingKind, ProvedCost, SourceState, Task
from filiere.projects.queries import SourceRow
from filiere.projects.services.sources import SELF_BROUGHT
from filiere.rules.carriers import Worded
from filiere.rules.financing.optimum import Objective
from filiere.rules.financing.wording import Rule
from filiere.rules.parameters import Confidence
from filiere.web.formats import date_words, euros
from filiere.web.project_words import is_french

STATES = {
    SourceState.ENVISAGED.value: _("planned"),
    SourceState.ASKED.value: _("asked"),
    SourceState.COMPLETE.value: _("file complete"),
    SourceState.EXAMINED.value: _("examined"),
    SourceState.NOTIFIED.value: _("granted"),
    SourceState.CONTRACTED.value: _("signed"),
    SourceState.PAID.value: _("paid out"),
    SourceState.SETTLED.value: _("settled"),
    SourceState.REFUSED.value: _("refused"),
    SourceState.WITHDRAWN.value: _("set aside"),
}
STATE_TONES = {
    SourceState.ENVISAGED.value: "neutral",
    SourceState.ASKED.value: "warning",
    SourceState.COMPLETE.value: "warning",
    SourceState.EXAMINED.value: "warning",
    SourceState.NOTIFIED.value: "ok",
    SourceState.CONTRACTED.value: "ok",
    SourceState.PAID.value: "ok",
    SourceState.SETTLED.value: "ok",
    SourceState.REFUSED.value: "error",
    SourceState.WITHDRAWN.value: "neutral",
}
KINDS = {
    FundingKind.EU.value: _("European Union"),
    FundingKind.STATE.value: _("State"),
    FundingKind.REGION.value: _("Region"),
    FundingKind.DEPARTEMENT.value: _("Département"),
    FundingKind.EPCI.value: _("Intermunicipality"),
    FundingKind.COMMUNE.value: _("Municipality"),
    FundingKind.FOUNDATION.value: _("Foundation"),
    FundingKind.PRIVATE.value: _("Company"),
    FundingKind.INCOME.value: _("Sales: workshops, services"),
    FundingKind.VOUCHER.value: _("Vouchers it is paid with"),
    FundingKind.OWN.value: _("Its own money"),
    FundingKind.VOLUNTEERING.value: _("Given in kind: volunteers, rooms, loans"),
}
REGIMES = {
    AidRegime.UNKNOWN.value: _("Not known yet"),
    AidRegime.NONE.value: _("No State aid"),
    AidRegime.DE_MINIMIS.value: _("De minimis aid"),
    AidRegime.DE_MINIMIS_SGEI.value: _("De minimis aid for a service of general interest"),
    AidRegime.EXEMPTED.value: _("An exempted scheme"),
}
DUES = {
    DueKind.ADVANCE.value: _("Advance"),
    DueKind.INTERIM.value: _("Payment on account"),
    DueKind.BALANCE.value: _("Balance"),
}
OBJECTIVES = {
    Objective.FEWEST_FILES.value: _("The fewest files to write"),
    Objective.LARGEST_EXPECTED.value: _("The most money to be expected"),
    Objective.SMALLEST_CASH_GAP.value: _("The smallest gap in cash"),
}
OBJECTIVE_EXAMPLES = {
    Objective.FEWEST_FILES.value: _("Fewer funders, larger requests: less time spent asking."),
    Objective.LARGEST_EXPECTED.value: _("Each request counts for its chances of being granted."),
    Objective.SMALLEST_CASH_GAP.value: _("Funders who pay soon come first: less to borrow."),
}
COSTS = {
    ProvedCost.STAFF.value: _("Staff"),
    ProvedCost.TRAVEL.value: _("Travel"),
    ProvedCost.ROOM.value: _("Room"),
    ProvedCost.EQUIPMENT.value: _("Equipment"),
    ProvedCost.OTHER.value: _("Something else"),
}
TASKS = {
    Task.SEARCHING.value: _("Looking for funders"),
    Task.WRITING.value: _("Writing"),
    Task.MEETING.value: _("Meeting"),
    Task.CORRECTING.value: _("Completing a file"),
    Task.REPORTING.value: _("Reporting"),
}
TERMS = {
    "funder_name": _("its name"),
    "kind": _("where the money comes from"),
    "asked_cents": _("the amount"),
    "regime": _("its State aid rule"),
    "likely_percent": _("its chances"),
    "scheme": _("the scheme, already asked"),
    "session": _("a session that took place"),
    "document": _("the document"),
    "label": _("what it is"),
    "amount_cents": _("the amount"),
    "year": _("a day in the year of the line"),
}


def told(refusal: FiliereError) -> str:
    """Say a refusal in one piece: what is wrong, then what to do; terms and states in our words."""
    given = refusal.parameters
    if given.get("term") in TERMS:
        given["term"] = TERMS[given["term"]]
    for name in ("before", "after"):
        by_label = {str(label): value for value, label in SourceState.choices}
        if given.get(name) in by_label:
            given[name] = STATES[by_label[given[name]]]
    return f"{refusal.sentence} {refusal.next_step}"


def state_words(state: str, kind: str, *, left_cents: int = 0) -> str:
    """Say how far a source is; what the carrier brings itself is sure, not granted.

    Args:
        left_cents: what it granted and did not pay yet.
    """
    if kind in SELF_BROUGHT and state == SourceState.NOTIFIED:
        return gettext("sure")
    if state == SourceState.PAID and left_cents > 0:
        return gettext("partly paid out")
    return str(STATES[state])


def row_note(row: SourceRow) -> str:
    """Say in a few words what is most useful about a funder: late, next, reduced, how it comes."""
    source = row.source
    if source.kind == FundingKind.VOLUNTEERING:
        return gettext("a value, no money")
    if row.awaited and row.awaited.late_days:
        days = row.awaited.late_days
        return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
    parts = []
    if source.granted_cents is not None and source.granted_cents != source.asked_cents:
        asked = euros(source.asked_cents, short=True)
        parts.append(gettext("%(amount)s asked") % {"amount": asked})
    if row.paid_cents:
        parts.append(gettext("%(amount)s received") % {"amount": euros(row.paid_cents, short=True)})
    if row.awaited:
        day = date_words(row.awaited.due.due_on)
        amount = euros(row.awaited.left_cents, short=True)
        parts.append(gettext("%(amount)s due on %(day)s") % {"amount": amount, "day": day})
    elif source.state == SourceState.ENVISAGED and source.scheme and source.scheme.closes_on:
        day = date_words(source.scheme.closes_on)
        parts.append(gettext("to be sent before the end of %(day)s") % {"day": day})
    elif source.kind in SELF_BROUGHT:
        parts.append(gettext("as it comes in"))
    return ", ".join(parts)


def sentence(words: Worded) -> str:
    """Give a sentence of the rules in the reader's language."""
    return words.words("fr" if is_french() else "en")


def text_and_date(source: str, since: date, confidence: Confidence) -> str:
    """Say where a rule comes from, since when, and whether it is still to be verified."""
    told = gettext("%(source)s; since %(day)s") % {"source": source, "day": date_words(since)}
    if confidence == Confidence.MEMORY:
        told += " — " + gettext("to verify")
    return told


LIMITS = {
    Rule.AMOUNT: _("the amount planned for it"),
    Rule.CEILING: _("its highest amount"),
    Rule.RATE_ABOVE: _("its rate"),
    Rule.RATE_BELOW: _("its lowest rate"),
    Rule.FLOOR: _("its lowest amount"),
    Rule.PUBLIC_CAP: _("its limit on public money"),
    Rule.SELF_FUNDING: _("the share you must bring"),
    Rule.EXCLUSION: _("a funder it excludes"),
    Rule.HEADROOM: _("what you may still receive as small State aid"),
    Rule.NOT_ELIGIBLE: _("the costs it accepts"),
    Rule.PERIOD: _("its years"),
    Rule.CALL_CLOSED: _("its call is closed"),
    Rule.INVESTMENT_SHARE: _("its limit on investment"),
    Rule.COSTS_UNCOVERED: _("costs that would stay uncovered"),
    Rule.GRANTED: _("what it granted does not fit whole"),
}
