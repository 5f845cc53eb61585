"""Who pays one line, all its parts at once; and a proposal taken whole. Integer euro cents."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.projects.models import BudgetLine, FundingSource, PlanAllocation, SourceState
from filiere.projects.services.locking import hold_project
from filiere.projects.services.plan import set_plan
from filiere.projects.services.sources import edit_source, move_source


@transaction.atomic
def spread_line(
    *, line_id: int, parts: Mapping[int, int], actor: str, at: datetime
) -> list[PlanAllocation]:
    """Say who pays one line, all at once; the other lines stay as they are. Locks the project.

    Args:
        parts: source id → cents, 0 for nothing; sources that are not named keep theirs.

    Returns:
        The parts of the line.

    Raises:
        ProjectEnded: the file changes no more.
        AllocationNotPossible: a negative amount, or a source of another project.
        AllocationOverLine, AllocationOverSource: a sum is over; nothing is changed then.
    """
    project_id = BudgetLine.objects.values_list("project", flat=True).get(pk=line_id)
    hold_project(project_id)
    kept = PlanAllocation.objects.filter(line__project=project_id).exclude(
        line=line_id, source__in=list(parts)
    )
    every = {
        (source, line): cents for source, line, cents in kept.values_list("source", "line", "cents")
    }
    every |= {(source, line_id): cents for source, cents in parts.items() if cents}
    made = set_plan(project_id=project_id, parts=every, actor=actor, at=at)
    return [one for one in made if one.line_id == line_id]


@transaction.atomic
def take_proposal(
    *,
    project_id: int,
    amounts: Mapping[int, int],
    parts: Mapping[tuple[int, int], int],
    sets_aside: bool,
    actor: str,
    at: datetime,
) -> list[FundingSource]:
    """Make a proposed plan that of the project: what will be asked of whom, and for which lines.

    What was already asked or granted keeps its amount; its parts follow the proposal.

    Args:
        amounts: source id → cents proposed, for each source of the proposal.
        parts: (source id, line id) → cents.
        sets_aside: withdraw the sources nobody was asked for yet that are not in the proposal.

    Returns:
        Sources set aside.

    Raises:
        ProjectEnded: the file changes no more.
        AllocationNotPossible, AllocationOverLine, AllocationOverSource: the plan changed since it
            was proposed; nothing is changed then.
    """
    project = hold_project(project_id)
    waiting = list(project.sources.filter(state=SourceState.ENVISAGED).order_by("pk"))
    left_out = [one for one in waiting if one.pk not in amounts]
    PlanAllocation.objects.filter(source__project=project).delete()
    for one in waiting:
        proposed = amounts.get(one.pk, one.asked_cents)
        if proposed != one.asked_cents:
            edit_source(source_id=one.pk, asked_cents=proposed, actor=actor, at=at)
    set_plan(project_id=project_id, parts=parts, actor=actor, at=at)
    if not sets_aside:
        left_out = []
    for one in left_out:
        move_source(source_id=one.pk, state=SourceState.WITHDRAWN, actor=actor, at=at)
    kernel.record(
        actor=actor, action="projects.proposal_taken", subject=f"project:{project_id}", at=at,
        sources=len(amounts), set_aside=len(left_out),
    )  # fmt: skip
    return left_out
