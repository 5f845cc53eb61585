"""What a place is asked, what an organisation sent. No name leaves from here."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from filiere.orientation.models import Attempt, AttemptState, Referral, ReferralState

LONGEST_LIST = 200


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for an organisation's answer, most pressing first, and how many in all."""

    waiting: list[Attempt]
    waiting_count: int
    accepted_count: int
    late_count: int


@dataclass(frozen=True, slots=True)
class SentLine:
    """One referral as its sender may read it.

    ``result`` is None until it is returned, and always without the person's consent
    (``result_withheld`` is then True once the session took place). ``asked_place`` is who has
    the person's file now; ``places_tried`` counts those that refused or stayed silent.
    """

    referral_id: int
    ref: str
    person_id: UUID
    need: str
    procedure: str
    state: ReferralState
    sent_at: datetime
    asked_place: str | None
    answer_by: datetime | None
    appointment_at: datetime | None
    places_tried: int
    result: str | None
    result_withheld: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """What an organisation sent, latest first, and counts by state of all it ever sent."""

    lines: list[SentLine]
    counts: dict[str, int]


def inbox(organisation_id: int, *, at: datetime, place_id: int | None = None) -> Inbox:
    """Give the referrals that wait for an organisation's answer, or one place's.

    Each attempt carries its referral, diagnosis, sender, offer, place and held slot.
    """
    mine = Attempt.objects.filter(offer__place__organisation=organisation_id)
    if place_id is not None:
        mine = mine.filter(offer__place=place_id)
    asked = mine.filter(state=AttemptState.ASKED)
    return Inbox(
        waiting=list(
            asked.select_related(
                "referral__diagnosis",
                "referral__sender",
                "referral__commune",
                "offer__place",
                "registration__slot__worker",
            ).order_by("answer_by", "pk")[:LONGEST_LIST]
        ),
        waiting_count=asked.count(),
        accepted_count=mine.filter(
            state=AttemptState.ACCEPTED, referral__state=ReferralState.ACCEPTED
        ).count(),
        late_count=asked.filter(answer_by__lt=at).count(),
    )


def sent(organisation_id: int) -> Sent:
    """Give the referrals an organisation sent; results only with the person's consent."""
    mine = Referral.objects.filter(sender=organisation_id)
    listed = _with_attempts(mine).order_by("-sent_at", "-pk")[:LONGEST_LIST]
    counts = Counter(mine.order_by("pk").values_list("state", flat=True))
    return Sent([_line(referral) for referral in listed], dict(counts))


def referral_page(referral_id: int) -> Referral | None:
    """Give one referral with its attempts in order, their offers, places and seats."""
    return (
        _with_attempts(Referral.objects.filter(pk=referral_id))
        .select_related("sender", "diagnosis", "commune", "agreement", "commitment")
        .first()
    )


def sent_line(referral: Referral) -> SentLine:
    """Give one referral, from ``referral_page``, as its sender may read it."""
    return _line(referral)


def may_read_name(referral: Referral) -> set[int]:
    """Give the organisations that may read whom a referral, from ``referral_page``, is about.

    Its sender, and the place asked now or expecting the person: not one that refused.
    """
    live = (AttemptState.ASKED, AttemptState.ACCEPTED)
    hosts = {
        one.offer.place.organisation_id for one in referral.attempts.all() if one.state in live
    }
    return {referral.sender_id} | {host for host in hosts if host is not None}


def _with_attempts(referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    attempts = Attempt.objects.select_related(
        "offer__place__commune", "registration__slot"
    ).order_by("position")
    return referrals.prefetch_related(Prefetch("attempts", queryset=attempts))


def _line(referral: Referral) -> SentLine:
    attempts = list(referral.attempts.all())
    live = (AttemptState.ASKED, AttemptState.ACCEPTED)
    current = next((attempt for attempt in attempts if attempt.state in live), None)
    seat = current.registration if current else None
    tried = (AttemptState.REFUSED, AttemptState.EXPIRED)
    told = referral.result_told_at is not None
    return SentLine(
        referral_id=referral.pk,
        ref=referral.ref,
        person_id=referral.person_id,
        need=referral.need,
        procedure=referral.procedure,
        state=ReferralState(referral.state),
        sent_at=referral.sent_at,
        asked_place=current.offer.place.name if current else None,
        answer_by=current.answer_by if current and current.state == AttemptState.ASKED else None,
        appointment_at=seat.slot.starts_at if seat else None,
        places_tried=sum(attempt.state in tried for attempt in attempts),
        result=referral.result if told else None,
        result_withheld=bool(referral.result) and not told,
    )
