"""Slots and seats: publish, cancel, book."""

import datetime as dt

from django.core.signing import Signer
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from ninja import Field, Router, Schema

from filiere.agenda import queries, services
from filiere.agenda.models import Registration, Unit
from filiere.api.problems import answers
from filiere.api.rates import guessing
from filiere.api.repeats import KEYED, repeatable
from filiere.api.security import SignedIn, holds, public
from filiere.billing import queries as billing
from filiere.directory.models import Offer
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import require
from filiere.orientation.self_booking import book_for_oneself, new_token
from filiere.persons.enums import Purpose
from filiere.territories.models import Territory

router = Router(tags=["agenda"])
# The same signature as in the address of the page: one opens the other.
SIGNER = Signer(salt="filiere.booking")


class SlotsIn(Schema):
    """Hours to open with one's own agenda; ``starts`` are moments with their time zone."""

    offer_id: int
    starts: list[dt.datetime] = Field(min_length=1, max_length=200)
    minutes: int = Field(ge=5, le=720)
    seats: int = Field(1, ge=1, le=200)
    title: str = Field("", max_length=120)


class SlotOut(Schema):
    """One slot."""

    id: int
    offer_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    seats: int
    title: str
    state: str
    is_invented: bool


class Rejected(Schema):
    """A start that was left out: ``taken``, ``past`` or ``closed``."""

    starts_at: dt.datetime
    reason: str


class PublishedOut(Schema):
    """What was opened, and what was not."""

    created: list[SlotOut]
    rejected: list[Rejected]


class BookingOut(Schema):
    """The appointment. Keep ``token``: it cancels. A null price is not stated, never free."""

    ref: str
    token: str
    state: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    place_id: int
    place: str
    address: str
    price_cents: int | None
    is_invented: bool


class BookingIn(Schema):
    """A seat for someone. A name is kept, encrypted, only with ``keep_identity``."""

    slot_id: int
    need: str = Field("", max_length=40)
    procedure: str = Field("", max_length=60)
    commune_id: int | None = Field(None, description="where the person lives")
    birth_year: int | None = Field(None, ge=1900, le=2100)
    name: str = Field("", max_length=120)
    phone: str = Field("", max_length=20)
    keep_identity: bool = False
    tell_sender: bool = False
    follow_up: bool = False


class TokenIn(Schema):
    """The token received when booking."""

    token: str = Field(max_length=100)


@router.post(
    "/slots",
    auth=holds("agenda.publish_slots"),
    response=answers(PublishedOut),
    operation_id="publish_slots",
    openapi_extra=KEYED,
)
@repeatable
def publish(request: SignedIn, given: SlotsIn) -> PublishedOut:
    """Open hours at one's own place; those that do not fit are named, not lost."""
    offer = Offer.objects.filter(pk=given.offer_id).select_related("place").first()
    if offer is None:
        raise NotFound(reference=given.offer_id)
    require(request.user, "agenda.publish_slots", offer.place)
    unit = Unit.objects.filter(
        worker__user=request.user, worker__left_on=None, place=offer.place_id
    ).first()
    if unit is None:
        raise NotFound(reference=offer.place.name)
    result = services.publish_slots(
        offer_id=offer.pk,
        worker_unit=unit,
        starts=[timezone.make_aware(one) if one.tzinfo is None else one for one in given.starts],
        minutes=given.minutes,
        seats=given.seats,
        title=given.title,
        at=timezone.now(),
        actor=request.user.actor,
    )
    return PublishedOut(
        created=[SlotOut.from_orm(slot) for slot in result.created],
        rejected=[Rejected(starts_at=start, reason=why) for start, why in result.rejected],
    )


@router.post(
    "/slots/{int:slot_id}/cancel",
    auth=holds("agenda.cancel_slot"),
    response=answers(SlotOut),
    operation_id="cancel_slot",
)
def cancel_slot(request: SignedIn, slot_id: int) -> object:
    """Cancel an hour; people registered are sent elsewhere. Twice is once."""
    slot = queries.slot_page(slot_id)
    if slot is None:
        raise NotFound(reference=slot_id)
    require(request.user, "agenda.cancel_slot", slot)
    return services.cancel_slot(slot_id=slot_id, at=timezone.now(), actor=request.user.actor)


@router.post(
    "/registrations",
    auth=public,
    throttle=[guessing()],
    response=answers(BookingOut),
    operation_id="book",
    openapi_extra=KEYED,
)
@repeatable
def book(request: HttpRequest, given: BookingIn) -> BookingOut:
    """Take a seat, without an account. Nothing that names anyone is kept without agreement."""
    commune = given.commune_id
    if commune is not None and not Territory.objects.filter(pk=commune).exists():
        raise NotFound(reference=commune)
    wishes = {
        Purpose.KEEP_IDENTITY: given.keep_identity,
        Purpose.TELL_SENDER: given.tell_sender,
        Purpose.FOLLOW_UP: given.follow_up,
    }
    made = book_for_oneself(
        token=new_token(),
        slot_id=given.slot_id,
        need=given.need,
        procedure=given.procedure,
        commune_id=commune,
        birth_year=given.birth_year,
        name=given.name,
        phone=given.phone,
        agreed=[purpose for purpose, yes in wishes.items() if yes],
        at=timezone.now(),
    )
    return _booking(queries.registration(made.pk) or made)


@router.post(
    "/registrations/{ref}/cancel",
    auth=public,
    throttle=[guessing()],
    response=answers(BookingOut),
    operation_id="cancel_booking",
)
def cancel_booking(request: HttpRequest, ref: str, given: TokenIn) -> BookingOut:
    """Give the seat back, with the token received when booking. Twice is once."""
    found = queries.registration_by_ref(ref)
    if found is None or not constant_time_compare(given.token, SIGNER.signature(found.ref)):
        raise NotFound(reference=ref)
    actor = getattr(request.user, "actor", "visitor")
    found.state = services.cancel(registration_id=found.pk, at=timezone.now(), actor=actor).state
    return _booking(found)


def _booking(found: Registration) -> BookingOut:
    slot = found.slot
    place = slot.offer.place
    minutes = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
    return BookingOut(
        ref=found.ref,
        token=SIGNER.signature(found.ref),
        state=found.state,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        place_id=place.pk,
        place=place.name,
        address=f"{place.address} {place.postcode} {place.commune.name}".strip(),
        price_cents=billing.price_of(slot.offer_id, minutes, legal_day(slot.starts_at)),
        is_invented=slot.is_invented or place.is_invented,
    )
