"""Referrals: ask a place, wait for its answer, ask the next; count what finds no answer.

A seat is held while a place thinks: it *is* the capacity check. Locks are taken on the person,
then on slots by number, then on the referral (``asking.in_slot_order``).
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from filiere.agenda import services as agenda
from filiere.agreements import queries as agreements
from filiere.kernel import services as kernel
from filiere.kernel.calendar import legal_day
from filiere.orientation.asking import (
    SEARCH_DAYS,
    ask_next,
    ask_next_or_exhaust,
    close_attempt,
    in_slot_order,
    set_state,
)
from filiere.orientation.errors import (
    AgreementNotInForce,
    AgreementNotSaid,
    AgreementOfAnother,
    AnswerTooLate,
    AttemptClosed,
    AttemptUnknown,
    DiagnosisOfAnother,
    NoCapacity,
    ReferralFinished,
)
from filiere.orientation.models import (
    Attempt,
    AttemptState,
    Referral,
    ReferralState,
    RefusalReason,
    UnmetCause,
    UnmetNeed,
)
from filiere.pathways.models import Diagnosis
from filiere.persons import queries as persons
from filiere.persons import services as person_files
from filiere.persons.enums import Purpose
from filiere.rules.codes import REFERENCE_LENGTH, code_from_random, format_code

REFERENCE_PREFIX = "EN"
REFERENCE_BYTES = 8
ABSENT = "absent"
"""Result of a referral whose person did not come; otherwise a value of ``pathways.Outcome``."""


def send_referral(
    *,
    person_id: UUID,
    diagnosis_id: int,
    sender_id: int,
    need: str,
    commune_id: int,
    candidates: Sequence[int],
    at: datetime,
    actor: str,
    procedure: str = "",
    agreement_id: int | None = None,
    without_agreement: bool = False,
    commitment_id: int | None = None,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> Referral:
    """Send a person to the first of several offers that has a free seat, and hold that seat.

    The place answers before a deadline; if it refuses or stays silent the next is asked. When
    none has a seat, the need is counted and the referral refused: nothing else is written. The
    same person sent again for the same need while a place is asked gives the first referral.

    Args:
        sender_id: organisation that sends.
        commune_id: where help is wanted.
        candidates: offers in order of preference, at least one.
        agreement_id: agreement under which the person is sent; or ``without_agreement``.
        commitment_id: who pays a part, under an agreement in force.

    Raises:
        NoCapacity: no candidate has a free seat.
        DiagnosisOfAnother: the diagnosis is not this person's.
        AgreementNotSaid, AgreementNotInForce, AgreementOfAnother: see their sentences.
        PersonUnknown, PersonErased: no living file bears this reference.
    """
    try:
        return _send(
            Referral(
                ref=_new_reference(random_bytes),
                person_id=person_id,
                diagnosis_id=diagnosis_id,
                sender_id=sender_id,
                sent_by=actor,
                need=need,
                procedure=procedure,
                commune_id=commune_id,
                agreement_id=agreement_id,
                without_agreement=without_agreement,
                commitment_id=commitment_id,
                sent_at=at,
            ),
            candidates=list(dict.fromkeys(candidates)),
            at=at,
            actor=actor,
        )
    except NoCapacity:
        cause = UnmetCause.NO_SEAT if candidates else UnmetCause.NO_OFFER
        record_unmet(commune_id=commune_id, need=need, cause=cause, at=at)
        raise


@transaction.atomic
def record_unmet(
    *,
    commune_id: int,
    need: str,
    cause: UnmetCause | str,
    at: datetime,
    referral: Referral | None = None,
) -> UnmetNeed:
    """Count a need that found no answer. A referral's is counted once."""
    facts = {"commune_id": commune_id, "need": need, "cause": UnmetCause(cause), "at": at}
    if referral is None:
        return UnmetNeed.objects.create(**facts)
    return UnmetNeed.objects.get_or_create(referral=referral, defaults=facts)[0]


@transaction.atomic
def accept(*, attempt_id: int, at: datetime, actor: str) -> Referral:
    """Take the person: the held seat becomes an appointment. Accepting twice is once.

    Raises:
        AnswerTooLate: the deadline has passed.
        AttemptClosed: already refused, or another place was asked.
        AttemptUnknown: no such referral.
    """
    slot = Attempt.objects.filter(pk=attempt_id).values_list("registration__slot", flat=True)
    agenda.lock_slots([pk for pk in slot if pk is not None])
    referral, attempt = _lock(attempt_id)
    if attempt.state == AttemptState.ACCEPTED:
        return referral
    _refuse_if_answered_or_late(attempt, at)
    agenda.confirm(registration_id=_seat(attempt), at=at, actor=actor)
    attempt.state = AttemptState.ACCEPTED
    attempt.answered_at = at
    attempt.save(update_fields=["state", "answered_at"])
    set_state(referral, ReferralState.ACCEPTED, at=at, actor=actor)
    return referral


@transaction.atomic
def refuse(*, attempt_id: int, reason: RefusalReason | str, at: datetime, actor: str) -> Referral:
    """Say no: the seat is given back and the next candidate with a free seat is asked.

    Refusing twice is once. When none is left the referral is exhausted and the need counted.

    Raises:
        AnswerTooLate: the deadline has passed.
        AttemptClosed: already accepted, or another place was asked.
        AttemptUnknown: no such referral.
    """

    def act(locked: frozenset[int]) -> Referral:
        referral, attempt = _lock(attempt_id)
        if attempt.state == AttemptState.REFUSED:
            return referral
        _refuse_if_answered_or_late(attempt, at)
        attempt.refusal_reason = RefusalReason(reason)
        close_attempt(attempt, AttemptState.REFUSED, at=at, actor=actor)
        ask_next_or_exhaust(referral, at=at, actor=actor, locked=locked)
        return referral

    return in_slot_order(attempt_id, act, at=at)


def expire_due(*, at: datetime, actor: str) -> int:
    """Pass on every referral whose place stayed silent; several workers may run.

    Each referral is its own transaction: stopped half-way, the rest is done at the next run.

    Returns:
        Number of attempts that expired.
    """
    due = Attempt.objects.filter(state=AttemptState.ASKED, answer_by__lt=at)
    silent = list(due.order_by("answer_by", "pk").values_list("pk", flat=True))
    return sum(_expire(attempt_id, at=at, actor=actor) for attempt_id in silent)


def _expire(attempt_id: int, *, at: datetime, actor: str) -> bool:
    """Pass one referral on; False when another worker did, or the place answered meanwhile."""

    def act(locked: frozenset[int]) -> bool:
        referral = (
            Referral.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("diagnosis")
            .filter(attempts=attempt_id)
            .first()
        )
        attempt = Attempt.objects.filter(pk=attempt_id, state=AttemptState.ASKED).first()
        if referral is None or attempt is None:
            return False
        close_attempt(attempt, AttemptState.EXPIRED, at=at, actor=actor)
        ask_next_or_exhaust(referral, at=at, actor=actor, locked=locked)
        return True

    return in_slot_order(attempt_id, act, at=at)


@transaction.atomic
def withdraw(*, referral_id: int, at: datetime, actor: str) -> Referral:
    """Take a referral back for the person; seats are given back. Withdrawing twice is once.

    Raises:
        ReferralFinished: the person was received, or no place could take them.
    """
    seats = Attempt.objects.filter(referral=referral_id, registration__isnull=False)
    agenda.lock_slots(list(seats.values_list("registration__slot", flat=True)))
    referral = Referral.objects.select_for_update().get(pk=referral_id)
    if referral.state == ReferralState.WITHDRAWN:
        return referral
    if referral.state not in (ReferralState.OPEN, ReferralState.ACCEPTED):
        raise ReferralFinished
    set_state(referral, ReferralState.WITHDRAWN, at=at, actor=actor)
    live = (AttemptState.WAITING, AttemptState.ASKED, AttemptState.ACCEPTED)
    for attempt in referral.attempts.filter(state__in=live).order_by("position"):
        attempt.state = AttemptState.SKIPPED
        attempt.save(update_fields=["state"])
        if attempt.registration_id is not None:
            agenda.cancel(registration_id=attempt.registration_id, at=at, actor=actor)
    return referral


@transaction.atomic(savepoint=False)
def return_result(
    *, registration_id: int, result: str, at: datetime, actor: str
) -> Referral | None:
    """Close the referral behind a session; the sender reads the result only if the person agreed.

    Args:
        result: ``absent`` or a value of ``pathways.Outcome``.

    Returns:
        None when the person had not been sent by anyone.
    """
    referral = (
        Referral.objects.select_for_update(of=("self",))
        .filter(attempts__registration=registration_id, attempts__state=AttemptState.ACCEPTED)
        .first()
    )
    if referral is None or referral.state == ReferralState.DONE:
        return referral
    told = persons.has_consent(referral.person_id, Purpose.TELL_SENDER)
    referral.result = result
    referral.result_at = at
    referral.result_told_at = at if told else None
    referral.save(update_fields=["result", "result_at", "result_told_at"])
    set_state(referral, ReferralState.DONE, at=at, actor=actor)
    return referral


@transaction.atomic
def take_result_back(*, registration_id: int, at: datetime, actor: str) -> None:
    """Reopen the referral of a session noted by mistake."""
    referral = (
        Referral.objects.select_for_update(of=("self",))
        .filter(attempts__registration=registration_id, state=ReferralState.DONE)
        .first()
    )
    if referral is not None:
        referral.result, referral.result_at, referral.result_told_at = "", None, None
        referral.save(update_fields=["result", "result_at", "result_told_at"])
        set_state(referral, ReferralState.ACCEPTED, at=at, actor=actor)


@transaction.atomic
def reorient(*, registration_id: int, at: datetime, actor: str) -> Referral | None:
    """Find another seat for a person whose slot was cancelled or whose place closed.

    The other candidates are asked first, then the same offer again if it still has a seat.

    Returns:
        None when the person had not been sent by anyone.
    """
    attempt = Attempt.objects.filter(
        registration=registration_id, state__in=(AttemptState.ASKED, AttemptState.ACCEPTED)
    ).first()
    if attempt is None:
        return None
    attempt_id = attempt.pk

    def act(locked: frozenset[int]) -> Referral:
        referral, attempt = _lock(attempt_id)
        attempt.refusal_reason = RefusalReason.CLOSED
        close_attempt(attempt, AttemptState.REFUSED, at=at, actor=actor)
        last = referral.attempts.order_by("-position").values_list("position", flat=True)[0]
        Attempt.objects.create(referral=referral, position=last + 1, offer_id=attempt.offer_id)
        ask_next_or_exhaust(referral, at=at, actor=actor, locked=locked)
        return referral

    return in_slot_order(attempt_id, act, at=at)


@transaction.atomic
def _send(referral: Referral, *, candidates: list[int], at: datetime, actor: str) -> Referral:
    """Write the referral and ask the first candidate, or refuse."""
    person_files.touch(person_id=referral.person_id, on=legal_day(at))  # one sending at a time
    already = Referral.objects.filter(
        person=referral.person_id,
        sender=referral.sender_id,
        need=referral.need,
        state=ReferralState.OPEN,
    ).first()
    if already is not None:
        return already
    _refuse_unless_agreed(referral, at)
    diagnosis = Diagnosis.objects.filter(pk=referral.diagnosis_id).first()
    if diagnosis is None or diagnosis.person_id != referral.person_id:
        raise DiagnosisOfAnother
    referral.save()
    Attempt.objects.bulk_create(
        Attempt(referral=referral, position=position, offer_id=offer_id)
        for position, offer_id in enumerate(candidates, start=1)
    )
    if not ask_next(referral, at=at, actor=actor):
        raise NoCapacity(days=SEARCH_DAYS)
    kernel.record(
        actor=actor, action="orientation.referral_sent", subject=f"referral:{referral.ref}", at=at
    )
    return referral


def _refuse_unless_agreed(referral: Referral, at: datetime) -> None:
    """Refuse without an agreement or an explicit "none", and what binds no sender like this one."""
    day = legal_day(at)
    if (referral.agreement_id is None) != referral.without_agreement:
        raise AgreementNotSaid
    used = []
    if referral.agreement_id is not None:
        used.append(agreements.agreement_in_force(referral.agreement_id, on=day))
    if referral.commitment_id is not None:
        commitment = agreements.commitment_in_force(referral.commitment_id, day)
        used.append(commitment.agreement if commitment else None)
    for agreement in used:
        if agreement is None:
            raise AgreementNotInForce(day=day)
        if not agreements.is_usable_by(agreement, referral.sender_id):
            raise AgreementOfAnother


def _refuse_if_answered_or_late(attempt: Attempt, at: datetime) -> None:
    """Refuse an answer nobody waits for."""
    if attempt.state != AttemptState.ASKED:
        raise AttemptClosed
    if attempt.answer_by is not None and at > attempt.answer_by:
        raise AnswerTooLate(answer_by=attempt.answer_by)


def _lock(attempt_id: int) -> tuple[Referral, Attempt]:
    """Lock the referral of an attempt, then read the attempt."""
    referral = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("diagnosis")
        .filter(attempts=attempt_id)
        .first()
    )
    if referral is None:
        raise AttemptUnknown
    return referral, Attempt.objects.get(pk=attempt_id)


def _seat(attempt: Attempt) -> int:
    """Give the seat held for an attempt; the database guarantees it (attempt_asked_holds_a_seat)."""
    if attempt.registration_id is None:
        raise AttemptClosed
    return attempt.registration_id


def _new_reference(random_bytes: Callable[[int], bytes]) -> str:
    """Draw a reference nobody bears yet."""
    while True:
        code = code_from_random(random_bytes(REFERENCE_BYTES), length=REFERENCE_LENGTH)
        ref = format_code(code, prefix=REFERENCE_PREFIX)
        if not Referral.objects.filter(ref=ref).exists():
            return ref
