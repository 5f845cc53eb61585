"""Who is let in: tokens, sessions, roles, rates; and the one shape of refusals."""

import datetime

import pytest
from django.test import Client
from ninja import NinjaAPI

from filiere.accounts import services as accounts
from filiere.accounts.models import Membership
from filiere.api import problems
from filiere.api.security import Undeclared
from filiere.api.views import operations
from tests.agenda.factories import AT, UserFactory, new_slot
from tests.api.conftest import BACKEND, signed_in
from tests.programmes.factories import organisation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SHAPE = {"code", "what_happened", "what_to_do", "to_say_aloud", "fields"}


def mediator():
    user = UserFactory()
    Membership.objects.create(user=user, organisation=organisation(), role="mediator")
    return user


def with_token(user, **overrides):
    given = {"email": user.email, "name": "calendar", "at": AT, "actor": "test"} | overrides
    token = accounts.issue_token(**given)
    return Client(headers={"authorization": f"Bearer {token}"}, enforce_csrf_checks=True)


def test_every_operation_declares_its_access():
    assert [one.name for one in operations() if not one.access] == []


def test_an_operation_that_declares_nothing_is_refused(rf):
    api = NinjaAPI(urls_namespace="undeclared", auth=Undeclared(), docs_url=None)
    problems.attach(api)

    @api.get("/open")
    def forgotten(request):
        return {"secret": True}

    request = rf.get("/open")
    request.user = mediator()
    view = next(one for one in api.urls[0] if str(one.pattern) == "open")
    answer = view.callback(request)

    assert answer.status_code == 403
    assert b"secret" not in answer.content


def test_nobody_signed_in_is_asked_to_sign_in(anyone):
    status, answer = anyone.get("day")

    assert (status, answer["code"]) == (401, "api.sign_in_needed")
    assert answer.keys() == SHAPE


def test_a_role_without_the_right_is_refused():
    status, answer = signed_in("commissioner").get("day")

    assert (status, answer["code"]) == (403, "kernel.not_allowed")


def test_token_opens_what_its_person_may_do_without_csrf():
    client = with_token(mediator())

    assert client.get("/api/v1/day").status_code == 200
    answer = client.post("/api/v1/batches", "{}", content_type="application/json")
    assert answer.status_code == 403
    assert answer.json()["code"] == "kernel.not_allowed"


def test_token_revoked_or_of_a_closed_account_opens_nothing():
    user = mediator()
    client = with_token(user)
    accounts.revoke_token(email=user.email, name="calendar", at=AT, actor="test")
    again = with_token(user)
    assert client.get("/api/v1/day").json()["code"] == "api.token_wrong"
    user.is_active = False
    user.save()

    assert again.get("/api/v1/day").status_code == 401


def test_a_wrong_token_is_refused_even_where_anyone_may_read(anyone):
    answer = anyone.client.get("/api/v1/needs", headers={"authorization": "Bearer nothing"})

    assert answer.status_code == 401


def test_session_writes_only_with_its_form_token():
    slot = new_slot()
    client = Client(enforce_csrf_checks=True)
    client.force_login(mediator(), backend=BACKEND)

    answer = client.post(f"/api/v1/slots/{slot.pk}/cancel", "{}", content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "api.form_token_missing")
    slot.refresh_from_db()
    assert slot.state == "open"


def test_session_writes_with_its_form_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(mediator(), backend=BACKEND)
    client.cookies["csrftoken"] = token = "a" * 32

    answer = client.post(
        "/api/v1/slots/0/cancel",
        "{}",
        content_type="application/json",
        headers={"x-csrftoken": token},
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "kernel.not_found")


def test_wrong_shape_names_the_fields(anyone):
    status, answer = anyone.post("registrations", {"slot_id": "tomorrow"})

    assert (status, answer["code"]) == (422, "api.request_wrong")
    assert [one["field"] for one in answer["fields"]] == ["given.slot_id"]
    assert answer.keys() == SHAPE


def test_broken_json_is_refused_in_the_same_shape(anyone):
    answer = anyone.client.post("/api/v1/diagnosis", "{", content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (422, "api.request_wrong")


def test_unknown_address_is_refused_in_the_same_shape(anyone):
    status, answer = anyone.get("nothing/here")

    assert (status, answer["code"]) == (404, "api.address_unknown")
    assert answer.keys() == SHAPE


def test_refusals_speak_the_readers_language(anyone):
    english = anyone.get("day")[1]["what_happened"]
    french = Client(headers={"accept-language": "fr"}).get("/api/v1/day").json()

    assert english == "This is for people who have an account, and nobody is signed in."
    assert french["what_happened"] != english


def test_too_many_requests_wait(anyone):
    answers = [anyone.post("registrations", {"slot_id": 0})[0] for _ in range(20)]
    last = anyone.client.post(
        "/api/v1/registrations", '{"slot_id": 0}', content_type="application/json"
    )

    assert set(answers) == {409}
    assert (last.status_code, last.json()["code"]) == (429, "api.too_many_requests")
    assert int(last.headers["Retry-After"]) > 0


def test_last_use_of_a_token_is_noted_to_the_hour(clock):
    user = mediator()
    client = with_token(user)
    for minutes in (0, 30, 70):
        clock.move_to(AT + datetime.timedelta(minutes=minutes))
        client.get("/api/v1/day")

    assert user.api_tokens.get().last_used_at == AT + datetime.timedelta(minutes=70)
