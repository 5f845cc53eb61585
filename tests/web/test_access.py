"""Who is let in where: the declarations, the table in the docs, and the doors themselves."""

import pytest
from django.test import Client
from django.urls import reverse

from filiere.accounts.models import Membership, Role, User
from filiere.kernel.permissions import allowed
from tests.programmes.factories import organisation
from tests.web import access_matrix
from tests.web.access_matrix import ANONYMOUS, ROLES, doors, written

# What stands in an address for something that does not exist: past the guard, the answer is 404.
NOWHERE = {
    "pk": "999999999",
    "place": "999999999",
    "commune": "999999999",
    "slot_id": "999999999",
    "on": "2026-11-24",
    "ref": "OR-0000-0000",
    "token": "none",
    "service": "none",
    "kind": "departement",
    "code": "00",
    "aim": "targeting",
    "uidb36": "0",
    "key": "none",
    "rest": "none",
    "movement_id": "00000000-0000-0000-0000-000000000000",
}
ACT = "00000000-0000-0000-0000-000000000000"


def address_of(door):
    import re

    text = re.sub(r"<uuid:\w+>", ACT, door.address)
    text = re.sub(r"<int:\w+>", "999999999", text)
    return re.sub(r"[<{](?:\w+:)?(\w+)[>}]", lambda found: NOWHERE.get(found[1], "999999999"), text)


def client_of(role):
    client = Client(raise_request_exception=True)
    if role != ANONYMOUS:
        user = User.objects.create_user(f"{role}@example.org", display_name=role)
        Membership.objects.create(user=user, organisation=organisation(), role=role)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def is_let_in(client, door):
    """Knock: a refusal is a redirection to sign-in, 401 or 403; anything else is behind it."""
    address = address_of(door)
    if door.method == "POST":
        answer = client.post(address, data="{}", content_type="application/json")
    else:
        answer = client.get(address)
        if answer.status_code == 405:
            answer = client.post(address)
    to_sign_in = reverse("account_login")
    sent_away = answer.status_code == 302 and answer.url.startswith(to_sign_in)
    assert answer.status_code < 500, f"{door.name}: {answer.status_code}"
    return not sent_away and answer.status_code not in (401, 403)


def test_every_page_and_operation_declares_its_access():
    assert [door.name or door.address for door in doors() if not door.access] == []


def test_every_page_and_operation_has_its_own_name():
    names = [door.name for door in doors()]
    assert "" not in names
    assert len(names) == len(set(names))


def test_every_declared_action_is_granted_to_someone():
    from types import SimpleNamespace

    def held(action):
        return any(
            allowed(
                SimpleNamespace(
                    is_authenticated=True,
                    is_active=True,
                    current_memberships=[SimpleNamespace(role=role, organisation_id=1)],
                ),
                action,
            )
            for role in Role.values
        )

    actions = {door.access for door in doors()} - {"public", ""}
    assert sorted(action for action in actions if not held(action)) == []


def test_table_is_complete_and_says_what_the_code_declares():
    declared = {
        door.name: dict(zip(ROLES, access_matrix.declared(door), strict=True)) for door in doors()
    }
    assert declared == written(), "run: python -m tests.web.access_matrix"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_door_lets_in_only_those_of_the_table(role):
    table, client = written(), client_of(role)
    last = [door for door in doors() if door.name != "account_logout"]
    wrong = []
    for door in last:
        expected = table.get(door.name, {}).get(role)
        found = is_let_in(client, door)
        if found != expected:
            wrong.append(f"{door.name}: table says {expected}, the door says {found}")
    assert not wrong
