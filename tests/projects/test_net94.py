"""The whole life of Net94 by services alone: asked, refused, balanced again, late, taken back."""

import datetime as dt
from fractions import Fraction

import pytest

from filiere.kernel import checks
from filiere.projects import queries, services
from filiere.projects.forms import catalogue
from filiere.projects.models import FundingSource, ProjectFile
from filiere.projects.rendering import Kind as FileKind
from filiere.projects.rendering import render
from filiere.rules.financing.cash import price_of_bridge
from filiere.rules.financing.checks import check_plan
from filiere.rules.financing.optimum import Objective
from filiere.rules.funder_forms.filling import fill
from tests.agenda.factories import CommuneFactory
from tests.conftest import AT
from tests.projects import net94
from tests.projects.factories import project
from tests.projects.net94 import ASKED_CENTS, COST_CENTS, UNPROVED_CENTS, act, rules

pytestmark = pytest.mark.django_db
ANSWERED, SETTLED, LATE, TAKEN, ENDED = (
    dt.datetime(2027, 1, 15, 10, tzinfo=dt.UTC), dt.datetime(2027, 2, 10, 10, tzinfo=dt.UTC),
    dt.datetime(2027, 6, 1, 10, tzinfo=dt.UTC), dt.datetime(2027, 9, 1, 10, tzinfo=dt.UTC),
    dt.datetime(2029, 1, 15, 10, tzinfo=dt.UTC),
)  # fmt: skip


@pytest.fixture
def ours(monkeypatch):
    """Only the invariants of projects: they are asked after each step."""
    mine = {name: one for name, one in checks.registry.items() if name.startswith("projects.")}
    assert len(mine) == 7
    monkeypatch.setattr(checks, "registry", mine)


def holds(made: ProjectFile) -> queries.Totals:
    """Nothing is over-funded, whatever happened; give the totals."""
    totals = queries.totals_of(made.pk)
    assert totals.cost_cents == COST_CENTS
    assert totals.allocated_cents <= COST_CENTS
    assert all(one.missing_cents > 0 for one in queries.gaps_of(made.pk))
    assert [one.name for one in checks.run() if not one.holds] == []
    return totals


def balances_again(made: ProjectFile) -> None:
    """Take the proven best plan with those who are left; each check passes."""
    found = net94.best(made, ANSWERED.date(), Objective.FEWEST_FILES)
    assert found.plan is not None
    assert found.is_proven
    assert check_plan(found.plan, ANSWERED.date()) == ()
    assert sum(found.amounts.values()) == COST_CENTS
    services.take_proposal(
        project_id=made.pk,
        amounts={int(key): cents for key, cents in found.amounts.items()},
        parts={(int(one.source), int(one.line)): one.cents for one in found.plan.allocations},
        sets_aside=False,
        **act(ANSWERED),
    )
    assert holds(made).missing_cents == 0


def bridges(made: ProjectFile) -> None:
    """What is late is known by day; the bridge is what lacks at worst, its price is exact."""
    late = [one for one in queries.awaited(made.pk, on=LATE.date()) if one.late_days]
    assert {one.due.source.kind for one in late} <= {"state"}
    assert {one.late_days for one in late} <= {92}
    found = queries.cash_book(made, on=LATE.date()).forecast()
    bridge, months = found.typical.bridge_cents, found.typical.bridge_months
    assert 0 < bridge < COST_CENTS
    assert found.prudent.bridge_cents >= bridge >= found.lucky.bridge_cents
    assert price_of_bridge(bridge, months, Fraction(4, 100)) == -(-bridge * months * 4 // 1200)


def takes_back(made: ProjectFile) -> None:
    """One funder takes 600 € back: the plan lacks exactly that, and own money fills it."""
    before = holds(made).paid_cents
    source = FundingSource.objects.get(project=made, funder_name="Département")
    _payment, gap = services.claw_back(
        source_id=source.pk, amount_cents=60_000, taken_on=TAKEN.date(), key="back",
        reason="Deux ateliers n’ont pas eu lieu.", **act(TAKEN),
    )  # fmt: skip
    totals = holds(made)
    assert (gap, totals.missing_cents, totals.paid_cents) == (60_000, 60_000, before - 60_000)
    own = services.add_source(
        project_id=made.pk, funder_name="Fonds propres", kind="own", asked_cents=60_000,
        **act(TAKEN),
    )  # fmt: skip
    services.record_award(
        source_id=own.pk, granted_cents=60_000, answered_on=TAKEN.date(), **act(TAKEN)
    )
    for missing in queries.gaps_of(made.pk):
        services.allocate(
            source_id=own.pk, line_id=missing.line.pk, cents=missing.missing_cents, **act(TAKEN)
        )
    totals = holds(made)
    assert (totals.granted_cents, totals.missing_cents) == (COST_CENTS, 0)


def reports(made: ProjectFile) -> None:
    """What is proved is shared between those who pay, to the cent; the rest is listed."""
    net94.proved(made, ENDED)
    claims = [
        row
        for source in made.sources.exclude(state__in=["refused", "withdrawn"]).order_by("pk")
        for row in queries.claim_of(source)
    ]
    assert sum(row.allocated_cents for row in claims) == COST_CENTS
    assert sum(row.proved_cents for row in claims) == COST_CENTS - UNPROVED_CENTS
    assert sum(row.missing_cents for row in claims) == UNPROVED_CENTS
    assert len({row.line.pk for row in claims if row.missing_cents}) == 1
    assert holds(made).missing_cents == 0


@pytest.mark.usefixtures("ours")
def test_net94_from_the_first_line_to_the_last_report_to_the_cent():
    towns = [CommuneFactory(name=name).pk for name in rules.TOWNS]
    made = project(title="Réseau de sept villes", territory_ids=towns)
    net94.costed(made)
    net94.funded(made)
    net94.shared_out(made)
    assert holds(made).missing_cents == 0

    sent = net94.sent(made)
    assert (len(sent), len({one.form_key for one in sent})) == (22, 9)
    assert sum(one.asked_cents for one in sent) == ASKED_CENTS
    for one in sent:
        filled = fill(catalogue()[one.form_key], one.content)
        assert filled.values["asked"] == one.asked_cents
        assert render(filled, FileKind.JSON, at=AT).content

    lost = net94.answered(made, ANSWERED)
    totals = holds(made)
    assert (totals.granted_cents, totals.missing_cents) == (6_700_000, lost)
    assert lost > 0
    balances_again(made)
    net94.agreed(made, SETTLED)
    totals = holds(made)
    assert (totals.granted_cents, totals.allocated_cents) == (COST_CENTS, COST_CENTS)

    net94.paid(made, LATE)
    holds(made)
    bridges(made)
    takes_back(made)
    reports(made)
