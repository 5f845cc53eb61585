import random
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Count

from filiere.agenda import queries, services
from filiere.agenda.errors import (
    AlreadyRegistered,
    AttendanceAlreadyRecorded,
    PlaceClosed,
    RegistrationUnknown,
    SeatNotHeld,
    SlotFull,
    SlotGone,
)
from filiere.agenda.models import Registration
from filiere.persons.errors import PersonUnknown
from tests.agenda.factories import (
    OfferFactory,
    UnitFactory,
    hours,
    new_person,
    new_registration,
    new_slot,
)
from tests.conftest import AT

pytestmark = pytest.mark.django_db


def book(slot, person_id=None, **overrides):
    return new_registration(slot, person_id=person_id, **overrides)


def test_book_gives_the_lowest_free_seat():
    slot = new_slot(seats=3)
    first, second = book(slot), book(slot)
    services.cancel(registration_id=first.pk, at=AT, actor="user:1")

    third = book(slot)

    assert (first.seat, second.seat, third.seat) == (1, 2, 1)
    assert third.state == "confirmed"
    assert queries.registration_by_ref(third.ref.lower().replace("-", " ")) == third


def test_book_twice_by_the_same_actor_is_one_seat():
    slot, person_id = new_slot(seats=3), new_person()

    assert book(slot, person_id) == book(slot, person_id)

    assert Registration.objects.count() == 1
    with pytest.raises(AlreadyRegistered, match="OR-"):
        book(slot, person_id, actor="user:2")


def test_book_refuses_a_full_slot():
    slot = new_slot(seats=1)
    book(slot)

    with pytest.raises(SlotFull):
        book(slot)


def test_book_refuses_a_slot_that_is_gone():
    slot = new_slot(seats=2)
    with pytest.raises(SlotGone):
        book(slot, at=slot.starts_at)
    services.cancel_slot(slot_id=slot.pk, at=AT, actor="user:1")
    with pytest.raises(SlotGone):
        book(slot)
    with pytest.raises(SlotGone):
        new_registration(slot, slot_id=0)
    assert not Registration.objects.exists()


def test_book_at_the_counter_is_allowed_until_the_end():
    slot = new_slot(seats=2, minutes=60)

    assert book(slot, at=slot.starts_at + hours(0.9), walk_in=True).state == "confirmed"
    with pytest.raises(SlotGone):
        book(slot, at=slot.ends_at, walk_in=True)


def test_book_refuses_a_place_closed_meanwhile():
    slot = new_slot()
    slot.offer.place.closed_on = slot.starts_at.date()
    slot.offer.place.save()

    with pytest.raises(PlaceClosed, match=slot.offer.place.name):
        book(slot)


def test_book_refuses_an_unknown_person():
    with pytest.raises(PersonUnknown):
        book(new_slot(), uuid.uuid4())


def test_book_is_repeatable_with_seeded_references():
    slot = new_slot(seats=2)

    refs = [
        book(slot, random_bytes=random.Random(7).randbytes).ref,
    ]
    Registration.objects.all().delete()
    refs.append(book(slot, random_bytes=random.Random(7).randbytes).ref)

    assert refs[0] == refs[1]
    assert len(refs[0]) == 12


def test_book_query_count(django_assert_num_queries):
    slot, person_id = new_slot(seats=12), new_person()
    with django_assert_num_queries(7):
        book(slot, person_id)


def test_confirm_and_release_a_held_seat():
    slot = new_slot(seats=2)
    kept, given_back = book(slot, held=True), book(slot, held=True)
    assert kept.state == "held"

    for _twice in range(2):
        kept = services.confirm(registration_id=kept.pk, at=AT, actor="user:1")
        given_back = services.release(registration_id=given_back.pk, at=AT, actor="user:1")

    assert (kept.state, given_back.state) == ("confirmed", "released")
    assert services.release(registration_id=kept.pk, at=AT, actor="u").state == "confirmed"
    with pytest.raises(SeatNotHeld):
        services.confirm(registration_id=given_back.pk, at=AT, actor="user:1")
    with pytest.raises(RegistrationUnknown):
        services.confirm(registration_id=0, at=AT, actor="user:1")


def test_cancel_refuses_once_the_person_came():
    slot = new_slot()
    registration = book(slot)
    services.record_attendance(
        registration_id=registration.pk, present=True, at=slot.starts_at, actor="user:1"
    )

    with pytest.raises(AttendanceAlreadyRecorded):
        services.cancel(registration_id=registration.pk, at=slot.starts_at, actor="user:1")


def insert(slot, seat, person_id):
    Registration.objects.create(
        slot=slot,
        seat=seat,
        person_id=person_id,
        ref=f"OR-{uuid.uuid4().hex[:9]}",
        state="confirmed",
        booked_by="x",
        booked_at=AT,
    )


def test_postgresql_refuses_a_seat_that_does_not_exist_or_is_taken():
    slot, person_id = new_slot(seats=2), new_person()
    insert(slot, 1, person_id)

    with pytest.raises(DatabaseError, match="has no seat 3"), transaction.atomic():
        insert(slot, 3, new_person())
    with pytest.raises(IntegrityError, match="registration_one_per_seat"), transaction.atomic():
        insert(slot, 1, new_person())
    with pytest.raises(IntegrityError, match="registration_once_per_person"), transaction.atomic():
        insert(slot, 2, person_id)


def test_postgresql_refuses_to_drop_a_taken_seat():
    slot = new_slot(seats=2)
    insert(slot, 2, new_person())
    slot.seats = 1

    with pytest.raises(DatabaseError, match="seat over 1 is taken"), transaction.atomic():
        slot.save()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_sixteen_clients_on_fifty_slots_of_twelve_seats_never_thirteen():
    unit = UnitFactory()
    slots = services.publish_slots(
        offer_id=OfferFactory(place=unit.place).pk,
        worker_unit=unit,
        starts=[AT + hours(n) for n in range(1, 51)],
        minutes=60,
        seats=12,
        at=AT,
        actor="user:1",
    ).created
    people = [new_person() for _ in range(40)]

    def client(number):
        booked, dice = 0, random.Random(number)
        wanted = [(slot, person) for slot in slots for person in dice.sample(people, 2)]
        dice.shuffle(wanted)
        try:
            for slot, person_id in wanted:
                try:
                    new_registration(slot, person_id=person_id, actor=f"client:{number}")
                    booked += 1
                except (SlotFull, AlreadyRegistered):
                    pass
        finally:
            connection.close()
        return booked

    with ThreadPoolExecutor(16) as pool:
        booked = sum(pool.map(client, range(16)))

    per_slot = Registration.objects.values("slot").annotate(n=Count("pk")).order_by()
    assert max(row["n"] for row in per_slot) == 12
    assert booked == Registration.objects.count()
    assert sum(row["n"] for row in per_slot) == booked


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_workers_publishing_the_same_hour_get_one_slot():
    unit = UnitFactory()
    offer = OfferFactory(place=unit.place)

    def client(_number):
        try:
            return len(
                services.publish_slots(
                    offer_id=offer.pk,
                    worker_unit=unit,
                    starts=[AT + hours(1), AT + hours(1.5)],
                    minutes=45,
                    seats=1,
                    at=AT,
                    actor="user:1",
                ).created
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        created = list(pool.map(client, range(4)))

    assert sorted(created) == [0, 0, 0, 1]
