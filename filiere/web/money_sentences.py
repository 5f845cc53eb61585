"""The sentence each money page opens with: its conclusion. Amounts are integer euro cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiere.observatory.portfolio import Account, Act, TrancheTotals
from filiere.observatory.queries import By, Followed, ProviderStatement
from filiere.programmes.models import Tranche
from filiere.settlement.models import OrderState
from filiere.web.formats import day_words, euros, number
from filiere.web.money_words import people, sessions, towns

# What the address says → how rows are grouped.
GROUPINGS = {"lieu": By.PLACE, "commune": By.COMMUNE, "service": By.SERVICE}


@dataclass(frozen=True, slots=True)
class GroupingLink:
    """One way to group rows, as a link."""

    label: str
    query: str
    current: bool


def grouping_links(current: By) -> list[GroupingLink]:
    """The three ways to group what money paid for."""
    labels = {By.PLACE: _("by place"), By.COMMUNE: _("by town"), By.SERVICE: _("by service")}
    return [
        GroupingLink(labels[by], f"?par={word}", by == current) for word, by in GROUPINGS.items()
    ]


def source_title(own: bool) -> str:  # noqa: FBT001
    """Words in the first block of the river."""
    return _("Your tranche") if own else _("Kept")


def programmes_title(own: Sequence[TrancheTotals], *, count: int, whose_own: bool) -> str:
    """Say what the money on the list became."""
    given = sum(one.kept_cents for one in own)
    used = sum(one.used_cents for one in own)
    if not count:
        return _("You fund no programme yet")
    if not given:
        return _("The money promised has not arrived yet")
    words = {"given": euros(given, short=True), "used": euros(used, short=True)}
    if whose_own:
        return _("Of your %(given)s, %(used)s have already been used") % words
    return _("Of %(given)s kept, %(used)s have already been used") % words


def _helped(money: str, followed: Followed, communes: int) -> str:
    words = {"money": money, "people": people(followed.persons), "towns": towns(communes)}
    return _("%(money)s have already helped %(people)s in %(towns)s") % words


def programme_title(followed: Followed, *, communes: int) -> str:
    """Say what a programme's money did."""
    flows = followed.flows
    if not flows.given_cents:
        return _("The money promised has not arrived yet")
    amount = {"amount": euros(flows.given_cents, short=True)}
    if not flows.used_cents:
        return _("%(amount)s are ready; no session has used them yet") % amount
    return _helped(_("The %(amount)s kept") % amount, followed, communes)


def tranche_title(tranche: Tranche, followed: Followed, *, communes: int, own: bool) -> str:
    """Say what a tranche did: "Your €40,000 have already helped 612 people in 31 towns"."""
    flows = followed.flows
    if not flows.given_cents:
        promised = {"amount": euros(flows.promised_cents, short=True)}
        return _("The %(amount)s promised have not arrived yet") % promised
    words = {"amount": euros(flows.given_cents, short=True), "name": tranche.funder.name}
    money = _("Your %(amount)s") % words if own else _("%(amount)s from %(name)s") % words
    if not flows.used_cents:
        return _("%(money)s are ready; no session has used them yet") % {"money": money}
    return _helped(money, followed, communes)


def leverage(own_cents: int, others_cents: int) -> str:
    """Say what came from elsewhere for one euro; blank while nothing was used."""
    if not own_cents:
        return ""
    ratio = round(others_cents * 100 / own_cents)
    return _("For each %(one)s used, other payers brought %(other)s.") % {
        "one": euros(100),
        "other": euros(ratio),
    }


def payments_title(count: int) -> str:
    """Say how many payments an organisation had."""
    if not count:
        return _("No payment yet")
    return ngettext("%(count)s payment", "%(count)s payments", count) % {"count": number(count)}


def acts_title(total_cents: int, *, count: int) -> str:
    """Say what a list of paid sessions adds up to."""
    words = {"amount": euros(total_cents), "sessions": sessions(count)}
    return _("%(amount)s paid for %(sessions)s") % words


def act_title(act: Act) -> str:
    """Say who paid one session and whether the place has the money."""
    words = {"amount": euros(act.movement.amount_cents)}
    line = act.order_line
    if line is None:
        return _("%(amount)s used, to be paid to the place with the next payment") % words
    if line.order.state == OrderState.PAID and line.order.paid_on is not None:
        words["day"] = day_words(line.order.paid_on)
        return _("%(amount)s used, paid to the place on %(day)s") % words
    return _("%(amount)s used, on their way to the place") % words


def payables_title(statement: ProviderStatement) -> str:
    """Say what a provider is about to receive."""
    waiting = (OrderState.PREPARED, OrderState.SENT, OrderState.ACCEPTED)
    coming = sum(one.order.amount_cents for one in statement.orders if one.order.state in waiting)
    if coming:
        return _("%(amount)s are on their way to you") % {"amount": euros(coming)}
    if total := statement.payable.total_cents:
        return _("%(amount)s will be in your next payment") % {"amount": euros(total)}
    if statement.paid_cents:
        return _("Everything you are owed is paid")
    return _("No session has brought money yet")


def payment_title(trace: Any) -> str:
    """Say how many funders stand behind one payment."""
    funders = len({payer.organisation_id for payer in trace.payers})
    done = len({line.charge_id for line in trace.lines})
    words = {
        "funders": ngettext("%(count)s funder", "%(count)s funders", funders)
        % {"count": number(funders)},
        "sessions": sessions(done),
        "amount": euros(trace.amount_cents),
    }
    return _("%(amount)s from %(funders)s, for %(sessions)s") % words


def batches_title(to_pay_cents: int, *, providers: int, waiting: int) -> str:
    """Say what an operator has to do about payments."""
    if waiting:
        return ngettext(
            "%(count)s batch of payments waits for you",
            "%(count)s batches of payments wait for you",
            waiting,
        ) % {"count": number(waiting)}
    if to_pay_cents:
        places = ngettext("%(count)s organisation", "%(count)s organisations", providers)
        words = {"amount": euros(to_pay_cents), "places": places % {"count": number(providers)}}
        return _("%(amount)s to pay to %(places)s") % words
    return _("Nothing to pay today")


def check_title(wrong: int) -> str:
    """Say whether the stored state is right."""
    if not wrong:
        return _("Everything is right")
    return ngettext("%(count)s error", "%(count)s errors", wrong) % {"count": number(wrong)}


def accounts_title(accounts: Sequence[Account]) -> str:
    """Say what all programmes together received and used; withheld amounts are left out."""
    received = sum(one.received_cents for one in accounts)
    used = sum(one.used_cents or 0 for one in accounts)
    if not received:
        return _("No programme has received money yet")
    words = {"received": euros(received, short=True), "used": euros(used, short=True)}
    if not used:
        return _("%(received)s received, none used yet") % words
    return _("Of %(received)s received, %(used)s have already been used") % words
