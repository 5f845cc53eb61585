"""Reads of tills: what is in hand, the journal of a month, what is due. Euro cents."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum

from filiere.billing.explanations import package_sold
from filiere.billing.models import (
    Charge,
    ChargeState,
    Duty,
    PayerKind,
    PayerShare,
    Till,
    TillCount,
    TillDeposit,
    TillDuty,
    TillMonth,
    TillReceipt,
)
from filiere.kernel.calendar import bounds_of_day
from filiere.ledger import queries as ledger
from filiere.rules.tills import (
    HELD_MEANS,
    CashState,
    Line,
    LineKind,
    Means,
    MeansTotal,
    cash_state,
    deposit_due_on,
    month_after,
    month_of,
    totals_by_means,
)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of a till's journal: when, what, how much, with which reference, by whom.

    ``sold`` names the package that the payment bought; blank for a session alone.
    """

    day: date
    at: datetime
    line: Line
    number: int | None
    words: str
    actor: str
    session: str = ""
    sold: str = ""


@dataclass(frozen=True, slots=True)
class Journal:
    """A month of a till: its lines in order of time, its totals, and the vouchers taken beside.

    ``voucher_cents`` never was in hand: the operator pays it to the Treasury account by transfer.
    """

    month: date
    lines: tuple[JournalLine, ...]
    totals: tuple[MeansTotal, ...]
    receipts: int
    voucher_cents: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What is in hand by means, how near the limit the cash is, and when to deposit at the latest."""

    by_means: tuple[tuple[Means, int], ...]
    cash_cents: int
    state: CashState
    due_on: date | None

    @property
    def total_cents(self) -> int:
        """All that is in hand."""
        return sum(cents for _means, cents in self.by_means)

    def is_late(self, on: date) -> bool:
        """Tell whether the last day to deposit is past."""
        return self.due_on is not None and self.due_on < on


def open_till_of(organisation_id: int) -> Till | None:
    """Give the open till of an organisation, if any."""
    return (
        Till.objects.select_related("organisation")
        .filter(organisation=organisation_id, closed_on=None)
        .first()
    )


def tills_of(organisation_ids: Collection[int] | None) -> QuerySet[Till]:
    """Give the tills of some organisations (None: all), the open ones first, by name."""
    found = Till.objects.select_related("organisation")
    if organisation_ids is not None:
        found = found.filter(organisation__in=organisation_ids)
    return found.order_by("closed_on", "organisation__folded", "pk")


def live_receipt_of(share_id: int) -> TillReceipt | None:
    """Give the receipt that a share is recorded by, unless it was undone."""
    return TillReceipt.objects.filter(share=share_id, reverses=None, reversal=None).first()


def receipt_of_charge(charge_id: int) -> TillReceipt | None:
    """Give the live receipt of the person's share of a session."""
    return (
        TillReceipt.objects.select_related("till")
        .filter(
            share__charge=charge_id,
            share__kind=PayerKind.PERSON,
            reverses=None,
            reversal=None,
        )
        .first()
    )


def in_hand(till: Till) -> dict[str, int]:
    """What the ledger says is in hand, by means of payment, in cents."""
    accounts = {f"{till.in_hand_account}{means}": means.value for means in HELD_MEANS}
    found = ledger.balances_of(list(accounts))
    return {means: found.get(code, 0) for code, means in accounts.items()}


def has_duty(till_id: int, membership_ids: Collection[int], *duties: str) -> bool:
    """Tell whether one of some memberships is named at a till, for one of some duties."""
    return TillDuty.objects.filter(
        till=till_id, membership__in=membership_ids, ended_on=None, duty__in=duties or Duty.values
    ).exists()


def duties_of(till: Till) -> list[TillDuty]:
    """Give who is named at a till today, its manager first."""
    found = TillDuty.objects.filter(till=till, ended_on=None).select_related("membership__user")
    return sorted(
        found, key=lambda one: (one.duty != Duty.MANAGER, str(one.membership.user), one.pk)
    )


def to_record(till: Till) -> QuerySet[PayerShare]:
    """Give the persons' shares at this organisation's places not yet recorded at its till."""
    start, _end = bounds_of_day(till.opened_on)
    recorded = TillReceipt.objects.filter(share__isnull=False, reverses=None, reversal=None).values(
        "share"
    )
    return (
        PayerShare.objects.filter(
            kind=PayerKind.PERSON,
            charge__provider=till.organisation_id,
            charge__state=ChargeState.SPLIT,
            charge__split_at__gte=start,
        )
        .exclude(pk__in=recorded)
        .select_related("charge__registration__slot__offer__place")
        .order_by("charge__split_at", "pk")
    )


def receipts_on(till: Till, day: date) -> QuerySet[TillReceipt]:
    """Give the receipts of one day, the last one first, with what undid them."""
    return (
        TillReceipt.objects.filter(till=till, day=day)
        .select_related("share__charge__registration", "sale", "reverses", "reversal")
        .order_by("-number")
    )


def holding(till: Till) -> Holding:
    """Tell what is in hand now, and the last day to deposit what came in first."""
    found = in_hand(till)
    since = _holds_since(till) if any(found.values()) else None
    return Holding(
        by_means=tuple((means, found[means]) for means in HELD_MEANS if found[means]),
        cash_cents=found[Means.CASH],
        state=cash_state(found[Means.CASH], till.cash_limit_cents),
        due_on=deposit_due_on(since, till.deposit_days) if since else None,
    )


def _holds_since(till: Till) -> date | None:
    """First day money came in after the last deposit; of the opening when there was none."""
    last = TillDeposit.objects.filter(till=till).order_by("-day").values_list("day", flat=True)
    after = Q(day__gt=last[0]) if last else Q()
    came = TillReceipt.objects.filter(after, till=till, reverses=None).order_by("day")
    found = came.values_list("day", flat=True).first()
    return found or (last[0] if last else None)


def months_with_lines(till: Till) -> list[date]:
    """Give the first day of every month with a line, in order."""
    days: set[date] = set()
    for model in (TillReceipt, TillDeposit, TillCount):
        days |= set(model.objects.filter(till=till).values_list("day", flat=True).distinct())
    return sorted({month_of(day) for day in days})


def months_of(till: Till) -> dict[date, TillMonth]:
    """Give the months handed over, by their first day."""
    return {one.month: one for one in TillMonth.objects.filter(till=till).order_by("month")}


def journal(till: Till, month: date) -> Journal:
    """Give the journal of a month: lines in order of time, totals by means, vouchers beside."""
    month = month_of(month)
    period = Q(day__gte=month, day__lt=month_after(month))
    lines = sorted(_lines(till, period), key=lambda one: (one.at, one.number or 0))
    opening = totals_by_means({}, [one.line for one in _lines(till, Q(day__lt=month))])
    start = {one.means: one.closing_cents for one in opening if one.closing_cents}
    return Journal(
        month=month,
        lines=tuple(lines),
        totals=totals_by_means(start, [one.line for one in lines]),
        receipts=sum(one.line.kind == LineKind.RECEIPT for one in lines),
        voucher_cents=_vouchers(till, month),
    )


def _lines(till: Till, period: Q) -> list[JournalLine]:
    return [*_receipts(till, period), *_deposits(till, period), *_differences(till, period)]


def _receipts(till: Till, period: Q) -> list[JournalLine]:
    rows = TillReceipt.objects.filter(period, till=till).select_related(
        "share__charge__registration", "sale"
    )
    return [
        JournalLine(
            day=row.day,
            at=row.recorded_at,
            line=Line(_receipt_kind(row), Means(row.means), row.amount_cents),
            number=row.number,
            words=row.reason,
            actor=row.recorded_by,
            session=row.session_ref,
            sold=package_sold(row.priced_as),
        )
        for row in rows.order_by("number")
    ]


def _receipt_kind(row: TillReceipt) -> LineKind:
    if row.reverses_id is None:
        return LineKind.RECEIPT
    return LineKind.TREASURY_REVERSAL if row.by_accountant else LineKind.REVERSAL


def _deposits(till: Till, period: Q) -> list[JournalLine]:
    return [
        JournalLine(
            day=row.day,
            at=row.recorded_at,
            line=Line(LineKind.DEPOSIT, Means(row.means), row.amount_cents),
            number=None,
            words=row.reference,
            actor=row.recorded_by,
        )
        for row in TillDeposit.objects.filter(period, till=till).order_by("pk")
    ]


def _differences(till: Till, period: Q) -> list[JournalLine]:
    found = []
    rows = TillCount.objects.filter(period, till=till).exclude(posting_group=None)
    for row in rows.order_by("pk"):
        cents = row.counted_cents - row.expected_cents
        kind = LineKind.SURPLUS if cents > 0 else LineKind.SHORTAGE
        line = Line(kind, Means.CASH, abs(cents))
        found.append(JournalLine(row.day, row.recorded_at, line, None, row.note, row.recorded_by))
    return found


def _vouchers(till: Till, month: date) -> int:
    """What vouchers paid at the organisation's places in a month, in cents."""
    start, _first_end = bounds_of_day(month)
    end, _last_end = bounds_of_day(month_after(month))
    found = PayerShare.objects.filter(
        kind=PayerKind.VOUCHER,
        charge__provider=till.organisation_id,
        charge__state=ChargeState.SPLIT,
        charge__split_at__gte=start,
        charge__split_at__lt=end,
    )
    return int(found.aggregate(total=Sum("amount_cents", default=0))["total"])


def last_count(till: Till) -> TillCount | None:
    """Give the latest count of the cash."""
    return TillCount.objects.filter(till=till).order_by("-recorded_at", "-pk").first()


def till_for(charge: Charge) -> Till | None:
    """Give the till a session's payment is recorded at: the open one of who gave it."""
    return open_till_of(charge.provider_id)
