"""A small territory whose sessions can be paid: made through the services of every app."""

import datetime
import itertools
from dataclasses import dataclass, field

from django.db import connection

from filiere.accounts.models import Organisation
from filiere.agenda import services as agenda
from filiere.agenda.models import Registration, Slot, Unit
from filiere.agreements import services as agreements
from filiere.agreements.models import Commitment
from filiere.billing import services
from filiere.billing.models import Charge
from filiere.directory.models import Offer
from filiere.settlement import services as settlement
from tests.agenda.factories import (
    CommuneFactory,
    OfferFactory,
    OrganisationFactory,
    UnitFactory,
    new_person,
)
from tests.conftest import AT
from tests.vouchers.factories import Scene, active

IBANS = (
    "FR7630006000011234567890189",
    "FR1420041010050500013M02606",
    "FR7630001007941234567890185",
    "DE89370400440532013000",
)
DAY = datetime.date(2026, 11, 24)
_refs = itertools.count(1)


@dataclass
class World:
    """One provider, its priced offer, and sessions made on demand."""

    offer: Offer
    unit: Unit
    provider: Organisation
    _starts: itertools.count = field(default_factory=itertools.count)

    @property
    def commune(self):
        return self.offer.place.commune

    def slot(self, *, minutes: int = 60, on: datetime.date = DAY) -> Slot:
        """A slot of the day; overlapping is avoided by giving each its own worker."""
        unit = UnitFactory(worker__place=self.offer.place)
        starts_at = datetime.datetime.combine(on, datetime.time(9), tzinfo=datetime.UTC)
        made = agenda.publish_slots(
            offer_id=self.offer.pk,
            worker_unit=unit,
            starts=[starts_at],
            minutes=minutes,
            seats=1,
            at=starts_at - datetime.timedelta(days=2),
            actor="test",
        )
        return made.created[0]

    def registration(
        self, *, commitment: Commitment | None = None, procedure: str = "", person=None, **slot
    ) -> Registration:
        place = self.slot(**slot)
        return agenda.book(
            slot_id=place.pk,
            person_id=person or new_person(commune_id=self.commune.pk),
            actor="test",
            at=place.starts_at - datetime.timedelta(days=1),
            procedure=procedure,
            commitment_id=commitment.pk if commitment else None,
        )

    def charge(self, **fields) -> Charge:
        """The charge of a session somebody came to."""
        registration = self.registration(**fields)
        agenda.record_attendance(
            registration_id=registration.pk,
            present=True,
            at=registration.slot.starts_at,
            actor="test",
        )
        return Charge.objects.get(registration=registration)

    def split(self, code: str | None = None, *, at: datetime.datetime = AT, **fields) -> Charge:
        return services.split_charge(
            charge=self.charge(**fields), voucher_code=code, at=at, actor="test"
        )


def world(*, price: int | None = 3000, kind: str = "session", commune=None) -> World:
    commune = commune or CommuneFactory()
    offer = OfferFactory(
        place__commune=commune, place__qualified_on=datetime.date(2026, 1, 1), service="procedures"
    )
    if price is not None:
        services.set_price(
            offer_id=offer.pk,
            kind=kind,
            amount_cents=price,
            from_on=datetime.date(2026, 1, 1),
            actor="test",
            at=AT,
        )
    return World(offer, UnitFactory(worker__place=offer.place), offer.place.organisation)


def lot_for(where: World, **fields) -> Scene:
    """An active lot whose vouchers may be used in a world's commune."""
    return active(**{"territory_ids": [where.commune.pk], "seed": next(_refs)} | fields)


def commitment(
    *,
    rate_ppm: int = 500_000,
    cap: int | None = None,
    envelope: int | None = None,
    ends_on: datetime.date | None = None,
    operator: str = "",
) -> Commitment:
    agreement = agreements.sign(
        kind="third_party",
        title="Tiers payant",
        promiser_id=OrganisationFactory().pk,
        starts_on=datetime.date(2026, 1, 1),
        ends_on=ends_on,
        commitments=[agreements.Promise("part", rate_ppm, cap, envelope, operator)],
        at=AT,
        actor="test",
    )
    return agreement.commitments.get()


def receive(promise: Commitment, cents: int, reference: str | None = None):
    return services.receive_third_party(
        commitment_id=promise.pk,
        amount_cents=cents,
        received_on=DAY,
        bank_reference=reference or f"TP-{next(_refs)}",
        at=AT,
        actor="test",
    )


def bank_account(
    where: World, iban: str = IBANS[0], *, hold: datetime.timedelta = datetime.timedelta(0)
):
    return settlement.register_bank_account(
        organisation_id=where.provider.pk,
        iban=iban,
        holder_name=where.provider.name,
        at=AT,
        actor="test",
        hold=hold,
    )


def check_now() -> None:
    """Ask the database to judge at once what it would judge at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
