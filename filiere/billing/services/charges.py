"""The charge each delivered session raises, once and at the price of its day."""

from datetime import datetime

from django.db import transaction

from filiere.agenda.models import Registration
from filiere.billing import queries
from filiere.billing.errors import ChargeAlreadySplit
from filiere.billing.models import Charge, ChargeState
from filiere.kernel.calendar import legal_day
from filiere.kernel.services import record


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
