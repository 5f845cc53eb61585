"""Taking, holding and giving back a seat. The slot's row is locked, so a seat is taken once."""

import secrets
from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from filiere.agenda.errors import (
    AlreadyRegistered,
    AttendanceAlreadyRecorded,
    RegistrationUnknown,
    SeatNotHeld,
    SlotFull,
    SlotGone,
)
from filiere.agenda.events import RegistrationCancelled
from filiere.agenda.models import (
    NOTED,
    TAKES_SEAT,
    Registration,
    RegistrationState,
    Slot,
    SlotState,
)
from filiere.agenda.services.publishing import refuse_if_closed
from filiere.kernel import services as kernel
from filiere.kernel.calendar import legal_day
from filiere.kernel.events import publish
from filiere.persons import services as persons
from filiere.rules import parameters
from filiere.rules.codes import REFERENCE_LENGTH, code_from_random, format_code

REFERENCE_PREFIX = "OR"
REFERENCE_BYTES = 8

RandomBytes = Callable[[int], bytes]


@transaction.atomic
def book(
    *,
    slot_id: int,
    person_id: UUID,
    actor: str,
    at: datetime,
    need: str = "",
    procedure: str = "",
    commitment_id: int | None = None,
    held: bool = False,
    walk_in: bool = False,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> Registration:
    """Give a person the lowest free seat of a slot.

    The same request sent twice by the same actor gives the first seat.

    Args:
        commitment_id: who pays a part under an agreement, for billing.
        held: the seat waits for a place's answer (a referral) instead of being confirmed.
        walk_in: the person is at the counter: allowed until the end of the slot.
        random_bytes: source of the reference; a seeded one makes a run repeatable.

    Raises:
        SlotFull: no seat is left.
        SlotGone: cancelled, over or begun.
        PlaceClosed: the place or the offer is closed that day.
        AlreadyRegistered: somebody else already booked this slot for the person.
        PersonUnknown, PersonErased: no living file bears this reference.
    """
    persons.touch(person_id=person_id, on=legal_day(at))
    slot = (
        Slot.objects.select_for_update(of=("self",))
        .select_related("offer__place")
        .filter(pk=slot_id)
        .first()
    )
    if slot is None:
        raise SlotGone
    taken = list(Registration.objects.filter(slot=slot, state__in=TAKES_SEAT).order_by("seat"))
    for registration in taken:
        if registration.person_id == person_id:
            if registration.booked_by == actor:
                return registration
            raise AlreadyRegistered(ref=registration.ref)
    _refuse_if_gone(slot, at, walk_in=walk_in)
    refuse_if_closed(slot.offer, slot.starts_at)
    if len(taken) >= slot.seats:
        raise SlotFull
    occupied = {registration.seat for registration in taken}
    if slot.state == SlotState.REALISED:  # someone more came: the session goes on
        Slot.objects.filter(pk=slot.pk).update(state=SlotState.OPEN)
    return Registration.objects.create(
        slot=slot,
        seat=next(seat for seat in range(1, slot.seats + 1) if seat not in occupied),
        person_id=person_id,
        ref=_new_reference(random_bytes),
        state=RegistrationState.HELD if held else RegistrationState.CONFIRMED,
        booked_by=actor,
        booked_at=at,
        need=need,
        procedure=procedure,
        commitment_id=commitment_id,
    )


@transaction.atomic
def confirm(*, registration_id: int, at: datetime, actor: str) -> Registration:
    """Turn a held seat into an appointment. Confirming twice is once.

    Raises:
        SeatNotHeld: the seat was given back.
        RegistrationUnknown: no such seat.
    """
    registration = lock(registration_id)
    if registration.state == RegistrationState.HELD:
        _move(registration, RegistrationState.CONFIRMED, at=at, actor=actor)
    elif registration.state in (RegistrationState.CANCELLED, RegistrationState.RELEASED):
        raise SeatNotHeld(ref=registration.ref)
    return registration


@transaction.atomic
def release(*, registration_id: int, at: datetime, actor: str) -> Registration:
    """Give back a seat that was only held. A seat that is not held is left as it is.

    Raises:
        RegistrationUnknown: no such seat.
    """
    registration = lock(registration_id)
    if registration.state == RegistrationState.HELD:
        _move(registration, RegistrationState.RELEASED, at=at, actor=actor)
    return registration


@transaction.atomic
def cancel(*, registration_id: int, at: datetime, actor: str) -> Registration:
    """Give back a seat for the person; upper apps are told. Cancelling twice is once.

    Raises:
        AttendanceAlreadyRecorded: the person came, or was noted absent.
        RegistrationUnknown: no such seat.
    """
    registration = lock(registration_id)
    if registration.state in (RegistrationState.CANCELLED, RegistrationState.RELEASED):
        return registration
    if registration.state in NOTED:
        raise AttendanceAlreadyRecorded(ref=registration.ref, minutes=undo_minutes(at))
    _move(registration, RegistrationState.CANCELLED, at=at, actor=actor)
    publish(RegistrationCancelled(registration_id=registration.pk, at=at, actor=actor))
    return registration


def lock_slots(slot_ids: Collection[int]) -> None:
    """Lock several slots, lowest number first: whoever needs more than one does it here."""
    slots = Slot.objects.select_for_update(of=("self",)).filter(pk__in=slot_ids).order_by("pk")
    list(slots.values_list("pk"))


def lock(registration_id: int) -> Registration:
    """Lock one seat's row after its slot's: everything here locks in that order.

    Raises:
        RegistrationUnknown: no such seat.
    """
    slot = (
        Slot.objects.select_for_update(of=("self",)).filter(registrations=registration_id).first()
    )
    if slot is None:
        raise RegistrationUnknown
    registration = Registration.objects.select_for_update().get(pk=registration_id)
    registration.slot = slot
    return registration


def undo_minutes(at: datetime) -> int:
    """Minutes during which what was noted can be undone."""
    return parameters.whole("session.undo_minutes", legal_day(at))


def _refuse_if_gone(slot: Slot, at: datetime, *, walk_in: bool) -> None:
    """Refuse a cancelled slot, and one that has begun (ended, for someone at the counter)."""
    offered = (SlotState.OPEN, SlotState.REALISED) if walk_in else (SlotState.OPEN,)
    limit = slot.ends_at if walk_in else slot.starts_at
    if slot.state not in offered or limit <= at:
        raise SlotGone


def _move(
    registration: Registration, state: RegistrationState, *, at: datetime, actor: str
) -> None:
    """Write a seat's new state and leave a trace."""
    registration.state = state
    registration.save(update_fields=["state"])
    kernel.record(
        actor=actor,
        action=f"agenda.seat_{state.value}",
        subject=f"registration:{registration.ref}",
        at=at,
    )


def _new_reference(random_bytes: RandomBytes) -> str:
    """Draw a reference nobody bears yet."""
    while True:
        code = code_from_random(random_bytes(REFERENCE_BYTES), length=REFERENCE_LENGTH)
        ref = format_code(code, prefix=REFERENCE_PREFIX)
        if not Registration.objects.filter(ref=ref).exists():
            return ref
