"""Money funders pay, and what they take back. Nothing is edited: a clawback is below zero."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from filiere.kernel import services as kernel
from filiere.kernel.wording import Euros
from filiere.projects.errors import (
    ClawbackNotPossible,
    GrantPaymentNotPossible,
    PaymentDemandReused,
)
from filiere.projects.models import FundingSource, GrantPayment, SourceState
from filiere.projects.models.sources import GRANTED
from filiere.projects.services.plan import shrink_to
from filiere.projects.services.sources import hold_source


@transaction.atomic
def record_payment(
    *,
    source_id: int,
    amount_cents: int,
    received_on: date,
    key: str,
    actor: str,
    at: datetime,
    reference: str = "",
    scheduled_id: int | None = None,
) -> GrantPayment:
    """Note money a funder paid, also once the project has ended. The same demand twice is one.

    Args:
        amount_cents: above 0; with what it already paid, at most what it granted.
        key: of the demand; the same key for the same source is the same payment.
        scheduled_id: which sum of its schedule this is; None: none of them.

    Raises:
        PaymentDemandReused: the key was used for another amount or day.
        GrantPaymentNotPossible: nothing granted yet, or more than granted.
    """
    source = hold_source(source_id, even_ended=True)
    if known := _known(source, key, amount_cents, received_on):
        return known
    paid = _paid(source)
    scheduled = source.schedule.filter(pk=scheduled_id).first() if scheduled_id else None
    possible = (
        source.state in GRANTED
        and type(amount_cents) is int
        and amount_cents > 0
        and paid + amount_cents <= (source.granted_cents or 0)
        and (scheduled_id is None or scheduled is not None)
    )
    if not possible:
        raise GrantPaymentNotPossible(
            funder=source.funder_name,
            granted=Euros(source.granted_cents or 0),
            paid=Euros(paid),
            amount=Euros(amount_cents),
        )
    payment = GrantPayment.objects.create(
        source=source, scheduled=scheduled, amount_cents=amount_cents, received_on=received_on,
        reference=reference.strip()[:70], request_key=key, recorded_at=at, recorded_by=actor,
    )  # fmt: skip
    if source.state in {SourceState.NOTIFIED, SourceState.CONTRACTED}:
        source.state = SourceState.PAID
        source.save(update_fields=["state"])
    _record(source, "paid", actor, at, amount_cents)
    return payment


@transaction.atomic
def claw_back(
    *,
    source_id: int,
    amount_cents: int,
    taken_on: date,
    reason: str,
    key: str,
    actor: str,
    at: datetime,
    reference: str = "",
) -> tuple[GrantPayment, int]:
    """Note money a funder took back: the award falls by as much, and so do its lines.

    Args:
        amount_cents: what it took back, above 0 and at most what it has paid.
        reason: why, in its words.

    Returns:
        The payment, below zero, and the gap this leaves in the plan, in cents.

    Raises:
        PaymentDemandReused: the key was used for another amount or day.
        ClawbackNotPossible: more than it paid, or no reason.
    """
    source = hold_source(source_id, even_ended=True)
    if known := _known(source, key, -amount_cents, taken_on):
        return known, 0
    paid = _paid(source)
    if type(amount_cents) is not int or not 0 < amount_cents <= paid or not reason.strip():
        raise ClawbackNotPossible(
            funder=source.funder_name, paid=Euros(paid), amount=Euros(amount_cents)
        )
    payment = GrantPayment.objects.create(
        source=source, amount_cents=-amount_cents, received_on=taken_on,
        reason=reason.strip()[:300], reference=reference.strip()[:70], request_key=key,
        recorded_at=at, recorded_by=actor,
    )  # fmt: skip
    source.granted_cents = (source.granted_cents or 0) - amount_cents
    gap = shrink_to(source, source.granted_cents)
    source.save(update_fields=["granted_cents"])
    _record(source, "clawed_back", actor, at, -amount_cents)
    return payment, gap


def _known(source: FundingSource, key: str, cents: int, on: date) -> GrantPayment | None:
    known = source.payments.filter(request_key=key).first()
    if known is not None and (known.amount_cents, known.received_on) != (cents, on):
        raise PaymentDemandReused
    return known


def _paid(source: FundingSource) -> int:
    return source.payments.aggregate(sum=Sum("amount_cents"))["sum"] or 0


def _record(source: FundingSource, action: str, actor: str, at: datetime, cents: int) -> None:
    kernel.record(
        actor=actor, action=f"projects.{action}", subject=f"project:{source.project_id}", at=at,
        source=source.pk, cents=cents,
    )  # fmt: skip
