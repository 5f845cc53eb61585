"""What the agenda does when lower apps tell a fact."""

from filiere.agenda import services
from filiere.agenda.models import AWAITED, NOTED, Registration, Slot, SlotState
from filiere.directory.events import PlaceClosed
from filiere.kernel.calendar import bounds_of_day
from filiere.persons.events import PersonsErased


def cancel_slots_of_closed_place(event: PlaceClosed) -> None:
    """A closed place keeps no slot from its day of closing on, except those that took place."""
    first, _after = bounds_of_day(event.on)
    slots = Slot.objects.filter(
        offer__place=event.place_id, state=SlotState.OPEN, starts_at__gte=first
    ).exclude(registrations__state__in=NOTED)
    services.cancel_slots(
        slot_ids=list(slots.values_list("pk", flat=True)), at=event.at, actor=event.actor
    )


def cancel_seats_of_erased_persons(event: PersonsErased) -> None:
    """Someone who is forgotten is awaited nowhere."""
    seats = Registration.objects.filter(person__in=event.person_ids, state__in=AWAITED)
    for registration_id in seats.order_by("pk").values_list("pk", flat=True):
        services.cancel(registration_id=registration_id, at=event.at, actor=event.actor)
