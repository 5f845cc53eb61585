"""Funders of a project: from an idea to the last euro, refusals and reductions included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.kernel.wording import Euros
from filiere.projects.errors import (
    AwardNotPossible,
    AwardOverAsked,
    ScheduleNotPossible,
    SourceAsked,
    SourceMoveNotPossible,
    SourceNotPossible,
)
from filiere.projects.models import (
    AidRegime,
    DueKind,
    FundingKind,
    FundingSource,
    ProjectFile,
    ScheduledPayment,
    Scheme,
    SourceState,
)
from filiere.projects.models.sources import BEFORE_ANSWER, GRANTED, LOST, TRANSITIONS
from filiere.projects.services.budget import MOST_CENTS
from filiere.projects.services.locking import hold_project, require_edition
from filiere.projects.services.plan import shrink_schedule, shrink_to
from filiere.rules.financing.shape import Kind

PUBLIC = {FundingKind(one) for one in Kind if one.is_public}
SELF_BROUGHT = {FundingKind(one) for one in Kind if not one.needs_file}
"""What nobody is asked for: it goes from envisaged to sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWanted:
    """A sum a funder said it would pay: one of ``DueKind``, a day, cents above 0."""

    kind: str
    due_on: date
    amount_cents: int


@transaction.atomic
def add_source(
    *,
    project_id: int,
    funder_name: str,
    kind: str,
    asked_cents: int,
    actor: str,
    at: datetime,
    funder_id: int | None = None,
    scheme_id: int | None = None,
    regime: str = AidRegime.UNKNOWN,
    likely_percent: int | None = None,
) -> FundingSource:
    """Write down somebody who may pay; nobody is asked yet.

    Args:
        kind: one of ``FundingKind``.
        asked_cents: what will be asked, above 0.
        scheme_id: under which scheme; one is asked once, unless it refused.
        regime: one of ``AidRegime``; small State aid is public money only.
        likely_percent: 0 to 100; None: nobody said.

    Raises:
        ProjectEnded: the file changes no more.
        SourceNotPossible: something missing or out of range, or a scheme already asked.
    """
    project = hold_project(project_id)
    source = FundingSource(
        project=project, funder_name=funder_name.strip(), funder_id=funder_id, kind=kind,
        scheme_id=scheme_id, asked_cents=asked_cents, regime=regime, likely_percent=likely_percent,
    )  # fmt: skip
    _require_sound(project, source)
    source.save()
    _record(source, "source_added", actor, at, cents=asked_cents)
    return source


@transaction.atomic
def edit_source(
    *, source_id: int, actor: str, at: datetime, edition: int | None = None, **changes: Any
) -> FundingSource:
    """Change a source nobody was asked for yet; chances and regime, until it answers.

    A lower amount lowers what its lines count on.

    Args:
        edition: the edition that was read; None: whatever it is.
        changes: arguments of ``add_source`` that change.

    Raises:
        ProjectEnded, SourceNotPossible: as ``add_source``.
        ProjectChanged: somebody saved it since.
        SourceAsked: what was sent is not rewritten.
    """
    source = hold_source(source_id)
    require_edition(edition, source.edition)
    later = {"likely_percent", "regime"}
    if unknown := changes.keys() - later - {
        "funder_name", "kind", "asked_cents", "funder_id", "scheme_id",
    }:  # fmt: skip
        raise SourceNotPossible(term=", ".join(sorted(unknown)))
    is_free = source.state == SourceState.ENVISAGED
    if not is_free and (changes.keys() - later or source.state not in BEFORE_ANSWER):
        raise SourceAsked(funder=source.funder_name)
    for name, value in changes.items():
        setattr(source, name, value)
    source.funder_name = source.funder_name.strip()
    _require_sound(source.project, source)
    shrink_to(source, source.asked_cents)
    shrink_schedule(source, source.asked_cents)
    source.edition += 1
    source.save()
    _record(source, "source_edited", actor, at, changed=sorted(changes))
    return source


@transaction.atomic
def move_source(*, source_id: int, state: str, actor: str, at: datetime) -> FundingSource:
    """Note that a funder has the whole file, examines it, signed; or take a request back.

    An award is noted by ``record_award``, a refusal by ``refuse_source``, money by
    ``record_payment``; what the project brings itself is made sure with ``record_award``.
    Asking for the state it is in changes nothing. A request taken back pays no line any more.

    Raises:
        SourceMoveNotPossible: that state does not follow the present one.
    """
    source = hold_source(source_id, even_ended=True)
    if source.state == state:
        return source
    noted_elsewhere = {SourceState.NOTIFIED, SourceState.REFUSED, SourceState.PAID}
    if (source.state, state) not in TRANSITIONS or state in noted_elsewhere:
        raise cannot_move(source, state)
    if state == SourceState.WITHDRAWN:
        if source.payments.exists():
            raise cannot_move(source, state)
        source.allocations.all().delete()
    source.state = state
    source.save(update_fields=["state"])
    _record(source, "source_moved", actor, at, state=state)
    return source


@transaction.atomic
def record_award(
    *,
    source_id: int,
    granted_cents: int,
    answered_on: date,
    actor: str,
    at: datetime,
    raised_because: str = "",
) -> int:
    """Note what a funder grants. Less than asked lowers what its lines and its schedule count on.

    Args:
        granted_cents: above 0.
        answered_on: the day of its letter.
        raised_because: why it is more than asked; blank when it is not.

    Returns:
        The gap this leaves in the plan, in cents: 0 when it is all that was counted on.

    Raises:
        AwardNotPossible: not above zero.
        AwardOverAsked: more than asked, without a reason.
        SourceMoveNotPossible: it already answered, or was never asked.
    """
    source = hold_source(source_id, even_ended=True)
    if type(granted_cents) is not int or not 0 < granted_cents <= MOST_CENTS:
        raise AwardNotPossible
    if granted_cents > source.asked_cents and not raised_because.strip():
        raise AwardOverAsked(
            funder=source.funder_name,
            asked=Euros(source.asked_cents),
            granted=Euros(granted_cents),
        )
    can_skip = source.kind in SELF_BROUGHT
    if source.state not in BEFORE_ANSWER or (
        source.state == SourceState.ENVISAGED and not can_skip
    ):
        raise cannot_move(source, SourceState.NOTIFIED)
    gap = shrink_to(source, granted_cents)
    shrink_schedule(source, granted_cents)
    source.state, source.granted_cents = SourceState.NOTIFIED, granted_cents
    source.answered_on, source.raised_because = answered_on, ""
    if granted_cents > source.asked_cents:
        source.raised_because = raised_because.strip()[:200]
    source.save()
    _record(source, "award_recorded", actor, at, cents=granted_cents, gap=gap)
    return gap


@transaction.atomic
def refuse_source(*, source_id: int, answered_on: date, actor: str, at: datetime) -> int:
    """Note that a funder said no: it pays no line any more. Twice changes nothing.

    Returns:
        The gap this leaves in the plan, in cents.

    Raises:
        SourceMoveNotPossible: it was never asked, or already granted.
    """
    source = hold_source(source_id, even_ended=True)
    if source.state == SourceState.REFUSED:
        return 0
    if (source.state, SourceState.REFUSED) not in TRANSITIONS:
        raise cannot_move(source, SourceState.REFUSED)
    gap = shrink_to(source, 0)
    source.state, source.answered_on = SourceState.REFUSED, answered_on
    source.save(update_fields=["state", "answered_on"])
    _record(source, "source_refused", actor, at, gap=gap)
    return gap


@transaction.atomic
def schedule_payments(
    *, source_id: int, dues: Sequence[DueWanted], actor: str, at: datetime
) -> list[ScheduledPayment]:
    """Replace what a source said it would pay and when; sums already paid keep their day.

    Raises:
        ScheduleNotPossible: a sum not above zero, more in all than the source brings, or a sum
            already paid would be gone.
        SourceMoveNotPossible: it was refused or taken back.
    """
    source = hold_source(source_id, even_ended=True)
    if source.state not in {*BEFORE_ANSWER, *GRANTED}:
        raise cannot_move(source, source.state)
    total = sum(one.amount_cents for one in dues)
    refusal = ScheduleNotPossible(total=Euros(total), amount=Euros(source.amount_cents))
    if total > source.amount_cents or any(
        one.amount_cents <= 0 or one.kind not in DueKind.values for one in dues
    ):
        raise refusal
    paid = list(source.schedule.filter(payments__isnull=False).distinct().order_by("rank"))
    wanted = sorted(dues, key=lambda one: one.due_on)
    for one in paid:
        same = DueWanted(kind=one.kind, due_on=one.due_on, amount_cents=one.amount_cents)
        if same not in wanted:
            raise refusal
        wanted.remove(same)
    source.schedule.filter(payments__isnull=True).delete()
    first = max((one.rank for one in paid), default=0) + 1
    made = ScheduledPayment.objects.bulk_create(
        ScheduledPayment(
            source=source, rank=rank, kind=one.kind, due_on=one.due_on,
            amount_cents=one.amount_cents,
        )
        for rank, one in enumerate(wanted, start=first)
    )  # fmt: skip
    _record(source, "payments_scheduled", actor, at, cents=total)
    return [*paid, *made]


def hold_source(source_id: int, *, even_ended: bool = False) -> FundingSource:
    """Lock the project of a source, then read the source.

    Raises:
        ProjectEnded: the file changes no more.
    """
    project_id = FundingSource.objects.values_list("project", flat=True).get(pk=source_id)
    project = hold_project(project_id, even_ended=even_ended)
    source = FundingSource.objects.get(pk=source_id)
    source.project = project
    return source


def cannot_move(source: FundingSource, state: str) -> SourceMoveNotPossible:
    """Give the refusal of a move, in the words of states."""
    words = dict(SourceState.choices)
    return SourceMoveNotPossible(
        funder=source.funder_name, before=words[source.state], after=words.get(state, state)
    )


def _require_sound(project: ProjectFile, source: FundingSource) -> None:
    """Refuse what means nothing; the database refuses it too."""
    asked, likely = source.asked_cents, source.likely_percent
    is_small_aid = source.regime in {AidRegime.DE_MINIMIS, AidRegime.DE_MINIMIS_SGEI}
    holds = {
        "funder_name": 0 < len(source.funder_name) <= 200,
        "kind": source.kind in FundingKind.values,
        "asked_cents": type(asked) is int and 0 < asked <= MOST_CENTS,
        "regime": source.regime in AidRegime.values and (not is_small_aid or source.kind in PUBLIC),
        "likely_percent": likely is None or 0 <= likely <= 100,
        "scheme": source.scheme_id is None or _is_free(project, source),
    }
    for term, is_sound in holds.items():
        if not is_sound:
            raise SourceNotPossible(term=term)


def _is_free(project: ProjectFile, source: FundingSource) -> bool:
    """Tell whether a scheme exists and no live source of the project asks it."""
    asked = project.sources.filter(scheme=source.scheme_id).exclude(state__in=LOST)
    return (
        Scheme.objects.filter(pk=source.scheme_id or 0).exists()
        and not asked.exclude(pk=source.pk or 0).exists()
    )


def _record(source: FundingSource, action: str, actor: str, at: datetime, **detail: Any) -> None:
    kernel.record(
        actor=actor, action=f"projects.{action}", subject=f"project:{source.project_id}", at=at,
        source=source.pk, **detail,
    )  # fmt: skip
