"""Reading the directory: search, one place, what is near, and the national file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TextIO

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from psycopg.types.numeric import Int8

from filiere.directory.models import OWN_SOURCE, Fee, Offer, Place, Qualification, Worker
from filiere.kernel.errors import NotFound
from filiere.kernel.prepared import fetch_prepared
from filiere.kernel.tables import write_table
from filiere.rules import national_lists as lists
from filiere.rules.geo import Box, bounding_box, distance_km
from filiere.rules.national_standard import ParsedPlace, to_row
from filiere.rules.text import fold
from filiere.territories.models import Territory
from filiere.territories.queries import within

INVENTED_SOURCE = "filiere-invente"
QUALIFIED, UNQUALIFIED, CLOSED = "qualified", "unqualified", "closed"
_PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class PlacePage:
    """One page of a search: its places by name (best first with a text), and the counts.

    ``by_service`` counts the places found by service, whatever the service asked.
    """

    places: list[Place]
    total: int
    page: int
    pages: int
    by_service: dict[str, int]


@dataclass(frozen=True, slots=True)
class PlaceSheet:
    """Everything known of one place: current offers by service, current workers by name."""

    place: Place
    offers: list[Offer]
    workers: list[Worker]


def open_places() -> QuerySet[Place]:
    """Give the places that are not closed, with their commune and current offers."""
    offers = Offer.objects.filter(closed_on=None).order_by("service")
    return (
        Place.objects.filter(closed_on=None)
        .select_related("commune", "organisation")
        .prefetch_related(Prefetch("offers", offers, to_attr="current_offers"))
    )


def search_places(
    *,
    text: str = "",
    territory: Territory | int | None = None,
    service: str = "",
    page: int = 1,
    per_page: int = _PER_PAGE,
) -> PlacePage:
    """Search places by words of their name, address or commune, in a territory, for a service.

    Every word must be found, accents and case aside; when nothing has them all, names that look
    alike are given instead. A page out of range gives the nearest one.

    Args:
        text: any words, blank for all.
        territory: any level, or its id.
        service: key of one of the nine services, blank for all.
        page: from 1.
        per_page: places on a page, 1 to 100.
    """
    found = Place.objects.filter(closed_on=None)
    if territory is not None:
        found = found.filter(within(territory, "commune__"))
    key = fold(text)
    if key:
        # Named one by one from here on: none of the questions below plans this search again.
        named = _ids(_with_words(found, key)) or _ids(
            found.filter(folded__trigram_word_similar=key)
        )
        found = Place.objects.filter(pk__in=named)
    counts = (
        Offer.objects.filter(closed_on=None, place__in=found.order_by().values("pk"))
        .values_list("service")
        .annotate(places=Count("place"))
        .order_by("service")
    )
    by_service = dict(counts)
    if service:
        found = found.filter(
            pk__in=Offer.objects.filter(closed_on=None, service=service).values("place")
        )
    total = found.count()
    per_page = min(max(per_page, 1), 100)
    pages = max(1, -(-total // per_page))
    page = min(max(page, 1), pages)
    ordered = open_places().filter(pk__in=found.order_by().values("pk"))
    if key:
        likeness = TrigramWordSimilarity(key, "folded")
        ordered = ordered.annotate(likeness=likeness).order_by("-likeness", "folded", "pk")
    else:
        ordered = ordered.order_by("folded", "pk")
    first = (page - 1) * per_page
    return PlacePage(list(ordered[first : first + per_page]), total, page, pages, by_service)


def _ids(places: QuerySet[Place]) -> list[int]:
    return list(places.order_by().values_list("pk", flat=True))


def _with_words(places: QuerySet[Place], key: str) -> QuerySet[Place]:
    """Keep the places in whose name, commune or postcode every word is found."""
    for word in key.split():
        places = places.filter(
            Q(folded__contains=word) | Q(commune__folded__contains=word) | Q(postcode=word)
        )
    return places


def place_page(place_id: int) -> PlaceSheet:
    """Give one place with what it offers, closed or not; three queries.

    Raises:
        NotFound: no place has this id.
    """
    place = (
        Place.objects.filter(pk=place_id)
        .select_related("commune__departement", "organisation")
        .order_by("pk")
        .first()
    )
    if place is None:
        raise NotFound(reference=str(place_id))
    offers = list(place.offers.filter(closed_on=None).order_by("service"))
    workers = list(place.workers.filter(left_on=None).order_by("public_name", "pk"))
    return PlaceSheet(place, offers, workers)


class OfferFacts(NamedTuple):
    """What a quote must know of an offer and of its place."""

    service: str
    is_free: bool
    is_invented: bool
    place_id: int
    provider_id: int
    commune_id: int
    qualified_on: date | None


def offer_facts(offer_id: int) -> OfferFacts | None:
    """Read an offer in one prepared statement; None when there is none."""
    try:
        row = fetch_prepared(
            "SELECT offer.service, offer.fee = 'free', offer.is_invented, place.id,"
            " place.organisation_id, place.commune_id, place.qualified_on"
            " FROM directory_offer offer JOIN directory_place place ON place.id = offer.place_id"
            " WHERE offer.id = %s",
            [Int8(offer_id)],
        )
    except LookupError:
        return None
    return OfferFacts(*row)


def places_of(organisation_id: int) -> QuerySet[Place]:
    """Give the places of one organisation, open ones first, with commune and current offers."""
    offers = Offer.objects.filter(closed_on=None).order_by("service")
    return (
        Place.objects.filter(organisation=organisation_id)
        .select_related("commune", "organisation")
        .prefetch_related(Prefetch("offers", offers, to_attr="current_offers"))
        .order_by(F("closed_on").desc(nulls_first=True), "folded", "pk")
    )


def places_to_decide(
    *, territory: Territory | int | None, text: str = "", state: str = UNQUALIFIED
) -> QuerySet[Place]:
    """Give the places a steward may qualify or not, by name, with commune and organisation.

    Args:
        territory: any level, or its id; None for every place.
        text: words of the name, the commune or the postcode.
        state: qualified, unqualified (both still open) or closed.
    """
    found = Place.objects.filter(closed_on__isnull=state != CLOSED)
    if state != CLOSED:
        found = found.filter(qualified_on__isnull=state == UNQUALIFIED)
    if territory is not None:
        found = found.filter(within(territory, "commune__"))
    return (
        _with_words(found, fold(text))
        .select_related("commune", "organisation")
        .order_by("folded", "pk")
    )


def decisions_on(place_id: int) -> QuerySet[Qualification]:
    """Give what stewards decided about one place, the latest first."""
    return Qualification.objects.filter(place=place_id).order_by("-decided_at", "-pk")


def workers_of(place_id: int) -> QuerySet[Worker]:
    """Give who receives people at a place now, by public name."""
    return (
        Worker.objects.filter(place=place_id, left_on=None)
        .select_related("user")
        .order_by("public_name", "pk")
    )


def near(
    latitude: float,
    longitude: float,
    radius_km: float,
    services: Sequence[str] = (),
    *,
    limit: int = 50,
) -> list[tuple[Place, float]]:
    """Give the open places within a radius, nearest first, with kilometres; two queries.

    Args:
        latitude: of the centre, in degrees.
        longitude: of the centre, in degrees.
        radius_km: straight line, in kilometres, >= 0.
        services: keys; a place is kept that offers one of them; blank keeps all.
        limit: at most so many places.
    """
    inside = in_box(bounding_box(latitude, longitude, radius_km), services, limit=None)
    measured = (
        (place, distance_km(latitude, longitude, float(place.latitude), float(place.longitude)))
        for place in inside
        if place.latitude is not None and place.longitude is not None
    )
    close = [pair for pair in measured if pair[1] <= radius_km]
    return sorted(close, key=lambda pair: (pair[1], pair[0].folded, pair[0].pk))[:limit]


def in_box(box: Box, services: Sequence[str] = (), *, limit: int | None = 200) -> list[Place]:
    """Give the open places inside a rectangle of degrees, by name, for a map; two queries."""
    places = open_places().filter(
        latitude__range=(box.south, box.north), longitude__range=(box.west, box.east)
    )
    if services:
        offering = Offer.objects.filter(closed_on=None, service__in=services)
        places = places.filter(pk__in=offering.values("place"))
    return list(places.order_by("folded", "pk")[:limit])


def export_rows(
    *, territory: Territory | int | None = None, include_imported: bool = False
) -> Iterator[dict[str, str]]:
    """Give the open places as strict rows of the national standard, 32 columns, by id.

    Loop rule: a place we imported is not ours to publish again; it is left out unless asked for,
    and then keeps its own source and identifier. An invented place says so in its source and in
    its summary.
    """
    places = open_places()
    if not include_imported:
        places = places.filter(source=OWN_SOURCE)
    if territory is not None:
        places = places.filter(within(territory, "commune__"))
    for place in places.order_by("source", "source_id").iterator(chunk_size=1000):
        yield to_row(_parsed(place))


def export_csv(
    stream: TextIO, *, territory: Territory | int | None = None, include_imported: bool = False
) -> int:
    """Write the national file (comma, UTF-8, header); return how many places it holds."""
    rows = export_rows(territory=territory, include_imported=include_imported)
    return write_table(stream, lists.columns(), rows)


def _parsed(place: Place) -> ParsedPlace:
    """Bring a place and its current offers into the shape of the national row."""
    offers: list[Offer] = place.current_offers  # type: ignore[attr-defined]
    summary, source, legal = place.summary, place.source, place.organisation
    if place.is_invented:
        warning = _("Invented place, for the demonstration.")
        summary = f"{warning} {summary}".strip()
        source = INVENTED_SOURCE
    return ParsedPlace(
        producer_id=place.source_id,
        name=place.name,
        commune_name=place.commune.name,
        pivot=legal.siret or legal.rna or legal.siren,
        postcode=place.postcode,
        commune_code=place.commune.code,
        street=place.address,
        street_extra=place.address_extra,
        latitude=None if place.latitude is None else float(place.latitude),
        longitude=None if place.longitude is None else float(place.longitude),
        typologies=tuple(place.typologies),
        phone=place.phone or None,
        emails=tuple(place.emails),
        websites=tuple(place.websites),
        opening_hours=place.opening_hours,
        summary=summary,
        description=place.presentation,
        source=source,
        itinerance=tuple(place.itinerance),
        parent_name=place.parent_name,
        updated_on=place.source_date,
        services=tuple(offer.service for offer in offers),
        publics=_united(offer.publics for offer in offers),
        special_care=_united(offer.special_care for offer in offers),
        fees=_united([offer.fee] for offer in offers if offer.fee != Fee.UNKNOWN),
        national_programmes=tuple(place.programmes),
        labels=tuple(place.labels),
        other_labels=tuple(place.other_labels),
        access_modes=tuple(place.access_modes),
        support_modes=_united(offer.modes for offer in offers),
        accessibility_url=place.accessibility_url or None,
        booking_url=place.booking_url or None,
    )


def _united(values: Iterable[list[str]]) -> tuple[str, ...]:
    """Unite the lists of several offers, in the order they are met."""
    return tuple(dict.fromkeys(value for listed in values for value in listed))
