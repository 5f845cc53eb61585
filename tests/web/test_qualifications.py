"""A steward's decisions through the pages, inside one territory."""

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Membership, Role
from filiere.directory.models import Qualification
from filiere.territories.models import Kind
from tests.agenda.factories import CommuneFactory, OrganisationFactory, PlaceFactory, UserFactory
from tests.conftest import AT

pytestmark = pytest.mark.django_db
TODAY = AT.date()
GIVEN = {"on": TODAY.isoformat(), "reason": "Visité, deux médiateurs formés"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def steward(client):
    """A steward of one département, signed in; gives the département."""
    departement = CommuneFactory(kind=Kind.DEPARTEMENT, name="Creuse", code="23")
    user = UserFactory(display_name="Aïcha")
    Membership.objects.create(
        user=user, organisation=OrganisationFactory(), role=Role.STEWARD, territory=departement
    )
    client.force_login(user)
    return departement


def place_in(departement, **fields):
    return PlaceFactory(commune=CommuneFactory(departement=departement), **fields)


def test_a_steward_qualifies_then_takes_it_back_with_reasons(client, steward):
    place = place_in(steward)
    address = reverse("qualification", args=[place.pk])

    assert client.post(address, GIVEN).status_code == 302
    place.refresh_from_db()
    assert place.qualified_on == TODAY
    shown = client.get(address).content.decode()
    assert "deux médiateurs formés" in shown
    assert "Aïcha" in shown
    assert (
        "accepte les chèques depuis"
        in client.get(reverse("place", args=[place.pk])).content.decode()
    )

    assert client.post(address, {"reason": "Plus d'accueil"}).status_code == 302
    place.refresh_from_db()
    assert place.qualified_on is None
    assert Qualification.objects.count() == 2


def test_a_decision_needs_a_reason(client, steward):
    place = place_in(steward)

    answer = client.post(reverse("qualification", args=[place.pk]), GIVEN | {"reason": " "})

    assert answer.status_code == 422
    assert not Qualification.objects.exists()


def test_a_steward_decides_nothing_elsewhere(client, steward):
    elsewhere = place_in(CommuneFactory(kind=Kind.DEPARTEMENT, code="87"))

    assert client.post(reverse("qualification", args=[elsewhere.pk]), GIVEN).status_code == 403
    assert (
        client.post(
            reverse("place_close", args=[elsewhere.pk]), {"on": TODAY.isoformat()}
        ).status_code
        == 403
    )
    assert not Qualification.objects.exists()


def test_the_list_filters_pages_and_keeps_its_number_of_queries(
    client, steward, django_assert_max_num_queries
):
    for number in range(30):
        place_in(steward, name=f"Lieu {number:02}", folded=f"lieu {number:02}")
    place_in(steward, name="Ouvert", folded="ouvert", qualified_on=TODAY)
    PlaceFactory(name="Ailleurs", folded="ailleurs")
    address = reverse("qualifications")

    client.get(address)  # the session's own writes are not the list's
    with django_assert_max_num_queries(10):
        first = client.get(address)
    assert first.context["total"] == 30
    assert len(first.context["shown"].object_list) == 20
    assert len(client.get(address, {"page": 2}).context["shown"].object_list) == 10
    qualified = client.get(address, {"etat": "qualified"}).content.decode()
    assert "Ouvert" in qualified
    assert client.get(address, {"q": "ailleurs"}).context["total"] == 0
