"""What a steward can decide this week, computed from what happened. Read through ``queries``.

Five lists: towns with need and no qualified place within reach, places that refuse or stay
silent, qualified places without a single hour to come, causes of needs that found no answer, lots
of vouchers about to end with money left. Groups of persons under the published
threshold are left out: a town with two demands names two people.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from filiere.agenda.models import Slot, SlotState
from filiere.directory.models import Place
from filiere.kernel.calendar import legal_day
from filiere.observatory.reach import KM_PER_DEGREE, reach_km
from filiere.orientation.models import Attempt, AttemptState, Referral, UnmetCause, UnmetNeed
from filiere.programmes.queries import territories_of
from filiere.rules import parameters
from filiere.rules.geo import distance_km
from filiere.territories import queries as territories
from filiere.territories.models import Kind, Territory
from filiere.vouchers import queries as vouchers
from filiere.vouchers.models import Lot, LotState

PLACE = "offer__place__"
type_point = tuple[float, float]


class Decision(StrEnum):
    """The decisions, in the order they are shown; the value stands in addresses."""

    QUALIFY = "habiliter"
    ANSWERS = "refus"
    HOURS = "creneaux"
    CAUSES = "causes"
    LOTS = "fins"


@dataclass(frozen=True, slots=True)
class TownInNeed:
    """A town whose people asked for help, without qualified place within reach."""

    territory_id: int
    name: str
    demands: int


@dataclass(frozen=True, slots=True)
class PlaceThatRefuses:
    """A place, how often it was asked, and how often it refused or let the time pass."""

    place_id: int
    name: str
    commune: str
    asked: int
    refused: int
    silent: int


@dataclass(frozen=True, slots=True)
class PlaceWithoutHours:
    """A qualified place nobody can book."""

    place_id: int
    name: str
    commune: str
    phone: str


@dataclass(frozen=True, slots=True)
class NeedsWithoutAnswer:
    """Needs that found no answer for one cause, and the towns with enough of them to be named.

    ``elsewhere`` are those of the towns not named: none, or at least the published threshold.
    """

    cause: UnmetCause
    needs: int
    towns: tuple[tuple[str, int], ...]
    elsewhere: int


@dataclass(frozen=True, slots=True)
class LotThatEnds:
    """A lot usable in the territory for a few more days, and what is left on its vouchers."""

    lot_id: int
    name: str
    programme_id: int
    programme: str
    use_until: date
    left_cents: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """The five lists, most pressing first, and the days and numbers they rest on."""

    territory: Territory
    towns: list[TownInNeed]
    refusing: list[PlaceThatRefuses]
    without_hours: list[PlaceWithoutHours]
    causes: list[NeedsWithoutAnswer]
    ending_lots: list[LotThatEnds]
    need_days: int
    refusal_days: int
    hours_days: int
    lot_days: int
    least_refusals: int
    threshold: int

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is to decide."""
        return not (
            self.towns or self.refusing or self.without_hours or self.causes or self.ending_lots
        )


def decisions(territory: Territory, *, at: datetime) -> Decisions:
    """Gather what a steward can decide for a territory; at most eight queries, whatever its size."""
    on = legal_day(at)
    need_days = parameters.whole("decisions.need_days", on)
    refusal_days = parameters.whole("decisions.refusal_days", on)
    hours_days = parameters.whole("decisions.hours_days", on)
    lot_days = parameters.whole("decisions.lot_days", on)
    least = parameters.whole("decisions.least_refusals", on)
    threshold = parameters.whole("small_cells.threshold", on)
    since = at - timedelta(days=need_days)
    return Decisions(
        territory=territory,
        towns=_towns(territory, since=since, on=on, threshold=threshold),
        refusing=_refusing(
            territory, since=at - timedelta(days=refusal_days), least=max(least, threshold)
        ),
        without_hours=_without_hours(territory, at=at, until=at + timedelta(days=hours_days)),
        causes=_causes(territory, since=since, threshold=threshold),
        ending_lots=_ending_lots(territory, on=on, until=on + timedelta(days=lot_days)),
        need_days=need_days,
        refusal_days=refusal_days,
        hours_days=hours_days,
        lot_days=lot_days,
        least_refusals=max(least, threshold),
        threshold=threshold,
    )


def _towns(territory: Territory, *, since: datetime, on: date, threshold: int) -> list[TownInNeed]:
    """People sent, and needs that found no answer, by town; a failed referral counts once."""
    inside = territories.within(territory, "commune__")
    fields = ("commune_id", "commune__name", "commune__latitude", "commune__longitude")
    demands: Counter[tuple[int, str, type_point]] = Counter()
    for rows in (
        Referral.objects.filter(inside, sent_at__gte=since),
        UnmetNeed.objects.filter(inside, at__gte=since, referral=None),
    ):
        counted = rows.order_by("commune_id").values_list(*fields).annotate(n=Count("pk"))
        for pk, name, latitude, longitude, count in counted:
            # A town without position is not measured: it is not "without place".
            if latitude is not None and longitude is not None:
                demands[pk, name, (float(latitude), float(longitude))] += count
    known = {town: count for town, count in demands.items() if count >= threshold}
    far = _without_qualified({town[2] for town in known}, on)
    found = [
        TownInNeed(pk, name, count) for (pk, name, point), count in known.items() if point in far
    ]
    return sorted(found, key=lambda one: (-one.demands, one.name, one.territory_id))


def _without_qualified(points: Iterable[type_point], on: date) -> set[type_point]:
    """Give the points from which no open qualified place is within reach; one query."""
    qualified = (
        Place.objects.filter(qualified_on__lte=on, closed_on=None)
        .annotate(
            at_latitude=Coalesce("latitude", "commune__latitude"),
            at_longitude=Coalesce("longitude", "commune__longitude"),
        )
        .filter(at_latitude__isnull=False, at_longitude__isnull=False)
        .order_by("at_latitude", "pk")
        .values_list("at_latitude", "at_longitude")
    )
    places = [(float(latitude), float(longitude)) for latitude, longitude in qualified]
    radius = reach_km(on)
    tall = radius / KM_PER_DEGREE * 1.01
    return {
        point
        for point in points
        if not any(
            abs(point[0] - place[0]) <= tall and distance_km(*point, *place) <= radius
            for place in places
        )
    }


def _refusing(territory: Territory, *, since: datetime, least: int) -> list[PlaceThatRefuses]:
    rows = (
        Attempt.objects.filter(
            territories.within(territory, f"{PLACE}commune__"),
            asked_at__gte=since,
            offer__place__closed_on=None,
        )
        .order_by()
        .values_list(f"{PLACE}pk", f"{PLACE}name", f"{PLACE}commune__name")
        .annotate(
            asked=Count("pk"),
            refused=Count("pk", filter=Q(state=AttemptState.REFUSED)),
            silent=Count("pk", filter=Q(state=AttemptState.EXPIRED)),
        )
    )
    found = [PlaceThatRefuses(*row) for row in rows]
    return sorted(
        (one for one in found if one.refused + one.silent >= least),
        key=lambda one: (-(one.refused + one.silent), one.name, one.place_id),
    )


def _without_hours(
    territory: Territory, *, at: datetime, until: datetime
) -> list[PlaceWithoutHours]:
    hours = Slot.objects.filter(
        offer__place=OuterRef("pk"),
        state=SlotState.OPEN,
        starts_at__gt=at,
        starts_at__lte=until,
    )
    places = (
        Place.objects.filter(
            ~Exists(hours),
            territories.within(territory, "commune__"),
            closed_on=None,
            qualified_on__isnull=False,
        )
        .order_by("folded", "pk")
        .values_list("pk", "name", "commune__name", "phone")
    )
    return [PlaceWithoutHours(*row) for row in places]


def _causes(territory: Territory, *, since: datetime, threshold: int) -> list[NeedsWithoutAnswer]:
    """Needs without answer, by cause then by town, the most frequent first; one query."""
    rows = (
        UnmetNeed.objects.filter(territories.within(territory, "commune__"), at__gte=since)
        .order_by("cause", "commune__name", "commune_id")
        .values_list("cause", "commune__name", "commune_id")
        .annotate(needs=Count("pk"))
    )
    towns: dict[str, list[tuple[str, int]]] = {}
    for cause, name, _town, needs in rows:
        towns.setdefault(cause, []).append((name, needs))
    found = [_cause(UnmetCause(cause), counted, threshold) for cause, counted in towns.items()]
    return sorted(
        (one for one in found if one.needs >= threshold),
        key=lambda one: (-one.needs, one.cause.value),
    )


def _cause(cause: UnmetCause, towns: list[tuple[str, int]], threshold: int) -> NeedsWithoutAnswer:
    """Name the towns with enough needs; one more stays unnamed when the rest would tell a few."""
    needs = sum(count for _name, count in towns)
    named = sorted((one for one in towns if one[1] >= threshold), key=lambda one: (-one[1], one[0]))
    while named and 0 < needs - sum(count for _name, count in named) < threshold:
        named.pop()
    return NeedsWithoutAnswer(
        cause, needs, tuple(named), needs - sum(count for _name, count in named)
    )


def _ending_lots(territory: Territory, *, on: date, until: date) -> list[LotThatEnds]:
    """Active lots usable in the territory, or in a part of it, that end soon with money left."""
    soon = Lot.objects.filter(state=LotState.ACTIVE, use_until__range=(on, until))
    lots = list(soon.select_related("programme").order_by("use_until", "pk"))
    if not lots:
        return []
    left = vouchers.left_in([lot.pk for lot in lots])
    ending = [lot for lot in lots if left[lot.pk]]
    named = {pk for lot in ending for pk in lot.territory_ids}
    around = set(territories_of(territory.pk)) & named
    if territory.kind == Kind.NATION:
        around = named
    else:
        inside = Q(commune=territory) | Q(epci=territory)
        inside |= Q(departement=territory) | Q(region=territory)
        around |= set(
            Territory.objects.filter(inside, pk__in=named)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
    return [
        LotThatEnds(
            lot.pk, str(lot), lot.programme_id, lot.programme.name, lot.use_until, left[lot.pk]
        )
        for lot in ending
        if around & set(lot.territory_ids)
    ]
