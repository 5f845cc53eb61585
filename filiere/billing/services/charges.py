"""The charge each delivered session raises, once and at the price of its day."""

from datetime import datetime

from django.db import transaction

from filiere.agenda.models import Registration
from filiere.billing.errors import ChargeAlreadySplit, ChargeCancelled, PackageNotOffered
from filiere.billing.models import Charge, ChargeState, PriceKind
from filiere.billing.services.packages import (
    Pricing,
    give_back_packages,
    price_registration,
    use_packages,
    write_price,
)
from filiere.kernel.services import record


@transaction.atomic(savepoint=False)
def raise_charge(*, registration_id: int, at: datetime, actor: str) -> Charge:
    """Raise the charge of a session somebody came to, at the price of that day.

    A package the person bought before pays first; a price that is a package is bought at the first
    session. An offer without a stated price raises a charge of 0 cents marked "not stated". A
    charge of 0 is split at once, without share. Raised twice, it is the same charge; a charge
    cancelled when the attendance was undone is raised again.
    """
    registration = (
        Registration.objects.select_related("slot__offer__place")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=registration_id)
    )
    existing = Charge.objects.select_for_update().filter(registration=registration).first()
    if existing and existing.state != ChargeState.CANCELLED:
        return existing
    charge = existing or Charge(registration=registration)
    charge.registration = registration
    charge.provider_id = registration.slot.offer.place.organisation_id
    charge.raised_at = at
    charge.off_cents, charge.waived_cents, charge.programme_id = 0, 0, None
    charge.waived_claim_id = None
    pricing = price_registration(registration)
    _write(charge, pricing, at)
    record(
        actor=actor,
        action="billing.charge_raised",
        subject=f"charge:{charge.pk}",
        at=at,
        price_cents=charge.price_cents if charge.price_stated else None,
    )
    return charge


def _write(charge: Charge, pricing: Pricing, at: datetime) -> None:
    """Save a charge at its price: split at once when nothing is to pay."""
    write_price(charge, pricing)
    charge.state = ChargeState.OPEN if charge.price_cents else ChargeState.SPLIT
    charge.split_at = None if charge.price_cents else at
    charge.save()
    use_packages(charge, pricing, at=at)


@transaction.atomic
def reprice_charge(
    *, charge: Charge, band: str = "", take_package: bool = False, at: datetime, actor: str
) -> Charge:
    """Price an open session again: by the bracket or public the person says, or with its package.

    The bracket is written on the charge as a word; no income is. Said again, the last one holds.

    Args:
        band: label of a band of the day's price; blank for the full price.
        take_package: True to buy the package instead of this session alone.

    Raises:
        ChargeCancelled: the attendance was undone.
        ChargeAlreadySplit: somebody paid.
        BandUnknown: the price of that day has no such band.
        PackageNotOffered: the price of that day is not a package.
    """
    charge = (
        Charge.objects.select_related("registration__slot__offer__place")
        .select_for_update(of=("self",))
        .get(pk=charge.pk)
    )
    if charge.state == ChargeState.CANCELLED:
        raise ChargeCancelled
    # A bracket that pays 0 settles the charge at once: it may still be said again.
    if charge.state != ChargeState.OPEN and (charge.price_cents or charge.waived_claim_id):
        raise ChargeAlreadySplit
    give_back_packages(charge, at=at)
    pricing = price_registration(charge.registration, band=band, take_package=take_package)
    if take_package and not (pricing.priced and pricing.priced.buys):
        raise PackageNotOffered
    _write(charge, pricing, at)
    record(
        actor=actor,
        action="billing.charge_repriced",
        subject=f"charge:{charge.pk}",
        at=at,
        price_cents=charge.price_cents,
        kind=str(PriceKind(pricing.stated.kind).value) if pricing.stated else "",
    )
    return charge


@transaction.atomic
def cancel_charge(*, registration_id: int, at: datetime, actor: str) -> Charge | None:
    """Cancel the charge of an attendance that is undone; nothing happens when there is none.

    What the session took from packages is given back. A refunded charge stays refunded.

    Raises:
        ChargeAlreadySplit: somebody paid; the session is refunded first.
        PackageBegun: the session bought a package that has served for others.
    """
    charge = (
        Charge.objects.select_related("registration__slot")
        .select_for_update(of=("self",))
        .filter(registration_id=registration_id)
        .exclude(state=ChargeState.CANCELLED)
        .first()
    )
    if charge is None or charge.state == ChargeState.REFUNDED:
        return charge
    if charge.state == ChargeState.SPLIT and charge.price_cents:
        raise ChargeAlreadySplit
    give_back_packages(charge, at=at)
    charge.state, charge.split_at = ChargeState.CANCELLED, None
    charge.waived_cents, charge.waived_claim_id = 0, None
    charge.save(update_fields=["state", "split_at", "waived_cents", "waived_claim"])
    record(actor=actor, action="billing.charge_cancelled", subject=f"charge:{charge.pk}", at=at)
    return charge
