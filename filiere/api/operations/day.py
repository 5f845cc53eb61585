"""The mediator's day: who comes, done in two taps, undone for a few minutes."""

import datetime as dt

from django.utils import timezone
from ninja import Query, Router, Schema

from filiere.agenda import queries as agenda_queries
from filiere.agenda import services as agenda
from filiere.agenda.models import Registration
from filiere.api.operations.counter import ChargeOut, charge_out
from filiere.api.problems import answers
from filiere.api.seats import own_registration
from filiere.api.security import SignedIn, holds
from filiere.billing import queries as billing
from filiere.kernel.calendar import legal_day
from filiere.pathways import queries as pathways_queries
from filiere.pathways import services as pathways
from filiere.pathways.models import Outcome, SentBy
from filiere.persons import queries as persons

router = Router(tags=["day"])


class DayQuery(Schema):
    """Which day; today when absent."""

    on: dt.date | None = None


class SeatOut(Schema):
    """One person of one hour. The name is given to the mediator only; the reading is recorded."""

    ref: str
    seat: int
    state: str
    name: str
    need: str
    procedure: str
    outcome: str | None
    charge: ChargeOut | None


class HourOut(Schema):
    """One slot of the day."""

    slot_id: int
    place: str
    service: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    seats: int
    title: str
    state: str
    people: list[SeatOut]


class DayOut(Schema):
    """A day, hour by hour."""

    on: dt.date
    hours: list[HourOut]


class DeliverIn(Schema):
    """The two taps: came or not; how it ended, and who had told the person to come."""

    present: bool
    outcome: Outcome | None = None
    sent_by: SentBy = SentBy.UNKNOWN
    operator_key: str = ""
    procedure: str = ""
    is_emergency: bool = False


class DeliveredOut(Schema):
    """What was written; ``charge`` is what is left to do at the counter."""

    ref: str
    state: str
    outcome: str | None
    charge: ChargeOut | None


@router.get("/day", auth=holds("agenda.see_day"), response=answers(DayOut), operation_id="day")
def day(request: SignedIn, query: Query[DayQuery]) -> DayOut:
    """One's own day."""
    at = timezone.now()
    on = query.on or legal_day(at)
    slots = agenda_queries.day(request.user.pk, on)
    taken = {slot.pk: list(getattr(slot, "seats_taken", [])) for slot in slots}
    seats = [seat for listed in taken.values() for seat in listed]
    ids = [seat.pk for seat in seats]
    people = {seat.person_id for seat in seats}
    names = persons.name_of(people, reader=request.user.actor, at=at) if people else {}
    notes, charges = pathways_queries.notes_of(ids), billing.charges_of(ids)
    return DayOut(
        on=on,
        hours=[
            HourOut(
                slot_id=slot.pk,
                place=slot.offer.place.name,
                service=slot.offer.service,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                seats=slot.seats,
                title=slot.title,
                state=slot.state,
                people=[
                    SeatOut(
                        ref=seat.ref,
                        seat=seat.seat,
                        state=seat.state,
                        name=names.get(seat.person_id, ""),
                        need=seat.need,
                        procedure=seat.procedure,
                        outcome=notes[seat.pk].outcome if seat.pk in notes else None,
                        charge=charge_out(charges[seat.pk]) if seat.pk in charges else None,
                    )
                    for seat in taken[slot.pk]
                ],
            )
            for slot in slots
        ],
    )


@router.post(
    "/registrations/{ref}/deliver",
    auth=holds("agenda.deliver_session"),
    response=answers(DeliveredOut),
    operation_id="deliver",
)
def deliver(request: SignedIn, ref: str, given: DeliverIn) -> DeliveredOut:
    """Two taps at once. The same taps sent twice are once."""
    found = own_registration(request, ref, "agenda.deliver_session")
    done = pathways.deliver(
        registration_id=found.pk,
        at=timezone.now(),
        actor=request.user.actor,
        **given.model_dump(),
    )
    return _delivered(done.registration, done.note.outcome if done.note else None)


@router.post(
    "/registrations/{ref}/undo",
    auth=holds("agenda.deliver_session"),
    response=answers(DeliveredOut),
    operation_id="undo_delivery",
)
def undo(request: SignedIn, ref: str) -> DeliveredOut:
    """Take the taps back, for a few minutes."""
    found = own_registration(request, ref, "agenda.deliver_session")
    agenda.undo_attendance(registration_id=found.pk, at=timezone.now(), actor=request.user.actor)
    found.refresh_from_db(fields=["state"])
    return _delivered(found, None)


def _delivered(found: Registration, outcome: str | None) -> DeliveredOut:
    charge = billing.charge_of(found.pk)
    return DeliveredOut(
        ref=found.ref,
        state=found.state,
        outcome=outcome,
        charge=charge_out(charge) if charge else None,
    )
