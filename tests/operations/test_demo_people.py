"""Needs nobody met, a colleague who left with hours, codes by text message, in the demonstration."""

import pytest

from filiere.accounts.models import Membership, Role, User
from filiere.agenda import queries as agenda
from filiere.kernel.models import OutboxMessage
from filiere.observatory import queries as observatory
from filiere.operations.demo import people as demo_people
from filiere.orientation.models import UnmetCause
from filiere.territories.models import Territory
from filiere.vouchers import services as vouchers
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
from tests.observatory.test_board import commune, departement
from tests.vouchers.factories import active

pytestmark = pytest.mark.django_db


def test_the_demonstration_has_needs_without_answer_and_hours_to_hand_over():
    creuse = departement()
    for code, _cause, _count in demo_people.UNMET:
        Territory.objects.filter(pk=commune(creuse).pk).update(code=code)
    place = OfferFactory().place
    manager = WorkerFactory(place=place)
    Membership.objects.create(user=manager.user, organisation=place.organisation, role=Role.MANAGER)

    for _again in range(2):
        demo_people.prepare(place, at=AT)

    causes = {one.cause: one.needs for one in observatory.decisions(creuse, at=AT).causes}
    assert causes == {UnmetCause.NONE_SUITS: 13, UnmetCause.NO_SEAT: 5}
    (left,) = agenda.left_with_hours(place.organisation_id, after=AT)
    assert (left.user, left.hours) == (User.objects.get(email=demo_people.LEFT), 3)
    assert list(agenda.may_receive([place.pk], on=AT.date())) == [manager]


def test_the_demonstration_sends_two_codes_by_text_message():
    scene = active(count=4)
    unit = UnitFactory()
    offer = OfferFactory(place=unit.place)
    for number, issued in enumerate(scene.issued[:3], start=1):
        person_id = new_person()
        vouchers.hand_out(
            voucher_serial=issued.serial, person_id=person_id,
            organisation_id=scene.provider.pk, at=AT, actor="test",
        )  # fmt: skip
        slot = new_slot(offer, starts_at=AT + hours(number), unit=unit)
        new_registration(slot, person_id=person_id)

    sent = [demo_people.text_codes(unit.worker_id, at=AT) for _again in range(2)]

    assert sent == [2, 2]
    assert OutboxMessage.objects.filter(channel="sms").count() == 2
