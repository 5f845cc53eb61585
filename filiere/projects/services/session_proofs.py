"""Many sessions that prove one line, at once. Integer euro cents."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.projects.errors import ProofNotPossible
from filiere.projects.models import BudgetLine, LineTag, ProofKind, ProvedCost
from filiere.projects.queries.session_proofs import SessionCosts, places_behind, session_costs
from filiere.projects.services.budget import MOST_CENTS
from filiere.projects.services.locking import hold_project


@transaction.atomic
def prove_by_sessions(
    *,
    line_id: int,
    place_ids: Collection[int],
    acting_for: Collection[int],
    first_on: date,
    last_on: date,
    cost: str,
    hour_cents: int,
    actor: str,
    at: datetime,
) -> SessionCosts:
    """Say that the sessions given in some places prove a line, each for its time; set-based.

    A session whose cost already proves a line, here or elsewhere, is left as it is: asking twice
    changes nothing.

    Args:
        place_ids: places where they were given.
        acting_for: organisations the person acts for; see ``places_behind``.
        first_on, last_on: days, both counted, in the year of the line.
        cost: one of ``ProvedCost``.
        hour_cents: what an hour of it costs, above 0; each session is rounded to the cent.

    Returns:
        What was tagged.

    Raises:
        ProofNotPossible: a place that is not behind, days out of the year of the line, no such cost, or no
            amount.
    """
    project_id = BudgetLine.objects.values_list("project", flat=True).get(pk=line_id)
    project = hold_project(project_id, even_ended=True)
    line = BudgetLine.objects.get(pk=line_id)
    if cost not in ProvedCost.values or not 0 < hour_cents <= MOST_CENTS:
        raise ProofNotPossible(term="amount_cents")
    if not line.year == first_on.year == last_on.year:
        raise ProofNotPossible(term="year")
    if not set(place_ids) <= {one.pk for one in places_behind(project, acting_for=acting_for)}:
        raise ProofNotPossible(term="session")
    found = session_costs(
        place_ids=place_ids, first_on=first_on, last_on=last_on, cost=cost, hour_cents=hour_cents
    )
    LineTag.objects.bulk_create(
        (
            LineTag(
                line=line, kind=ProofKind.SESSION, cost=cost, slot_id=one.slot_id, label=one.label,
                spent_on=one.on, amount_cents=one.cents, tagged_at=at, tagged_by=actor,
            )
            for one in found.rows
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    kernel.record(
        actor=actor, action="projects.sessions_tagged", subject=f"project:{project.pk}", at=at,
        line=line.pk, sessions=len(found.rows), cents=found.cents,
    )  # fmt: skip
    return found
