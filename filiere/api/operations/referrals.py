"""Referrals: sent by prescribers, answered by places, result told back."""

import datetime as dt
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from filiere.agreements import queries as agreements
from filiere.api.paging import Page, PageQuery, paged
from filiere.api.problems import answers
from filiere.api.repeats import KEYED, repeatable
from filiere.api.security import SignedIn, holds
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import require
from filiere.operations.referring import Sending, refer, sender_of
from filiere.operations.roles import organisations_of
from filiere.orientation import referral_queries, services
from filiere.orientation.models import Attempt, Referral, RefusalReason
from filiere.orientation.referral_queries import SentLine
from filiere.persons import queries as persons
from filiere.territories.models import Territory

router = Router(tags=["referrals"])


class ReferralIn(Schema):
    """A person to send. Without ``commitment_id`` the referral says "without agreement"."""

    need: str = Field(max_length=40)
    commune_id: int
    offers: list[int] = Field(min_length=1, max_length=10, description="in order of preference")
    procedure: str = Field("", max_length=60)
    deadline_days: int | None = Field(None, ge=-3650, le=3650)
    birth_year: int | None = Field(None, ge=1900, le=2100)
    name: str = Field("", max_length=120)
    phone: str = Field("", max_length=20)
    keep_identity: bool = False
    tell_sender: bool = False
    follow_up: bool = False
    commitment_id: int | None = None
    voucher_serial: int | None = None


class AskedOut(Schema):
    """A referral that waits for an answer of one's place. The name is on the referral itself."""

    attempt_id: int
    ref: str
    need: str
    procedure: str
    sender: str
    offer_id: int
    place: str
    answer_by: dt.datetime | None
    starts_at: dt.datetime | None


class SentOut(Schema):
    """A referral one sent. ``result`` stays null without the person's agreement."""

    ref: str
    need: str
    procedure: str
    state: str
    sent_at: dt.datetime
    asked_place: str | None
    answer_by: dt.datetime | None
    appointment_at: dt.datetime | None
    places_tried: int
    result: str | None
    result_withheld: bool


class AttemptOut(Schema):
    """One place's turn."""

    id: int
    position: int
    offer_id: int
    place: str
    state: str
    answer_by: dt.datetime | None
    refusal_reason: str


class ReferralOut(SentOut):
    """One referral, with each place asked. Only its sender and its host read the name."""

    person: str
    sender: str
    attempts: list[AttemptOut]


class RefusalIn(Schema):
    """Why not."""

    reason: RefusalReason


@router.get(
    "/referrals/inbox",
    auth=holds("orientation.answer_referral"),
    response=answers(Page[AskedOut]),
    operation_id="referrals_inbox",
)
def inbox(request: SignedIn, query: Query[PageQuery]) -> Page[AskedOut]:
    """What awaits an answer of one's places, most pressing first."""
    waiting = [
        attempt
        for organisation in sorted(organisations_of(request.user))
        for attempt in referral_queries.inbox(organisation, at=timezone.now()).waiting
    ]
    waiting.sort(key=lambda one: (one.answer_by, one.pk))
    return paged(waiting, query, _asked)


@router.get(
    "/referrals/sent",
    auth=holds("orientation.send_referral"),
    response=answers(Page[SentOut]),
    operation_id="referrals_sent",
)
def sent(request: SignedIn, query: Query[PageQuery]) -> Page[SentOut]:
    """What one's organisation sent, latest first."""
    lines = [
        line
        for organisation in sorted(organisations_of(request.user))
        for line in referral_queries.sent(organisation).lines
    ]
    lines.sort(key=lambda line: line.sent_at, reverse=True)
    return paged(lines, query, lambda line: SentOut(**_sent(line)))


@router.post(
    "/referrals",
    auth=holds("orientation.send_referral"),
    response=answers(ReferralOut),
    operation_id="send_referral",
    openapi_extra=KEYED,
)
@repeatable
def send(request: SignedIn, given: ReferralIn) -> ReferralOut:
    """Send a person to the first place that has room, and hold the seat."""
    if not Territory.objects.filter(pk=given.commune_id).exists():
        raise NotFound(reference=given.commune_id)
    at, agreement_id = timezone.now(), None
    if given.commitment_id is not None:
        commitment = agreements.commitment_in_force(given.commitment_id, legal_day(at))
        if commitment is None or not agreements.is_usable_by(
            commitment.agreement, sender_of(request.user)
        ):
            raise NotFound(reference=given.commitment_id)
        agreement_id = commitment.agreement_id
    sending = Sending(agreement_id=agreement_id, **given.model_dump())
    made = refer(request.user, sending, at=at)
    return _referral(request, made.ref)


@router.get(
    "/referrals/{ref}",
    auth=holds("orientation.see_referral"),
    response=answers(ReferralOut),
    operation_id="referral",
)
def referral(request: SignedIn, ref: str) -> ReferralOut:
    """One referral: who was asked, who answered, what came of it."""
    return _referral(request, ref)


@router.post(
    "/referral-attempts/{int:attempt_id}/accept",
    auth=holds("orientation.answer_referral"),
    response=answers(ReferralOut),
    operation_id="accept_referral",
)
def accept(request: SignedIn, attempt_id: int) -> ReferralOut:
    """Take the person: the held seat becomes an appointment. Twice is once."""
    found = _attempt(request, attempt_id)
    services.accept(attempt_id=found.pk, at=timezone.now(), actor=request.user.actor)
    return _referral(request, found.referral.ref)


@router.post(
    "/referral-attempts/{int:attempt_id}/refuse",
    auth=holds("orientation.answer_referral"),
    response=answers(ReferralOut),
    operation_id="refuse_referral",
)
def refuse(request: SignedIn, attempt_id: int, given: RefusalIn) -> ReferralOut:
    """Say why not; the next place is asked at once. Twice is once."""
    found = _attempt(request, attempt_id)
    services.refuse(
        attempt_id=found.pk, reason=given.reason, at=timezone.now(), actor=request.user.actor
    )
    return _referral(request, found.referral.ref)


def _attempt(request: SignedIn, attempt_id: int) -> Attempt:
    found = Attempt.objects.filter(pk=attempt_id).select_related("offer__place", "referral").first()
    if found is None:
        raise NotFound(reference=attempt_id)
    require(request.user, "orientation.answer_referral", found)
    return found


def own_referral(request: SignedIn, ref: str) -> Referral:
    """Find a referral by its reference, if the caller sent it or was asked.

    Raises:
        NotFound: no referral bears this reference.
        NotAllowed: the caller neither sent it nor was asked.
    """
    pk = Referral.objects.filter(ref=ref.upper()).values_list("pk", flat=True).first()
    found = referral_queries.referral_page(pk) if pk else None
    if found is None:
        raise NotFound(reference=ref)
    require(request.user, "orientation.see_referral", found)
    return found


def _referral(request: SignedIn, ref: str) -> ReferralOut:
    found = own_referral(request, ref)
    line = referral_queries.sent_line(found)
    return ReferralOut(
        **_sent(line),
        person=_name(request, found),
        sender=found.sender.name,
        attempts=[
            AttemptOut(
                id=one.pk,
                position=one.position,
                offer_id=one.offer_id,
                place=one.offer.place.name,
                state=one.state,
                answer_by=one.answer_by,
                refusal_reason=one.refusal_reason,
            )
            for one in found.attempts.all()
        ],
    )


def _name(request: SignedIn, found: Referral) -> str:
    """Name the person to the sender, and to the place asked now or expecting them."""
    if not organisations_of(request.user) & referral_queries.may_read_name(found):
        return ""
    names = persons.name_of([found.person_id], reader=request.user.actor, at=timezone.now())
    return names.get(found.person_id, "")


def _sent(line: SentLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in SentOut.model_fields}


def _asked(attempt: Attempt) -> AskedOut:
    seat = attempt.registration
    return AskedOut(
        attempt_id=attempt.pk,
        ref=attempt.referral.ref,
        need=attempt.referral.need,
        procedure=attempt.referral.procedure,
        sender=attempt.referral.sender.name,
        offer_id=attempt.offer_id,
        place=attempt.offer.place.name,
        answer_by=attempt.answer_by,
        starts_at=seat.slot.starts_at if seat else None,
    )
