"""The first page after signing in."""

import pytest
from django.urls import reverse

from filiere.accounts.models import Membership, Role
from tests.agenda.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_desk_tells_an_account_without_role_whom_to_ask(client):
    client.force_login(UserFactory())

    response = client.get(reverse("desk"))

    assert response.status_code == 200
    assert "pas encore de rôle" in response.content.decode()


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.MEDIATOR, "day"),
        (Role.PRESCRIBER, "referrals"),
        (Role.COMMISSIONER, "programmes"),
        (Role.OPERATOR, "batches"),
        (Role.STEWARD, "programmes"),
        (Role.CARRIER, "projects"),
    ],
)
def test_desk_opens_the_home_page_of_the_role(client, role, home):
    user = UserFactory()
    Membership.objects.create(user=user, organisation=OrganisationFactory(), role=role)
    client.force_login(user)

    assert client.get(reverse("desk")).url == reverse(home)


def test_desk_asks_a_stranger_to_sign_in(client):
    assert reverse("account_login") in client.get(reverse("desk")).url
