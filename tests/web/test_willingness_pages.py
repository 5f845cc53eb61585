"""What people would pay, through the pages: opening, answering, paper, results."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from filiere.billing import services
from filiere.billing.models import WillingnessAnswer, WillingnessSurvey
from tests.agenda.factories import PlaceFactory
from tests.api.conftest import signed_in
from tests.conftest import AT

pytestmark = pytest.mark.django_db
TODAY = AT.date()
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _english(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


def survey(place=None, kind="public", **fields):
    place = place or PlaceFactory(name="Médiathèque")
    return services.open_survey(
        **{
            "place_id": place.pk, "place_kind": kind, "procedure": "", "starts_on": TODAY,
            "ends_on": TODAY + 10 * DAY, "at": AT, "actor": "test",
        }
        | fields
    )  # fmt: skip


def manager(place):
    client = signed_in("manager", place.organisation).client
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_a_manager_opens_a_survey_prints_it_enters_sheets_and_ends_it():
    place = PlaceFactory(name="Médiathèque")
    client = manager(place)
    address = reverse("willingness_surveys")
    given = {"place": place.pk, "place_kind": "public", "procedure": "tax_return",
             "starts_on": TODAY.isoformat(), "ends_on": (TODAY + 20 * DAY).isoformat()}  # fmt: skip
    assert client.post(address, given).status_code == 302
    again = client.post(address, given)
    assert again.status_code == 422
    assert "already asks the question" in again.content.decode()
    found = WillingnessSurvey.objects.get()
    sheet = client.get(reverse("willingness_paper", args=[found.ref])).content.decode()
    assert found.ref in sheet
    assert "Up to how much would you pay here" in sheet
    enter = reverse("willingness_enter", args=[found.pk])
    assert (
        client.post(enter, {"here_0": "3", "here_500": "4", "elsewhere_2000": "6"}).status_code
        == 302
    )
    assert WillingnessAnswer.objects.filter(on_paper=True).count() == 13
    empty = client.post(enter, {"here_0": ""})
    assert empty.status_code == 422
    assert (
        "End this survey today?"
        in client.get(reverse("willingness_close", args=[found.pk])).content.decode()
    )
    assert client.post(reverse("willingness_close", args=[found.pk])).status_code == 302
    found.refresh_from_db()
    assert found.ends_on == TODAY


def test_a_manager_of_another_organisation_touches_no_survey():
    found, stranger = survey(), manager(PlaceFactory())
    for name in ("willingness_enter", "willingness_close"):
        assert stranger.get(reverse(name, args=[found.pk])).status_code == 403
        assert stranger.get(reverse(name, args=[0])).status_code == 404
    given = {"place": found.place_id, "place_kind": "public", "starts_on": TODAY, "ends_on": TODAY}
    assert stranger.post(reverse("willingness_surveys"), given).status_code == 422


def test_anybody_answers_without_an_account_and_reads_thanks(client):
    found = survey()
    address = reverse("willingness_answer", args=[found.ref])
    asked = client.get(address).content.decode()
    assert "And for the same help in another kind of place: shop" in asked
    done = client.post(address, {"here": "500"}, follow=True)
    assert "your answer is kept" in done.content.decode()
    assert list(WillingnessAnswer.objects.values_list("about", "up_to_cents")) == [("public", 500)]
    assert client.post(address, {"here": ""}).status_code == 422
    assert client.post(address, {"here": "333"}).status_code == 422
    assert client.get(reverse("willingness_answer", args=["nothere"])).status_code == 404


def test_a_survey_that_ended_takes_no_answer_and_says_when_it_was_open(client):
    found = survey()
    address = reverse("willingness_answer", args=[found.ref])
    with time_machine.travel(AT + 11 * DAY, tick=False):
        assert "takes no answer today" in client.get(address).content.decode()
        assert client.post(address, {"here": "0"}).status_code == 422
    assert not WillingnessAnswer.objects.exists()


def test_attack_95_answers_poured_by_one_address_are_slowed_down(client):
    address = reverse("willingness_answer", args=[survey().ref])
    statuses = [client.post(address, {"here": "0"}).status_code for _one in range(21)]
    assert statuses == [302] * 20 + [429]


def test_results_compare_kinds_of_place_and_say_who_is_left_out(client):
    public, garage, small = survey(), survey(kind="shop"), survey(kind="association")
    for one, here in ((public, {0: 15, 500: 15, 1_000: 10}), (garage, {0: 5, 1_000: 15, 3_000: 20}),
                      (small, {0: 4})):  # fmt: skip
        services.enter_paper_answers(survey_id=one.pk, here=here, elsewhere={}, at=AT, actor="test")
    assert "No survey has ended yet" in client.get(reverse("willingness_results")).content.decode()
    with time_machine.travel(AT + 11 * DAY, tick=False):
        shown = client.get(reverse("willingness_results")).content.decode()
    assert "€10 would be accepted by 25% (public place), 88% (shop)" in shown
    assert "The most money comes in at €30: €1,500 for 100 people, and 50% of them" in shown
    assert "Fewer than 5 people answered" in shown
