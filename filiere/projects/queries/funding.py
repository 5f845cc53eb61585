"""Each funder of a project with what it pays, what came of it, and what is awaited. Euro cents."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from filiere.projects.models import (
    FundingSource,
    GrantPayment,
    PlanAllocation,
    ScheduledPayment,
)
from filiere.projects.models.sources import LOST
from filiere.projects.queries.money import Awaited, awaited


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One line of who brings the money.

    Attributes:
        allocated_cents: what lines count on.
        paid_cents: what it paid, less what it took back.
        awaited: the first sum it said it would pay and did not, None when there is none.
    """

    source: FundingSource
    allocated_cents: int
    paid_cents: int
    awaited: Awaited | None

    @property
    def is_lost(self) -> bool:
        """Tell whether it refused, or was taken back."""
        return self.source.state in LOST

    @property
    def free_cents(self) -> int:
        """What it brings that no line counts on yet."""
        return self.source.amount_cents - self.allocated_cents


def sources_of(project_id: int, *, on: date) -> list[SourceRow]:
    """Give the funders of a project in the order they were written; four queries.

    Args:
        on: the day from which a sum is late.
    """
    sources = FundingSource.objects.filter(project=project_id).select_related("scheme", "funder")
    given = dict(
        PlanAllocation.objects.filter(source__project=project_id)
        .order_by()
        .values_list("source")
        .annotate(sum=Sum("cents"))
    )
    paid = dict(
        GrantPayment.objects.filter(source__project=project_id)
        .order_by()
        .values_list("source")
        .annotate(sum=Sum("amount_cents"))
    )
    first: dict[int, Awaited] = {}
    for one in awaited(project_id, on=on):
        first.setdefault(one.due.source_id, one)
    return [
        SourceRow(one, given.get(one.pk, 0), paid.get(one.pk, 0), first.get(one.pk))
        for one in sources.order_by("pk")
    ]


def schedule_of(source_id: int, *, on: date) -> list[Awaited]:
    """Give every sum a funder said it would pay, what came of each and how late the rest is."""
    dues = (
        ScheduledPayment.objects.filter(source=source_id)
        .select_related("source")
        .annotate(paid=Sum("payments__amount_cents"))
    )
    return [
        Awaited(one, one.paid or 0, _late(one.due_on, one.amount_cents - (one.paid or 0), on))
        for one in dues.order_by("due_on", "rank")
    ]


def parts_by_line(project_id: int) -> dict[int, int]:
    """Give what funders pay of each line in all, by line id."""
    found: dict[int, int] = defaultdict(int)
    parts = PlanAllocation.objects.filter(source__project=project_id).order_by("pk")
    for line, cents in parts.values_list("line", "cents"):
        found[line] += cents
    return dict(found)


def _late(due_on: date, left_cents: int, on: date) -> int:
    return max(0, (on - due_on).days) if left_cents > 0 else 0
