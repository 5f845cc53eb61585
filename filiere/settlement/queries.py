"""What providers are owed and what batches hold. Amounts are integer euro cents."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet, Sum

from filiere.billing import queries as billing_queries
from filiere.billing.models import PayerShare
from filiere.settlement.models import BankAccount, Batch, OrderLine, PaymentOrder


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


class LeftOutReason(StrEnum):
    """Why a provider owed money is not in the next batch."""

    NO_ACCOUNT = "no_account"
    ON_HOLD = "on_hold"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A provider owed money that cannot be paid yet, and from when it could."""

    provider_id: int
    amount_cents: int
    reason: LeftOutReason
    usable_from: datetime | None


def left_out(*, cutoff_at: datetime, at: datetime) -> list[LeftOut]:
    """Providers owed money without a bank account usable at ``at``, the most owed first."""
    owed = payables(until=cutoff_at)
    accounts = dict(
        BankAccount.objects.filter(organisation_id__in=owed, closed_at=None)
        .order_by("pk")
        .values_list("organisation_id", "usable_from")
    )
    found = [
        LeftOut(
            provider_id,
            amount,
            LeftOutReason.ON_HOLD if provider_id in accounts else LeftOutReason.NO_ACCOUNT,
            accounts.get(provider_id),
        )
        for provider_id, amount in owed.items()
        if provider_id not in accounts or accounts[provider_id] > at
    ]
    return sorted(found, key=lambda one: (-one.amount_cents, one.provider_id))


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
        .exclude(batch__state="cancelled")
        .select_related("batch")
        .order_by("-batch__prepared_at", "-pk")
    )


def open_account(organisation_id: int) -> BankAccount | None:
    """Where an organisation is paid, None when it gave no account."""
    return BankAccount.objects.filter(organisation_id=organisation_id, closed_at=None).first()


def settled_cents(*, paid_on_or_before: date | None = None) -> int:
    """What batches paid, in cents: the sum of the orders of paid batches."""
    orders = PaymentOrder.objects.filter(batch__state="paid")
    if paid_on_or_before is not None:
        orders = orders.filter(batch__paid_on__lte=paid_on_or_before)
    return int(orders.aggregate(total=Sum("amount_cents", default=0))["total"])
