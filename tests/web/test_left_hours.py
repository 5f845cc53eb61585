"""Hours of someone who left: nobody keeps them open without knowing."""

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Role
from filiere.agenda import queries
from filiere.agenda.models import SlotState
from filiere.directory.models import Worker
from tests.agenda.factories import (
    OfferFactory,
    UnitFactory,
    WorkerFactory,
    hours,
    new_registration,
    new_slot,
)
from tests.conftest import AT
from tests.web.test_organisation import member

pytestmark = pytest.mark.django_db
FRENCH = {"accept-language": "fr"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    """A manager, a colleague with two hours to come, one of them awaited, and one past."""
    manager = member(Role.MANAGER)
    colleague = member(Role.MEDIATOR, manager.organisation, display_name="Karim")
    offer = OfferFactory(place__organisation=manager.organisation)
    unit = UnitFactory(worker__place=offer.place, worker__user=colleague.user)
    first, second = (
        new_slot(offer, starts_at=AT + hours(count), unit=unit, at=AT) for count in (24, 48)
    )
    new_slot(offer, starts_at=AT - hours(24), unit=unit, at=AT - hours(48))
    new_registration(first, at=AT)
    return manager, colleague, first, second


def test_slots_left_by_are_those_to_come_with_the_people_expected(team):
    manager, colleague, first, second = team

    found = queries.slots_left_by(
        colleague.user_id, organisation_id=manager.organisation_id, after=AT
    )

    assert [(slot.pk, slot.awaited) for slot in found] == [(first.pk, 1), (second.pk, 0)]
    assert queries.slots_left_by(manager.user_id, organisation_id=1, after=AT) == []


def test_a_role_taken_back_leads_to_the_hours_still_open_and_closes_those_ticked(client, team):
    manager, colleague, first, second = team
    client.force_login(manager.user)
    address = reverse("left_hours", args=[colleague.pk])

    done = client.post(reverse("member_remove", args=[colleague.pk]))
    assert (done.status_code, done.url) == (302, address)
    page = " ".join(client.get(address, headers=FRENCH).content.decode().split())
    assert "2 créneaux restent ouverts au nom de Karim" in page
    assert "1 personne attendue" in page
    assert page.count("checked") == 2
    nothing = client.post(address, headers=FRENCH)
    assert nothing.status_code == 422
    assert "Aucun créneau n’est coché" in nothing.content.decode()

    closed = client.post(
        address, {"slot": [first.pk, 10**9], "do": "close"}, follow=True, headers=FRENCH
    )
    page = " ".join(closed.content.decode().split())
    assert "1 créneau est fermé." in page
    assert "1 créneau reste ouvert au nom de Karim" in page
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (SlotState.CANCELLED, SlotState.OPEN)


def test_hours_ticked_are_handed_over_to_the_colleague_chosen(client, team):
    manager, colleague, first, _second = team
    Worker.objects.filter(user=colleague.user).update(left_on=AT.date())
    fatou = member(Role.MEDIATOR, manager.organisation)
    WorkerFactory(place=first.offer.place, user=fatou.user, public_name="Fatou")
    client.force_login(manager.user)
    address = reverse("left_hours", args=[colleague.pk])
    page = client.get(address, headers=FRENCH).content.decode()
    assert f"Fatou · {first.offer.place.name}" in page
    assert "Confier les créneaux cochés" in page

    for wrong, words in (
        ({"slot": [first.pk]}, "Aucun collègue n’est choisi"),
        ({"slot": [first.pk], "to": 10**9}, "Ce collègue ne fait pas partie"),
    ):
        refused = client.post(address, wrong | {"do": "hand_over"}, headers=FRENCH)
        assert refused.status_code == 422
        assert words in refused.content.decode()
        assert refused.content.decode().count(" checked") == 1

    done = client.post(
        address,
        {"slot": [first.pk], "to": fatou.user_id, "do": "hand_over"},
        follow=True,
        headers=FRENCH,
    )
    page = " ".join(done.content.decode().split())
    assert "1 créneau est confié" in page
    assert "1 personne attendue n’a laissé ni téléphone ni adresse" in page
    assert "1 créneau reste ouvert au nom de Karim" in page
    assert [one.worker.worker.public_name for one in agenda_day(fatou)] == ["Fatou"]


def test_the_team_page_leads_to_the_hours_of_who_left(client, team):
    manager, colleague, _first, _second = team
    client.force_login(manager.user)
    address = reverse("left_hours", args=[colleague.pk])
    assert address not in client.get(reverse("members")).content.decode()

    client.post(reverse("member_remove", args=[colleague.pk]))

    page = client.get(reverse("members"), headers=FRENCH).content.decode()
    assert "Karim a quitté l’équipe\u00a0: 2 créneaux restent ouverts à ce nom" in page
    assert address in page


def agenda_day(of):
    return queries.day(of.user_id, (AT + hours(24)).date())


def test_left_hours_are_for_the_manager_of_the_organisation(client, team):
    _manager, colleague, _first, _second = team
    address = reverse("left_hours", args=[colleague.pk])
    for stranger in (member(Role.MANAGER), member(Role.MEDIATOR, colleague.organisation)):
        client.force_login(stranger.user)
        assert client.get(address).status_code == 403
