"""The model of a project through its page: the answer, what was typed, two writers, the paper."""

import re

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Membership, OrganisationKind, Role
from filiere.projects import services
from filiere.projects.models import BusinessModel
from tests.agenda.factories import OrganisationFactory, UserFactory
from tests.conftest import AT
from tests.projects.factories import ACT, granted, project

pytestmark = pytest.mark.django_db
TYPED = {
    "people": "400 personnes", "volume_0": "900", "price_0": "30", "session_0": "4,50",
    "fixed_0": "60 000", "grants_0": "35 000,00 €",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _english(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def mine(client):
    carrier = OrganisationFactory(kind=OrganisationKind.ASSOCIATION)
    user = UserFactory()
    Membership.objects.create(user=user, organisation=carrier, role=Role.CARRIER)
    client.force_login(user)
    return project(carrier_id=carrier.pk)


def address(of):
    return reverse("project_model", args=[of.pk])


def test_a_blank_model_says_what_to_write(client, mine):
    shown = client.get(address(mine)).content.decode()
    assert "From how many sessions does this model hold?" in shown
    assert "Nobody is written in the plan yet" in shown
    assert "PDF" not in shown


def test_the_figures_give_critical_size_results_and_dependence(client, mine):
    granted(mine, 3_000_000, funder_name="Ville")
    granted(mine, 1_000_000, funder_name="Région")
    answer = client.post(address(mine), TYPED | {"edition": "0"}, follow=True)
    shown = " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
    assert "This model lacks 81 sessions a year" in shown
    assert "981 sessions a year" in shown
    assert "2,353 sessions a year" in shown
    assert "€62,000.00" in shown
    assert "€64,050.00" in shown
    assert "−€2,050.00" in shown
    assert "€71.17" in shown
    assert "75% of the money comes from one payer: Ville" in shown
    assert "−€32,050.00" in shown
    again = client.get(address(mine)).content.decode()
    assert 'value="35000,00"' in again
    assert "400 personnes" in again


def test_what_was_typed_is_kept_and_each_fault_said(client, mine):
    answer = client.post(
        address(mine),
        TYPED | {"edition": "0", "price_0": "3 k€", "fixed_0": "-5", "volume_1": "12"},
    )
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "not in thousands" in shown
    assert "above zero" in shown
    assert "0 if there is none" in shown
    assert 'value="3 k€"' in shown
    assert "400 personnes" in shown
    assert not BusinessModel.objects.exists()


def test_two_writers_see_both_and_nothing_is_lost(client, mine):
    services.save_model(
        project_id=mine.pk, boxes={"people": "Le texte de l’autre"}, years=[], edition=0, **ACT
    )
    answer = client.post(address(mine), TYPED | {"edition": "0"})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Le texte de l’autre" in shown
    assert "400 personnes" in shown
    assert client.post(address(mine), TYPED | {"edition": "1"}).status_code == 302
    assert BusinessModel.objects.get().boxes == {"people": "400 personnes"}


def test_the_request_for_support_is_a_pdf(client, mine):
    page = reverse("project_model_request", args=[mine.pk])
    blank = client.get(page)
    assert blank.content.startswith(b"%PDF-")
    client.post(address(mine), TYPED | {"edition": "0"})
    full = client.get(page)
    assert full["Cache-Control"] == "no-store, private"
    assert len(full.content) > len(blank.content)


def test_a_reader_reads_and_does_not_write_and_a_stranger_finds_nothing(client, mine):
    other = OrganisationFactory()
    services.share_project(project_id=mine.pk, organisation_id=other.pk, right="reader", **ACT)
    user = UserFactory()
    Membership.objects.create(user=user, organisation=other, role=Role.CARRIER)
    client.force_login(user)
    shown = client.get(address(mine)).content.decode()
    assert "Not written yet." in shown
    assert "<textarea" not in shown
    assert client.post(address(mine), TYPED | {"edition": "0"}).status_code == 403
    stranger = UserFactory()
    Membership.objects.create(user=stranger, organisation=OrganisationFactory(), role=Role.CARRIER)
    client.force_login(stranger)
    assert client.get(address(mine)).status_code == 404
    assert client.get(reverse("project_model_request", args=[mine.pk])).status_code == 404


def test_the_page_is_few_queries(client, mine, django_assert_max_num_queries):
    client.post(address(mine), TYPED | {"edition": "0"})
    with django_assert_max_num_queries(16):
        client.get(address(mine))
