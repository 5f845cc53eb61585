"""Requests as they were sent, what funders answered, and the time it took."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.kernel.calendar import bounds_of_day
from filiere.projects.errors import (
    DeadlinePassed,
    HoursNotPossible,
    ReplyNotPossible,
    SourceNotPossible,
)
from filiere.projects.models import (
    FundingSource,
    HoursSpent,
    Reply,
    SourceState,
    Submission,
    Task,
)
from filiere.projects.queries.facts import project_facts
from filiere.projects.services.budget import MOST_CENTS
from filiere.projects.services.locking import hold_project
from filiere.projects.services.plan import shrink_schedule, shrink_to
from filiere.projects.services.sources import (
    SELF_BROUGHT,
    cannot_move,
    hold_source,
    record_award,
    refuse_source,
)

STILL_ASKED = {SourceState.ENVISAGED, SourceState.ASKED, SourceState.COMPLETE, SourceState.EXAMINED}


@transaction.atomic
def submit(
    *,
    source_id: int,
    actor: str,
    at: datetime,
    form_key: str = "",
    own_answers: Mapping[str, Any] | None = None,
    asked_cents: int | None = None,
    deadline_at: datetime | None = None,
) -> Submission:
    """Freeze the file as it is and note that it was sent. The deadline is judged now, not before.

    A funder that has not answered may be sent a new request, with another amount; the very same
    request again is the one already sent.

    Args:
        form_key: the form it was sent with; blank: that of the scheme, if it has one.
        own_answers: what only this form asks, kept with what was sent.
        asked_cents: above 0; None: as the source says. Less lowers what its lines count on.
        deadline_at: last moment; None: the end of the scheme's last day, if it has one.

    Raises:
        ProjectEnded: the file changes no more.
        SourceNotPossible: the amount means nothing.
        SourceMoveNotPossible: it already answered, or is nobody who is asked.
        DeadlinePassed: too late; what was written is kept.
    """
    source = hold_source(source_id)
    cents = source.asked_cents if asked_cents is None else asked_cents
    if type(cents) is not int or not 0 < cents <= MOST_CENTS:
        raise SourceNotPossible(term="asked_cents")
    if source.state not in STILL_ASKED or source.kind in SELF_BROUGHT:
        raise cannot_move(source, SourceState.ASKED)
    deadline = deadline_at or deadline_of(source)
    if deadline is not None and at > deadline:
        raise DeadlinePassed(funder=source.funder_name, deadline=deadline)
    shrink_to(source, cents)
    shrink_schedule(source, cents)
    source.asked_cents, source.edition = cents, source.edition + 1
    if source.state == SourceState.ENVISAGED:
        source.state = SourceState.ASKED
    source.save()
    facts: dict[str, Any] = dict(project_facts(source.project_id, at, source_id=source.pk))
    content = facts | {"own_answers": dict(own_answers or {})}
    form = form_key or (source.scheme.form_key if source.scheme else "")
    last = source.submissions.order_by("-number").first()
    if last and (last.reply, last.form_key, last.content) == (Reply.WAITING, form, content):
        return last
    sent = Submission.objects.create(
        source=source,
        number=last.number + 1 if last else 1,
        form_key=form,
        asked_cents=cents,
        content=content,
        deadline_at=deadline,
        sent_at=at,
        sent_by=actor,
    )
    kernel.record(
        actor=actor, action="projects.submitted", subject=f"project:{source.project_id}", at=at,
        source=source.pk, number=sent.number, cents=cents,
    )  # fmt: skip
    return sent


def deadline_of(source: FundingSource) -> datetime | None:
    """Give the last moment of a source's call: the end of its last day, in legal French time."""
    closes_on = source.scheme.closes_on if source.scheme else None
    return bounds_of_day(closes_on)[1] - timedelta.resolution if closes_on else None


@transaction.atomic
def record_reply(
    *,
    submission_id: int,
    reply: str,
    replied_on: date,
    actor: str,
    at: datetime,
    granted_cents: int | None = None,
    text: str = "",
    raised_because: str = "",
) -> int:
    """Note what a funder answered to the last request it was sent.

    Args:
        reply: ``accepted`` (all of it, or more), ``reduced`` or ``refused``.
        granted_cents: None when accepted as asked; below what was asked when reduced.

    Returns:
        The gap this leaves in the plan, in cents.

    Raises:
        ReplyNotPossible: already answered, an older request, or an amount that contradicts it.
        AwardNotPossible, AwardOverAsked: as ``record_award``.
    """
    source_id = Submission.objects.values_list("source", flat=True).get(pk=submission_id)
    source = hold_source(source_id, even_ended=True)
    sent = source.submissions.order_by("-number")[0]
    asked = sent.asked_cents
    granted = asked if reply == Reply.ACCEPTED and granted_cents is None else granted_cents
    fits = {
        Reply.ACCEPTED: granted is not None and granted >= asked,
        Reply.REDUCED: granted is not None and granted < asked,
        Reply.REFUSED: granted is None,
    }
    if sent.pk != submission_id or sent.reply != Reply.WAITING or not fits.get(Reply(reply), False):
        raise ReplyNotPossible
    sent.reply, sent.replied_on, sent.reply_text = reply, replied_on, text.strip()
    sent.save(update_fields=["reply", "replied_on", "reply_text"])
    if granted is None:
        return refuse_source(source_id=source_id, answered_on=replied_on, actor=actor, at=at)
    return record_award(
        source_id=source_id, granted_cents=granted, answered_on=replied_on, actor=actor, at=at,
        raised_because=raised_because,
    )  # fmt: skip


@transaction.atomic
def note_hours(
    *,
    project_id: int,
    task: str,
    spent_on: date,
    minutes: int,
    actor: str,
    at: datetime,
    source_id: int | None = None,
    is_pooled: bool = False,
) -> HoursSpent:
    """Note time spent raising money, for one funder or for the whole project.

    Args:
        task: one of ``Task``.
        minutes: 1 to 1,440.
        is_pooled: the time also served other projects or carriers.

    Raises:
        HoursNotPossible: no time, more than a day, or the funder of another project.
    """
    project = hold_project(project_id, even_ended=True)
    known = source_id is None or project.sources.filter(pk=source_id).exists()
    if not known or task not in Task.values or not 1 <= minutes <= 1_440:
        raise HoursNotPossible
    return HoursSpent.objects.create(
        project=project, source_id=source_id, task=task, spent_on=spent_on, minutes=minutes,
        is_pooled=is_pooled, noted_at=at, noted_by=actor,
    )  # fmt: skip


@transaction.atomic
def remove_hours(*, hours: HoursSpent, actor: str, at: datetime) -> None:
    """Take away time noted by mistake. Twice changes nothing."""
    hold_project(hours.project_id, even_ended=True)
    if HoursSpent.objects.filter(pk=hours.pk).delete()[0]:
        kernel.record(
            actor=actor, action="projects.hours_removed", subject=f"project:{hours.project_id}",
            at=at, minutes=hours.minutes,
        )  # fmt: skip
