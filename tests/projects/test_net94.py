"""The whole life of Net94 by services alone: asked, refused, balanced again, late, taken back."""

import datetime as dt
from fractions import Fraction

import pytest

from filiere.kernel import checks
from filiere.projects import queries, services
from filiere.projects.forms import catalogue
from filiere.projects.models import FundingSource, ProjectFile, Submission
from filiere.projects.rendering import Kind as FileKind
from filiere.projects.rendering import render
from filiere.rules.financing.cash import price_of_bridge
from filiere.rules.financing.checks import check_plan
from filiere.rules.financing.optimum import Objective, Optimum, Problem, optimise
from filiere.rules.financing.shape import Kind, State
from filiere.rules.funder_forms.filling import fill
from tests.conftest import AT
from tests.projects.net94 import COST_CENTS, funded, opened, rules

pytestmark = pytest.mark.django_db
ANSWERED, SETTLED, LATE, TAKEN, ENDED = (
    dt.datetime(2027, 1, 15, 10, tzinfo=dt.UTC), dt.datetime(2027, 2, 10, 10, tzinfo=dt.UTC),
    dt.datetime(2027, 6, 1, 10, tzinfo=dt.UTC), dt.datetime(2027, 9, 1, 10, tzinfo=dt.UTC),
    dt.datetime(2029, 1, 15, 10, tzinfo=dt.UTC),
)  # fmt: skip


def act(at):
    return {"actor": "user:1", "at": at}


def best(made: ProjectFile, on: dt.date, objective=Objective.FEWEST_FILES) -> Optimum:
    """The plan the optimiser proposes that day; proven."""
    plan = queries.plan_of(made.pk, headroom=queries.free_aid(made.carrier_id, on=on))
    found = optimise(
        Problem(lines=plan.lines, sources=plan.sources, on=on, objective=objective,
                headroom=plan.headroom)
    )  # fmt: skip
    assert found.plan is not None
    assert found.is_proven
    assert check_plan(found.plan, on) == ()
    return found


def take(made: ProjectFile, found: Optimum, at: dt.datetime) -> None:
    assert found.plan is not None
    services.take_proposal(
        project_id=made.pk,
        amounts={int(key): cents for key, cents in found.amounts.items()},
        parts={(int(one.source), int(one.line)): one.cents for one in found.plan.allocations},
        sets_aside=False,
        **act(at),
    )


def holds(made: ProjectFile) -> queries.Totals:
    """Nothing is over-funded, whatever happened; give the totals."""
    totals = queries.totals_of(made.pk)
    assert totals.cost_cents == COST_CENTS
    assert totals.allocated_cents <= COST_CENTS
    assert all(one.missing_cents >= 0 for one in queries.gaps_of(made.pk))
    broken = [one for one in checks.run() if one.name.startswith("projects.") and not one.holds]
    assert broken == []
    return totals


def sends(made: ProjectFile, sources: dict[str, FundingSource]) -> None:
    """Twenty-two requests on nine forms, each frozen, each a file that can be read again."""
    for one in sources.values():
        if Kind(one.kind).needs_file:
            services.submit(source_id=one.pk, **act(AT))
    sent = Submission.objects.filter(source__project=made).order_by("pk")
    assert (len(sent), len({one.form_key for one in sent})) == (22, 9)
    assert sum(one.asked_cents for one in sent) == 32_300_000
    for one in sent:
        filled = fill(catalogue()[one.form_key], one.content)
        assert filled.values["asked"] == one.asked_cents
        assert render(filled, FileKind.JSON, at=AT).content


def answers(made: ProjectFile, sources: dict[str, FundingSource]) -> None:
    """Four refuse, three give less, two give all; each gap is told to the cent."""
    lost = 0
    for one in rules.answered():
        source = FundingSource.objects.get(pk=sources[one.key].pk)
        if one.state == State.ENVISAGED:
            continue
        reply = "refused" if one.state == State.REFUSED else "reduced"
        if one.amount_cents == source.asked_cents and reply == "reduced":
            reply = "accepted"
        lost += services.record_reply(
            submission_id=source.submissions.get().pk, reply=reply, replied_on=ANSWERED.date(),
            granted_cents=one.amount_cents if reply == "reduced" else None, **act(ANSWERED),
        )  # fmt: skip
        assert holds(made).missing_cents == lost
    totals = holds(made)
    assert (totals.granted_cents, totals.missing_cents) == (6_700_000, lost)
    assert lost > 0


def agrees(made: ProjectFile, found: Optimum) -> None:
    """Those of the proposal grant what it counts on, the others refuse."""
    left = list(made.sources.filter(state__in=["asked", "envisaged"]).order_by("pk"))
    for source in left:
        cents = found.amounts.get(str(source.pk))
        if not Kind(source.kind).needs_file:
            if cents:
                services.record_award(
                    source_id=source.pk, granted_cents=cents, answered_on=SETTLED.date(),
                    **act(SETTLED),
                )  # fmt: skip
            continue
        reply = "refused" if not cents else "accepted"
        if cents and cents < source.asked_cents:
            reply = "reduced"
        services.record_reply(
            submission_id=source.submissions.get().pk, reply=reply, replied_on=SETTLED.date(),
            granted_cents=cents if reply == "reduced" else None, **act(SETTLED),
        )  # fmt: skip
    totals = holds(made)
    assert (totals.granted_cents, totals.allocated_cents, totals.missing_cents) == (
        COST_CENTS, COST_CENTS, 0,
    )  # fmt: skip


def pays(made: ProjectFile) -> int:
    """Half at signature, half after the report; what is due in March comes in May. Gives what came."""
    came = 0
    for source in made.sources.filter(state="notified").order_by("pk"):
        half = source.amount_cents // 2
        dues = services.schedule_payments(
            source_id=source.pk,
            dues=[
                services.DueWanted(kind="advance", due_on=dt.date(2027, 3, 1), amount_cents=half),
                services.DueWanted(
                    kind="balance", due_on=dt.date(2029, 2, 28),
                    amount_cents=source.amount_cents - half,
                ),
            ],
            **act(SETTLED),
        )  # fmt: skip
        if source.kind == "state":  # nothing came from the State yet
            continue
        services.record_payment(
            source_id=source.pk, amount_cents=half, received_on=dt.date(2027, 5, 15),
            scheduled_id=dues[0].pk, key="1", **act(LATE),
        )  # fmt: skip
        came += half
    assert holds(made).paid_cents == came
    late = [one for one in queries.awaited(made.pk, on=LATE.date()) if one.late_days]
    assert {one.due.source.kind for one in late} <= {"state"}
    assert {one.late_days for one in late} <= {92}
    return came


def bridges(made: ProjectFile) -> None:
    """The bridge is what lacks at worst, and its price is exact."""
    found = queries.cash_book(made, on=LATE.date()).forecast()
    bridge, months = found.typical.bridge_cents, found.typical.bridge_months
    assert 0 < bridge < COST_CENTS
    assert found.prudent.bridge_cents >= bridge >= found.lucky.bridge_cents
    assert price_of_bridge(bridge, months, Fraction(4, 100)) == -(-bridge * months * 4 // 1200)


def takes_back(made: ProjectFile, sources: dict[str, FundingSource], came: int) -> None:
    """One funder takes 600 € back: the plan lacks exactly that, and own money fills it."""
    source = FundingSource.objects.get(pk=sources["Département"].pk)
    _payment, gap = services.claw_back(
        source_id=source.pk, amount_cents=60_000, taken_on=TAKEN.date(), key="back",
        reason="Deux ateliers n’ont pas eu lieu.", **act(TAKEN),
    )  # fmt: skip
    totals = holds(made)
    assert (gap, totals.missing_cents, totals.paid_cents) == (60_000, 60_000, came - 60_000)
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
    unproved = 123_456
    lines = list(made.lines.order_by("position"))
    for line in lines:
        services.prove_by_cost(
            line_id=line.pk, label=f"Dépense : {line.label}", spent_on=dt.date(line.year, 12, 31),
            amount_cents=line.amount_cents - (unproved if line == lines[-1] else 0), **act(ENDED),
        )  # fmt: skip
    claims = [
        row
        for source in made.sources.exclude(state__in=["refused", "withdrawn"]).order_by("pk")
        for row in queries.claim_of(source)
    ]
    assert sum(row.allocated_cents for row in claims) == COST_CENTS
    assert sum(row.proved_cents for row in claims) == COST_CENTS - unproved
    assert sum(row.missing_cents for row in claims) == unproved
    assert {row.line.pk for row in claims if row.missing_cents} == {lines[-1].pk}


def test_net94_from_the_first_line_to_the_last_report_to_the_cent():
    made = opened()
    sources = funded(made)
    first = best(made, AT.date(), Objective.LARGEST_EXPECTED)
    services.set_plan(
        project_id=made.pk,
        parts={(int(one.source), int(one.line)): one.cents for one in first.plan.allocations},
        **act(AT),
    )
    assert holds(made).missing_cents == 0
    sends(made, sources)
    answers(made, sources)
    again = best(made, ANSWERED.date())
    assert sum(again.amounts.values()) == COST_CENTS
    take(made, again, ANSWERED)
    assert holds(made).missing_cents == 0
    agrees(made, again)
    came = pays(made)
    bridges(made)
    takes_back(made, sources, came)
    reports(made)
