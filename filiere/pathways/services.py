"""Diagnose, note a session in two taps, ask again one and six months later."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from filiere.agenda import queries as agenda_queries
from filiere.agenda import services as agenda
from filiere.agenda.models import Registration, RegistrationState
from filiere.agreements.errors import OperatorUnknown
from filiere.kernel import services as kernel
from filiere.kernel.calendar import add_months, legal_day
from filiere.kernel.events import publish
from filiere.pathways.errors import (
    FollowUpClosed,
    FollowUpNotDue,
    NobodyCame,
    OutcomeMissing,
    QuestionnaireUnknown,
    SessionAlreadyNoted,
)
from filiere.pathways.events import SessionNoted
from filiere.pathways.models import (
    Diagnosis,
    FollowUp,
    FollowUpState,
    Outcome,
    SentBy,
    SessionNote,
)
from filiere.persons import queries as persons
from filiere.persons import services as person_files
from filiere.persons.enums import Purpose
from filiere.rules import parameters
from filiere.rules.diagnosis import CURRENT_VERSION, Request, load_questionnaire, score
from filiere.rules.procedures import operator

FIRST_MONTHS = 1


@dataclass(frozen=True, slots=True)
class Delivered:
    """What two taps wrote; ``note`` is None when the person did not come."""

    registration: Registration
    note: SessionNote | None


@transaction.atomic
def diagnose(
    *,
    answers: Mapping[str, str | None],
    request: Request,
    at: datetime,
    actor: str,
    person_id: UUID | None = None,
    version: str = CURRENT_VERSION,
) -> Diagnosis:
    """Score the answers and keep them with what the rule concluded.

    Args:
        answers: answer key by question key; every one is optional.
        request: what the person comes for today; it alone makes an emergency.
        person_id: None when the person keeps no file.

    Raises:
        QuestionnaireUnknown: no such version.
        PersonUnknown, PersonErased: no living file bears this reference.
    """
    try:
        questionnaire = load_questionnaire(version)
    except ValueError as error:
        raise QuestionnaireUnknown(version=version) from error
    if person_id is not None:
        person_files.touch(person_id=person_id, on=legal_day(at))
    asked = {question.key for question in questionnaire.questions}
    kept = {key: answer for key, answer in answers.items() if key in asked and answer}
    return Diagnosis.objects.create(
        person_id=person_id,
        version=version,
        answers=kept,
        result=json.loads(json.dumps(asdict(score(questionnaire, kept, request=request)))),
        made_at=at,
        made_by=actor,
    )


@transaction.atomic
def deliver(
    *,
    registration_id: int,
    present: bool,
    at: datetime,
    actor: str,
    outcome: Outcome | str | None = None,
    sent_by: SentBy | str = SentBy.UNKNOWN,
    operator_key: str = "",
    procedure: str = "",
    is_emergency: bool = False,
) -> Delivered:
    """Write the two taps of the day sheet at once: came or not, and how it ended.

    The same taps sent twice are once.

    Raises:
        OutcomeMissing: the person came and how it ended is not said.
        Those of ``agenda.services.record_attendance`` and ``note_session``.
    """
    if present and not outcome:
        raise OutcomeMissing
    registration = agenda.record_attendance(
        registration_id=registration_id, present=present, at=at, actor=actor
    )
    if not present or outcome is None:
        return Delivered(registration, None)
    note = _note(
        registration,
        {
            "outcome": Outcome(outcome),
            "sent_by": SentBy(sent_by),
            "operator_key": operator_key,
            "procedure": procedure or registration.procedure,
            "is_emergency": is_emergency,
        },
        at=at,
        actor=actor,
    )
    return Delivered(registration, note)


@transaction.atomic
def receive_walk_in(
    *,
    offer_id: int,
    unit_id: int,
    minutes: int,
    outcome: Outcome | str,
    at: datetime,
    actor: str,
    sent_by: SentBy | str = SentBy.UNKNOWN,
) -> Delivered:
    """Receive somebody who came without appointment, and note the session, in one go.

    Takes a free seat of the worker's hour under way for this service; without one, opens an hour
    that begins now, of which the person has the only seat. Opens a file without a name.

    Args:
        unit_id: who receives.
        minutes: length of the session when an hour is opened, 5 to 720.

    Raises:
        NobodyFree: the worker's time is taken by something else.
        SlotOutOfRange, PlaceClosed: see ``agenda.services.open_now``.
    """
    slot_id = agenda_queries.free_seat_now(unit_id=unit_id, offer_id=offer_id, at=at)
    if slot_id is None:
        slot_id = agenda.open_now(
            offer_id=offer_id, starts_at=at, minutes=minutes, unit_id=unit_id, at=at, actor=actor
        ).pk
    seat = agenda.book(
        slot_id=slot_id, person_id=person_files.open_file(at=at, actor=actor), walk_in=True,
        at=at, actor=actor,
    )  # fmt: skip
    return deliver(
        registration_id=seat.pk, present=True, outcome=outcome, sent_by=sent_by, at=at, actor=actor
    )


@transaction.atomic
def note_session(
    *,
    registration_id: int,
    outcome: Outcome | str,
    at: datetime,
    actor: str,
    sent_by: SentBy | str = SentBy.UNKNOWN,
    operator_key: str = "",
    procedure: str = "",
    is_emergency: bool = False,
) -> SessionNote:
    """Note how a session ended and who had told the person to come.

    If the person agreed to be asked again, plans the questions of one and six months later;
    they replace those of earlier sessions, so that nobody is asked twice. Noting the same
    twice is once.

    Args:
        operator_key: key of an operator of the list, blank when none or not known.
        procedure: key of the procedure; blank takes the one of the registration.

    Raises:
        NobodyCame: the person is not noted as present.
        SessionAlreadyNoted: noted with other answers.
        OperatorUnknown: no operator bears this key.
        RegistrationUnknown: no such registration.
    """
    registration = agenda.lock(registration_id)
    facts = {
        "outcome": Outcome(outcome),
        "sent_by": SentBy(sent_by),
        "operator_key": operator_key,
        "procedure": procedure or registration.procedure,
        "is_emergency": is_emergency,
    }
    return _note(registration, facts, at=at, actor=actor)


def _note(
    registration: Registration, facts: dict[str, Any], *, at: datetime, actor: str
) -> SessionNote:
    """Note a session whose seat is locked; see ``note_session``."""
    if registration.state != RegistrationState.PRESENT:
        raise NobodyCame(ref=registration.ref)
    operator_key = facts["operator_key"]
    if operator_key and operator(operator_key) is None:
        raise OperatorUnknown(key=operator_key)
    # The seat is locked: nobody else notes it between these two.
    already = SessionNote.objects.filter(registration=registration).first()
    if already is not None:
        if any(getattr(already, name) != value for name, value in facts.items()):
            raise SessionAlreadyNoted(ref=registration.ref, minutes=agenda.undo_minutes(at))
        return already
    note = SessionNote.objects.create(
        registration=registration, noted_at=at, noted_by=actor, **facts
    )
    _plan_follow_ups(registration)
    publish(
        SessionNoted(
            registration_id=registration.pk,
            person_id=registration.person_id,
            outcome=str(note.outcome),
            at=at,
            actor=actor,
        )
    )
    return note


@transaction.atomic
def answer_follow_up(
    *, follow_up_id: int, did_it_alone: bool, at: datetime, actor: str
) -> FollowUp:
    """Write the answer: did the person do a comparable procedure alone? A late answer counts.

    The same answer twice is once.

    Raises:
        FollowUpNotDue: asked before its day.
        FollowUpClosed: answered otherwise, or cancelled.
    """
    follow_up = FollowUp.objects.select_for_update().get(pk=follow_up_id)
    if follow_up.state == FollowUpState.ANSWERED and follow_up.did_it_alone == did_it_alone:
        return follow_up
    if follow_up.state not in (FollowUpState.PLANNED, FollowUpState.NO_ANSWER):
        raise FollowUpClosed
    if legal_day(at) < follow_up.due_on:
        raise FollowUpNotDue(due_on=follow_up.due_on)
    person_files.touch(person_id=follow_up.person_id, on=legal_day(at))
    follow_up.state = FollowUpState.ANSWERED
    follow_up.did_it_alone = did_it_alone
    follow_up.answered_at = at
    follow_up.save(update_fields=["state", "did_it_alone", "answered_at"])
    kernel.record(
        actor=actor,
        action="pathways.follow_up_answered",
        subject=f"follow_up:{follow_up.pk}",
        at=at,
    )
    return follow_up


@transaction.atomic
def close_silent_follow_ups(*, on: date) -> int:
    """Count as unanswered the questions that waited too long (``follow_up.answer_days``).

    Returns:
        Number of questions closed on ``on``; none is ever guessed.
    """
    waited = timedelta(days=parameters.whole("follow_up.answer_days", on))
    silent = FollowUp.objects.filter(state=FollowUpState.PLANNED, due_on__lt=on - waited)
    return silent.update(state=FollowUpState.NO_ANSWER)


def _plan_follow_ups(registration: Registration) -> None:
    """Plan the two questions if the person agreed; drop those of earlier sessions."""
    if not persons.has_consent(registration.person_id, Purpose.FOLLOW_UP):
        return
    day = legal_day(registration.slot.starts_at)
    earlier = FollowUp.objects.filter(
        person=registration.person_id,
        state=FollowUpState.PLANNED,
        registration__slot__starts_at__lte=registration.slot.starts_at,
        due_on__gt=day,
    )
    earlier.exclude(registration=registration).update(state=FollowUpState.CANCELLED)
    months = parameters.whole("follow_up.second_months", day)
    first = day + timedelta(days=parameters.whole("follow_up.first_days", day))
    FollowUp.objects.bulk_create(
        FollowUp(
            registration=registration, person_id=registration.person_id, months=number, due_on=due
        )
        for number, due in ((FIRST_MONTHS, first), (months, add_months(day, months)))
    )
