"""A place that works and is paid: mediator, slot, price, vouchers, bank account."""

import datetime
from dataclasses import dataclass

from filiere.agenda.models import Slot
from filiere.billing import services as billing
from filiere.directory.models import Offer
from filiere.settlement import services as settlement
from tests.agenda.factories import (
    AT,
    OfferFactory,
    PlaceFactory,
    UnitFactory,
    WorkerFactory,
    new_registration,
    new_slot,
)
from tests.api.conftest import Caller, signed_in
from tests.vouchers import factories as vouchers

IBAN = "FR7630006000011234567890189"
PRICE = 2_500


@dataclass
class Shop:
    """Everything one session needs from the voucher to the bank."""

    mediator: Caller
    offer: Offer
    slot: Slot
    vouchers: vouchers.Scene

    @property
    def code(self) -> str:
        return self.vouchers.issued[0].code


def shop(*, starts_at: datetime.datetime = AT, seats: int = 3) -> Shop:
    scene = vouchers.active(count=3, face=1_500, offline_use=True)
    place = PlaceFactory(
        organisation=scene.provider,
        commune=scene.commune,
        qualified_on=datetime.date(2026, 1, 1),
    )
    offer = OfferFactory(place=place)
    mediator = signed_in("mediator", scene.provider)
    unit = UnitFactory(worker=WorkerFactory(place=place, user=mediator.user))
    billing.set_price(
        offer_id=offer.pk,
        kind="session",
        amount_cents=PRICE,
        from_on=datetime.date(2026, 1, 1),
        actor="test",
        at=AT,
    )
    settlement.register_bank_account(
        organisation_id=scene.provider.pk,
        iban=IBAN,
        holder_name="Mediation",
        at=AT,
        actor="test",
        hold=datetime.timedelta(0),
    )
    before = starts_at - datetime.timedelta(days=1)
    slot = new_slot(offer, starts_at=starts_at, seats=seats, unit=unit, at=before)
    return Shop(mediator, offer, slot, scene)


def booked(of: Shop) -> str:
    """A seat taken the day before; its printed reference."""
    return new_registration(of.slot, at=of.slot.starts_at - datetime.timedelta(days=1)).ref


def delivered(of: Shop) -> str:
    ref = booked(of)
    status, answer = of.mediator.post(
        f"registrations/{ref}/deliver", {"present": True, "outcome": "done_together"}
    )
    assert status == 200, answer
    return ref


def paid(of: Shop) -> str:
    """A session paid with a voucher."""
    ref = delivered(of)
    status, answer = of.mediator.post(f"registrations/{ref}/pay", {"voucher_code": of.code})
    assert status == 200, answer
    return ref
