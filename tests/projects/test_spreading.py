"""Parts of one line set at once, and a proposal taken whole or not at all."""

import pytest

from filiere.projects import services
from filiere.projects.errors import AllocationOverLine, AllocationOverSource, ProjectEnded
from filiere.projects.models import PlanAllocation
from tests.projects.factories import ACT, allocate, asked, granted, line, project, source

pytestmark = pytest.mark.django_db


def parts():
    rows = PlanAllocation.objects.values_list("source", "line", "cents")
    return {(one, other): cents for one, other, cents in rows}


def spread(to, **given):
    return services.spread_line(line_id=to.pk, **given, **ACT)


def test_spread_line_replaces_the_parts_named_and_keeps_the_others():
    made = project()
    one, two, three = (source(made, 500_000) for _ in range(3))
    first, second = line(made, 600_000), line(made, 600_000)
    allocate(one, first, 100_000)
    allocate(three, first, 50_000)
    allocate(one, second, 200_000)
    spread(first, parts={one.pk: 0, two.pk: 300_000})
    assert parts() == {
        (two.pk, first.pk): 300_000, (three.pk, first.pk): 50_000, (one.pk, second.pk): 200_000,
    }  # fmt: skip


def test_spread_line_refuses_a_sum_over_the_line_or_the_source_and_changes_nothing():
    made = project()
    one, two = source(made, 500_000), source(made, 500_000)
    to = line(made, 600_000)
    allocate(one, to, 100_000)
    before = parts()
    with pytest.raises(AllocationOverLine):
        spread(to, parts={one.pk: 300_000, two.pk: 300_001})
    with pytest.raises(AllocationOverSource):
        spread(to, parts={one.pk: 500_001})
    assert parts() == before


def take(of, amounts, given, **more):
    return services.take_proposal(
        project_id=of.pk, amounts=amounts, parts=given, **{"sets_aside": True} | more, **ACT
    )


def test_take_proposal_lowers_requests_sets_aside_and_keeps_what_was_granted():
    made = project()
    to = line(made, 1_000_000)
    kept, lower, spare = granted(made, 400_000), source(made, 900_000), source(made, 200_000)
    allocate(spare, to, 200_000)
    aside = take(
        made, {kept.pk: 400_000, lower.pk: 600_000},
        {(kept.pk, to.pk): 400_000, (lower.pk, to.pk): 600_000},
    )  # fmt: skip
    for one in (kept, lower, spare):
        one.refresh_from_db()
    assert [one.pk for one in aside] == [spare.pk]
    assert (kept.granted_cents, lower.asked_cents, spare.state) == (400_000, 600_000, "withdrawn")
    assert parts() == {(kept.pk, to.pk): 400_000, (lower.pk, to.pk): 600_000}


def test_take_proposal_may_keep_those_it_does_not_need():
    made = project()
    to, one, spare = line(made, 300_000), source(made, 300_000), source(made, 200_000)
    assert take(made, {one.pk: 300_000}, {(one.pk, to.pk): 300_000}, sets_aside=False) == []
    spare.refresh_from_db()
    assert spare.state == "envisaged"


def test_take_proposal_never_rewrites_what_was_asked():
    made = project()
    to, sent = line(made, 300_000), asked(made, 500_000)
    take(made, {sent.pk: 300_000}, {(sent.pk, to.pk): 300_000})
    sent.refresh_from_db()
    assert sent.asked_cents == 500_000


def test_take_proposal_over_the_line_changes_nothing():
    made = project()
    to, one, spare = line(made, 300_000), source(made, 300_000), source(made, 200_000)
    allocate(one, to, 300_000)
    with pytest.raises(AllocationOverLine):
        take(made, {one.pk: 300_000}, {(one.pk, to.pk): 300_001})
    spare.refresh_from_db()
    assert (spare.state, parts()) == ("envisaged", {(one.pk, to.pk): 300_000})


def test_take_proposal_of_an_ended_project_is_refused():
    made = project()
    to, one = line(made, 300_000), source(made, 300_000)
    services.move_project(project_id=made.pk, state="abandoned", **ACT)
    with pytest.raises(ProjectEnded):
        take(made, {one.pk: 300_000}, {(one.pk, to.pk): 300_000})
