"""Who came. A slot whose every seat is noted is realised: it *is* the service record."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from filiere.agenda.errors import (
    AttendanceAlreadyRecorded,
    AttendanceTooEarly,
    NothingToUndo,
    SeatNotHeld,
    SeatOnlyHeld,
    UndoTooLate,
)
from filiere.agenda.events import AttendanceRecorded, AttendanceUndone
from filiere.agenda.models import (
    AWAITED,
    NOTED,
    Registration,
    RegistrationState,
    Slot,
    SlotState,
)
from filiere.agenda.services.booking import lock, undo_minutes
from filiere.kernel import services as kernel
from filiere.kernel.calendar import legal_day
from filiere.kernel.events import publish
from filiere.persons import services as persons


@transaction.atomic
def record_attendance(
    *, registration_id: int, present: bool, at: datetime, actor: str
) -> Registration:
    """Note that the person came, or did not. The same answer twice is once.

    Allowed from the legal day of the session on. Upper apps are told: the price is raised only
    for someone who came.

    Raises:
        AttendanceAlreadyRecorded: the other answer was noted; undo it first.
        AttendanceTooEarly: the session is on a later day.
        SeatOnlyHeld: the place has not accepted the person.
        SeatNotHeld: the seat was given back.
        RegistrationUnknown: no such seat.
    """
    registration = lock(registration_id)
    wanted = RegistrationState.PRESENT if present else RegistrationState.ABSENT
    if registration.state == wanted:
        return registration
    _refuse_unless_expected(registration, at)
    registration.state = wanted
    registration.attendance_at = at
    registration.save(update_fields=["state", "attendance_at"])
    if present:
        persons.touch(person_id=registration.person_id, on=legal_day(at))
    _realise_if_all_noted(registration.slot_id)
    _trace(registration, f"agenda.noted_{wanted.value}", at=at, actor=actor)
    publish(
        AttendanceRecorded(registration_id=registration.pk, present=present, at=at, actor=actor)
    )
    return registration


@transaction.atomic
def undo_attendance(*, registration_id: int, at: datetime, actor: str) -> Registration:
    """Take back what was noted, for a few minutes (``session.undo_minutes``).

    Upper apps may refuse, for instance when the session is already paid for: then nothing is
    undone.

    Raises:
        NothingToUndo: nothing is noted.
        UndoTooLate: it was noted too long ago.
        RegistrationUnknown: no such seat.
    """
    registration = lock(registration_id)
    if registration.state not in NOTED or registration.attendance_at is None:
        raise NothingToUndo(ref=registration.ref)
    minutes = undo_minutes(at)
    if at > registration.attendance_at + timedelta(minutes=minutes):
        raise UndoTooLate(minutes=minutes)
    was_present = registration.state == RegistrationState.PRESENT
    registration.state = RegistrationState.CONFIRMED
    registration.attendance_at = None
    registration.save(update_fields=["state", "attendance_at"])
    Slot.objects.filter(pk=registration.slot_id, state=SlotState.REALISED).update(
        state=SlotState.OPEN
    )
    _trace(registration, "agenda.attendance_undone", at=at, actor=actor)
    publish(
        AttendanceUndone(
            registration_id=registration.pk, was_present=was_present, at=at, actor=actor
        )
    )
    return registration


def _refuse_unless_expected(registration: Registration, at: datetime) -> None:
    """Refuse a seat whose person is not expected, today or at all."""
    if registration.state in NOTED:
        raise AttendanceAlreadyRecorded(ref=registration.ref, minutes=undo_minutes(at))
    if registration.state == RegistrationState.HELD:
        raise SeatOnlyHeld(ref=registration.ref)
    if registration.state != RegistrationState.CONFIRMED:
        raise SeatNotHeld(ref=registration.ref)
    day = legal_day(registration.slot.starts_at)
    if legal_day(at) < day:
        raise AttendanceTooEarly(day=day)


def _realise_if_all_noted(slot_id: int) -> None:
    """Mark the slot, already locked, realised once nobody is awaited."""
    awaited = Registration.objects.filter(slot=OuterRef("pk"), state__in=AWAITED)
    Slot.objects.filter(~Exists(awaited), pk=slot_id, state=SlotState.OPEN).update(
        state=SlotState.REALISED
    )


def _trace(registration: Registration, action: str, *, at: datetime, actor: str) -> None:
    kernel.record(actor=actor, action=action, subject=f"registration:{registration.ref}", at=at)
