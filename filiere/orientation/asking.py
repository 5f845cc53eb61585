"""Asking candidates one after the other. The referral's row is locked by the caller.

Locks are taken on the person, then on slots by number, then on the referral: two places that
refuse each other's people at the same moment would wait for each other for ever otherwise.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.db import transaction

from filiere.agenda import queries as agenda
from filiere.agenda import services as seats
from filiere.agenda.errors import AlreadyRegistered, PlaceClosed, SlotFull, SlotGone
from filiere.agenda.models import Registration
from filiere.agenda.queries import FreeSlot
from filiere.kernel import services as kernel
from filiere.kernel.calendar import legal_day
from filiere.orientation.errors import AttemptUnknown
from filiere.orientation.models import (
    Attempt,
    AttemptState,
    Referral,
    ReferralState,
    UnmetCause,
    UnmetNeed,
)
from filiere.persons import services as persons
from filiere.rules import parameters
from filiere.rules.links import ServiceKind

SEARCH_DAYS = 28
NOTICE = timedelta(hours=2)
"""A seat is asked for only if it begins at least this long after the question."""


Done = TypeVar("Done")


class SlotNotLocked(Exception):
    """A seat of a slot that is not locked yet is needed; only ``in_slot_order`` sees it."""

    def __init__(self, slot_id: int) -> None:
        self.slot_id = slot_id
        super().__init__(slot_id)


def in_slot_order(attempt_id: int, act: Callable[[frozenset[int]], Done], *, at: datetime) -> Done:
    """Pass an attempt on with every slot it needs locked, lowest number first.

    Which slot comes next is only known on the way; the likely one is locked at once. When another
    is needed, what was done is undone, its locks are given back, and ``act`` starts again with
    one more slot.

    The attempt's offer comes last among the likely ones, for who asks it again.

    Args:
        act: locks the referral, checks, writes; is given the slots that are locked.

    Raises:
        AttemptUnknown: no such referral.
    """
    found = Attempt.objects.filter(pk=attempt_id).values_list(
        "referral__person", "registration__slot", "referral", "offer"
    )
    row = found.first()
    if row is None:
        raise AttemptUnknown
    person_id, slot_id, referral_id, offer_id = row
    wanted = {slot for slot in (slot_id, _likely_slot(referral_id, offer_id, at)) if slot}
    with transaction.atomic():
        persons.lock(person_id=person_id)
        while True:
            try:
                with transaction.atomic():
                    seats.lock_slots(wanted)
                    return act(frozenset(wanted))
            except SlotNotLocked as needed:
                wanted.add(needed.slot_id)


def _likely_slot(referral_id: int, offer_id: int, at: datetime) -> int | None:
    """Give the slot that the next candidate would most likely be asked for, if any has one."""
    waiting = Attempt.objects.filter(referral=referral_id, state=AttemptState.WAITING)
    offers = [*waiting.order_by("position").values_list("offer_id", flat=True), offer_id]
    first = agenda.first_free(offers, _window(at))
    return next((first[offer].slot_id for offer in offers if offer in first), None)


def _window(at: datetime) -> tuple[datetime, datetime]:
    """When a seat may be asked for. In UTC: a local time would count the clock's hands."""
    at = at.astimezone(UTC)
    return at + NOTICE, at + timedelta(days=SEARCH_DAYS)


def ask_next(
    referral: Referral, *, at: datetime, actor: str, locked: frozenset[int] | None = None
) -> bool:
    """Ask the next candidate with a free seat, and hold that seat; skip those without.

    Args:
        locked: slots the caller holds (``in_slot_order``); None when it holds none.

    Returns:
        False when no candidate is left: the caller exhausts, or refuses, the referral.
    """
    at = at.astimezone(UTC)
    waiting = list(referral.attempts.filter(state=AttemptState.WAITING).order_by("position"))
    free = agenda.free_seats([attempt.offer_id for attempt in waiting], _window(at))
    for attempt in waiting:
        slots = free.get(attempt.offer_id, [])
        attempt.free_seats_seen = sum(slot.free for slot in slots)
        seat = _hold_first(referral, slots, at, locked)
        if seat is None:
            attempt.state = AttemptState.SKIPPED
            attempt.save(update_fields=["state", "free_seats_seen"])
            continue
        attempt.state = AttemptState.ASKED
        attempt.registration = seat
        attempt.asked_at = at
        attempt.answer_by = min(at + _time_to_answer(referral, at), seat.slot.starts_at)
        attempt.save()
        set_state(referral, ReferralState.OPEN, at=at, actor=actor)
        return True
    return False


def exhaust(referral: Referral, *, at: datetime, actor: str) -> None:
    """Close a referral that no place could take; the need is counted where it was felt."""
    set_state(referral, ReferralState.EXHAUSTED, at=at, actor=actor)
    answered = referral.attempts.filter(state__in=(AttemptState.REFUSED, AttemptState.EXPIRED))
    cause = UnmetCause.ALL_REFUSED if answered.exists() else UnmetCause.NO_SEAT
    UnmetNeed.objects.get_or_create(
        referral=referral,
        defaults={
            "commune_id": referral.commune_id,
            "need": referral.need,
            "cause": cause,
            "at": at,
        },
    )


def ask_next_or_exhaust(
    referral: Referral, *, at: datetime, actor: str, locked: frozenset[int]
) -> None:
    """Ask the next candidate; without any, close the referral and count the need."""
    if not ask_next(referral, at=at, actor=actor, locked=locked):
        exhaust(referral, at=at, actor=actor)


def close_attempt(attempt: Attempt, state: AttemptState, *, at: datetime, actor: str) -> None:
    """End a candidate's turn and give its held seat back."""
    attempt.state = state
    attempt.answered_at = None if state == AttemptState.EXPIRED else at
    attempt.save(update_fields=["state", "answered_at", "refusal_reason"])
    if attempt.registration_id is not None:
        seats.release(registration_id=attempt.registration_id, at=at, actor=actor)


def _hold_first(
    referral: Referral, slots: list[FreeSlot], at: datetime, locked: frozenset[int] | None
) -> Registration | None:
    """Hold the soonest seat that is still free; None when all went meanwhile."""
    for slot in slots:
        if locked is not None and slot.slot_id not in locked:
            raise SlotNotLocked(slot.slot_id)
        try:
            return seats.book(
                slot_id=slot.slot_id,
                person_id=referral.person_id,
                actor=f"referral:{referral.ref}",
                at=at,
                need=referral.need,
                procedure=referral.procedure,
                commitment_id=referral.commitment_id,
                held=True,
            )
        except (AlreadyRegistered, PlaceClosed, SlotFull, SlotGone):
            continue
    return None


def _time_to_answer(referral: Referral, at: datetime) -> timedelta:
    """A place has less time when the request is an emergency."""
    urgent = referral.diagnosis.result.get("today") == ServiceKind.EMERGENCY
    key = "referral.urgent_answer_hours" if urgent else "referral.answer_hours"
    return timedelta(hours=parameters.whole(key, legal_day(at)))


def set_state(referral: Referral, state: ReferralState, *, at: datetime, actor: str) -> None:
    """Write the state of a referral; a change leaves a trace."""
    if referral.state == state:
        return
    referral.state = state
    referral.save(update_fields=["state"])
    kernel.record(
        actor=actor,
        action=f"orientation.referral_{state.value}",
        subject=f"referral:{referral.ref}",
        at=at,
    )
