"""What is proved of each line, and what each funder can be shown. Integer euro cents."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from filiere.agenda.models import RegistrationState
from filiere.projects.models import BudgetLine, FundingSource, LineTag, PlanAllocation
from filiere.rules.money import share


@dataclass(frozen=True, slots=True)
class LineProof:
    """What a line costs and what facts prove of it, both in cents."""

    line: BudgetLine
    proved_cents: int

    @property
    def missing_cents(self) -> int:
        """What is still to be proved."""
        return max(0, self.line.amount_cents - self.proved_cents)


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """What one funder pays of a line, its share of what is proved, and what is not yet."""

    line: BudgetLine
    allocated_cents: int
    proved_cents: int

    @property
    def missing_cents(self) -> int:
        """What this funder cannot be shown yet."""
        return self.allocated_cents - self.proved_cents


@dataclass(frozen=True, slots=True)
class Activity:
    """What the tagged sessions of a project come to; each is counted once."""

    sessions: int
    minutes: int
    came: int


def proofs_of(project_id: int) -> list[LineProof]:
    """Give each line of a project with what is proved of it, in the order of the budget."""
    lines = BudgetLine.objects.filter(project=project_id).annotate(proved=Sum("tags__amount_cents"))
    return [LineProof(one, one.proved or 0) for one in lines.order_by("position")]


def tags_of(line_id: int) -> list[LineTag]:
    """Give the facts that prove a line, by day."""
    tags = LineTag.objects.filter(line=line_id).select_related("slot", "charge")
    return list(tags.defer("document__content").order_by("spent_on", "pk"))


def claim_of(source: FundingSource) -> list[ClaimLine]:
    """Give what one funder can be shown, line by line, in the order of the budget.

    What is proved of a line goes to those who pay it in proportion to their parts, to the cent; a
    part of the line that nobody pays takes its own share. Never more than the funder's part.
    """
    parts = PlanAllocation.objects.filter(line__allocations__source=source)
    by_line: dict[int, list[PlanAllocation]] = {}
    for part in parts.select_related("line").order_by("line__position", "pk").distinct():
        by_line.setdefault(part.line_id, []).append(part)
    proved = dict(
        LineTag.objects.filter(line__in=by_line)
        .order_by("line")
        .values("line")
        .annotate(sum=Sum("amount_cents"))
        .values_list("line", "sum")
    )
    return [_claim(source, rows, proved.get(line, 0)) for line, rows in by_line.items()]


def activity_of(project_id: int, *, source_id: int | None = None) -> Activity:
    """Add up the sessions that prove lines of a project, or those of one funder's lines."""
    tags = LineTag.objects.filter(line__project=project_id, slot__isnull=False)
    if source_id is not None:
        tags = tags.filter(line__allocations__source=source_id)
    came = Count(
        "slot__registrations",
        filter=Q(slot__registrations__state=RegistrationState.PRESENT),
        distinct=True,
    )
    rows = (
        tags.order_by("slot").values("slot", "slot__starts_at", "slot__ends_at").annotate(came=came)
    )
    seen = {row["slot"]: row for row in rows}.values()
    seconds = sum((row["slot__ends_at"] - row["slot__starts_at"]).total_seconds() for row in seen)
    return Activity(
        sessions=len(seen), minutes=int(seconds // 60), came=sum(row["came"] for row in seen)
    )


def _claim(source: FundingSource, parts: list[PlanAllocation], proved: int) -> ClaimLine:
    line = parts[0].line
    mine = next(rank for rank, one in enumerate(parts) if one.source_id == source.pk)
    cents = [one.cents for one in parts]
    nobody = line.amount_cents - sum(cents)
    shared = share(min(proved, line.amount_cents), [*cents, nobody])
    return ClaimLine(line, cents[mine], min(cents[mine], shared[mine]))
