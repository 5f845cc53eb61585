"""Who pays which line. Never more than the line costs, never more than the funder brings."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from filiere.kernel import services as kernel
from filiere.kernel.wording import Euros
from filiere.projects.errors import (
    AllocationNotPossible,
    AllocationOverLine,
    AllocationOverSource,
)
from filiere.projects.models import BudgetLine, FundingSource, PlanAllocation
from filiere.projects.services.locking import hold_project
from filiere.rules.money import take_in_proportion


@transaction.atomic
def allocate(
    *, source_id: int, line_id: int, cents: int, actor: str, at: datetime
) -> PlanAllocation | None:
    """Say how much of a line one source pays; 0 takes it away. Locks the project.

    Args:
        cents: the whole part, not an addition, >= 0.

    Returns:
        The part, None when it is taken away.

    Raises:
        ProjectEnded: the file changes no more.
        AllocationNotPossible: a negative amount, or a line of another project.
        AllocationOverLine, AllocationOverSource: it is more than what is left there.
    """
    source = FundingSource.objects.get(pk=source_id)
    project = hold_project(source.project_id)
    source.refresh_from_db()
    line = BudgetLine.objects.filter(pk=line_id, project=project).first()
    if line is None or type(cents) is not int or cents < 0:
        raise AllocationNotPossible
    _require_room(source, line, cents)
    part = _write(source, line, cents)
    kernel.record(
        actor=actor, action="projects.allocated", subject=f"project:{project.pk}", at=at,
        source=source.pk, line=line.pk, cents=cents,
    )  # fmt: skip
    return part


@transaction.atomic
def set_plan(
    *,
    project_id: int,
    parts: Mapping[tuple[int, int], int],
    actor: str,
    at: datetime,
) -> list[PlanAllocation]:
    """Replace all the parts of a plan at once, as an optimiser or a spreadsheet gives them.

    Args:
        parts: (source id, line id) → cents, above 0; pairs that are not named get nothing.

    Raises:
        ProjectEnded: the file changes no more.
        AllocationNotPossible: an amount that is not above zero, or something of another project.
        AllocationOverLine, AllocationOverSource: a sum is over; nothing is changed then.
    """
    project = hold_project(project_id)
    sources = {one.pk: one for one in project.sources.all()}
    lines = {one.pk: one for one in project.lines.all()}
    PlanAllocation.objects.filter(source__project=project).delete()
    for (source_id, line_id), cents in parts.items():
        if source_id not in sources or line_id not in lines or type(cents) is not int or cents < 1:
            raise AllocationNotPossible
    _require_sums(sources, lines, parts)
    made = PlanAllocation.objects.bulk_create(
        PlanAllocation(source_id=source_id, line_id=line_id, cents=cents)
        for (source_id, line_id), cents in parts.items()
    )
    kernel.record(
        actor=actor, action="projects.plan_set", subject=f"project:{project.pk}", at=at,
        parts=len(made), cents=sum(parts.values()),
    )  # fmt: skip
    return made


def shrink_to(source: FundingSource, cents: int) -> int:
    """Lower the parts of a source, in proportion, until they come to at most ``cents``.

    Returns:
        What its lines lose, in cents: the gap somebody else has to fill.
    """
    parts = list(source.allocations.order_by("line__position", "pk"))
    over = sum(one.cents for one in parts) - cents
    if over <= 0:
        return 0
    for one, taken in zip(
        parts, take_in_proportion(over, [one.cents for one in parts]), strict=True
    ):
        one.cents -= taken
        if one.cents:
            one.save(update_fields=["cents"])
        else:
            one.delete()
    return over


def shrink_schedule(source: FundingSource, cents: int) -> None:
    """Lower what a source said it would pay, in proportion, to ``cents``; before it pays anything."""
    dues = list(source.schedule.order_by("rank"))
    over = sum(one.amount_cents for one in dues) - cents
    if over <= 0:
        return
    for one, taken in zip(
        dues, take_in_proportion(over, [one.amount_cents for one in dues]), strict=True
    ):
        one.amount_cents -= taken
        if one.amount_cents:
            one.save(update_fields=["amount_cents"])
        else:
            one.delete()


def _write(source: FundingSource, line: BudgetLine, cents: int) -> PlanAllocation | None:
    if not cents:
        PlanAllocation.objects.filter(source=source, line=line).delete()
        return None
    part, _is_new = PlanAllocation.objects.update_or_create(
        source=source, line=line, defaults={"cents": cents}
    )
    return part


def _require_room(source: FundingSource, line: BudgetLine, cents: int) -> None:
    """Refuse with what is left, before the database does."""
    others = PlanAllocation.objects.filter(line=line).exclude(source=source)
    left = line.amount_cents - (others.aggregate(sum=Sum("cents"))["sum"] or 0)
    if cents > left:
        raise AllocationOverLine(line=line.label, cost=Euros(line.amount_cents), left=Euros(left))
    rest = PlanAllocation.objects.filter(source=source).exclude(line=line)
    free = source.amount_cents - (rest.aggregate(sum=Sum("cents"))["sum"] or 0)
    if cents > free:
        raise AllocationOverSource(
            funder=source.funder_name, amount=Euros(source.amount_cents), left=Euros(free)
        )


def _require_sums(
    sources: Mapping[int, FundingSource],
    lines: Mapping[int, BudgetLine],
    parts: Mapping[tuple[int, int], int],
) -> None:
    by_source = dict.fromkeys(sources, 0)
    by_line = dict.fromkeys(lines, 0)
    for (source_id, line_id), cents in parts.items():
        by_source[source_id] += cents
        by_line[line_id] += cents
    for pk, cents in by_line.items():
        if cents > lines[pk].amount_cents:
            raise AllocationOverLine(
                line=lines[pk].label, cost=Euros(lines[pk].amount_cents), left=Euros(0)
            )
    for pk, cents in by_source.items():
        if cents > sources[pk].amount_cents:
            raise AllocationOverSource(
                funder=sources[pk].funder_name, amount=Euros(sources[pk].amount_cents),
                left=Euros(0),
            )  # fmt: skip
