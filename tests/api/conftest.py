"""Callers of the API: one per role, each for an organisation."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.test import Client

from filiere.accounts.models import Membership, Organisation, User
from tests.agenda.factories import AT, UserFactory
from tests.programmes.factories import organisation

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class Caller:
    """A program that calls the API, signed in or not."""

    user: User | None = None
    client: Client = field(default_factory=Client)

    def get(self, address: str, **query: Any) -> tuple[int, Any]:
        answer = self.client.get(f"/api/v1/{address}", query)
        return answer.status_code, answer.json()

    def post(self, address: str, body: Any = None, *, key: str = "") -> tuple[int, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        answer = self.client.post(
            f"/api/v1/{address}",
            json.dumps(body or {}),
            content_type="application/json",
            headers=headers,
        )
        return answer.status_code, answer.json()


def signed_in(role: str, of: Organisation | None = None, user: User | None = None) -> Caller:
    user = user or UserFactory()
    Membership.objects.create(user=user, organisation=of or organisation(), role=role)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend=BACKEND)
    return Caller(user, client)


@pytest.fixture
def anyone() -> Caller:
    return Caller(client=Client(headers={"accept-language": "en"}))


@pytest.fixture
def clock():
    """The moment the API reads; ``clock.move_to`` changes it."""
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller
