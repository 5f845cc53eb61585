import datetime
from collections import defaultdict

import pytest

from filiere.agenda import services
from filiere.agenda.errors import (
    AttendanceAlreadyRecorded,
    AttendanceTooEarly,
    NothingToUndo,
    SeatNotHeld,
    SeatOnlyHeld,
    UndoTooLate,
)
from filiere.agenda.events import AttendanceRecorded, AttendanceUndone
from filiere.kernel import events
from filiere.persons.models import Person
from tests.agenda.factories import hours, new_registration, new_slot
from tests.conftest import AT

pytestmark = pytest.mark.django_db
STARTS = AT + hours(24)


@pytest.fixture
def told(monkeypatch):
    """Facts published, with no upper app listening."""
    heard = []
    silent = defaultdict(list)
    for fact in (AttendanceRecorded, AttendanceUndone):
        silent[fact] = [(0, heard.append)]
    monkeypatch.setattr(events, "type_handlers", silent)
    return heard


def record(registration, present=True, at=STARTS):
    return services.record_attendance(
        registration_id=registration.pk, present=present, at=at, actor="user:1"
    )


def undo(registration, at):
    return services.undo_attendance(registration_id=registration.pk, at=at, actor="user:1")


def test_record_attendance_realises_the_slot_once_all_are_noted(told):
    slot = new_slot(seats=3)
    first, second = new_registration(slot), new_registration(slot)

    record(first)
    slot.refresh_from_db()
    assert slot.state == "open"
    record(second, present=False)
    slot.refresh_from_db()

    assert slot.state == "realised"
    assert [(fact.registration_id, fact.present) for fact in told] == [
        (first.pk, True),
        (second.pk, False),
    ]
    assert Person.objects.get(pk=first.person_id).last_contact_on == STARTS.date()
    assert Person.objects.get(pk=second.person_id).last_contact_on == AT.date()


def test_record_attendance_twice_is_once(told):
    registration = new_registration()

    record(registration)
    again = record(registration, at=STARTS + hours(1))

    assert again.attendance_at == STARTS
    assert len(told) == 1
    with pytest.raises(AttendanceAlreadyRecorded, match="15"):
        record(registration, present=False)


def test_record_attendance_refuses_a_later_day_in_legal_time(told):
    past_midnight = datetime.datetime(2026, 11, 26, 23, 30, tzinfo=datetime.UTC)  # 27th in Paris
    registration = new_registration(new_slot(starts_at=past_midnight))

    with pytest.raises(AttendanceTooEarly):
        record(registration, at=past_midnight - hours(1))
    assert record(registration, at=past_midnight - hours(0.25)).state == "present"


def test_record_attendance_refuses_a_seat_not_confirmed(told):
    slot = new_slot(seats=2)
    held, gone = new_registration(slot, held=True), new_registration(slot)
    services.cancel(registration_id=gone.pk, at=AT, actor="user:1")

    with pytest.raises(SeatOnlyHeld):
        record(held)
    with pytest.raises(SeatNotHeld):
        record(gone)
    assert told == []


def test_undo_attendance_within_fifteen_minutes(told):
    slot = new_slot()
    registration = new_registration(slot)
    record(registration)

    undone = undo(registration, STARTS + hours(0.25))

    slot.refresh_from_db()
    assert (undone.state, undone.attendance_at, slot.state) == ("confirmed", None, "open")
    assert told[-1].was_present is True
    assert record(registration, present=False).state == "absent"


def test_undo_attendance_refuses_later_and_when_nothing_is_noted(told):
    registration = new_registration()
    with pytest.raises(NothingToUndo):
        undo(registration, STARTS)
    record(registration)

    with pytest.raises(UndoTooLate, match="15"):
        undo(registration, STARTS + hours(0.25) + datetime.timedelta(seconds=1))

    registration.refresh_from_db()
    assert registration.state == "present"


def test_walk_in_reopens_a_realised_slot(told):
    slot = new_slot(seats=2)
    record(new_registration(slot))

    late = new_registration(slot, at=STARTS + hours(0.2), walk_in=True)

    slot.refresh_from_db()
    assert (slot.state, late.seat) == ("open", 2)
