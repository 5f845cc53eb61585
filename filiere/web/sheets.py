"""The mediator's day as the page shows it: hours, people, what is to pay, what is earned.

A long day is shown by pages. The names of a page are read once and the reading is audited.
Amounts are euro cents.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
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

ROWS = 50


@dataclass(frozen=True, slots=True)
class Seat:
    """One person of one hour; ``is_next`` is the first to receive in the current hour."""

    registration: Registration
    name: str
    what: str
    note: SessionNote | None
    charge: Charge | None
    is_next: bool = False

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
    """One slot of the day: done, now, or to come. ``seats`` are those of the page shown."""

    slot: Slot
    seats: list[Seat]
    state: str
    taken: int

    @property
    def free(self) -> int:
        """Seats nobody has taken."""
        return self.slot.seats - self.taken


@dataclass(frozen=True, slots=True)
class DaySheet:
    """A page of a day, with the sums of the whole day; ``shown`` says which page of how many."""

    place_names: list[str]
    hours: list[Hour]
    shown: Page[Any]
    expected: int
    free: int
    earned_cents: int
    sought_is_here: bool


def day_sheet(
    user: User, *, on: dt.date, at: dt.datetime, page: str = "", sought: str = ""
) -> DaySheet:
    """Build the day of a signed-in worker; the first unfinished hour is the one "now".

    Args:
        page: number of the page asked for; blank = the one of ``sought``, else of what is next.
        sought: reference of a session of that day, as it is written.
    """
    slots = agenda.day(user.pk, on)
    seats = [seat for slot in slots for seat in taken(slot)]
    ids = [seat.pk for seat in seats]
    notes, charges = pathways.notes_of(ids), billing.charges_of(ids)
    hours = _hours(slots, notes, charges, at)
    rows: list[tuple[Hour, Seat | None]] = []
    for hour in hours:
        rows += [(hour, seat) for seat in hour.seats] or [(hour, None)]
    found = _row_of(rows, sought)
    shown = Paginator(rows, ROWS).get_page(
        page or (found if found is not None else _row_of_next(rows)) // ROWS + 1
    )
    names = persons.name_of(
        {seat.registration.person_id for _hour, seat in shown if seat}, reader=user.actor, at=at
    )
    earned = billing.earnings(ids) if ids else None
    places = Worker.objects.filter(user=user.pk, left_on=None).select_related("place")
    return DaySheet(
        place_names=[worker.place.name for worker in places.order_by("pk")],
        hours=_of_page(shown.object_list, names),
        shown=shown,
        expected=len(seats),
        free=sum(hour.free for hour in hours),
        earned_cents=(earned.voucher_cents + earned.third_party_cents + earned.person_cents)
        if earned
        else 0,
        sought_is_here=found is not None,
    )


def _hours(
    slots: list[Slot],
    notes: dict[int, SessionNote],
    charges: dict[int, Charge],
    at: dt.datetime,
) -> list[Hour]:
    """Give every hour of the day with its seats, still without names."""
    hours: list[Hour] = []
    current_found = False
    for slot in slots:
        rows = [_seat(seat, notes, charges) for seat in taken(slot)]
        unfinished = any(row.step != "done" for row in rows)
        state = "todo" if slot.starts_at > at and not unfinished else "done"
        if unfinished:
            state = "todo" if current_found else "now"
            current_found = True
        if state == "now":
            first = next(rank for rank, row in enumerate(rows) if row.step != "done")
            rows[first] = replace(rows[first], is_next=True)
        hours.append(Hour(slot, rows, state, len(rows)))
    return hours


def _row_of(rows: list[tuple[Hour, Seat | None]], sought: str) -> int | None:
    """Find the row of a reference; None when it is not of that day."""
    ref = agenda.read_reference(sought)
    found = (
        rank for rank, (_hour, seat) in enumerate(rows) if seat and seat.registration.ref == ref
    )
    return next(found, None) if ref else None


def _row_of_next(rows: list[tuple[Hour, Seat | None]]) -> int:
    """Find the first person still to receive in the current hour; the first row without one."""
    return next((rank for rank, (_hour, seat) in enumerate(rows) if seat and seat.is_next), 0)


def _of_page(rows: Iterable[tuple[Hour, Seat | None]], names: dict[UUID, str]) -> list[Hour]:
    """Gather the rows of a page by hour, with the names."""
    hours = []
    for _pk, found in groupby(rows, key=lambda row: row[0].slot.pk):
        together = list(found)
        named = [
            replace(seat, name=names.get(seat.registration.person_id, ""))
            for _hour, seat in together
            if seat
        ]
        hours.append(replace(together[0][0], seats=named))
    return hours


def taken(slot: Slot) -> list[Registration]:
    """Registrations that take a seat of a slot of ``agenda.queries.day``."""
    return list(getattr(slot, "seats_taken", []))


def _seat(
    registration: Registration,
    notes: dict[int, SessionNote],
    charges: dict[int, Charge],
) -> Seat:
    return Seat(
        registration=registration,
        name="",
        what=words_of(registration),
        note=notes.get(registration.pk),
        charge=charges.get(registration.pk),
    )


def words_of(registration: Registration) -> str:
    """Say what the person comes for: the procedure, else the need, else nothing."""
    found: Any = procedure(registration.procedure) or need(registration.need)
    return found.label(get_language() or "fr") if found else ""
