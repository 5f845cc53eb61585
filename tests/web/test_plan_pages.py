"""The plan of a project on its pages: equation, checks, funders, who pays which line, refusals."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Role
from filiere.projects import services
from filiere.projects.models import FundingSource, PlanAllocation, ScheduledPayment
from tests.agenda.factories import OrganisationFactory
from tests.projects.factories import (
    ACT,
    AT,
    TODAY,
    allocate,
    asked,
    granted,
    line,
    pay,
    project,
    source,
)
from tests.projects.test_sources import scheme
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db
QUERIES = 23


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def made():
    return project()


@pytest.fixture
def client(made):
    return signed_in(Role.CARRIER, made.carrier)


def at(name, *args):
    return reverse(name, args=args)


def text(page):
    return page.content.decode()


def test_plan_of_a_blank_project_asks_for_its_costs_first(client, made):
    page = client.get(at("project_plan", made.pk))
    assert heading(page) == "This project has no cost yet"
    assert at("project_budget", made.pk) in text(page)


def test_plan_says_what_is_missing_and_offers_to_add_somebody(client, made):
    line(made, 1_000_000, label="Deux médiateurs")
    page = client.get(at("project_plan", made.pk))
    assert heading(page) == "Nobody pays these €10,000 yet"
    source(made, 600_000, funder_name="Région Test")
    page = client.get(at("project_plan", made.pk))
    assert heading(page) == "€4,000 are missing"
    assert "Région Test" in text(page)
    assert at("project_source_new", made.pk) in text(page)
    assert "plan comptable associatif" in text(page)


def test_plan_that_adds_up_says_so_and_names_each_state(client, made):
    cost = line(made, 1_000_000)
    one = granted(made, 600_000, funder_name="Ville")
    other = asked(made, 400_000, funder_name="Fondation", kind="foundation", likely_percent=50)
    allocate(one, cost, 600_000)
    allocate(other, cost, 400_000)
    page = client.get(at("project_plan", made.pk))
    assert "adds up" in heading(page)
    assert "granted" in text(page)
    assert "asked" in text(page)
    assert "Every requirement is met" in text(page)


def test_plan_over_funded_says_by_how_much(client, made):
    line(made, 1_000_000)
    source(made, 1_200_000)
    assert heading(client.get(at("project_plan", made.pk))) == "The plan brings €2,000 too much"


def test_plan_keeps_the_same_queries_whatever_its_size(client, made, django_assert_num_queries):
    for _ in range(3):
        allocate(source(made, 100_000), line(made, 100_000), 100_000)
    client.get(at("project_plan", made.pk))
    with django_assert_num_queries(QUERIES):
        client.get(at("project_plan", made.pk))
    for _ in range(6):
        allocate(source(made, 100_000), line(made, 100_000), 100_000)
    with django_assert_num_queries(QUERIES):
        assert client.get(at("project_plan", made.pk)).status_code == 200


@pytest.mark.parametrize(
    "name", ["project_plan", "project_matrix", "project_cash", "project_proofs", "project_effort"]
)
def test_pages_are_not_there_for_somebody_else(made, name):
    other = signed_in(Role.CARRIER, OrganisationFactory())
    assert other.get(at(name, made.pk)).status_code == 404
    assert other.post(at("project_source_new", made.pk), {}).status_code == 404


def test_a_reader_sees_the_plan_and_changes_nothing(made):
    partner = OrganisationFactory()
    services.share_project(project_id=made.pk, organisation_id=partner.pk, right="reader", **ACT)
    one = source(made)
    reader = signed_in(Role.CARRIER, partner)
    assert reader.get(at("project_plan", made.pk)).status_code == 200
    assert at("project_source_new", made.pk) not in text(reader.get(at("project_plan", made.pk)))
    for name in ("project_source_edit", "project_source_answer", "project_source_payment"):
        assert reader.post(at(name, made.pk, one.pk), {}).status_code == 403
    assert reader.get(at("project_source", made.pk, one.pk)).status_code == 200


def new(**fields):
    given = {"funder_name": "Département", "kind": "departement", "amount": "12 345,60 €",
             "likely": "60", "regime": "none"}  # fmt: skip
    return given | fields


def test_source_new_reads_euros_as_typed(client, made):
    answer = client.post(at("project_source_new", made.pk), new())
    found = FundingSource.objects.get()
    assert answer.url == at("project_source", made.pk, found.pk)
    assert (found.asked_cents, found.likely_percent, found.state) == (1_234_560, 60, "envisaged")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("12 k€", "not in thousands"),
        ("12 milliers d'euros", "not in thousands"),
        ("-500", "above zero"),
        ("douze", "is no amount"),
        ("1 200 TTC", "with or without VAT"),
        ("0", "above 0"),
    ],
)
def test_source_new_refuses_what_is_no_amount_and_keeps_it(client, made, typed, words):
    page = client.post(at("project_source_new", made.pk), new(amount=typed))
    assert page.status_code == 422
    assert words in text(page)
    assert typed.replace("'", "&#x27;") in text(page)
    assert not FundingSource.objects.exists()


def test_source_new_refuses_a_private_de_minimis_in_words(client, made):
    page = client.post(at("project_source_new", made.pk), new(kind="private", regime="de_minimis"))
    assert page.status_code == 422
    assert "its State aid rule is missing or not possible" in text(page)


def test_source_new_under_a_scheme_is_asked_once(client, made):
    call = scheme()
    url = at("project_source_new", made.pk) + f"?dispositif={call.pk}"
    assert "Appel 2027" in text(client.get(url))
    client.post(url, new(funder_name="Fondation du Lien", kind="foundation"))
    assert FundingSource.objects.get().scheme_id == call.pk
    page = client.post(url, new(funder_name="Fondation du Lien", kind="foundation"))
    assert "already asked is missing or not possible" in text(page)


def test_source_edit_lowers_the_request_and_refuses_an_old_edition(client, made):
    one = source(made, 600_000)
    url = at("project_source_edit", made.pk, one.pk)
    assert "6000,00" in text(client.get(url))
    client.post(url, new(amount="5 000", edition=one.edition))
    one.refresh_from_db()
    assert one.asked_cents == 500_000
    page = client.post(url, new(amount="4 000", edition=1))
    assert page.status_code == 422
    one.refresh_from_db()
    assert one.asked_cents == 500_000


def test_source_ask_freezes_the_request(client, made):
    one = source(made, 600_000)
    url = at("project_source_ask", made.pk, one.pk)
    assert "€6,000" in heading(client.get(url))
    client.post(url)
    one.refresh_from_db()
    assert (one.state, one.submissions.count()) == ("asked", 1)


def test_source_move_says_complete_then_refuses_what_does_not_follow(client, made):
    one = asked(made)
    client.post(at("project_source_move", made.pk, one.pk, "complete"))
    one.refresh_from_db()
    assert one.state == "complete"
    page = client.post(at("project_source_move", made.pk, one.pk, "settled"))
    assert page.status_code == 409
    assert client.get(at("project_source_move", made.pk, one.pk, "paid")).status_code == 404


def test_answer_lower_than_asked_shows_the_gap(client, made):
    one, cost = asked(made, 600_000), line(made, 600_000)
    allocate(one, cost, 600_000)
    answer = client.post(
        at("project_source_answer", made.pk, one.pk),
        {"answer": "granted", "day": TODAY.isoformat(), "amount": "4 500"},
    )
    assert answer.url == at("project_plan", made.pk)
    one.refresh_from_db()
    assert (one.state, one.granted_cents) == ("notified", 450_000)
    page = client.get(answer.url)
    assert "The plan now lacks €1,500." in text(page)
    assert heading(page) == "€1,500 are missing"
    assert "€6,000 asked" in text(page)


def test_answer_no_takes_its_part_away(client, made):
    one, cost = asked(made, 600_000), line(made, 600_000)
    allocate(one, cost, 600_000)
    client.post(
        at("project_source_answer", made.pk, one.pk), {"answer": "refused", "day": "2026-11-20"}
    )
    one.refresh_from_db()
    assert (one.state, one.answered_on) == ("refused", datetime.date(2026, 11, 20))
    assert not PlanAllocation.objects.exists()
    assert "1 funder refused or set aside" in text(client.get(at("project_plan", made.pk)))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"answer": "granted"}, "Give the amount of the letter"),
        ({"answer": "refused", "amount": "10"}, "A refusal has no amount"),
        ({"answer": "granted", "amount": "7000"}, "say why it is more"),
    ],
)
def test_answer_refuses_what_contradicts_itself(client, made, fields, words):
    one = asked(made, 600_000)
    given = {"day": TODAY.isoformat()} | fields
    page = client.post(at("project_source_answer", made.pk, one.pk), given)
    assert page.status_code == 422
    assert words in text(page)
    one.refresh_from_db()
    assert one.state == "asked"


def test_payment_is_noted_once_and_late_money_is_said(client, made):
    one = granted(made, 600_000)
    rows = {"dues-TOTAL_FORMS": "2", "dues-INITIAL_FORMS": "0", "dues-0-kind": "advance",
            "dues-0-due_on": "2026-10-15", "dues-0-amount": "2 000", "dues-1-kind": "balance",
            "dues-1-due_on": "2027-12-31", "dues-1-amount": "4 000"}  # fmt: skip
    client.post(at("project_source_schedule", made.pk, one.pk), rows)
    due = ScheduledPayment.objects.order_by("rank").first()
    assert due.amount_cents == 200_000
    assert "40 days late" in text(client.get(at("project_source", made.pk, one.pk)))
    assert "40 days late" in text(client.get(at("project_plan", made.pk)))
    url = at("project_source_payment", made.pk, one.pk)
    given = {"amount": "2 000,00", "day": "2026-11-23", "due": due.pk, "key": "page"}
    client.post(url, given)
    client.post(url, given)
    assert [one.amount_cents for one in one.payments.all()] == [200_000]
    page = client.post(url, given | {"amount": "4 000,01", "key": "other"})
    assert page.status_code == 422
    assert "is too much" in text(page)


def test_schedule_refuses_more_than_the_award_and_keeps_what_was_typed(client, made):
    one = granted(made, 600_000)
    rows = {"dues-TOTAL_FORMS": "1", "dues-INITIAL_FORMS": "0", "dues-0-kind": "balance",
            "dues-0-due_on": "2027-12-31", "dues-0-amount": "6 000,01"}  # fmt: skip
    page = client.post(at("project_source_schedule", made.pk, one.pk), rows)
    assert page.status_code == 422
    assert "come to €6,000.01" in text(page)
    assert "6 000,01" in text(page)
    rows["dues-0-due_on"] = ""
    assert "Give the day" in text(client.post(at("project_source_schedule", made.pk, one.pk), rows))


@pytest.mark.parametrize("name", ["project_source_payment", "project_source_clawback"])
def test_money_that_moves_on_a_day_to_come_is_refused_and_kept_as_typed(client, made, name):
    one = granted(made, 600_000)
    given = {
        "amount": "1 234,56 €",
        "day": "2027-01-04",
        "reason": "Un poste non pourvu",
        "key": "k",
    }
    page = client.post(at(name, made.pk, one.pk), given)
    assert (page.status_code, one.payments.count()) == (422, 0)
    assert "has not come yet" in text(page)
    assert "1 234,56 €" in page.content.decode()


def test_clawback_lowers_the_award_and_says_the_gap(client, made):
    one, cost = granted(made, 600_000), line(made, 600_000)
    allocate(one, cost, 600_000)
    pay(one, 600_000)
    url = at("project_source_clawback", made.pk, one.pk)
    given = {"amount": "1 000", "day": TODAY.isoformat(), "key": "k2"}
    assert client.post(url, given).status_code == 422
    answer = client.post(url, given | {"reason": "Deux ateliers n’ont pas eu lieu."})
    assert answer.url == at("project_plan", made.pk)
    one.refresh_from_db()
    assert one.granted_cents == 500_000
    page = text(client.get(at("project_source", made.pk, one.pk)))
    assert "Deux ateliers n’ont pas eu lieu." in page
    assert "−€1,000.00" in page


def test_matrix_shows_who_pays_each_line(client, made):
    cost, one = line(made, 500_000, label="Camion"), source(made, 300_000, funder_name="Ville")
    allocate(one, cost, 200_000)
    page = client.get(at("project_matrix", made.pk))
    assert heading(page) == "€3,000 of the costs have nobody to pay them"
    assert "€1,000 of the income is on no line yet." in text(page)


def test_line_parts_sets_every_part_and_refuses_more_than_the_line(client, made):
    cost, other = line(made, 500_000), line(made, 100_000)
    one, two = source(made, 300_000), source(made, 300_000)
    allocate(one, other, 100_000)
    url = at("project_line_parts", made.pk, cost.pk)
    assert "Up to €2,000 of it is free for this line." in text(client.get(url))
    client.post(url, {f"part_{one.pk}": "2 000", f"part_{two.pk}": "1 500,50"})
    found = {(part.source_id, part.line_id): part.cents for part in PlanAllocation.objects.all()}
    assert found == {
        (one.pk, other.pk): 100_000, (one.pk, cost.pk): 200_000, (two.pk, cost.pk): 150_050,
    }  # fmt: skip
    page = client.post(url, {f"part_{one.pk}": "2 000", f"part_{two.pk}": "3 000,01"})
    assert page.status_code == 422
    assert "of it to pay" in text(page)
    assert PlanAllocation.objects.get(source=two).cents == 150_050
    client.post(url, {f"part_{one.pk}": "", f"part_{two.pk}": "0"})
    assert not PlanAllocation.objects.filter(line=cost).exists()


def test_line_of_another_project_is_not_there(client, made):
    assert client.get(at("project_line_parts", made.pk, line(project()).pk)).status_code == 404
    assert client.get(at("project_source", made.pk, source(project()).pk)).status_code == 404
