"""Thresholds of the law for one's organisation, and the table for the central register."""

import csv
import io

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Membership, OrganisationKind, Role
from filiere.projects import services
from tests.agenda.factories import OrganisationFactory, UserFactory
from tests.conftest import AT
from tests.projects.factories import granted, project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def mine(client):
    organisation = OrganisationFactory(
        kind=OrganisationKind.ASSOCIATION, name="Association du fil", siret="13002526500013"
    )
    user = UserFactory()
    Membership.objects.create(user=user, organisation=organisation, role=Role.MANAGER)
    client.force_login(user)
    return organisation


def test_the_page_begins_with_the_conclusion_and_keeps_what_was_typed(client, mine):
    quiet = client.get(reverse("compliance")).content.decode()
    assert "No threshold of the law is close" in quiet
    assert "None is noted" in quiet
    near = client.get(reverse("compliance"), {"ailleurs": "33 000"}).content.decode()
    assert "1 threshold of the law is close" in near
    above = client.get(reverse("compliance"), {"ailleurs": "80 011,01 €"}).content.decode()
    assert "2 thresholds of the law are crossed" in above
    assert "€0.01 above" in above
    assert 'value="80 011,01 €"' in above
    wrong = client.get(reverse("compliance"), {"ailleurs": "33 k€"})
    assert wrong.status_code == 422
    assert "not in thousands" in wrong.content.decode()
    assert 'value="33 k€"' in wrong.content.decode()


def test_the_figures_are_those_of_ones_own_organisation_only(client, mine):
    other = project(carrier_id=OrganisationFactory(kind=OrganisationKind.ASSOCIATION).pk)
    granted(other, 9_000_000, funder_name="Autre région", kind="region")
    assert "Autre région" not in client.get(reverse("compliance")).content.decode()
    granted(project(carrier_id=mine.pk), 2_300_001, funder_name="Ville", kind="commune")
    shown = client.get(reverse("compliance")).content.decode()
    assert "1 threshold of the law is crossed" in shown
    assert "Ville" in shown
    assert reverse("rule", args=["subsidies"]) in shown


def test_the_register_gives_aid_since_2026_and_no_formula(client, mine):
    services.record_aid(
        organisation_id=mine.pk, grantor_name="=1+1", granted_on=AT.date(), gross_cents=1_050,
        regime="de_minimis", actor="user:1", at=AT,
    )  # fmt: skip
    assert reverse("compliance_register") in client.get(reverse("compliance")).content.decode()
    answer = client.get(reverse("compliance_register"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    if len(rows[0]) == 1:
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["beneficiaire", "montant_euros", "accordee_le"]
    assert rows[1][0] == "13002526500013"
    assert rows[1][2] == AT.date().isoformat()
    assert not rows[1][3].startswith("=")
    assert answer["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("role", [Role.MEDIATOR, Role.PRESCRIBER, Role.STEWARD, Role.OPERATOR])
def test_only_who_runs_the_organisation_reads_it(client, role):
    user = UserFactory()
    Membership.objects.create(user=user, organisation=OrganisationFactory(), role=role)
    client.force_login(user)
    assert client.get(reverse("compliance")).status_code == 403
    assert client.get(reverse("compliance_register")).status_code == 403


def test_a_public_body_is_told_that_only_aid_is_watched(client, mine):
    mine.kind = OrganisationKind.COMMUNE
    mine.save()
    shown = client.get(reverse("compliance")).content.decode()
    assert "A public body has no threshold" in shown
    assert 'name="ailleurs"' not in shown


def test_the_page_of_the_organisation_leads_there(client, mine, django_assert_max_num_queries):
    assert reverse("compliance") in client.get(reverse("organisation")).content.decode()
    with django_assert_max_num_queries(20):
        client.get(reverse("compliance"))
