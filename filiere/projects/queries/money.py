"""Money awaited and received, how late funders pay, and what looking for it took. Integer cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from filiere.projects.models import (
    FundingSource,
    GrantPayment,
    HoursSpent,
    ScheduledPayment,
)
from filiere.projects.models.sources import LOST


@dataclass(frozen=True, slots=True)
class Awaited:
    """A sum a funder said it would pay and what of it came; ``late_days`` is 0 until its day."""

    due: ScheduledPayment
    paid_cents: int
    late_days: int

    @property
    def left_cents(self) -> int:
        """What of it did not come yet."""
        return self.due.amount_cents - self.paid_cents


@dataclass(frozen=True, slots=True)
class Effort:
    """Time spent for one source, ``None`` for the whole project, and what it granted."""

    source: FundingSource | None
    minutes: int
    pooled_minutes: int
    granted_cents: int


def awaited(project_id: int, *, on: date) -> list[Awaited]:
    """Give the sums still awaited on a day, the oldest first."""
    dues = (
        ScheduledPayment.objects.filter(source__project=project_id)
        .exclude(source__state__in=LOST)
        .select_related("source")
        .annotate(paid=Sum("payments__amount_cents"))
        .order_by("due_on", "source", "rank")
    )
    found = [Awaited(one, one.paid or 0, max(0, (on - one.due_on).days)) for one in dues]
    return [one for one in found if one.left_cents > 0]


def payments_of(project_id: int) -> Sequence[GrantPayment]:
    """Give the payments of a project, clawbacks included, the oldest first."""
    return list(
        GrantPayment.objects.filter(source__project=project_id)
        .select_related("source", "scheduled")
        .order_by("received_on", "pk")
    )


def paid_cents(source_id: int) -> int:
    """Give what a source paid, less what it took back."""
    paid = GrantPayment.objects.filter(source=source_id)
    return paid.aggregate(sum=Sum("amount_cents"))["sum"] or 0


def effort_of(project_id: int) -> list[Effort]:
    """Give the time spent for each source that took any, the longest first; the rest last."""
    hours = HoursSpent.objects.filter(project=project_id).select_related("source")
    by_source: dict[int | None, list[HoursSpent]] = {}
    for one in hours.order_by("spent_on", "pk"):
        by_source.setdefault(one.source_id, []).append(one)
    efforts = [
        Effort(
            source=rows[0].source,
            minutes=sum(one.minutes for one in rows),
            pooled_minutes=sum(one.minutes for one in rows if one.is_pooled),
            granted_cents=(rows[0].source.granted_cents or 0) if rows[0].source else 0,
        )
        for rows in by_source.values()
    ]
    return sorted(efforts, key=lambda one: (one.source is None, -one.minutes))


def hours_of(project_id: int) -> list[HoursSpent]:
    """Give the last hundred times noted, the latest day first, with whom they were for."""
    hours = HoursSpent.objects.filter(project=project_id).select_related("source")
    return list(hours.order_by("-spent_on", "-pk")[:100])
