"""The page of calls: who is due, what is answered, what is not one's own."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Membership, Role
from filiere.agenda.models import RegistrationState
from filiere.pathways.models import FollowUp, FollowUpState
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from tests.agenda.factories import UserFactory, new_registration
from tests.conftest import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


def mediator_of(place):
    user = UserFactory()
    Membership.objects.create(user=user, organisation=place.organisation, role=Role.MEDIATOR)
    return user


def due_follow_up(**facts):
    registration = new_registration()
    registration.state = RegistrationState.PRESENT
    registration.save()
    return FollowUp.objects.create(
        registration=registration,
        person_id=registration.person_id,
        months=6,
        **{"due_on": AT.date() - datetime.timedelta(days=1)} | facts,
    )


def test_follow_ups_lists_who_is_due_and_how_to_reach_them(client):
    asked = due_follow_up()
    persons.record_consent(
        person_id=asked.person_id, purpose=Purpose.KEEP_IDENTITY, given=True, at=AT, actor="test"
    )
    persons.seal_identity(
        person_id=asked.person_id, name="Odile M.", phone="0536490012", email="", at=AT, actor="t"
    )
    client.force_login(mediator_of(asked.registration.slot.offer.place))

    page = client.get(reverse("follow_ups")).content.decode()

    assert "1 personne à rappeler" in page
    assert "Odile M." in page
    assert "05 36 49 00 12" in page.replace("\xa0", " ").replace("\u202f", " ")


def test_follow_ups_says_when_nobody_is_due(client):
    asked = due_follow_up(due_on=AT.date() + datetime.timedelta(days=1))
    client.force_login(mediator_of(asked.registration.slot.offer.place))

    assert "Personne à rappeler aujourd" in client.get(reverse("follow_ups")).content.decode()


@pytest.mark.parametrize(("said", "stored"), [("yes", True), ("no", False)])
def test_answer_writes_what_the_person_said(client, said, stored):
    asked = due_follow_up()
    client.force_login(mediator_of(asked.registration.slot.offer.place))

    client.post(reverse("follow_up_answer", args=[asked.pk]), {"alone": said})

    asked.refresh_from_db()
    assert (asked.state, asked.did_it_alone) == (FollowUpState.ANSWERED, stored)


def test_answer_of_another_place_is_refused(client):
    asked, other = due_follow_up(), due_follow_up()
    client.force_login(mediator_of(other.registration.slot.offer.place))

    response = client.post(reverse("follow_up_answer", args=[asked.pk]), {"alone": "yes"})

    asked.refresh_from_db()
    assert response.status_code == 403
    assert asked.state == FollowUpState.PLANNED
