"""Prices, and the charge each delivered session raises. Its split is in ``splitting.py``."""

from datetime import date, datetime

from django.db import transaction

from filiere.agenda.models import Registration
from filiere.billing import queries
from filiere.billing.errors import ChargeAlreadySplit, PriceBegun, PriceNotPossible
from filiere.billing.models import Charge, ChargeState, PriceKind, PriceRule
from filiere.billing.offline import upload_sessions
from filiere.billing.refunding import lock_payments, refund_charge
from filiere.billing.splitting import SplitPreview, preview_split, split_charge
from filiere.billing.third_parties import receive_third_party, release_covered_shares
from filiere.kernel.calendar import legal_day
from filiere.kernel.services import record

__all__ = [
    "SplitPreview",
    "cancel_charge",
    "lock_payments",
    "preview_split",
    "raise_charge",
    "receive_third_party",
    "refund_charge",
    "release_covered_shares",
    "set_price",
    "split_charge",
    "upload_sessions",
    "withdraw_price",
]


@transaction.atomic
def set_price(
    *,
    offer_id: int,
    kind: str,
    amount_cents: int,
    from_on: date,
    actor: str,
    at: datetime,
    is_invented: bool = False,
) -> PriceRule:
    """Price one offer from one day on; the same day said again replaces what was said.

    Charges already raised keep their price.

    Args:
        offer_id: a ``directory.Offer``.
        kind: a value of ``PriceKind``.
        amount_cents: euro cents, >= 0, per session or per hour; 0 when the offer is free.
        from_on: first day of this price.
        is_invented: True for a price made up for the demonstration.

    Raises:
        PriceNotPossible: an unknown kind, a negative amount, or a free offer with an amount.
    """
    if (
        kind not in PriceKind.values
        or amount_cents < 0
        or (kind == PriceKind.FREE and amount_cents)
    ):
        raise PriceNotPossible
    rule, _ = PriceRule.objects.update_or_create(
        offer_id=offer_id,
        from_on=from_on,
        defaults={"kind": kind, "amount_cents": amount_cents, "is_invented": is_invented},
    )
    record(
        actor=actor,
        action="billing.price_set",
        subject=f"offer:{offer_id}",
        at=at,
        kind=kind,
        amount_cents=amount_cents,
        from_on=from_on.isoformat(),
    )
    return rule


@transaction.atomic
def withdraw_price(*, rule_id: int, on: date, at: datetime, actor: str) -> PriceRule:
    """Take back a price before it was ever asked: the one before it, or "not stated", is in force.

    A price that begins today may still be taken back; charges already raised keep their price.

    Args:
        on: the day that counts as today.

    Raises:
        PriceBegun: the price began before today.
    """
    rule = PriceRule.objects.select_for_update().get(pk=rule_id)
    if rule.from_on < on:
        raise PriceBegun(day=rule.from_on)
    rule.delete()
    record(
        actor=actor, action="billing.price_withdrawn", subject=f"offer:{rule.offer_id}", at=at,
        from_on=rule.from_on.isoformat(),
    )  # fmt: skip
    return rule


@transaction.atomic
def raise_charge(*, registration_id: int, at: datetime, actor: str) -> Charge:
    """Raise the charge of a session somebody came to, at the price of that day.

    An offer without a stated price raises a charge of 0 cents marked "not stated". A charge of 0
    is split at once, without share. Raised twice, it is the same charge; a charge cancelled when
    the attendance was undone is raised again.
    """
    registration = (
        Registration.objects.select_related("slot__offer__place")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=registration_id)
    )
    existing = Charge.objects.select_for_update().filter(registration=registration).first()
    if existing and existing.state != ChargeState.CANCELLED:
        return existing
    slot = registration.slot
    minutes = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
    price = queries.price_of(slot.offer_id, minutes, legal_day(slot.starts_at))
    charge = existing or Charge(registration=registration)
    charge.provider_id = slot.offer.place.organisation_id
    charge.price_cents = price or 0
    charge.price_stated = price is not None
    charge.raised_at = at
    charge.off_cents, charge.waived_cents, charge.programme_id = 0, 0, None
    charge.state = ChargeState.OPEN if price else ChargeState.SPLIT
    charge.split_at = None if price else at
    charge.save()
    record(
        actor=actor,
        action="billing.charge_raised",
        subject=f"charge:{charge.pk}",
        at=at,
        price_cents=price,
    )
    return charge


@transaction.atomic
def cancel_charge(*, registration_id: int, at: datetime, actor: str) -> Charge | None:
    """Cancel the charge of an attendance that is undone; nothing happens when there is none.

    A refunded charge stays refunded.

    Raises:
        ChargeAlreadySplit: somebody paid; the session is refunded first.
    """
    charge = (
        Charge.objects.select_for_update(of=("self",))
        .filter(registration_id=registration_id)
        .exclude(state=ChargeState.CANCELLED)
        .first()
    )
    if charge is None or charge.state == ChargeState.REFUNDED:
        return charge
    if charge.state == ChargeState.SPLIT and charge.price_cents:
        raise ChargeAlreadySplit
    charge.state, charge.split_at = ChargeState.CANCELLED, None
    charge.save(update_fields=["state", "split_at"])
    record(actor=actor, action="billing.charge_cancelled", subject=f"charge:{charge.pk}", at=at)
    return charge
