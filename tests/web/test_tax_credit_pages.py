"""The tax credit of help at home, where a price is read: an estimate, with what it rests on."""

import dataclasses
import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from filiere.accounts.models import Role
from filiere.billing import queries, services
from filiere.rules import parameters
from filiere.rules.parameters import Confidence
from filiere.territories.models import Territory
from filiere.web import credit_words
from tests.agenda.factories import hours, new_person, new_slot
from tests.billing.factories import AT, world
from tests.billing.test_home_help import NEXT_YEAR, at_home
from tests.territories.conftest import territories
from tests.web.test_money_pages import signed_in
from tests.web.test_paper_pages import texts
from tests.web.test_public_finder import FOUND, offer_in, text_of

__all__ = ["territories"]

pytestmark = pytest.mark.django_db
NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


def priced_offer(commune, cents, name="Médiathèque"):
    offer = offer_in(commune, name)
    new_slot(offer, starts_at=AT + hours(24))
    services.set_price(
        offer_id=offer.pk, kind="session", amount_cents=cents, from_on=datetime.date(2026, 1, 1),
        actor="test", at=AT,
    )  # fmt: skip
    return offer


def declared(offer, nature="training"):
    return services.declare_home_help(
        offer_id=offer.pk, number="SAP123456789", nature=nature,
        from_on=datetime.date(2026, 1, 1), at=AT, actor="test",
    )  # fmt: skip


@pytest.fixture
def gueret(territories):
    return Territory.objects.get(code="23096")


def results(language="en"):
    client = Client(headers={"accept-language": language})
    return text_of(client.get(reverse("results"), FOUND))


def test_results_estimate_the_tax_credit_of_help_at_home_with_what_it_rests_on(gueret):
    declared(priced_offer(gueret, 6_000))
    said = results()
    assert "about €30 come back after your tax return: an estimate" in said
    assert "Code général des impôts, art. 199 sexdecies · read: service-public.fr" in said
    assert "Decision aid for 2026, not tax advice" in said
    french = results("fr")
    assert "environ 30 € reviennent" in french
    assert "lu : service-public.fr" in french


@pytest.mark.parametrize("nature", ["remote", "repair", "sale"])
def test_results_estimate_nothing_of_help_that_opens_none(gueret, nature):
    declared(priced_offer(gueret, 6_000), nature)
    assert "Tax credit" not in results()


def test_results_estimate_nothing_elsewhere_than_at_home(gueret):
    priced_offer(gueret, 6_000)
    assert "Tax credit" not in results()


def test_credits_of_asks_one_query_whatever_the_number_and_none_without_a_price(
    gueret, django_assert_num_queries
):
    offers = [priced_offer(gueret, 6_000, f"Lieu {number}") for number in range(4)]
    for offer in offers:
        declared(offer)
    amounts = {offer.pk: 700_000 for offer in offers}
    with django_assert_num_queries(1):
        found = queries.credits_of_offers(amounts, on=AT.date())
    assert {one.credit_cents for one in found.values()} == {150_000}
    with django_assert_num_queries(0):
        assert credit_words.credits_of([], AT.date()) == {}


def test_a_value_from_memory_is_marked_to_verify(monkeypatch):
    known = dict(parameters.all_parameters())
    key = "home_help.computer_ceiling_cents"
    known[key] = dataclasses.replace(known[key], confidence=Confidence.MEMORY)
    monkeypatch.setattr(parameters, "all_parameters", lambda: known)
    with translation.override("en"):
        marked = [one.what for one in credit_words.bases(AT.date()) if one.is_to_verify]
        words = [one.known for one in credit_words.bases(AT.date())]
    assert marked == ["Computer help counted in a year, at most"]
    assert "to verify: nobody has read the text yet" in words
    monkeypatch.undo()
    assert not any(one.is_to_verify for one in credit_words.bases(AT.date()))


def test_the_attestation_says_what_it_rests_on_and_lists_texts_as_each_language_does():
    here = world(price=6000)
    at_home(here)
    person = new_person(commune_id=here.commune.pk)
    here.split(person=person)
    client = signed_in(Role.MANAGER, here.provider)
    address = reverse("home_help_attestation", args=[2026, person])
    with time_machine.travel(datetime.datetime(2027, 1, 5, 9, tzinfo=datetime.UTC), tick=False):
        client.logout()
        client.force_login(
            client.user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        paper = " ".join(texts(client.get(address, headers={"accept-language": "fr"}).content))
        page = client.get(reverse("home_help") + "?annee=2026").content.decode()
    said = paper.replace("\n", " ")
    assert "Ce sur quoi cela repose" in said
    assert "lu : service-public.fr" in said.replace(NBSP, " ")
    assert "sexdecies ; Code du travail" in said.replace(NBSP, " ")
    assert NEXT_YEAR.year == 2027
    assert "Decision aid for 2026" in page
    with translation.override("fr"):
        assert credit_words.texts_listed(["a", "b", "a"]) == f"a{NBSP}; b"
    with translation.override("en"):
        assert credit_words.texts_listed(["a", "b"]) == "a; b"
