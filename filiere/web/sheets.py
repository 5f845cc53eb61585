"""The mediator's day as the page shows it: hours, people, what is to pay, what is earned.

Names are read once for the day and the reading is audited. Amounts are euro cents.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from filiere.accounts.models import User
from filiere.agenda import queries as agenda
from filiere.agenda.models import Registration, RegistrationState, Slot
from filiere.billing import queries as billing
from filiere.billing.models import Charge, ChargeState
from filiere.directory.models import Worker
from filiere.pathways import queries as pathways
from filiere.pathways.models import SessionNote
from filiere.persons import queries as persons
from filiere.rules.needs import need
from filiere.rules.procedures import procedure


@dataclass(frozen=True, slots=True)
class Seat:
    """One person of one hour."""

    registration: Registration
    name: str
    what: str
    note: SessionNote | None
    charge: Charge | None

    @property
    def step(self) -> str:
        """Which tap is next: "come", "outcome", "pay", or "done"."""
        if self.registration.state in (RegistrationState.CONFIRMED, RegistrationState.HELD):
            return "come"
        if self.registration.state == RegistrationState.PRESENT and self.note is None:
            return "outcome"
        if self.charge is not None and self.charge.state == ChargeState.OPEN:
            return "pay"
        return "done"


@dataclass(frozen=True, slots=True)
class Hour:
    """One slot of the day: done, now, or to come."""

    slot: Slot
    seats: list[Seat]
    state: str

    @property
    def free(self) -> int:
        """Seats nobody has taken."""
        return self.slot.seats - len(self.seats)


@dataclass(frozen=True, slots=True)
class DaySheet:
    """A whole day, with its two sums."""

    place_names: list[str]
    hours: list[Hour]
    expected: int
    free: int
    earned_cents: int


def day_sheet(user: User, *, on: dt.date, at: dt.datetime) -> DaySheet:
    """Build the day of a signed-in worker; the first unfinished hour is the one "now"."""
    slots = agenda.day(user.pk, on)
    seats = [seat for slot in slots for seat in taken(slot)]
    ids = [seat.pk for seat in seats]
    names = persons.name_of({seat.person_id for seat in seats}, reader=user.actor, at=at)
    notes = pathways.notes_of(ids)
    charges = billing.charges_of(ids)
    hours: list[Hour] = []
    current_found = False
    for slot in slots:
        rows = [_seat(seat, names, notes, charges) for seat in taken(slot)]
        unfinished = any(row.step != "done" for row in rows)
        state = "todo" if slot.starts_at > at and not unfinished else "done"
        if unfinished:
            state = "todo" if current_found else "now"
            current_found = True
        hours.append(Hour(slot, rows, state))
    earned = billing.earnings(ids) if ids else None
    places = Worker.objects.filter(user=user.pk, left_on=None).select_related("place")
    return DaySheet(
        place_names=[worker.place.name for worker in places.order_by("pk")],
        hours=hours,
        expected=len(seats),
        free=sum(hour.free for hour in hours),
        earned_cents=(earned.voucher_cents + earned.third_party_cents + earned.person_cents)
        if earned
        else 0,
    )


def taken(slot: Slot) -> list[Registration]:
    """Registrations that take a seat of a slot of ``agenda.queries.day``."""
    return list(getattr(slot, "seats_taken", []))


def _seat(
    registration: Registration,
    names: dict[UUID, str],
    notes: dict[int, SessionNote],
    charges: dict[int, Charge],
) -> Seat:
    return Seat(
        registration=registration,
        name=names.get(registration.person_id, ""),
        what=words_of(registration),
        note=notes.get(registration.pk),
        charge=charges.get(registration.pk),
    )


def words_of(registration: Registration) -> str:
    """Say what the person comes for: the procedure, else the need, else nothing."""
    found: Any = procedure(registration.procedure) or need(registration.need)
    return found.label(get_language() or "fr") if found else ""
