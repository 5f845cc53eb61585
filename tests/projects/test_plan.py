"""Budget lines, and who pays which: never more than the line costs, never more than a funder has."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiere.kernel import checks
from filiere.projects import queries, services
from filiere.projects.errors import (
    AllocationNotPossible,
    AllocationOverLine,
    AllocationOverSource,
    BudgetLineNotPossible,
    BudgetLineUsed,
    ProjectChanged,
)
from filiere.projects.models import (
    AnswerVersion,
    BudgetLine,
    FundingSource,
    LineTag,
    PlanAllocation,
    ScheduledPayment,
    Submission,
)
from filiere.projects.services.budget import product_cents
from filiere.rules.financing import checks as rules
from tests.projects.factories import ACT, TODAY, allocate, granted, line, pay, project, source
from tests.projects.test_answers import answer, at_once

pytestmark = pytest.mark.django_db
REAL = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def broken():
    return [one.name for one in checks.run() if not one.holds and one.name.startswith("projects.")]


def test_add_line_is_a_quantity_times_a_price_and_its_amounts_without_tax():
    made = line(
        project(), None, amount_cents=None, quantity=Decimal("1.50"), unit="mois",
        unit_price_cents=2_333, without_vat_cents=2_917,
    )  # fmt: skip
    assert (made.amount_cents, made.with_vat_cents, made.without_vat_cents) == (3_500, 3_500, 2_917)
    assert product_cents(Decimal("0.5"), 1) == 1
    gift = line(project(), 80_000, nature="86")
    assert gift.is_in_kind


@pytest.mark.parametrize(
    ("fields", "term"),
    [
        ({"amount_cents": -1}, "amount_cents"),
        ({"amount_cents": 0}, "amount_cents"),
        ({"amount_cents": None}, "amount_cents"),
        ({"amount_cents": 12.5}, "amount_cents"),
        ({"amount_cents": 18_000_000_000_000}, "amount_cents"),
        ({"without_vat_cents": 1_000_001}, "without_vat_cents"),
        ({"with_vat_cents": 999_999}, "with_vat_cents"),
        ({"label": " "}, "label"),
        ({"nature": "70"}, "nature"),
        ({"year": 2026}, "year"),
        ({"quantity": Decimal(2)}, "quantity"),
        ({"quantity": Decimal(2), "unit_price_cents": 100}, "amount_cents"),
        ({"nature": "86", "is_investment": True}, "is_investment"),
    ],
)
def test_add_line_refuses_what_means_nothing(fields, term):
    with pytest.raises(BudgetLineNotPossible) as refused:
        line(project(), **fields)
    assert refused.value.parameters["term"] == term
    assert not BudgetLine.objects.exists()


def test_postgresql_refuses_a_line_that_is_not_its_product():
    made = line(project(), None, amount_cents=None, quantity=Decimal(3), unit_price_cents=1_000)
    broken_product = "budgetline_amount_is_its_product"
    with pytest.raises(IntegrityError, match=broken_product), transaction.atomic():
        BudgetLine.objects.filter(pk=made.pk).update(amount_cents=3_001, with_vat_cents=3_001)


def test_edit_line_follows_its_product_and_refuses_an_old_edition():
    made = line(project(), 1_000)
    changed = services.edit_line(
        line_id=made.pk, edition=1, quantity=Decimal(3), unit_price_cents=500, amount_cents=None,
        **ACT,
    )  # fmt: skip
    assert (changed.amount_cents, changed.without_vat_cents, changed.edition) == (1_500, 1_500, 2)
    with pytest.raises(ProjectChanged):
        services.edit_line(line_id=made.pk, edition=1, label="Autre", **ACT)
    alone = services.edit_line(line_id=made.pk, amount_cents=700, **ACT)
    assert (alone.quantity, alone.amount_cents) == (None, 700)
    with pytest.raises(BudgetLineNotPossible, match="colour"):
        services.edit_line(line_id=made.pk, colour="red", **ACT)


def test_edit_line_refuses_less_than_what_funders_pay_and_remove_line_too():
    made = project()
    staff = line(made, 1_000_000)
    allocate(source(made, 600_000), staff, 600_000)
    with pytest.raises(BudgetLineUsed):
        services.edit_line(line_id=staff.pk, amount_cents=599_999, **ACT)
    with pytest.raises(BudgetLineUsed):
        services.remove_line(line_id=staff.pk, **ACT)
    services.edit_line(line_id=staff.pk, amount_cents=600_000, **ACT)
    free = line(made)
    services.remove_line(line_id=free.pk, **ACT)
    assert list(made.lines.all()) == [staff]


def test_allocate_says_the_whole_part_and_zero_takes_it_away():
    made = project()
    staff, town = line(made), source(made)
    allocate(town, staff, 100_000)
    allocate(town, staff, 250_000)
    assert queries.matrix_of(made.pk) == {staff.pk: {town.pk: 250_000}}
    totals = queries.totals_of(made.pk)
    assert (totals.cost_cents, totals.allocated_cents, totals.missing_cents) == (
        1_000_000, 250_000, 750_000,
    )  # fmt: skip
    assert allocate(town, staff, 0) is None
    assert queries.matrix_of(made.pk) == {}


def test_allocate_refuses_more_than_the_line_or_the_source_has_left():
    made = project()
    staff, town, state = line(made, 1_000_000), source(made, 600_000), source(made, 900_000)
    allocate(town, staff, 600_000)
    with pytest.raises(AllocationOverLine) as refused:
        allocate(state, staff, 400_001)
    assert refused.value.parameters["left"].cents == 400_000
    allocate(state, staff, 400_000)
    with pytest.raises(AllocationOverSource) as refused:
        allocate(state, line(made, 900_000), 500_001)
    assert refused.value.parameters["left"].cents == 500_000


@pytest.mark.parametrize("cents", [-1, 10.0])
def test_allocate_refuses_amounts_that_mean_nothing(cents):
    made = project()
    with pytest.raises(AllocationNotPossible):
        allocate(source(made), line(made), cents)


def test_allocate_refuses_the_line_of_another_project():
    with pytest.raises(AllocationNotPossible):
        allocate(source(project()), line(project()), 1)


@pytest.mark.parametrize(
    ("cents", "of", "constraint"),
    [
        (1_000_001, "line", "line .* more than it costs"),
        (600_001, "line", "source .* more than it has"),
        (1, "other", "two projects"),
    ],
)
def test_postgresql_refuses_an_overfunded_plan(cents, of, constraint):
    made = project()
    town = source(made, 600_000 if cents == 600_001 else 2_000_000)
    to = line(made if of == "line" else project(), 1_000_000)

    def write():
        PlanAllocation.objects.create(source=town, line=to, cents=cents)
        connection.check_constraints()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        write()


def test_set_plan_replaces_everything_or_nothing():
    made = project()
    staff, bus = line(made, 1_000_000), line(made, 300_000)
    town, state = source(made, 600_000), source(made, 700_000)
    allocate(town, staff, 1_000)
    parts = {
        (town.pk, staff.pk): 600_000,
        (state.pk, staff.pk): 400_000,
        (state.pk, bus.pk): 300_000,
    }
    made_parts = services.set_plan(project_id=made.pk, parts=parts, **ACT)
    assert len(made_parts) == 3
    assert queries.gaps_of(made.pk) == []
    for wrong, refusal in (
        ({(town.pk, staff.pk): 600_001}, AllocationOverSource),
        ({(town.pk, bus.pk): 300_001}, AllocationOverLine),
        ({(town.pk, line(project()).pk): 1}, AllocationNotPossible),
    ):
        with pytest.raises(refusal):
            services.set_plan(project_id=made.pk, parts=wrong, **ACT)
    assert queries.totals_of(made.pk).allocated_cents == 1_300_000


@REAL
def test_allocations_racing_on_one_line_never_overfund_it():
    made = project()
    staff = line(made, 1_000_000)
    towns = [source(made, 400_000) for _n in range(4)]
    answers = at_once([lambda one=one: allocate(one, staff, 400_000) for one in towns])
    assert sum(isinstance(one, PlanAllocation) for one in answers) == 2
    assert sum(isinstance(one, AllocationOverLine) for one in answers) == 2
    assert queries.totals_of(made.pk).allocated_cents == 800_000


@REAL
def test_writers_that_go_round_the_services_never_overfund_a_line_either():
    made = project()
    staff = line(made, 1_000_000)
    towns = [source(made, 600_000) for _n in range(3)]

    def write(one):
        with transaction.atomic():
            PlanAllocation.objects.create(source=one, line=staff, cents=600_000)

    answers = at_once([lambda one=one: write(one) for one in towns])
    assert sum(isinstance(one, IntegrityError) for one in answers) == 2
    assert broken() == []


@REAL
def test_allocations_racing_on_one_source_never_spend_it_twice():
    made = project()
    town, lines = source(made, 500_000), [line(made, 400_000) for _n in range(3)]
    answers = at_once([lambda one=one: allocate(town, one, 300_000) for one in lines])
    assert sum(isinstance(one, AllocationOverSource) for one in answers) == 2


def test_plan_of_is_what_the_rules_check():
    made = project()
    staff, gift = line(made, 1_000_000, with_vat_cents=1_200_000), line(made, 50_000, nature="86")
    town = source(made, 1_000_000, likely_percent=70)
    services.add_source(
        project_id=made.pk, funder_name="Bénévoles", kind="volunteering", asked_cents=50_000, **ACT
    )
    allocate(town, staff, 1_000_000)
    plan = queries.plan_of(made.pk)
    assert [one.amount_cents for one in plan.lines] == [1_000_000, 50_000]
    assert plan.lines[0].with_vat == 1_200_000
    assert plan.lines[1].is_in_kind
    assert [one.funder for one in plan.sources] == [town.funder_name, "Bénévoles"]
    assert plan.sources[0].chance == Decimal("0.7")
    assert plan.allocations[0].cents == 1_000_000
    assert gift.pk
    assert isinstance(rules.check_plan(plan, TODAY), tuple)


AMOUNT = st.integers(1, 2_000)


@given(
    lines=st.lists(AMOUNT, min_size=1, max_size=3),
    sources=st.lists(AMOUNT, min_size=1, max_size=3),
    tries=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2_500)), max_size=8
    ),
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_history_of_allocations_overfunds_anything(db, lines, sources, tries):
    with transaction.atomic():
        made = project()
        costs = [line(made, cents) for cents in lines]
        funders = [source(made, cents) for cents in sources]
        for funder, cost, cents in tries:
            try:
                allocate(funders[funder % len(funders)], costs[cost % len(costs)], cents)
            except (AllocationOverLine, AllocationOverSource):
                continue
        connection.check_constraints()
        assert broken() == []
        totals = queries.totals_of(made.pk)
        assert totals.missing_cents == sum(one.missing_cents for one in queries.gaps_of(made.pk))
        transaction.set_rollback(True)


CORRUPTIONS = {
    "projects.line_is_not_overfunded": (BudgetLine, "amount_cents = 1, without_vat_cents = 1"),
    "projects.source_gives_what_it_has": (PlanAllocation, "cents = cents * 100"),
    "projects.paid_within_award": (FundingSource, "granted_cents = 1"),
    "projects.answer_is_its_last_version": (AnswerVersion, "number = number + 1"),
    "projects.request_agrees_with_its_funder": (Submission, "asked_cents = asked_cents - 1"),
    "projects.schedule_within_award": (ScheduledPayment, "amount_cents = amount_cents + 1"),
    "projects.proof_is_of_its_year": (LineTag, "spent_on = spent_on - 366"),
}


@REAL
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_planted_corruption_turns_its_invariant_false(name):
    made = project()
    town, staff = granted(made), line(made)
    allocate(town, staff, 600_000)
    due = services.DueWanted(kind="advance", due_on=TODAY, amount_cents=600_000)
    services.schedule_payments(source_id=town.pk, dues=[due], **ACT)
    pay(town, 400_000)
    services.prove_by_cost(
        line_id=staff.pk, label="Salaire", spent_on=datetime.date(2027, 1, 31), amount_cents=5,
        **ACT,
    )  # fmt: skip
    answer(made, "Un texte")
    assert broken() == []
    model, change = CORRUPTIONS[name]
    table = model._meta.db_table
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {change}")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    assert name in broken()
