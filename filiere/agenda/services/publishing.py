"""Units and what takes their time: slots offered, absences, closures.

Two occupations of one unit never overlap: the database refuses the second
(``occupation_no_overlap``), whoever writes it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from filiere.agenda.errors import (
    NobodyFree,
    PlaceClosed,
    SlotAlreadyHeld,
    SlotOutOfRange,
    UnitTaken,
)
from filiere.agenda.events import SlotCancelled
from filiere.agenda.models import (
    AWAITED,
    NOTED,
    Cause,
    Occupation,
    Registration,
    RegistrationState,
    Slot,
    SlotState,
    Unit,
    UnitKind,
)
from filiere.directory.models import Offer
from filiere.kernel import services as kernel
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import translate
from filiere.kernel.events import publish
from filiere.persons import services as persons

SHORTEST_MINUTES, LONGEST_MINUTES = 5, 12 * 60
MOST_SEATS = 200
TAKEN, PAST, CLOSED = "taken", "past", "closed"


@dataclass(frozen=True, slots=True)
class PublishResult:
    """Slots created, and the starts that were not: reason ``taken``, ``past`` or ``closed``."""

    created: list[Slot]
    rejected: list[tuple[datetime, str]]


@transaction.atomic
def open_unit(
    *,
    place_id: int,
    name: str,
    at: datetime,
    actor: str,
    kind: UnitKind | str = UnitKind.WORKER,
    worker_id: int | None = None,
) -> Unit:
    """Make a worker, room or machine of a place bookable. A worker has one unit, made once."""
    if worker_id is not None:
        unit, is_new = Unit.objects.get_or_create(
            worker_id=worker_id,
            defaults={"place_id": place_id, "kind": UnitKind.WORKER, "name": name},
        )
    else:
        unit, is_new = Unit.objects.create(place_id=place_id, kind=kind, name=name), True
    if is_new:
        kernel.record(actor=actor, action="agenda.unit_opened", subject=f"unit:{unit.pk}", at=at)
    return unit


@transaction.atomic
def publish_slots(
    *,
    offer_id: int,
    worker_unit: Unit,
    starts: Sequence[datetime],
    minutes: int,
    seats: int,
    at: datetime,
    actor: str,
    title: str = "",
    is_invented: bool = False,
) -> PublishResult:
    """Offer seats at several times with one worker; a start that does not fit is told, not lost.

    Lengths are real minutes, through changes of clock too.

    Args:
        starts: time-zone aware moments.
        minutes: length of each slot, 5 to 720.
        seats: 1 to 200.

    Raises:
        SlotOutOfRange: length or seats outside these ranges.
    """
    if not (SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES and 1 <= seats <= MOST_SEATS):
        raise SlotOutOfRange
    Unit.objects.select_for_update().get(pk=worker_unit.pk)  # one publication at a time
    offer = Offer.objects.select_related("place").get(pk=offer_id)
    length = timedelta(minutes=minutes)
    rejected, wanted = [], []
    # In UTC: adding minutes to a local time would count the clock's hands, not real minutes.
    for start in sorted(start.astimezone(UTC) for start in starts):
        reason = _reason_against(offer, start, at)
        if reason:
            rejected.append((start, reason))
        else:
            wanted.append(
                Slot(
                    offer=offer,
                    worker=worker_unit,
                    starts_at=start,
                    ends_at=start + length,
                    seats=seats,
                    title=title,
                    is_invented=is_invented,
                )
            )
    created, taken = _occupy(Slot.objects.bulk_create(wanted))
    rejected += [(slot.starts_at, TAKEN) for slot in taken]
    kernel.record(
        actor=actor,
        action="agenda.slots_published",
        subject=f"unit:{worker_unit.pk}",
        at=at,
        created=len(created),
        rejected=len(rejected),
    )
    return PublishResult(created, sorted(rejected))


@transaction.atomic
def open_now(
    *,
    offer_id: int,
    starts_at: datetime,
    minutes: int,
    at: datetime,
    actor: str,
    unit_id: int | None = None,
) -> Slot:
    """Open one seat for who is here without an hour being open; its worker's time is taken.

    Locks the workers of the place, lowest number first. Unlike ``publish_slots`` it may begin now,
    or have begun; nobody else can book it, for its only seat is taken at once by ``book``.

    Args:
        starts_at: when the session began.
        minutes: length, 5 to 720.
        unit_id: who receives; None: the first worker of the place who is free.

    Raises:
        SlotOutOfRange: length outside this range.
        PlaceClosed: the place or the offer is closed that day.
        NobodyFree: the worker, or every worker, has something planned then.
    """
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise SlotOutOfRange
    offer = Offer.objects.select_related("place").get(pk=offer_id)
    refuse_if_closed(offer, starts_at)
    starts_at = starts_at.astimezone(UTC)
    ends_at = starts_at + timedelta(minutes=minutes)
    workers = Unit.objects.select_for_update(of=("self",)).filter(
        place=offer.place_id, kind=UnitKind.WORKER, worker__left_on=None
    )
    if unit_id is not None:
        workers = workers.filter(pk=unit_id)
    ids = list(workers.order_by("pk").values_list("pk", flat=True))
    taken = Occupation.objects.filter(
        unit__in=ids, released=False, during__overlap=DateTimeTZRange(starts_at, ends_at)
    ).values_list("unit", flat=True)
    free_ids = [pk for pk in ids if pk not in set(taken.order_by("pk"))]
    if not free_ids:
        raise NobodyFree
    slot = Slot.objects.create(
        offer=offer, worker_id=free_ids[0], starts_at=starts_at, ends_at=ends_at, seats=1
    )
    _occupy([slot])
    kernel.record(actor=actor, action="agenda.opened_now", subject=f"slot:{slot.pk}", at=at)
    return slot


@transaction.atomic
def block(
    *,
    unit: Unit,
    starts_at: datetime,
    ends_at: datetime,
    cause: Cause | str,
    at: datetime,
    actor: str,
) -> Occupation:
    """Take a unit's time for an absence, maintenance or closure.

    Raises:
        UnitTaken: something is already planned in this time.
        SlotOutOfRange: it would end before it starts.
    """
    if ends_at <= starts_at:
        raise SlotOutOfRange
    try:
        with transaction.atomic():
            occupation = Occupation.objects.create(
                unit=unit, during=DateTimeTZRange(starts_at, ends_at), cause=cause
            )
    except IntegrityError as error:
        raise translate(error, {"occupation_no_overlap": UnitTaken(unit=unit.name)}) from error
    kernel.record(actor=actor, action="agenda.unit_blocked", subject=f"unit:{unit.pk}", at=at)
    return occupation


@transaction.atomic
def free(*, occupation: Occupation, at: datetime, actor: str) -> None:
    """Give back the time taken by ``block``. Freeing twice is once."""
    if Occupation.objects.filter(pk=occupation.pk, slot=None, released=False).update(released=True):
        kernel.record(
            actor=actor, action="agenda.unit_freed", subject=f"unit:{occupation.unit_id}", at=at
        )


@transaction.atomic
def cancel_slot(*, slot_id: int, at: datetime, actor: str) -> Slot:
    """Cancel a slot: its time and its seats are given back, upper apps look for other seats.

    Cancelling twice is once.

    Raises:
        SlotAlreadyHeld: somebody was already received, or noted absent.
    """
    cancel_slots(slot_ids=[slot_id], at=at, actor=actor)
    return Slot.objects.get(pk=slot_id)


@transaction.atomic
def cancel_slots(*, slot_ids: Collection[int], at: datetime, actor: str) -> int:
    """Cancel several slots at once, all or none; those already cancelled stay so.

    Upper apps are told once all are cancelled: nobody is sent from one to another of them.

    Returns:
        Number of slots cancelled.

    Raises:
        SlotAlreadyHeld: somebody was already received, or noted absent, in one of them.
    """
    awaited = Registration.objects.filter(slot__in=slot_ids, state__in=AWAITED)
    # Persons before slots, as everywhere.
    persons.lock_many(person_ids=awaited.values_list("person_id", flat=True))
    kept = Slot.objects.exclude(state=SlotState.CANCELLED).filter(pk__in=slot_ids)
    cancelled = list(kept.select_for_update().order_by("pk").values_list("pk", flat=True))
    lost: dict[int, list[int]] = {slot_id: [] for slot_id in cancelled}
    seats = Registration.objects.filter(slot__in=cancelled).order_by("pk").select_for_update()
    for seat in seats:
        if seat.state in NOTED:
            raise SlotAlreadyHeld
        if seat.state in AWAITED:
            lost[seat.slot_id].append(seat.pk)
    awaited.filter(slot__in=cancelled).update(state=RegistrationState.CANCELLED)
    Occupation.objects.filter(slot__in=cancelled, released=False).update(released=True)
    Slot.objects.filter(pk__in=cancelled).update(state=SlotState.CANCELLED)
    subjects = [f"slot:{slot_id}" for slot_id in cancelled]
    kernel.record_many(actor=actor, action="agenda.slot_cancelled", subjects=subjects, at=at)
    for slot_id, seats_lost in lost.items():
        publish(
            SlotCancelled(slot_id=slot_id, registration_ids=tuple(seats_lost), at=at, actor=actor)
        )
    return len(cancelled)


def refuse_if_closed(offer: Offer, on: datetime) -> None:
    """Refuse when the place, or this service there, is closed on the legal day of a moment.

    Raises:
        PlaceClosed: it is.
    """
    closed = [day for day in (offer.place.closed_on, offer.closed_on) if day is not None]
    if closed and min(closed) <= legal_day(on):
        raise PlaceClosed(place=offer.place.name, closed_on=min(closed))


def _reason_against(offer: Offer, start: datetime, at: datetime) -> str:
    """Say why a slot cannot be offered at this start; blank when it can, if the worker is free."""
    if start <= at:
        return PAST
    try:
        refuse_if_closed(offer, start)
    except PlaceClosed:
        return CLOSED
    return ""


def _occupy(slots: list[Slot]) -> tuple[list[Slot], list[Slot]]:
    """Take the workers' time for these slots in one statement; drop the slots that did not fit."""
    if not slots:
        return [], []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO agenda_occupation (unit_id, during, cause, slot_id, released)
            SELECT worker_id, tstzrange(starts_at, ends_at), 'slot', id, false
            FROM agenda_slot WHERE id = ANY(%s) ORDER BY starts_at, id
            ON CONFLICT DO NOTHING
            RETURNING slot_id
            """,
            [[slot.pk for slot in slots]],
        )
        kept = {row[0] for row in cursor.fetchall()}
    taken = [slot for slot in slots if slot.pk not in kept]
    Slot.objects.filter(pk__in=[slot.pk for slot in taken]).delete()
    return [slot for slot in slots if slot.pk in kept], taken
