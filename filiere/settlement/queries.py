"""What providers are owed and what batches hold. Amounts are integer euro cents."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from filiere.billing import queries as billing_queries
from filiere.billing.models import PayerShare
from filiere.programmes.models import BankLine
from filiere.settlement.models import (
    Alert,
    BankAccount,
    BankAnswer,
    BankAnswerLine,
    Batch,
    BatchState,
    DebitNote,
    DebitNoteState,
    OrderLine,
    OrderState,
    PaymentOrder,
    ProviderHold,
)


@dataclass(frozen=True, slots=True)
class PayableLine:
    """One share a provider waits for."""

    share_id: int
    charge_id: int
    registration_ref: str
    session_at: datetime
    kind: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Payable:
    """What a provider is owed now, line by line; the lines add up to the total."""

    provider_id: int
    total_cents: int
    lines: tuple[PayableLine, ...]


def unpaid_shares(*, until: datetime | None = None) -> QuerySet[PayerShare]:
    """Payable shares that no live payment order holds."""
    live = OrderLine.objects.filter(share_id=OuterRef("pk"), cancelled=False)
    return billing_queries.payable_shares(until=until).filter(~Exists(live))


def payable(provider_id: int) -> Payable:
    """What one provider is owed and no batch holds yet, oldest session first."""
    shares = (
        unpaid_shares()
        .filter(charge__provider_id=provider_id)
        .select_related("charge__registration__slot")
        .order_by("charge__registration__slot__starts_at", "pk")
    )
    lines = tuple(
        PayableLine(
            share_id=share.pk,
            charge_id=share.charge_id,
            registration_ref=share.charge.registration.ref,
            session_at=share.charge.registration.slot.starts_at,
            kind=share.kind,
            amount_cents=share.amount_cents,
        )
        for share in shares
    )
    return Payable(provider_id, sum(line.amount_cents for line in lines), lines)


def payables(*, until: datetime | None = None) -> dict[int, int]:
    """What each provider is owed and no batch holds yet: organisation id → cents."""
    return dict(
        unpaid_shares(until=until)
        .values("charge__provider_id")
        .annotate(total=Sum("amount_cents"))
        .order_by("charge__provider_id")
        .values_list("charge__provider_id", "total")
    )


def notes_to_take() -> QuerySet[DebitNote]:
    """Open debit notes whose first payment did arrive: the next batch takes them off."""
    return DebitNote.objects.filter(
        state=DebitNoteState.OPEN,
        share__order_lines__cancelled=False,
        share__order_lines__order__state=OrderState.PAID,
    ).order_by()


def notes_of_provider(provider_id: int) -> QuerySet[DebitNote]:
    """Debit notes of one provider, latest first."""
    return (
        DebitNote.objects.filter(provider_id=provider_id)
        .select_related("order__batch", "share__charge__registration__slot")
        .order_by("-year", "-number")
    )


class LeftOutReason(StrEnum):
    """Why a provider owed money is not in the next batch."""

    NO_ACCOUNT = "no_account"
    ON_HOLD = "on_hold"
    ACCOUNT_REFUSED = "account_refused"
    HELD = "held"
    OWES_AS_MUCH = "owes_as_much"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A provider owed money that cannot be paid yet, and from when it could (new account)."""

    provider_id: int
    amount_cents: int
    reason: LeftOutReason
    usable_from: datetime | None


def left_out(*, cutoff_at: datetime, at: datetime) -> list[LeftOut]:
    """Providers owed money that a batch frozen at ``at`` would not pay, the most owed first."""
    owed = payables(until=cutoff_at)
    accounts = {
        account.organisation_id: account
        for account in BankAccount.objects.filter(
            organisation_id__in=owed, closed_at=None
        ).order_by("pk")
    }
    held = set(
        ProviderHold.objects.filter(provider_id__in=owed, lifted_at=None)
        .order_by("pk")
        .values_list("provider_id", flat=True)
    )
    taken = dict(
        notes_to_take()
        .filter(provider_id__in=owed)
        .values("provider_id")
        .annotate(total=Sum("amount_cents"))
        .order_by("provider_id")
        .values_list("provider_id", "total")
    )
    found = []
    for provider_id, amount in owed.items():
        account = accounts.get(provider_id)
        reason = _why_left_out(
            account, at, is_held=provider_id in held, left=amount - taken.get(provider_id, 0)
        )
        if reason is not None:
            usable_from = account.usable_from if account else None
            found.append(
                LeftOut(
                    provider_id,
                    amount,
                    reason,
                    usable_from if reason == LeftOutReason.ON_HOLD else None,
                )
            )
    return sorted(found, key=lambda one: (-one.amount_cents, one.provider_id))


def _why_left_out(
    account: BankAccount | None, at: datetime, *, is_held: bool, left: int
) -> LeftOutReason | None:
    if is_held:
        return LeftOutReason.HELD
    if account is None:
        return LeftOutReason.NO_ACCOUNT
    if account.refused_at is not None:
        return LeftOutReason.ACCOUNT_REFUSED
    if account.usable_from > at:
        return LeftOutReason.ON_HOLD
    return LeftOutReason.OWES_AS_MUCH if left <= 0 else None


def batches() -> QuerySet[Batch]:
    """Every batch, latest first."""
    return Batch.objects.order_by("-prepared_at", "-pk")


def orders_of(batch: Batch) -> QuerySet[PaymentOrder]:
    """The transfers of a batch, in the order of its file."""
    return (
        PaymentOrder.objects.filter(batch=batch)
        .select_related("provider", "bank_account")
        .order_by("end_to_end_id")
    )


def orders_of_provider(provider_id: int) -> QuerySet[PaymentOrder]:
    """Every payment of one provider, latest first, cancelled batches left out."""
    return (
        PaymentOrder.objects.filter(provider_id=provider_id)
        .exclude(batch__state=BatchState.CANCELLED)
        .select_related("batch")
        .order_by("-batch__prepared_at", "-pk")
    )


def open_account(organisation_id: int) -> BankAccount | None:
    """Where an organisation is paid, None when it gave no account."""
    return BankAccount.objects.filter(organisation_id=organisation_id, closed_at=None).first()


def accounts_of(organisation_id: int) -> QuerySet[BankAccount]:
    """Every account an organisation gave, the one in force first."""
    return BankAccount.objects.filter(organisation_id=organisation_id).order_by("-pk")


def open_hold(provider_id: int) -> ProviderHold | None:
    """Why a provider's payments are held, None when they are not."""
    return ProviderHold.objects.filter(provider_id=provider_id, lifted_at=None).first()


def alerts_of(batch: Batch) -> QuerySet[Alert]:
    """What looks unusual in a batch, by payment."""
    return (
        Alert.objects.filter(order__batch=batch)
        .select_related("order__provider")
        .order_by("order__end_to_end_id", "kind")
    )


class UnmatchedReason(StrEnum):
    """Why a line of the account explains no payment by itself."""

    OTHER_AMOUNT = "other_amount"
    NOT_AT_THE_BANK = "not_at_the_bank"
    SEVERAL = "several"
    ONE_WITHOUT_REFERENCE = "one_without_reference"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class UnmatchedLine:
    """A line that left the account, or bears one of our references, and is not explained.

    ``orders`` are the payments at the bank of exactly its amount: a person may name one.
    """

    line: BankLine
    reason: UnmatchedReason
    orders: tuple[PaymentOrder, ...]


def unmatched_lines(*, latest: int = 100) -> list[UnmatchedLine]:
    """Lines of the ring-fenced account that stand for nothing yet, latest first.

    Args:
        latest: how many lines are looked at.
    """
    ours = PaymentOrder.objects.filter(end_to_end_id=OuterRef("reference"))
    lines = list(
        BankLine.objects.filter(use=None)
        .filter(Q(amount_cents__lt=0) | Q(Exists(ours)))
        .order_by("-booked_on", "-pk")[:latest]
    )
    at_the_bank = PaymentOrder.objects.filter(
        state__in=(OrderState.SENT, OrderState.ACCEPTED),
        amount_cents__in=[-line.amount_cents for line in lines],
    ).select_related("provider", "batch")
    by_amount: dict[int, list[PaymentOrder]] = defaultdict(list)
    for order in at_the_bank.order_by("pk"):
        by_amount[order.amount_cents].append(order)
    named = PaymentOrder.objects.filter(end_to_end_id__in=[one.reference for one in lines])
    states = dict(named.order_by("pk").values_list("end_to_end_id", "state"))
    batches_named = set(
        Batch.objects.filter(label__in=[one.reference for one in lines])
        .order_by("pk")
        .values_list("label", flat=True)
    )
    return [
        UnmatchedLine(
            line,
            _why_unmatched(line, states, batches_named, len(by_amount[-line.amount_cents])),
            tuple(by_amount[-line.amount_cents]),
        )
        for line in lines
    ]


def _why_unmatched(
    line: BankLine, states: dict[str, str], batches_named: set[str], candidates: int
) -> UnmatchedReason:
    state = states.get(line.reference)
    expected = ("sent", "accepted") if line.amount_cents < 0 else ("paid",)
    if state is not None and state not in expected:
        return UnmatchedReason.NOT_AT_THE_BANK
    if state is not None or line.reference in batches_named:
        return UnmatchedReason.OTHER_AMOUNT
    if candidates > 1:
        return UnmatchedReason.SEVERAL
    return UnmatchedReason.ONE_WITHOUT_REFERENCE if candidates else UnmatchedReason.NONE


def answers_of(batch: Batch) -> QuerySet[BankAnswer]:
    """The bank's answers to the file of a batch, latest first."""
    return BankAnswer.objects.filter(batch=batch).order_by("-read_at", "-pk")


def lines_of_answer(answer: BankAnswer) -> QuerySet[BankAnswerLine]:
    """What one answer said of each transfer, rejected ones first."""
    return (
        BankAnswerLine.objects.filter(answer=answer)
        .select_related("order__provider")
        .order_by("-outcome", "reference")
    )


def settled_cents(*, paid_on_or_before: date | None = None) -> int:
    """What the bank paid, in cents: the sum of the transfers paid and not returned."""
    orders = PaymentOrder.objects.filter(state=OrderState.PAID)
    if paid_on_or_before is not None:
        orders = orders.filter(paid_on__lte=paid_on_or_before)
    return int(orders.aggregate(total=Sum("amount_cents", default=0))["total"])
