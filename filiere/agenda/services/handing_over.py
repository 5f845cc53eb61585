"""Hours handed over: the same hour, the same place, the same people; someone else receives them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from filiere.agenda.errors import NotReceivedHere
from filiere.agenda.models import (
    Occupation,
    Registration,
    RegistrationState,
    Slot,
    SlotState,
    Unit,
)
from filiere.agenda.queries import may_receive
from filiere.agenda.services.publishing import open_unit
from filiere.kernel import services as kernel
from filiere.kernel.calendar import legal_day
from filiere.kernel.models import Channel
from filiere.kernel.wording import day_words
from filiere.persons import queries as persons
from filiere.rules.national_values import read_phone


@dataclass(frozen=True, slots=True)
class HandOver:
    """What became of hours: handed over, or left because the colleague is taken then.

    ``told`` people expected were written to; ``untold`` left no telephone and no address.
    """

    handed: list[Slot]
    taken: list[Slot]
    told: int
    untold: int


@transaction.atomic
def hand_over_slots(
    *, slot_ids: Collection[int], to_user_id: int, at: datetime, actor: str
) -> HandOver:
    """Give hours to come to a colleague who receives people at the same places.

    The seats stay as they are. The appointment's page names who receives: people whose seat is
    confirmed are told, once an hour and colleague, when that public name changes. Hours past,
    closed or already the colleague's are left as they are; asked twice, it is done once.

    Raises:
        NotReceivedHere: the colleague does not receive people at one of the places, or has no
            role there any more; nothing is handed over.
    """
    places = Slot.objects.filter(pk__in=slot_ids).values_list("offer__place", flat=True)
    units = {
        place_id: _unit(place_id, to_user_id, at=at, actor=actor)
        for place_id in sorted(set(places))
    }
    handed: list[Slot] = []
    taken: list[Slot] = []
    told: list[bool] = []
    slots = (
        Slot.objects.select_for_update(of=("self",))
        .select_related("offer__place", "worker__worker")
        .filter(pk__in=slot_ids, state=SlotState.OPEN, starts_at__gt=at)
        .order_by("pk")
    )
    for slot in slots:
        unit, before = units[slot.offer.place_id], slot.worker
        if unit == before:
            continue
        if not _move(slot, unit):
            taken.append(slot)
            continue
        handed.append(slot)
        if _named(before) != _named(unit):
            told += _tell(slot, at=at, actor=actor)
    kernel.record_many(
        actor=actor,
        action="agenda.slot_handed_over",
        subjects=[f"slot:{slot.pk}" for slot in handed],
        at=at,
    )
    return HandOver(handed, taken, told.count(True), told.count(False))


def _unit(place_id: int, user_id: int, *, at: datetime, actor: str) -> Unit:
    """Give the unit of whoever will receive at a place, locked as a publication locks it."""
    worker = may_receive([place_id], on=legal_day(at)).filter(user=user_id).first()
    if worker is None:
        raise NotReceivedHere
    unit = open_unit(
        place_id=place_id, name=worker.public_name, worker_id=worker.pk, at=at, actor=actor
    )
    return Unit.objects.select_for_update(of=("self",)).select_related("worker").get(pk=unit.pk)


def _move(slot: Slot, unit: Unit) -> bool:
    """Take the colleague's time instead of the former one; False when it is taken."""
    try:
        with transaction.atomic():
            Occupation.objects.filter(slot=slot, released=False).update(unit=unit)
    except IntegrityError as error:
        if "occupation_no_overlap" not in str(error):
            raise
        return False
    slot.worker = unit
    slot.save(update_fields=["worker"])
    return True


def _named(unit: Unit) -> str:
    """What the appointment's page says of who receives."""
    return unit.worker.public_name if unit.worker else ""


def _tell(slot: Slot, *, at: datetime, actor: str) -> Iterator[bool]:
    """Write to the people expected; True for each who can be reached."""
    expected = Registration.objects.filter(slot=slot, state=RegistrationState.CONFIRMED)
    people = list(expected.order_by("seat").values_list("person_id", flat=True))
    known = persons.identities(people, reader=actor, at=at)
    for person_id in people:
        address = known.get(person_id)
        if address is not None and read_phone(address.phone)[0]:
            _write(slot, person_id, Channel.SMS, at)
        elif address is not None and address.email:
            _write(slot, person_id, Channel.EMAIL, at)
        else:
            yield False
            continue
        yield True


def _write(slot: Slot, person_id: UUID, channel: Channel, at: datetime) -> None:
    """Queue one message; the address itself stays sealed until it leaves."""
    starts = timezone.localtime(slot.starts_at)
    with translation.override("fr"):
        words = {
            "day": day_words(starts, "l j F"),
            "hour": starts.hour,
            "minute": f"{starts.minute:02d}",
            "place": slot.offer.place.name,
            "name": _named(slot.worker),
        }
        kernel.enqueue(
            key=f"handed-over:{slot.pk}:{slot.worker_id}:{person_id}",
            channel=channel,
            recipient=f"person:{person_id}",
            subject=_("Your appointment: someone else receives you"),
            body=_(
                "Your appointment on %(day)s at %(hour)s:%(minute)s, %(place)s: %(name)s will"
                " receive you. The time and the place stay the same."
            )
            % words,
            at=at,
        )
