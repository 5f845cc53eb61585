"""The months of a till: handed over by its manager, signed or sent back by the accountant."""

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from filiere.accounts.models import Membership
from filiere.billing.errors import (
    SignerHoldsTill,
    TillMonthClosed,
    TillMonthNotHanded,
    TillMonthNotReady,
    TillOutOfBalance,
    TillReasonMissing,
)
from filiere.billing.models import MonthState, Till, TillMonth
from filiere.billing.queries.tills import in_hand, journal, months_with_lines
from filiere.billing.services.tills.locking import locked_till
from filiere.kernel.calendar import legal_day
from filiere.kernel.services import record
from filiere.rules.tills import month_after, month_of, totals_by_means

REASON_MAX = 200
USER = "user:"


@transaction.atomic
def hand_over_month(*, till_id: int, month: date, at: datetime, actor: str) -> TillMonth:
    """Hand a month that is over to the accountant, with its totals. Nothing enters it any more.

    Handed over twice is handed over once; a month sent back is handed over again, added up anew.

    Args:
        month: its first day.

    Raises:
        TillMonthNotReady: it is not over, or an earlier month with a line is still open.
        TillMonthClosed: it is signed.
        TillOutOfBalance: the journal and the ledger disagree.
    """
    till = locked_till(till_id)
    month = month_of(month)
    known = TillMonth.objects.filter(till=till, month=month).first()
    if known is not None and known.state == MonthState.SIGNED:
        raise TillMonthClosed
    if known is not None and known.state == MonthState.HANDED:
        return known
    if legal_day(at) < month_after(month) or _open_before(till, month):
        raise TillMonthNotReady
    _require_balance(till)
    found = journal(till, month)
    made = known or TillMonth(till=till, month=month)
    made.state, made.handed_at, made.handed_by = MonthState.HANDED, at, actor
    made.decided_at, made.decided_by, made.reason = None, "", ""
    made.totals = [asdict(total) for total in found.totals]
    made.receipts = found.receipts
    made.save()
    record(
        actor=actor, action="billing.till_month_handed", subject=f"till:{till.pk}", at=at,
        month=month.isoformat(),
    )  # fmt: skip
    return made


def _open_before(till: Till, month: date) -> bool:
    closed = set(
        TillMonth.objects.filter(till=till)
        .exclude(state=MonthState.SENT_BACK)
        .values_list("month", flat=True)
    )
    return any(one < month for one in set(months_with_lines(till)) - closed)


def _require_balance(till: Till) -> None:
    """Refuse when what the journal says is in hand is not what the ledger holds.

    Raises:
        TillOutOfBalance: they disagree for one means of payment.
    """
    months = months_with_lines(till)
    told = totals_by_means({}, [line.line for one in months for line in journal(till, one).lines])
    held = {means: cents for means, cents in in_hand(till).items() if cents}
    if {one.means.value: one.closing_cents for one in told if one.closing_cents} != held:
        raise TillOutOfBalance


@transaction.atomic
def sign_month(*, till_id: int, month: date, at: datetime, actor: str) -> TillMonth:
    """Sign a month as public accountant: it never changes any more. Signed twice is signed once.

    Raises:
        TillMonthNotHanded: nobody handed it over, or it was sent back.
        SignerHoldsTill: the signer handed it over, or holds or records at this till.
        TillOutOfBalance: the journal is no longer what was handed over.
    """
    found = _handed(till_id, month, actor, MonthState.SIGNED)
    if found.state == MonthState.SIGNED:
        return found
    now = journal(found.till, found.month)
    if found.totals != [asdict(total) for total in now.totals] or found.receipts != now.receipts:
        raise TillOutOfBalance
    _require_balance(found.till)
    return _decide(found, MonthState.SIGNED, "", at, actor)


@transaction.atomic
def send_back_month(
    *, till_id: int, month: date, reason: str, at: datetime, actor: str
) -> TillMonth:
    """Send a month back to its manager, who corrects and hands it over again.

    Args:
        reason: what is wrong, 1 to 200 characters; the manager reads it.

    Raises:
        TillReasonMissing: no reason is given.
        TillMonthNotHanded: nobody handed it over.
        TillMonthClosed: it is signed.
        SignerHoldsTill: see ``sign_month``.
    """
    reason = reason.strip()[:REASON_MAX]
    if not reason:
        raise TillReasonMissing
    found = _handed(till_id, month, actor, MonthState.SENT_BACK)
    if found.state == MonthState.SIGNED:
        raise TillMonthClosed
    if found.state == MonthState.SENT_BACK:
        return found
    return _decide(found, MonthState.SENT_BACK, reason, at, actor)


def _handed(till_id: int, month: date, actor: str, wanted: str) -> TillMonth:
    """Lock a month that was handed over, or already decided as wanted or for ever."""
    till = locked_till(till_id)
    found = TillMonth.objects.filter(till=till, month=month_of(month)).first()
    if found is None or found.state not in (MonthState.HANDED, MonthState.SIGNED, wanted):
        raise TillMonthNotHanded
    if found.handed_by == actor or _holds(till, actor):
        raise SignerHoldsTill
    found.till = till
    return found


def _holds(till: Till, actor: str) -> bool:
    """Tell whether who acts holds this till or records there."""
    pk = actor.removeprefix(USER)
    if not pk.isdigit():
        return False
    return Membership.objects.filter(
        user=int(pk), till_duties__till=till, till_duties__ended_on=None
    ).exists()


def _decide(found: TillMonth, state: str, reason: str, at: datetime, actor: str) -> TillMonth:
    found.state, found.decided_at, found.decided_by, found.reason = state, at, actor, reason
    found.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    record(
        actor=actor, action=f"billing.till_month_{state}", subject=f"till:{found.till_id}", at=at,
        month=found.month.isoformat(),
    )  # fmt: skip
    return found
