"""What the pages of a project show at a glance: costs, gap, calls, what is filled. Euro cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Min, Sum

from filiere.projects.models import (
    AnswerVersion,
    Attachment,
    BudgetLine,
    FundingSource,
    PlanAllocation,
    ProjectFile,
    SourceState,
)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One line of the list.

    Attributes:
        cost_cents: every line, in kind included.
        missing_cents: what nobody gives of the lines yet.
        next_call_on: last day of the first call still to be answered; None: none is dated.
    """

    project: ProjectFile
    cost_cents: int
    missing_cents: int
    next_call_on: date | None


@dataclass(frozen=True, slots=True)
class Call:
    """A request that is not sent yet, and the last day of its call."""

    source: FundingSource
    closes_on: date


def rows_of(projects: Sequence[ProjectFile], *, on: date) -> list[ProjectRow]:
    """Add up some projects, in the order given; three queries, however many they are.

    Args:
        on: the day of reading; calls closed before it are left out.
    """
    ids = [one.pk for one in projects]
    costs = _sums(BudgetLine.objects.filter(project__in=ids), "project", "amount_cents")
    given = _sums(PlanAllocation.objects.filter(line__project__in=ids), "line__project", "cents")
    calls = dict(
        FundingSource.objects.filter(
            project__in=ids, state=SourceState.ENVISAGED, scheme__closes_on__gte=on
        )
        .order_by()
        .values_list("project")
        .annotate(first=Min("scheme__closes_on"))
    )
    return [
        ProjectRow(
            one,
            costs.get(one.pk, 0),
            costs.get(one.pk, 0) - given.get(one.pk, 0),
            calls.get(one.pk),
        )
        for one in projects
    ]


def calls_of(project_id: int, *, on: date) -> list[Call]:
    """Give the requests still to be sent whose call is dated, the first to close first."""
    found = FundingSource.objects.filter(
        project=project_id, state=SourceState.ENVISAGED, scheme__closes_on__gte=on
    ).select_related("scheme")
    return [
        Call(one, one.scheme.closes_on)
        for one in found.order_by("scheme__closes_on", "pk")
        if one.scheme and one.scheme.closes_on
    ]


def ending(project_id: int, *, on: date, until: date) -> list[Attachment]:
    """Give the attachments whose last good day is before ``until``, those out of date included.

    Args:
        on, until: days; what ended before ``on`` comes first.
    """
    found = Attachment.objects.filter(project=project_id, expires_on__lte=max(on, until))
    return list(found.defer("content").order_by("expires_on", "pk"))


def _sums(rows: object, by: str, amount: str) -> dict[int, int]:
    return dict(
        rows.order_by().values_list(by).annotate(sum=Sum(amount))  # type: ignore[attr-defined]
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """What a file already holds, counted.

    Attributes:
        answered: questions of the bank with a text in at least one length.
        missing_cents: what nobody gives of the lines yet.
    """

    answered: int
    lines: int
    cost_cents: int
    missing_cents: int
    actions: int
    partners: int
    indicators: int
    attachments: int
    sources: int
    members: int


def progress_of(project: ProjectFile) -> Progress:
    """Count what a file holds; ten short queries."""
    lines = project.lines.aggregate(count=Count("pk"), sum=Sum("amount_cents"))
    parts = PlanAllocation.objects.filter(line__project=project).aggregate(sum=Sum("cents"))
    answered = AnswerVersion.objects.filter(
        answer__project=project, number=F("answer__number")
    ).exclude(text="")
    cost = lines["sum"] or 0
    return Progress(
        answered=answered.order_by().values("answer__question").distinct().count(),
        lines=lines["count"],
        cost_cents=cost,
        missing_cents=cost - (parts["sum"] or 0),
        actions=project.actions.count(),
        partners=project.partners.count(),
        indicators=project.indicators.count(),
        attachments=project.attachments.count(),
        sources=project.sources.count(),
        members=project.members.count(),
    )


@dataclass(frozen=True, slots=True)
class PresentAnswer:
    """What an answer says now; ``number`` is the version to name when saving over it."""

    text: str
    number: int
    written_at: datetime | None
    author: str


def present_answers(project_id: int, question: str) -> dict[str, PresentAnswer]:
    """Give the present answer of each length of one question; absent when never written."""
    found = AnswerVersion.objects.filter(
        answer__project=project_id, answer__question=question, number=F("answer__number")
    ).order_by("answer__length")
    return {
        one.answer.length: PresentAnswer(one.text, one.number, one.written_at, one.author)
        for one in found.select_related("answer")
    }


def answer_versions(project_id: int, question: str) -> list[AnswerVersion]:
    """Give everything one question was ever answered, the latest first, at most 60."""
    found = AnswerVersion.objects.filter(
        answer__project=project_id, answer__question=question
    ).select_related("answer")
    return list(found.order_by("-written_at", "-pk")[:60])


def lines_of(project_id: int) -> list[BudgetLine]:
    """Give the lines of a budget in the order of the accounts, with who bears them."""
    lines = BudgetLine.objects.filter(project=project_id).select_related("borne_by")
    return list(lines.order_by("nature", "year", "position"))
