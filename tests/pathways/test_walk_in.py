"""Somebody is received without an hour being open; nobody's time is taken twice."""

import datetime

import pytest

from filiere.agenda import services as agenda
from filiere.agenda.errors import NobodyFree, PlaceClosed, SlotOutOfRange
from filiere.agenda.models import Occupation, Slot
from filiere.pathways import services
from tests.agenda.factories import AT, OfferFactory, UnitFactory, new_slot

pytestmark = pytest.mark.django_db
HALF = datetime.timedelta(minutes=30)


def place(**changes):
    offer = OfferFactory(**changes)
    return offer, UnitFactory(worker__place=offer.place)


def receive(offer, unit, **changes):
    given = {
        "offer_id": offer.pk, "unit_id": unit.pk, "minutes": 30, "outcome": "done_together",
        "at": AT, "actor": "user:1",
    }  # fmt: skip
    return services.receive_walk_in(**given | changes)


def test_receive_walk_in_opens_an_hour_with_one_seat_taken_and_notes_the_session():
    offer, unit = place()

    noted = receive(offer, unit)

    slot = Slot.objects.get()
    assert (slot.starts_at, slot.ends_at, slot.seats) == (AT, AT + HALF, 1)
    assert noted.registration.state == "present"
    assert noted.note.outcome == "done_together"
    assert Occupation.objects.get().unit == unit


def test_receive_walk_in_takes_a_free_seat_of_the_hour_under_way():
    offer, unit = place()
    slot = new_slot(offer, starts_at=AT, seats=2, unit=unit, at=AT - 2 * HALF)

    noted = receive(offer, unit, at=AT + HALF / 2)

    assert noted.registration.slot_id == slot.pk
    assert Slot.objects.count() == 1


def test_receive_walk_in_refuses_time_that_is_planned():
    offer, unit = place()
    new_slot(offer, starts_at=AT + HALF, unit=unit, at=AT - HALF)

    with pytest.raises(NobodyFree):
        receive(offer, unit, minutes=60)
    assert receive(offer, unit, minutes=30).note is not None


def test_open_now_finds_a_worker_who_is_free():
    offer, busy = place()
    free = UnitFactory(worker__place=offer.place)
    given = {"offer_id": offer.pk, "starts_at": AT, "minutes": 30, "at": AT, "actor": "t"}

    first, second = agenda.open_now(**given), agenda.open_now(**given)

    assert [first.worker_id, second.worker_id] == sorted([busy.pk, free.pk])
    with pytest.raises(NobodyFree):
        agenda.open_now(**given)


def test_open_now_refuses_a_closed_place_and_a_length_nobody_gives():
    offer, _unit = place(closed_on=AT.date())
    given = {"offer_id": offer.pk, "starts_at": AT, "at": AT, "actor": "t"}

    with pytest.raises(PlaceClosed):
        agenda.open_now(minutes=30, **given)
    with pytest.raises(SlotOutOfRange):
        agenda.open_now(minutes=1, **given)
