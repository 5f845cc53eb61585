"""What a steward can decide this week, in sentences: the figure, where it comes from, one action."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiere.observatory.queries import Decision, Decisions
from filiere.orientation.models import UnmetCause
from filiere.rules.aims import Aim
from filiere.web.formats import day_words, euros, number

NAMED = 3


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """One decision as the board shows it."""

    kind: Decision
    title: str
    sentence: str
    action: str
    action_url: str


@dataclass(frozen=True, slots=True)
class CauseRow:
    """Needs without answer for one cause in one town, or in the towns not named together."""

    cause: str
    town: str
    needs: int


def decision_words(found: Decisions) -> list[DecisionWords]:
    """Put in words what is to decide, most pressing first; nothing when nothing is."""
    words = []
    if found.towns:
        words.append(_qualify(found))
    if found.refusing:
        words.append(_answers(found))
    if found.without_hours:
        words.append(_hours(found))
    if found.causes:
        words.append(_causes(found))
    if found.ending_lots:
        words.append(_lots(found))
    return words


def decision_title(kind: Decision, found: Decisions) -> str:
    """Say the conclusion of one decision, with its figure."""
    if kind == Decision.QUALIFY:
        count = len(found.towns)
        text = ngettext(
            "%(count)s town asks for help without a qualified place within reach",
            "%(count)s towns ask for help without a qualified place within reach",
            count,
        )
    elif kind == Decision.ANSWERS:
        count = len(found.refusing)
        text = ngettext(
            "%(count)s place often refuses people, or does not answer",
            "%(count)s places often refuse people, or do not answer",
            count,
        )
    elif kind == Decision.CAUSES:
        count = sum(one.needs for one in found.causes)
        text = ngettext("%(count)s need found no answer", "%(count)s needs found no answer", count)
    elif kind == Decision.LOTS:
        count = len(found.ending_lots)
        text = ngettext(
            "%(count)s lot of vouchers ends soon with money left",
            "%(count)s lots of vouchers end soon with money left",
            count,
        )
    else:
        count = len(found.without_hours)
        text = ngettext(
            "%(count)s qualified place has no hour to book",
            "%(count)s qualified places have no hour to book",
            count,
        )
    return text % {"count": number(count)}


def decision_rule(kind: Decision, found: Decisions) -> str:
    """Say how one decision is counted."""
    if kind == Decision.QUALIFY:
        return _(
            "People sent, and needs without answer, in the last %(days)s days, in towns with no "
            "qualified place within reach. Towns with fewer than %(threshold)s demands are left "
            "out: they would name people."
        ) % {"days": found.need_days, "threshold": found.threshold}
    if kind == Decision.ANSWERS:
        return _(
            "Requests of the last %(days)s days that the place refused, or left without answer "
            "until the deadline: at least %(least)s of them."
        ) % {"days": found.refusal_days, "least": found.least_refusals}
    if kind == Decision.CAUSES:
        return _(
            "What was answered, in the last %(days)s days, to people whose need found no place: "
            "what the search said, what places said, or what the people themselves said of the "
            "places shown. Causes and towns counted fewer than %(threshold)s times are left out: "
            "they would name people."
        ) % {"days": found.need_days, "threshold": found.threshold}
    if kind == Decision.LOTS:
        return _(
            "Vouchers usable here whose last day is within %(days)s days, with something left on "
            "them. What is left at the end goes back to each funder."
        ) % {"days": found.lot_days}
    return _(
        "Places qualified to be paid with vouchers, without a single open hour in the next "
        "%(days)s days."
    ) % {"days": found.hours_days}


def _qualify(found: Decisions) -> DecisionWords:
    names = ", ".join(one.name for one in found.towns[:NAMED])
    sentence = _("%(demands)s demands in %(days)s days, first of all in %(names)s.") % {
        "demands": number(sum(one.demands for one in found.towns)),
        "days": found.need_days,
        "names": names,
    }
    return DecisionWords(
        Decision.QUALIFY, decision_title(Decision.QUALIFY, found), sentence,
        _("Choose a place to qualify"), reverse("qualifications"),
    )  # fmt: skip


def _answers(found: Decisions) -> DecisionWords:
    first = found.refusing[0]
    sentence = _(
        "%(name)s was asked %(asked)s times in %(days)s days, refused %(refused)s times and did "
        "not answer %(silent)s times."
    ) % {
        "name": first.name, "asked": number(first.asked), "days": found.refusal_days,
        "refused": number(first.refused), "silent": number(first.silent),
    }  # fmt: skip
    return DecisionWords(
        Decision.ANSWERS, decision_title(Decision.ANSWERS, found), sentence,
        _("Call %(name)s") % {"name": first.name}, reverse("place", args=[first.place_id]),
    )  # fmt: skip


def _hours(found: Decisions) -> DecisionWords:
    first = found.without_hours[0]
    sentence = _("Nobody can book there in the next %(days)s days: %(names)s.") % {
        "days": found.hours_days,
        "names": ", ".join(one.name for one in found.without_hours[:NAMED]),
    }
    return DecisionWords(
        Decision.HOURS, decision_title(Decision.HOURS, found), sentence,
        _("Call %(name)s") % {"name": first.name}, reverse("place", args=[first.place_id]),
    )  # fmt: skip


def cause_words(cause: UnmetCause) -> str:
    """Say why a need found no answer."""
    return {
        UnmetCause.NO_OFFER: _("no place within reach offers this service"),
        UnmetCause.NO_SEAT: _("no place had a free seat"),
        UnmetCause.ALL_REFUSED: _("no place asked accepted"),
        UnmetCause.NONE_SUITS: _("none of the places shown suited the person"),
    }[cause]


def cause_rows(found: Decisions) -> list[CauseRow]:
    """Give one row a cause and town, the towns not named together last of each cause."""
    rows = []
    for one in found.causes:
        words = cause_words(one.cause)
        rows += [CauseRow(words, name, needs) for name, needs in one.towns]
        if one.elsewhere:
            rest = _("other towns") if one.towns else _("all towns")
            rows.append(CauseRow(words, rest, one.elsewhere))
    return rows


def _causes(found: Decisions) -> DecisionWords:
    first = found.causes[0]
    sentence = _("Most often, %(cause)s: %(needs)s times in %(days)s days.") % {
        "cause": cause_words(first.cause), "needs": number(first.needs), "days": found.need_days,
    }  # fmt: skip
    here = [found.territory.kind, found.territory.code]
    action, url = {
        UnmetCause.NO_OFFER: (_("Choose a place to qualify"), reverse("qualifications")),
        UnmetCause.NO_SEAT: (
            _("See the places without hours"),
            reverse("decision", args=[*here, Decision.HOURS.value]),
        ),
        UnmetCause.ALL_REFUSED: (
            _("See the places that refuse"),
            reverse("decision", args=[*here, Decision.ANSWERS.value]),
        ),
        UnmetCause.NONE_SUITS: (
            _("See what each town has within reach"),
            reverse("aim_source", args=[*here, Aim.FLOOR.value]),
        ),
    }[first.cause]
    title = decision_title(Decision.CAUSES, found)
    return DecisionWords(Decision.CAUSES, title, sentence, action, url)


def _lots(found: Decisions) -> DecisionWords:
    first = found.ending_lots[0]
    sentence = _("%(left)s are left in all; first of all %(name)s, usable until %(day)s.") % {
        "left": euros(sum(one.left_cents for one in found.ending_lots)),
        "name": f"{first.name} ({first.programme})",
        "day": day_words(first.use_until),
    }
    return DecisionWords(
        Decision.LOTS, decision_title(Decision.LOTS, found), sentence,
        _("See who has not handed them out"), reverse("usage", args=[first.programme_id]),
    )  # fmt: skip
