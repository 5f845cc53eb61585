"""Test data for everything bookable: places, offers, workers, slots, persons with a seat."""

import datetime

import factory
from factory.django import DjangoModelFactory

from filiere.accounts.models import Organisation, OrganisationKind, User
from filiere.agenda import services
from filiere.agenda.models import Registration, Slot, Unit
from filiere.directory.models import Offer, Place, Worker
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.territories.models import Kind, Territory
from tests.conftest import AT

TOMORROW = AT + datetime.timedelta(hours=24)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organisation {n}")
    folded = factory.LazyAttribute(lambda o: o.name.lower())
    kind = OrganisationKind.ASSOCIATION


class CommuneFactory(DjangoModelFactory):
    class Meta:
        model = Territory

    kind = Kind.COMMUNE
    code = factory.Sequence(lambda n: f"9{n:04d}")
    name = factory.Sequence(lambda n: f"Commune {n}")
    folded = factory.LazyAttribute(lambda o: o.name.lower())


class PlaceFactory(DjangoModelFactory):
    class Meta:
        model = Place

    organisation = factory.SubFactory(OrganisationFactory)
    commune = factory.SubFactory(CommuneFactory)
    name = factory.Sequence(lambda n: f"Lieu {n}")
    folded = factory.LazyAttribute(lambda o: o.name.lower())
    postcode = "23000"
    source = "test"
    source_id = factory.Sequence(str)


class OfferFactory(DjangoModelFactory):
    class Meta:
        model = Offer

    place = factory.SubFactory(PlaceFactory)
    service = "procedures"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    display_name = factory.Sequence(lambda n: f"User {n}")


class WorkerFactory(DjangoModelFactory):
    class Meta:
        model = Worker

    place = factory.SubFactory(PlaceFactory)
    user = factory.SubFactory(UserFactory)
    public_name = "Nadia"


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = Unit

    worker = factory.SubFactory(WorkerFactory)
    place = factory.LazyAttribute(lambda o: o.worker.place)
    kind = "worker"
    name = "Nadia"


def hours(number: float) -> datetime.timedelta:
    return datetime.timedelta(hours=number)


def new_slot(
    offer: Offer | None = None,
    *,
    starts_at: datetime.datetime = TOMORROW,
    seats: int = 1,
    minutes: int = 45,
    unit: Unit | None = None,
    at: datetime.datetime = AT,
) -> Slot:
    offer = offer or OfferFactory()
    unit = unit or UnitFactory(worker__place=offer.place)
    result = services.publish_slots(
        offer_id=offer.pk,
        worker_unit=unit,
        starts=[starts_at],
        minutes=minutes,
        seats=seats,
        at=at,
        actor="user:1",
    )
    assert not result.rejected
    return result.created[0]


def new_person(*purposes: Purpose, at: datetime.datetime = AT, **facts):
    person_id = persons.open_file(at=at, actor="user:1", **facts)
    for purpose in purposes:
        persons.record_consent(
            person_id=person_id, purpose=purpose, given=True, at=at, actor="user:1"
        )
    return person_id


def new_registration(slot: Slot | None = None, *, person_id=None, **overrides) -> Registration:
    defaults = {
        "slot_id": (slot or new_slot()).pk,
        "person_id": person_id or new_person(),
        "actor": "user:1",
        "at": AT,
    }
    return services.book(**defaults | overrides)
