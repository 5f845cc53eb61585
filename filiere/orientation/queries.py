"""The finder: who can help with this need, how far, when, at what price, and why in this order.

Five queries at most, whatever the number of places: the commune, the offers around it, their
first free slot, their prices, the workers of the slots shown.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from filiere.agenda import queries as agenda
from filiere.agenda.models import Slot
from filiere.agenda.queries import FirstSlot
from filiere.billing import queries as billing
from filiere.billing.queries import StatedPrice
from filiere.directory.models import Fee, Offer
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.orientation.explanations import why
from filiere.orientation.findings import ANY_TIME, NOT_STATED, Finding, Moments, Option, Trip
from filiere.orientation.models import UnmetCause
from filiere.rules import parameters
from filiere.rules.geo import TravelMode, bounding_box, distance_km, travel_minutes
from filiere.rules.needs import need as need_of
from filiere.rules.opening import Openness, OpenState, is_open
from filiere.rules.ranking import Candidate, Price, PriceKnown, Ranked, Wishes, rank
from filiere.territories.models import Territory

# Nearest offers measured; in a large city all lie within a few kilometres.
NEAREST = 150
# The most places that are ranked and explained for one search.
RANKED_AT_MOST = 60
NOT_OPEN_TO_THE_PUBLIC = "closed"
# What its source says of an offer whose place stated no price.
PRICE_OF_FEE: dict[str, Price] = {
    Fee.FREE: Price(PriceKnown.FREE, 0),
    Fee.CONDITIONAL: Price(PriceKnown.CONDITIONAL),
    Fee.PAID: Price(PriceKnown.PAID),
}
WRITTEN_IN_OFFERS = (
    "pk", "service", "modes", "special_care", "fee", "is_invented", "place_id", "place__name",
    "place__folded", "place__address", "place__postcode", "place__phone", "place__commune__name",
    "place__latitude", "place__longitude", "place__opening_hours", "place__is_invented",
    "place__booking_url",
)  # fmt: skip


def find(
    *,
    need: str,
    commune_id: int,
    window: tuple[datetime, datetime],
    at: datetime,
    limit: int,
    mode: TravelMode = TravelMode.CAR,
    access: Collection[str] = (),
    moments: Moments = ANY_TIME,
    look_ahead: timedelta = timedelta(0),
) -> Finding:
    """Find and rank the places that help with a need around a commune; five queries at most.

    Args:
        need: key of ``rules.needs``.
        commune_id: a commune or an arrondissement.
        window: when the person is free; first moment included, last excluded.
        at: now; openness is judged then and no slot before it is proposed.
        limit: at most so many options.
        mode: how the person comes, which decides how far is within reach.
        access: keys of « prise en charge spécifique » the person needs.
        moments: hours and days that suit the person.
        look_ahead: how long after the window a free slot is still shown, as "later".

    Raises:
        NotFound: no such need or commune.
    """
    known = need_of(need)
    if known is None:
        raise NotFound(reference=need)
    commune = Territory.objects.select_related("departement").filter(pk=commune_id).first()
    if commune is None:
        raise NotFound(reference=str(commune_id))
    on = legal_day(at)
    rows = _offers_around(commune, known.services, on)
    ids = [row["pk"] for row in rows]
    start, end = max(window[0], at), max(window[1], at)
    slots = agenda.first_free(
        ids,
        (start, end + look_ahead),
        hours=moments.hours,
        weekdays=moments.weekdays,
    )
    rules = billing.rules_in_force(ids, on)
    trip = Trip(mode, on, frozenset(access), _centre(commune), end)
    options = [_option(row, slots.get(row["pk"]), rules.get(row["pk"]), trip) for row in rows]
    places = _one_per_place(options, known.services)
    reach = reach_km(mode, on)
    near = [one for one in places if one.distance_km is None or one.distance_km <= reach]
    wishes = Wishes(
        from_day=legal_day(start),
        until_day=legal_day(end - timedelta(microseconds=1)) if end > start else legal_day(start),
        mode=mode,
        needs_access=bool(access),
    )
    shown = _ranked(_shortlist(near), wishes, trip, at, limit=limit)
    with_seats = sum(one.in_window for one in near)
    reason = None
    if not with_seats:
        reason = UnmetCause.NO_SEAT if near else UnmetCause.NO_OFFER
    elsewhere = None if with_seats else _soonest(places, trip)
    return Finding(commune, _with_workers(shown), len(near), with_seats, reason, elsewhere, reach)


def reach_km(mode: TravelMode, on: date) -> float:
    """Give how far a person goes by one means, in kilometres in a straight line (dated)."""
    return float(parameters.whole(f"finder.{mode.value}.reach_km", on))


def _centre(commune: Territory) -> tuple[float, float] | None:
    """Where a commune is; None when its position is unknown."""
    if commune.latitude is None or commune.longitude is None:
        return None
    return float(commune.latitude), float(commune.longitude)


def _offers_around(commune: Territory, services: Sequence[str], on: date) -> list[dict[str, Any]]:
    """Read the nearest current offers of some services, in one query."""
    current = Q(closed_on=None) | Q(closed_on__gt=on)
    offers = (
        Offer.objects.filter(current, service__in=services)
        .filter(Q(place__closed_on=None) | Q(place__closed_on__gt=on))
        .exclude(place__access_modes__contains=[NOT_OPEN_TO_THE_PUBLIC])
    )
    centre = _centre(commune)
    if centre is None:
        return list(_without_a_map(offers, commune).values(*WRITTEN_IN_OFFERS)[:NEAREST])
    box = bounding_box(*centre, float(parameters.whole("finder.elsewhere_km", on)))
    inside = Q(
        place__latitude__range=(box.south, box.north), place__longitude__range=(box.west, box.east)
    )
    here = Q(place__latitude=None, place__commune=commune.pk)
    tall = Cast(F("place__latitude"), FloatField()) - Value(centre[0])
    wide = (Cast(F("place__longitude"), FloatField()) - Value(centre[1])) * Value(
        math.cos(math.radians(centre[0]))
    )
    order = (F("squared").asc(nulls_first=True), "place_id", "pk")
    squared = tall * tall + wide * wide
    # Everything is read of the nearest only: of the others, where they are.
    nearest = offers.filter(inside | here).annotate(squared=squared).order_by(*order)
    kept = Offer.objects.filter(pk__in=nearest.values("pk")[:NEAREST]).annotate(squared=squared)
    return list(kept.order_by(*order).values(*WRITTEN_IN_OFFERS))


def _without_a_map(offers: QuerySet[Offer], commune: Territory) -> QuerySet[Offer]:
    """Keep the département of a commune whose position is unknown, the commune first."""
    same = Q(place__commune=commune.pk)
    if commune.departement_id:
        same |= Q(place__commune__departement=commune.departement_id)
    elsewhere = Case(When(place__commune=commune.pk, then=Value(0)), default=Value(1))
    return offers.filter(same).order_by(elsewhere, "place__folded", "pk")


def _option(
    row: dict[str, Any], slot: FirstSlot | None, stated: StatedPrice | None, trip: Trip
) -> Option:
    """Turn one row, its first free slot and its price into an option.

    Access that is not stated is unknown, never read as refused.
    """
    latitude, longitude = row["place__latitude"], row["place__longitude"]
    spot = None if latitude is None else (float(latitude), float(longitude))
    care = tuple(row["special_care"])
    option = {
        "offer_id": row["pk"],
        "place_id": row["place_id"],
        "place_name": row["place__name"],
        "folded": row["place__folded"],
        "service": row["service"],
        "address": row["place__address"],
        "postcode": row["place__postcode"],
        "commune_name": row["place__commune__name"],
        "phone": row["place__phone"],
        "booking_url": row["place__booking_url"],
        "opening_hours": row["place__opening_hours"],
        "latitude": spot[0] if spot else None,
        "longitude": spot[1] if spot else None,
        "distance_km": distance_km(*trip.centre, *spot) if trip.centre and spot else None,
        "is_invented": row["is_invented"]
        or row["place__is_invented"]
        or bool(stated and stated.is_invented)
        or bool(slot and slot.is_invented),
        "fee": row["fee"],
        "modes": tuple(row["modes"]),
        "special_care": care,
        "accessible": True if trip.access and trip.access <= set(care) else None,
    }
    if slot is None:
        return Option(**option, price=_price(row["fee"], stated, 60))
    minutes = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
    return Option(
        **option,
        slot_id=slot.slot_id,
        slot_starts_at=slot.starts_at,
        slot_ends_at=slot.ends_at,
        free_seats=slot.free,
        in_window=slot.starts_at < trip.end,
        price=_price(row["fee"], stated, minutes),
    )


def _with_trip(option: Option, trip: Trip) -> Option:
    """Add how long it takes to come."""
    if option.distance_km is None:
        return option
    return replace(option, minutes=travel_minutes(option.distance_km, mode=trip.mode, on=trip.on))


def _price(fee: str, stated: StatedPrice | None, minutes: int) -> Price:
    """Read a price; what is not stated stays unknown."""
    if stated is not None:
        cents = stated.for_minutes(minutes)
        return Price(PriceKnown.PAID, cents) if cents else Price(PriceKnown.FREE, 0)
    return PRICE_OF_FEE.get(fee, NOT_STATED)


def _one_per_place(options: Sequence[Option], services: Sequence[str]) -> list[Option]:
    """Keep one offer of each place: the soonest free, then the service that fits best."""
    never = datetime.max.replace(tzinfo=UTC)
    best: dict[int, tuple[tuple[object, ...], Option]] = {}
    for option in options:
        starts = option.slot_starts_at
        key = (
            not option.in_window,
            starts is None,
            starts or never,
            services.index(option.service),
        )
        if option.place_id not in best or key < best[option.place_id][0]:
            best[option.place_id] = (key, option)
    return [option for _key, option in best.values()]


def _shortlist(near: Sequence[Option]) -> list[Option]:
    """Keep what can reach the top: the soonest free seats, then the nearest without one."""
    never = datetime.max.replace(tzinfo=UTC)
    ordered = sorted(
        near,
        key=lambda one: (one.slot_starts_at or never, one.distance_km or 0.0, one.place_id),
    )
    return ordered[:RANKED_AT_MOST]


def _ranked(
    options: Sequence[Option], wishes: Wishes, trip: Trip, at: datetime, *, limit: int
) -> list[Option]:
    """Order the options and write why each of the first stands where it stands."""
    states = {one.key: is_open(one.opening_hours, at) for one in options}
    by_key = {one.key: one for one in options}
    candidates = [_candidate(one, states[one.key].openness) for one in options]
    return [
        _with_trip(
            _explained(by_key[place.candidate_key], states[place.candidate_key], place, by_key),
            trip,
        )
        for place in rank(candidates, wishes=wishes)[:limit]
    ]


def _candidate(option: Option, openness: Openness) -> Candidate:
    """Give the ranking what it compares."""
    return Candidate(
        key=option.key,
        distance_km=option.distance_km,
        free_slot_at=option.slot_starts_at,
        price=option.price,
        accessible=option.accessible,
        open_state=openness,
        channel=option.channel,
    )


def _explained(
    option: Option, open_state: OpenState, place: Ranked, by_key: dict[str, Option]
) -> Option:
    """Attach whether it is open, its rank and its sentence."""
    other = by_key.get(str(place.parameters.get("other")))
    return replace(
        option,
        open_state=open_state,
        position=place.position,
        why=why(
            place.cause,
            place.parameters,
            other=other.place_name if other else "",
            starts_at=option.slot_starts_at,
            is_free=option.price.known is PriceKnown.FREE,
        ),
        figures=tuple(place.parameters.items()),
    )


def _soonest(places: Sequence[Option], trip: Trip) -> Option | None:
    """Give the place whose free seat comes first, wherever it is and whenever."""
    free = [one for one in places if one.slot_starts_at is not None]
    soonest = min(
        free,
        key=lambda one: (one.slot_starts_at, one.distance_km or 0.0, one.place_id),
        default=None,
    )
    return None if soonest is None else _with_trip(soonest, trip)


def _with_workers(options: list[Option]) -> list[Option]:
    """Add who receives the person, in one query."""
    ids = [option.slot_id for option in options if option.slot_id is not None]
    workers = {
        slot: (name, profession)
        for slot, name, profession in Slot.objects.filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk", "worker__worker__public_name", "worker__worker__profession")
        if name is not None
    }
    filled = []
    for option in options:
        name, profession = workers.get(option.slot_id or 0, ("", ""))
        filled.append(replace(option, with_name=name, with_profession=profession))
    return filled
