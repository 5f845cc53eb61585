import pytest

from filiere.accounts.models import Role
from filiere.agenda.models import Unit
from filiere.directory.models import Worker
from filiere.operations import staffing
from tests.accounts.test_inviting import invite
from tests.agenda.factories import PlaceFactory, UserFactory

pytestmark = pytest.mark.django_db


def join(organisation, at, role=Role.MEDIATOR):
    _made, token = invite(organisation, at, role=role)
    return staffing.join(
        token=token, at=at, display_name="Nadia Toumi", password="un fil vert 2026"
    )


def test_join_gives_a_mediator_of_one_place_an_agenda(at):
    place = PlaceFactory()

    held = join(place.organisation, at)

    unit = Unit.objects.get()
    assert (unit.place, unit.name) == (place, "Nadia")
    assert (unit.worker.user, unit.worker.public_name) == (held.user, "Nadia")


def test_join_leaves_the_choice_to_the_manager_when_there_are_two_places(at):
    place = PlaceFactory()
    PlaceFactory(organisation=place.organisation)

    join(place.organisation, at)

    assert not Worker.objects.exists()


def test_join_gives_a_prescriber_no_agenda(at):
    join(PlaceFactory().organisation, at, role=Role.PRESCRIBER)

    assert not Worker.objects.exists()


def test_receive_at_twice_is_once_and_brings_back_who_had_left(at):
    place, user = PlaceFactory(), UserFactory(display_name="")
    given = {"place": place, "user": user, "at": at, "actor": "user:1"}

    first, second = staffing.receive_at(**given), staffing.receive_at(**given)

    assert first == second
    assert Worker.objects.get().public_name == user.email.split("@")[0]
