"""The directory: search, one place, its free seats."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from filiere.agenda import queries as agenda
from filiere.api.paging import Page
from filiere.api.problems import answers
from filiere.api.security import public
from filiere.billing import queries as billing
from filiere.directory import queries as directory
from filiere.directory.models import Place
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.territories.models import Territory

router = Router(tags=["places"])


class PlaceQuery(Schema):
    """What is looked for; blank finds all."""

    q: str = Field("", max_length=120)
    territory_id: int | None = None
    service: str = Field("", max_length=60)
    page: int = Field(1, ge=1, le=100_000)
    per_page: int = Field(20, ge=1, le=100)


class PlaceLine(Schema):
    """One place of a list. Null and blank mean "not stated, ask"."""

    id: int
    name: str
    organisation_id: int
    organisation: str
    address: str
    postcode: str
    commune: str
    commune_code: str
    latitude: float | None
    longitude: float | None
    opening_hours: str
    phone: str
    closed_on: dt.date | None
    is_invented: bool


class BandOut(Schema):
    """What a public or an income bracket pays instead."""

    label: str
    amount_cents: int


class PriceOut(Schema):
    """What an offer costs, by session, by hour, or once for a pack or a subscription.

    A pack holds ``pack_sessions`` or ``pack_minutes``, to use within ``valid_days``;
    ``single_cents`` is one session without it, null when it must be taken.
    """

    kind: str
    amount_cents: int
    from_on: dt.date | None
    single_cents: int | None
    pack_sessions: int | None
    pack_minutes: int | None
    valid_days: int | None
    bands: list[BandOut]
    is_invented: bool


class OfferOut(Schema):
    """One service given there; ``price`` is null when it is not stated."""

    id: int
    service: str
    fee: str
    modes: list[str]
    publics: list[str]
    special_care: list[str]
    price: PriceOut | None


class WorkerOut(Schema):
    """Someone who gives help there."""

    name: str
    profession: str


class PlaceOut(PlaceLine):
    """Everything known of a place, with its source and date."""

    address_extra: str
    emails: list[str]
    websites: list[str]
    summary: str
    presentation: str
    access_modes: list[str]
    accessibility_url: str
    booking_url: str
    labels: list[str]
    programmes: list[str]
    source: str
    source_date: dt.date | None
    qualified_on: dt.date | None
    offers: list[OfferOut]
    workers: list[WorkerOut]


class Window(Schema):
    """Days from now in which seats are listed."""

    days: int = Field(28, ge=1, le=60)


class FreeSlotOut(Schema):
    """A slot with free seats."""

    slot_id: int
    offer_id: int
    starts_at: dt.datetime
    free: int


@router.get("/places", auth=public, response=answers(Page[PlaceLine]), operation_id="places")
def places(request: HttpRequest, query: Query[PlaceQuery]) -> Page[PlaceLine]:
    """Search open places by words, territory and service."""
    known = query.territory_id is None or Territory.objects.filter(pk=query.territory_id).exists()
    if not known:
        raise NotFound(reference=query.territory_id)
    found = directory.search_places(
        text=query.q,
        territory=query.territory_id,
        service=query.service,
        page=query.page,
        per_page=query.per_page,
    )
    return Page(
        items=[PlaceLine(**_line(one)) for one in found.places],
        total=found.total,
        page=found.page,
        pages=found.pages,
    )


@router.get("/places/{int:place_id}", auth=public, response=answers(PlaceOut), operation_id="place")
def place(request: HttpRequest, place_id: int) -> PlaceOut:
    """One place: all its facts, offers, prices and people."""
    sheet = directory.place_page(place_id)
    prices = billing.prices_of([one.pk for one in sheet.offers], legal_day(timezone.now()))
    names = (
        "address_extra", "emails", "websites", "summary", "presentation", "access_modes",
        "accessibility_url", "booking_url", "labels", "programmes", "source", "source_date",
        "qualified_on",
    )  # fmt: skip
    return PlaceOut(
        **_line(sheet.place),
        **{name: getattr(sheet.place, name) for name in names},
        offers=[
            OfferOut(
                id=one.pk,
                service=one.service,
                fee=one.fee,
                modes=one.modes,
                publics=one.publics,
                special_care=one.special_care,
                price=PriceOut.from_orm(prices[one.pk]) if one.pk in prices else None,
            )
            for one in sheet.offers
        ],
        workers=[
            WorkerOut(name=one.public_name, profession=one.profession) for one in sheet.workers
        ],
    )


@router.get(
    "/places/{int:place_id}/slots",
    auth=public,
    response=answers(list[FreeSlotOut]),
    operation_id="place_slots",
)
def free_slots(request: HttpRequest, place_id: int, query: Query[Window]) -> list[FreeSlotOut]:
    """Slots of a place that still have a free seat, soonest first."""
    sheet, at = directory.place_page(place_id), timezone.now()
    free = agenda.free_seats(
        [one.pk for one in sheet.offers], (at, at + dt.timedelta(days=query.days))
    )
    rows = [
        FreeSlotOut(slot_id=slot.slot_id, offer_id=offer, starts_at=slot.starts_at, free=slot.free)
        for offer, slots in free.items()
        for slot in slots
    ]
    return sorted(rows, key=lambda row: (row.starts_at, row.slot_id))


def _line(found: Place) -> dict[str, Any]:
    names = (
        "name", "address", "postcode", "opening_hours", "phone", "closed_on", "is_invented",
        "organisation_id",
    )  # fmt: skip
    return {name: getattr(found, name) for name in names} | {
        "id": found.pk,
        "organisation": found.organisation.name,
        "commune": found.commune.name,
        "commune_code": found.commune.code,
        "latitude": None if found.latitude is None else float(found.latitude),
        "longitude": None if found.longitude is None else float(found.longitude),
    }
