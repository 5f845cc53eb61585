"""The finder: who can help with this need, how far, when, at what price, and why in this order.

Six queries at most, whatever the number of places: the commune, the offers around it, their
first free slot, two for their prices, the workers of the slots shown.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

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
from filiere.orientation.findings import ANY_TIME, Finding, Moments, Option, Trip
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
    """Find and rank the places that help with a need around a commune; six queries at most.

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
    trip = Trip(mode, on, frozenset(access))
    measured = _offers_around(commune, known.services, trip)
    start, end = max(window[0], at), max(window[1], at)
    slots = agenda.first_free(
        [option.offer_id for option in measured],
        (start, end + look_ahead),
        hours=moments.hours,
        weekdays=moments.weekdays,
    )
    prices = billing.prices_of([option.offer_id for option in measured], on)
    filled = [_filled(option, slots, prices, end) for option in measured]
    places = _one_per_place(filled, known.services)
    reach = reach_km(mode, on)
    near = [one for one in places if one.distance_km is None or one.distance_km <= reach]
    wishes = Wishes(
        from_day=legal_day(start),
        until_day=legal_day(end - timedelta(microseconds=1)) if end > start else legal_day(start),
        mode=mode,
        needs_access=bool(access),
    )
    shown = _ranked(_shortlist(near), wishes, at, limit=limit)
    with_seats = sum(one.in_window for one in near)
    reason = None
    if not with_seats:
        reason = UnmetCause.NO_SEAT if near else UnmetCause.NO_OFFER
    elsewhere = None if with_seats else _soonest(places)
    return Finding(commune, _with_workers(shown), len(near), with_seats, reason, elsewhere, reach)


def reach_km(mode: TravelMode, on: date) -> float:
    """Give how far a person goes by one means, in kilometres in a straight line (dated)."""
    return float(parameters.whole(f"finder.{mode.value}.reach_km", on))


def _offers_around(commune: Territory, services: Sequence[str], trip: Trip) -> list[Option]:
    """Read the nearest current offers of some services, in one query."""
    on = trip.on
    current = Q(closed_on=None) | Q(closed_on__gt=on)
    offers = (
        Offer.objects.filter(current, service__in=services)
        .filter(Q(place__closed_on=None) | Q(place__closed_on__gt=on))
        .exclude(place__access_modes__contains=[NOT_OPEN_TO_THE_PUBLIC])
    )
    if commune.latitude is None or commune.longitude is None:
        offers = _without_a_map(offers, commune)
        return [_read(row, None, trip) for row in offers.values(*WRITTEN_IN_OFFERS)[:NEAREST]]
    centre = float(commune.latitude), float(commune.longitude)
    box = bounding_box(*centre, float(parameters.whole("finder.elsewhere_km", on)))
    inside = Q(
        place__latitude__range=(box.south, box.north), place__longitude__range=(box.west, box.east)
    )
    here = Q(place__latitude=None, place__commune=commune.pk)
    tall = Cast(F("place__latitude"), FloatField()) - Value(centre[0])
    wide = (Cast(F("place__longitude"), FloatField()) - Value(centre[1])) * Value(
        math.cos(math.radians(centre[0]))
    )
    nearest = (
        offers.filter(inside | here)
        .annotate(squared=tall * tall + wide * wide)
        .order_by(F("squared").asc(nulls_first=True), "place_id", "pk")
    )
    return [_read(row, centre, trip) for row in nearest.values(*WRITTEN_IN_OFFERS)[:NEAREST]]


def _without_a_map(offers: QuerySet[Offer], commune: Territory) -> QuerySet[Offer]:
    """Keep the département of a commune whose position is unknown, the commune first."""
    same = Q(place__commune=commune.pk)
    if commune.departement_id:
        same |= Q(place__commune__departement=commune.departement_id)
    elsewhere = Case(When(place__commune=commune.pk, then=Value(0)), default=Value(1))
    return offers.filter(same).order_by(elsewhere, "place__folded", "pk")


def _read(row: dict[str, object], centre: tuple[float, float] | None, trip: Trip) -> Option:
    """Turn one row into an option with its trip, without slot or price.

    Access that is not stated is unknown, never read as refused.
    """
    facts = {name.removeprefix("place__"): value for name, value in row.items()}
    latitude, longitude = facts["latitude"], facts["longitude"]
    place = None if latitude is None else (float(str(latitude)), float(str(longitude)))
    km = distance_km(*centre, *place) if centre and place else None
    care: tuple[str, ...] = tuple(facts["special_care"])  # type: ignore[arg-type]
    return Option(
        offer_id=int(str(facts["pk"])),
        place_id=int(str(facts["place_id"])),
        place_name=str(facts["name"]),
        folded=str(facts["folded"]),
        service=str(facts["service"]),
        address=str(facts["address"]),
        postcode=str(facts["postcode"]),
        commune_name=str(facts["commune__name"]),
        phone=str(facts["phone"]),
        booking_url=str(facts["booking_url"]),
        opening_hours=str(facts["opening_hours"]),
        latitude=place[0] if place else None,
        longitude=place[1] if place else None,
        distance_km=km,
        minutes=None if km is None else travel_minutes(km, mode=trip.mode, on=trip.on),
        is_invented=bool(row["is_invented"]) or bool(row["place__is_invented"]),
        fee=str(facts["fee"]),
        modes=tuple(facts["modes"]),  # type: ignore[arg-type]
        special_care=care,
        accessible=True if trip.access and trip.access <= set(care) else None,
    )


def _filled(
    option: Option, slots: dict[int, FirstSlot], prices: dict[int, StatedPrice], end: datetime
) -> Option:
    """Add the first free slot and the price of a session."""
    slot = slots.get(option.offer_id)
    stated = prices.get(option.offer_id)
    invented = option.is_invented or bool(stated and stated.is_invented)
    if slot is None:
        return replace(option, price=_price(option, stated, 60), is_invented=invented)
    minutes = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
    return replace(
        option,
        slot_id=slot.slot_id,
        slot_starts_at=slot.starts_at,
        slot_ends_at=slot.ends_at,
        free_seats=slot.free,
        in_window=slot.starts_at < end,
        price=_price(option, stated, minutes),
        is_invented=invented or slot.is_invented,
    )


def _price(option: Option, stated: StatedPrice | None, minutes: int) -> Price:
    """Read a price; what is not stated stays unknown."""
    if stated is not None:
        cents = stated.for_minutes(minutes)
        return Price(PriceKnown.PAID, cents) if cents else Price(PriceKnown.FREE, 0)
    return {
        Fee.CONDITIONAL: Price(PriceKnown.CONDITIONAL),
        Fee.PAID: Price(PriceKnown.PAID),
    }.get(Fee(option.fee), Price())


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


def _ranked(options: Sequence[Option], wishes: Wishes, at: datetime, *, limit: int) -> list[Option]:
    """Order the options and write why each of the first stands where it stands."""
    states = {one.key: is_open(one.opening_hours, at) for one in options}
    by_key = {one.key: one for one in options}
    candidates = [_candidate(one, states[one.key].openness) for one in options]
    return [
        _explained(by_key[place.candidate_key], states[place.candidate_key], place, by_key)
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


def _soonest(places: Sequence[Option]) -> Option | None:
    """Give the place whose free seat comes first, wherever it is and whenever."""
    free = [one for one in places if one.slot_starts_at is not None]
    return min(
        free,
        key=lambda one: (one.slot_starts_at, one.distance_km or 0.0, one.place_id),
        default=None,
    )


def _with_workers(options: list[Option]) -> list[Option]:
    """Add who receives the person, in one query."""
    ids = [option.slot_id for option in options if option.slot_id is not None]
    workers = {
        slot.pk: slot.worker.worker
        for slot in Slot.objects.filter(pk__in=ids).select_related("worker__worker").order_by("pk")
    }
    filled = []
    for option in options:
        worker = workers.get(option.slot_id) if option.slot_id else None
        filled.append(
            replace(option, with_name=worker.public_name, with_profession=worker.profession)
            if worker
            else option
        )
    return filled
