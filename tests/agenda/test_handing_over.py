"""Hours handed over keep their seats, take the colleague's time, and tell who is expected."""

from types import SimpleNamespace

import pytest

from filiere.accounts.models import Membership, Role
from filiere.agenda import queries, services
from filiere.agenda.errors import NotReceivedHere, SlotFull
from filiere.agenda.models import Occupation
from filiere.kernel.models import AuditEntry, OutboxMessage
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from tests.agenda.factories import (
    OfferFactory,
    UnitFactory,
    WorkerFactory,
    hours,
    new_person,
    new_registration,
    new_slot,
)
from tests.conftest import AT

pytestmark = pytest.mark.django_db
BY = {"at": AT, "actor": "user:1"}


def known_person(**identity):
    person_id = new_person(Purpose.KEEP_IDENTITY)
    given = {"name": "Odile Martin", "phone": "", "email": ""} | identity
    persons.seal_identity(person_id=person_id, **given, **BY)
    return person_id


def colleague(place, name="Fatou", role=Role.MEDIATOR):
    worker = WorkerFactory(place=place, public_name=name)
    if role:
        Membership.objects.create(user=worker.user, organisation=place.organisation, role=role)
    return worker


@pytest.fixture
def left():
    """Three hours of Nadia, one with three people expected; Fatou may take them."""
    offer = OfferFactory()
    unit = UnitFactory(worker__place=offer.place)
    slots = [new_slot(offer, starts_at=AT + hours(24 * n), unit=unit, seats=3) for n in (1, 2, 3)]
    for person in (
        known_person(phone="06 12 34 56 78"),
        known_person(email="odile@example.org"),
        new_person(),
    ):
        new_registration(slots[0], person_id=person)
    return SimpleNamespace(offer=offer, slots=slots, fatou=colleague(offer.place))


def hand_over(slots, to, **given):
    return services.hand_over_slots(
        slot_ids=[one.pk for one in slots], to_user_id=to.user_id, **BY | given
    )


def test_hand_over_slots_moves_hours_seats_and_time_and_tells_who_is_expected(left):
    done = hand_over(left.slots[:2], left.fatou)

    assert ([one.pk for one in done.handed], done.taken) == (
        [one.pk for one in left.slots[:2]], []
    )  # fmt: skip
    assert (done.told, done.untold) == (2, 1)
    (seen,) = queries.day(left.fatou.user_id, (AT + hours(24)).date())
    assert len(seen.seats_taken) == 3
    texts = OutboxMessage.objects.order_by("pk")
    assert [one.channel for one in texts] == ["sms", "email"]
    assert "Fatou vous recevra" in texts[0].body
    assert "Odile" not in texts[0].body
    assert AuditEntry.objects.filter(action="agenda.slot_handed_over").count() == 2
    assert AuditEntry.objects.filter(action="persons.identity_read").count() == 2
    with pytest.raises(SlotFull):
        new_registration(left.slots[0])


def test_hand_over_slots_twice_is_once_and_tells_once(left):
    hand_over(left.slots, left.fatou)
    again = hand_over(left.slots, left.fatou)

    assert (again.handed, again.taken, again.told) == ([], [], 0)
    assert OutboxMessage.objects.count() == 2
    assert Occupation.objects.filter(released=False).count() == 3


def test_hand_over_slots_leaves_an_hour_when_the_colleague_is_taken(left):
    busy = services.open_unit(
        place_id=left.offer.place_id, name="Fatou", worker_id=left.fatou.pk, **BY
    )
    new_slot(left.offer, starts_at=AT + hours(24), unit=busy)

    done = hand_over(left.slots, left.fatou)

    assert [one.pk for one in done.taken] == [left.slots[0].pk]
    assert [one.pk for one in done.handed] == [one.pk for one in left.slots[1:]]
    left.slots[0].refresh_from_db()
    assert left.slots[0].worker.worker.public_name == "Nadia"
    assert done.told == 0


def test_hand_over_slots_tells_nobody_when_the_page_shows_the_same_name(left):
    done = hand_over(left.slots, colleague(left.offer.place, name="Nadia"))

    assert (len(done.handed), done.told, done.untold) == (3, 0, 0)
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("why", ["no_role", "prescriber", "left", "elsewhere"])
def test_hand_over_slots_refuses_a_member_who_may_not_receive_there(left, why):
    place = left.offer.place
    to = {
        "no_role": lambda: colleague(place, role=None),
        "prescriber": lambda: colleague(place, role=Role.PRESCRIBER),
        "left": lambda: colleague(place),
        "elsewhere": lambda: colleague(OfferFactory().place),
    }[why]()
    if why == "left":
        to.left_on = AT.date()
        to.save()

    with pytest.raises(NotReceivedHere):
        hand_over(left.slots, to)

    assert queries.next_day(to.user_id, AT.date()) is None
    assert not OutboxMessage.objects.exists()


def test_hand_over_slots_leaves_hours_past_or_closed(left):
    services.cancel_slot(slot_id=left.slots[1].pk, **BY)

    done = hand_over(left.slots, left.fatou, at=AT + hours(36))

    assert [one.pk for one in done.handed] == [left.slots[2].pk]
