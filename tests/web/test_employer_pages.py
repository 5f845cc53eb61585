"""An employer offers hours and reads counts; a provider attests a year of help at home."""

import datetime
import re

import pytest
import time_machine
from django.urls import reverse

from filiere.agreements.models import Commitment, FreeHoursCard
from filiere.billing import services
from tests.agenda.factories import AT, OrganisationFactory, new_person
from tests.api.conftest import BACKEND, signed_in
from tests.billing.factories import world

pytestmark = pytest.mark.django_db
TOKEN = r'name="csrfmiddlewaretoken" value="\w+"|nonce-[^" ]+|(next|content)="[^"]*"'
JANUARY = datetime.date(2026, 1, 1)
HOURS = {"title": "Aide numérique", "hours": "100", "provider": "", "starts_on": "2026-11-01",
         "ends_on": "2027-10-31"}  # fmt: skip


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def employer():
    return signed_in("commissioner", OrganisationFactory(name="Sport Nord"))


def bought(employer, **more):
    answer = employer.client.post(reverse("free_hours_new"), HOURS | more)
    assert answer.status_code == 302, answer.context["form"].errors
    return Commitment.objects.latest("pk")


def cards_of(employer, promise, count=3, hours=""):
    answer = employer.client.post(
        reverse("free_hours_cards", args=[promise.pk]), {"count": count, "hours_each": hours}
    )
    assert answer.headers["Cache-Control"] == "no-store, private"
    return answer.context["codes"]


def use(here, code):
    services.split_charge(
        charge=here.charge(), voucher_code=None, card_code=code, at=AT, actor="test"
    )


def shown(employer):
    return employer.client.get(reverse("free_hours")).content.decode()


NOT_TOLD = "told by whole months, together, from 5 sessions on"
DECEMBER = AT + datetime.timedelta(days=20)


def shown_later(employer):
    with time_machine.travel(DECEMBER, tick=False):
        employer.client.force_login(employer.user, backend=BACKEND)
        return shown(employer)


def test_an_employer_buys_hours_makes_cards_and_reads_counts_of_whole_months(employer):
    assert "You have not bought hours yet" in shown(employer)
    here, promise = world(price=1000), bought(employer)
    codes = cards_of(employer, promise, hours="10")
    assert (len(codes), FreeHoursCard.objects.first().minutes_left) == (3, 600)
    nothing_used = shown(employer)
    assert NOT_TOLD in nothing_used
    for _one in range(4):
        use(here, codes[0])
    assert NOT_TOLD in shown_later(employer)
    use(here, codes[1])
    # The month is not over: the page is the one of nobody.
    employer.client.force_login(employer.user, backend=BACKEND)
    assert re.sub(TOKEN, "", shown(employer)) == re.sub(TOKEN, "", nothing_used)
    page = shown_later(employer)
    assert "5 h, in 5 sessions until 30 November 2026; 95 h left" in page
    assert "€50.00" in page


def test_what_is_owed_is_told_when_the_agreement_is_over(employer):
    here, promise = world(price=1000), bought(employer, ends_on="2026-11-30")
    use(here, cards_of(employer, promise)[0])
    assert "told with the hours used, or once the agreement is over" in shown(employer)
    page = shown_later(employer)
    assert "€10.00" in page
    assert "1 h, in 1 session until" in page


def test_an_employer_takes_its_cards_back(employer):
    promise = bought(employer)
    cards_of(employer, promise)
    employer.client.post(reverse("free_hours_revoke", args=[promise.pk]))
    assert not FreeHoursCard.objects.filter(revoked_at=None).exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"hours": "0"}, "hours"),
        ({"provider": "Personne"}, "provider"),
        ({"ends_on": "2026-10-01"}, "ends_on"),
        ({"provider": "Sport Nord"}, "__all__"),
    ],
)
def test_hours_that_cannot_be_bought_are_refused_on_their_field(employer, more, field):
    answer = employer.client.post(reverse("free_hours_new"), HOURS | more)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}


def test_another_organisation_makes_no_card_and_takes_none_back(employer):
    promise = bought(employer)
    stranger = signed_in("commissioner")
    for name in ("free_hours_cards", "free_hours_revoke"):
        answer = stranger.client.post(reverse(name, args=[promise.pk]), {"count": 1})
        assert answer.status_code == 403


def at_home(here):
    services.declare_home_help(
        offer_id=here.offer.pk, number="SAP123456789", nature="training", from_on=JANUARY, at=AT,
        actor="test",
    )  # fmt: skip


def test_a_manager_declares_a_service_then_prints_each_attestation_once_the_year_is_over():
    here = world(price=6000)
    manager = signed_in("manager", here.provider)
    given = {"offer": here.offer.pk, "number": "sap 123456789", "nature": "training",
             "from_on": "2026-01-01"}  # fmt: skip
    assert manager.client.post(reverse("home_help"), given | {"number": "12"}).status_code == 422
    assert manager.client.post(reverse("home_help"), given).status_code == 302
    person = new_person(commune_id=here.commune.pk)
    here.split(person=person)
    address = reverse("home_help_attestation", args=[2026, person])
    assert manager.client.get(address).status_code == 409
    with time_machine.travel(datetime.datetime(2027, 1, 5, 9, tzinfo=datetime.UTC), tick=False):
        manager.client.force_login(manager.user, backend=BACKEND)
        page = manager.client.get(reverse("home_help")).content.decode()
        assert "1 attestation to give" in page
        assert "March 31, 2027" in page or "31 March 2027" in page
        paper = manager.client.get(address)
        assert (paper.status_code, paper.content[:4]) == (200, b"%PDF")
        nobody = new_person(commune_id=here.commune.pk)
        assert (
            manager.client.get(reverse("home_help_attestation", args=[2026, nobody])).status_code
            == 404
        )


def test_a_manager_ends_its_own_declaration_only():
    here = world(price=6000)
    at_home(here)
    declared = here.offer.home_help.get()
    address = reverse("home_help_end", args=[declared.pk])
    assert signed_in("manager").client.post(address).status_code == 403
    assert signed_in("manager", here.provider).client.post(address).status_code == 302
    declared.refresh_from_db()
    assert declared.ends_on == AT.date()
