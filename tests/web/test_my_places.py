"""A manager runs a place through the pages: facts, prices, people, closing."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Membership, Role
from filiere.agenda.models import Slot, Unit
from filiere.billing import queries as billing
from filiere.billing.models import PriceRule
from filiere.directory.models import Statement, Worker
from tests.agenda.factories import (
    OfferFactory,
    PlaceFactory,
    UserFactory,
    hours,
    new_registration,
    new_slot,
)
from tests.conftest import AT

pytestmark = pytest.mark.django_db
TODAY = AT.date()
WEEK = dict.fromkeys(("Mo", "Tu", "We", "Th", "Fr"), "9h-12h") | {"Sa": "", "Su": ""}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def place():
    return PlaceFactory(name="Relais d'Ahun", phone="+33555000000")


def sign_in(client, place, role=Role.MANAGER):
    user = UserFactory()
    Membership.objects.create(user=user, organisation=place.organisation, role=role)
    client.force_login(user)
    return user


def page(name, place, *more):
    return reverse(name, args=[place.pk, *more])


def test_my_places_lists_those_of_the_organisation_only(client, place):
    sign_in(client, place)
    other = PlaceFactory(name="Ailleurs")

    shown = client.get(reverse("my_places")).content.decode()

    assert "Relais d&#x27;Ahun" in shown
    assert other.name not in shown


def test_my_places_takes_as_many_queries_for_many_places(
    client, place, django_assert_max_num_queries
):
    sign_in(client, place)
    for _one in range(15):
        OfferFactory(place=PlaceFactory(organisation=place.organisation))

    client.get(reverse("my_places"))  # the session's own writes are not the list's
    with django_assert_max_num_queries(9):
        assert client.get(reverse("my_places")).status_code == 200


def test_facts_are_stated_shown_with_their_source_and_taken_back(client, place):
    sign_in(client, place)

    answer = client.post(
        page("my_place_facts", place),
        WEEK | {"phone": "0555112233", "closed_on_holidays": "on"},
    )

    assert answer.status_code == 302
    place.refresh_from_db()
    assert place.opening_hours == "Mo-Fr 09:00-12:00; PH off"
    assert place.phone == "+33555112233"
    assert "+33555000000" in client.get(page("my_place", place)).content.decode()
    public = client.get(page("place", place)).content.decode()
    assert "Dit par le lieu" in public

    client.post(page("statement_withdraw", place, "phone"))
    place.refresh_from_db()
    assert place.phone == "+33555000000"
    assert [one.fact for one in Statement.objects.all()] == ["opening_hours"]


def test_facts_form_tells_a_wrong_hour_on_its_line_and_keeps_the_rest(client, place):
    sign_in(client, place)

    answer = client.post(
        page("my_place_facts", place), WEEK | {"Tu": "le matin", "phone": "0555112233"}
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"Tu"}
    assert 'value="0555112233"' in answer.content.decode()
    assert not Statement.objects.exists()


def test_facts_form_leaves_hours_it_cannot_show_untouched(client, place):
    place.opening_hours = "Jan-Mar Mo 09:00-12:00"
    place.save()
    sign_in(client, place)

    shown = client.get(page("my_place_facts", place)).content.decode()
    client.post(page("my_place_facts", place), {"phone": "0555112233"})

    assert "Jan-Mar Mo 09:00-12:00" in shown
    place.refresh_from_db()
    assert place.opening_hours == "Jan-Mar Mo 09:00-12:00"


def test_a_manager_lets_a_colleague_receive_people(client, place):
    sign_in(client, place)
    colleague = UserFactory(display_name="Nadia Toumi")
    Membership.objects.create(user=colleague, organisation=place.organisation, role=Role.MEDIATOR)

    client.post(page("worker_add", place), {"user": colleague.pk, "profession": "médiatrice"})
    worker = Worker.objects.get(user=colleague)
    assert worker.public_name == "Nadia"
    assert Unit.objects.get(worker=worker).place == place

    client.post(page("worker_remove", place, worker.pk))
    worker.refresh_from_db()
    assert worker.left_on == TODAY


def test_a_stranger_to_the_team_is_not_put_to_work(client, place):
    sign_in(client, place)

    client.post(page("worker_add", place), {"user": UserFactory().pk})

    assert not Worker.objects.exists()


def test_a_price_is_previewed_stated_and_taken_back(client, place):
    sign_in(client, place)
    offer = OfferFactory(place=place)
    typed = {
        "offer": offer.pk, "kind": "hourly", "amount": "25,50", "from_on": TODAY.isoformat(),
    }  # fmt: skip
    assert billing.price_of(offer.pk, 60, TODAY) is None

    looked = client.post(page("prices", place), typed | {"look": "yes"})
    assert [(row["minutes"], row["price"], row["person"]) for row in looked.context["preview"]] == [
        (30, 1275, 275), (60, 2550, 1550), (120, 5100, 4100),
    ]  # fmt: skip
    assert not PriceRule.objects.exists()

    assert client.post(page("prices", place), typed).status_code == 302
    assert billing.price_of(offer.pk, 60, TODAY) == 2550
    rule = PriceRule.objects.get()
    client.post(page("price_withdraw", place, rule.pk))
    assert billing.price_of(offer.pk, 60, TODAY) is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "free", "amount": "5"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"amount": "12,345"}, "amount"),
        ({"from_on": "2026-11-23"}, "from_on"),
        ({"offer": "999"}, "offer"),
    ],
)
def test_a_price_that_cannot_be_is_refused_on_its_field(client, place, change, field):
    sign_in(client, place)
    typed = {
        "offer": OfferFactory(place=place).pk, "kind": "session", "amount": "25",
        "from_on": TODAY.isoformat(),
    }  # fmt: skip

    answer = client.post(page("prices", place), typed | change)

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert not PriceRule.objects.exists()


def test_closing_says_what_it_cancels_then_cancels_it(client, place):
    sign_in(client, place)
    slot = new_slot(OfferFactory(place=place), starts_at=AT + hours(24))
    new_registration(slot)

    shown = client.get(page("place_close", place)).content.decode()
    assert "1 personne" in shown
    answer = client.post(page("place_close", place), {"on": TODAY.isoformat(), "because": "moved"})

    assert answer.url == page("place", place)
    place.refresh_from_db()
    assert (place.closed_on, place.closed_because) == (TODAY, "moved")
    assert Slot.objects.get().state == "cancelled"
    assert client.post(page("place_reopen", place)).status_code == 302
    place.refresh_from_db()
    assert place.closed_on is None


def test_closing_on_a_day_to_come_is_refused_with_a_way_out(client, place):
    sign_in(client, place)
    day = (TODAY + datetime.timedelta(days=3)).isoformat()

    answer = client.post(page("place_close", place), {"on": day, "because": "moved"})

    assert answer.status_code == 422
    place.refresh_from_db()
    assert place.closed_on is None


@pytest.mark.parametrize("role", [Role.MANAGER, Role.MEDIATOR])
def test_nobody_else_runs_the_place(client, place, role):
    offer = OfferFactory(place=place)
    sign_in(client, PlaceFactory(), role)
    typed = {"offer": offer.pk, "kind": "free", "from_on": TODAY.isoformat()}

    statuses = {
        client.post(page("my_place_facts", place), WEEK).status_code,
        client.post(page("prices", place), typed).status_code,
        client.post(page("place_close", place), {"on": TODAY.isoformat()}).status_code,
        client.post(page("worker_add", place), {"user": 1}).status_code,
        client.get(page("my_place", place)).status_code,
    }

    assert statuses == {403}
    assert not PriceRule.objects.exists()
