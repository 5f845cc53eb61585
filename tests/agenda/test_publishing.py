import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from filiere.agenda import queries, services
from filiere.agenda.errors import SlotAlreadyHeld, SlotOutOfRange, UnitTaken
from filiere.agenda.models import Occupation, Slot, SlotState
from filiere.directory.events import PlaceClosed
from filiere.kernel.events import publish
from tests.agenda.factories import (
    OfferFactory,
    UnitFactory,
    hours,
    new_registration,
    new_slot,
)
from tests.conftest import AT

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def publish_at(offer, unit, *starts, minutes=60, **more):
    return services.publish_slots(
        offer_id=offer.pk,
        worker_unit=unit,
        starts=starts,
        minutes=minutes,
        seats=more.pop("seats", 2),
        at=AT,
        actor="user:1",
        **more,
    )


@pytest.fixture
def unit():
    return UnitFactory()


@pytest.fixture
def offer(unit):
    return OfferFactory(place=unit.place)


def test_publish_slots_takes_the_time_of_the_worker(offer, unit):
    result = publish_at(offer, unit, AT + hours(2), AT + hours(1), title="Atelier")

    assert [slot.starts_at for slot in result.created] == [AT + hours(1), AT + hours(2)]
    assert result.rejected == []
    assert Occupation.objects.filter(unit=unit, released=False).count() == 2
    slot = Slot.objects.get(pk=result.created[0].pk)
    assert (slot.seats, slot.title, slot.ends_at) == (2, "Atelier", AT + hours(2))


def test_publish_slots_tells_what_does_not_fit_and_keeps_the_rest(offer, unit):
    publish_at(offer, unit, AT + hours(5))

    result = publish_at(offer, unit, AT - hours(1), AT + hours(4.5), AT + hours(6), AT + hours(6.5))

    assert [slot.starts_at for slot in result.created] == [AT + hours(6)]
    assert result.rejected == [
        (AT - hours(1), "past"),
        (AT + hours(4.5), "taken"),
        (AT + hours(6.5), "taken"),
    ]
    assert Slot.objects.count() == 2
    assert Occupation.objects.count() == 2


def test_publish_slots_of_a_closed_place_is_rejected(offer, unit):
    offer.place.closed_on = (AT + hours(48)).date()
    offer.place.save()

    result = publish_at(offer, unit, AT + hours(24), AT + hours(48))

    assert [slot.starts_at for slot in result.created] == [AT + hours(24)]
    assert result.rejected == [(AT + hours(48), "closed")]


@pytest.mark.parametrize(("minutes", "seats"), [(4, 1), (721, 1), (30, 0), (30, 201)])
def test_publish_slots_refuses_impossible_sizes(offer, unit, minutes, seats):
    with pytest.raises(SlotOutOfRange):
        publish_at(offer, unit, AT + hours(1), minutes=minutes, seats=seats)


def test_publish_slots_number_of_queries_does_not_grow(offer, unit, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        publish_at(offer, unit, *[AT + hours(n) for n in range(1, 41)])


def test_postgresql_refuses_two_occupations_of_one_unit(unit):
    during = DateTimeTZRange(AT, AT + hours(1))
    Occupation.objects.create(unit=unit, during=during, cause="absence")

    with pytest.raises(IntegrityError, match="occupation_no_overlap"), transaction.atomic():
        Occupation.objects.create(
            unit=unit, during=DateTimeTZRange(AT + hours(0.5), AT + hours(2)), cause="absence"
        )
    Occupation.objects.create(
        unit=unit, during=DateTimeTZRange(AT + hours(1), AT + hours(2)), cause="absence"
    )


def test_block_refuses_a_time_already_planned_and_free_gives_it_back(offer, unit):
    absence = services.block(
        unit=unit, starts_at=AT, ends_at=AT + hours(3), cause="absence", at=AT, actor="user:1"
    )
    assert publish_at(offer, unit, AT + hours(1)).rejected == [(AT + hours(1), "taken")]
    with pytest.raises(UnitTaken, match="Nadia"):
        services.block(
            unit=unit, starts_at=AT, ends_at=AT + hours(1), cause="closure", at=AT, actor="user:1"
        )

    services.free(occupation=absence, at=AT, actor="user:1")

    assert publish_at(offer, unit, AT + hours(1)).rejected == []


def test_publish_slots_keeps_both_hours_of_the_night_the_clock_goes_back(offer, unit):
    first = datetime.datetime(2027, 10, 31, 2, 0, tzinfo=PARIS, fold=0)
    again = datetime.datetime(2027, 10, 31, 2, 0, tzinfo=PARIS, fold=1)

    result = publish_at(offer, unit, first, again)

    assert result.rejected == []
    assert [slot.ends_at - slot.starts_at for slot in result.created] == [hours(1), hours(1)]


def test_day_is_the_legal_day(offer, unit):
    before = datetime.datetime(2026, 11, 24, 22, 30, tzinfo=datetime.UTC)  # 23 h 30 in Paris
    after = datetime.datetime(2026, 11, 24, 23, 30, tzinfo=datetime.UTC)  # 0 h 30 on the 25th
    publish_at(offer, unit, before, after, minutes=30)
    user = unit.worker.user_id

    assert [s.starts_at for s in queries.day(user, datetime.date(2026, 11, 24))] == [before]
    assert [s.starts_at for s in queries.day(user, datetime.date(2026, 11, 25))] == [after]


def test_day_of_25_hours_holds_its_last_hour(offer, unit):
    last = datetime.datetime(2027, 10, 31, 23, 0, tzinfo=PARIS)
    publish_at(offer, unit, last, minutes=30)

    assert len(queries.day(unit.worker.user_id, datetime.date(2027, 10, 31))) == 1
    assert queries.day(unit.worker.user_id, datetime.date(2027, 11, 1)) == []


def test_day_query_count(offer, unit, django_assert_num_queries):
    for slot in publish_at(offer, unit, *[AT + hours(n) for n in range(1, 6)]).created:
        new_registration(slot)

    with django_assert_num_queries(2):
        slots = queries.day(unit.worker.user_id, AT.date())
        assert [len(slot.seats_taken) for slot in slots] == [1] * 5
        assert slots[0].offer.place.name


def test_cancel_slot_gives_back_time_and_seats(offer, unit):
    slot = new_slot(offer, unit=unit, seats=2)
    registration = new_registration(slot)

    services.cancel_slot(slot_id=slot.pk, at=AT, actor="user:1")
    services.cancel_slot(slot_id=slot.pk, at=AT, actor="user:1")

    slot.refresh_from_db()
    registration.refresh_from_db()
    assert (slot.state, registration.state) == ("cancelled", "cancelled")
    assert publish_at(offer, unit, slot.starts_at).rejected == []


def test_cancel_slot_refuses_once_somebody_was_received():
    slot = new_slot(seats=2)
    registration = new_registration(slot)
    new_registration(slot)
    services.record_attendance(
        registration_id=registration.pk, present=True, at=slot.starts_at, actor="user:1"
    )

    with pytest.raises(SlotAlreadyHeld):
        services.cancel_slot(slot_id=slot.pk, at=slot.starts_at, actor="user:1")


def test_place_closed_cancels_its_slots_from_that_day(offer, unit):
    early = new_slot(offer, unit=unit, starts_at=AT + hours(1))
    late = new_slot(offer, unit=unit, starts_at=AT + hours(24))

    with transaction.atomic():
        publish(
            PlaceClosed(place_id=offer.place_id, on=late.starts_at.date(), at=AT, actor="user:1")
        )

    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.state, late.state) == (SlotState.OPEN, SlotState.CANCELLED)


def test_free_seats_counts_in_one_query(offer, unit, django_assert_num_queries):
    slots = publish_at(offer, unit, AT + hours(1), AT + hours(2), AT + hours(30)).created
    new_registration(slots[0])
    new_registration(slots[1])
    new_registration(slots[1])
    cancelled = new_registration(slots[0])
    services.cancel(registration_id=cancelled.pk, at=AT, actor="user:1")
    other = new_slot(starts_at=AT + hours(1))

    with django_assert_num_queries(1):
        found = queries.free_seats([offer.pk, other.offer_id], (AT, AT + hours(24)))

    assert found == {
        offer.pk: [(slots[0].pk, AT + hours(1), 1)],
        other.offer_id: [(other.pk, AT + hours(1), 1)],
    }
    assert queries.next_free_slot([offer.pk], AT + hours(2), AT + hours(48)) == (
        offer.pk,
        slots[2].pk,
        AT + hours(30),
        2,
    )
    assert queries.next_free_slot([offer.pk], AT + hours(31), AT + hours(48)) is None
    assert queries.free_seats([], (AT, AT + hours(24))) == {}
