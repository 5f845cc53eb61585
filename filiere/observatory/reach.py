"""Which minimum services lie within reach of each commune. Read through ``queries``.

Distances are straight lines from the centre of the commune; the trip is estimated by
``rules.geo``. Floats are distances and coordinates, never money.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import cos, floor, radians

from django.db.models import Q
from django.db.models.functions import Coalesce

from filiere.directory.models import Offer
from filiere.rules import parameters
from filiere.rules.aims import CommuneCoverage
from filiere.rules.geo import TravelMode, distance_km, travel_minutes
from filiere.territories import queries as territories

# How people are supposed to come when the aim is measured; said beside the figure.
MODE = TravelMode.CAR
KM_PER_DEGREE = 111.0
type_cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CommuneReach:
    """One commune, its inhabitants (None unknown), and the minimum services it lacks.

    ``missing`` is None when the commune has no coordinates: not measured, not "nothing".
    """

    territory_id: int
    code: str
    name: str
    population: int | None
    missing: tuple[str, ...] | None


def reach_km(on: date) -> float:
    """Longest straight line, in kilometres, still within reach on a day, to 10 metres."""
    minutes = parameters.whole("floor.reach_minutes", on)
    low, high = 0, 100_000
    while low < high:
        middle = (low + high + 1) // 2
        if travel_minutes(middle / 100, mode=MODE, on=on) <= minutes:
            low = middle
        else:
            high = middle - 1
    return low / 100


def reach_of_communes(territory_id: int, *, on: date) -> list[CommuneReach]:
    """Minimum services missing around each commune of a territory, by name of commune.

    A service counts when an open place within reach offers it, in the territory or beyond its
    border. A place without coordinates stands at the centre of its commune.

    Args:
        on: day that dates the minimum services, the reach, and which places are open.
    """
    minimum = parameters.words("floor.minimum_services", on)
    radius = reach_km(on)
    communes = list(
        territories.communes_of(territory_id).values_list(
            "pk", "code", "name", "population", "latitude", "longitude"
        )
    )
    located = [
        (float(latitude), float(longitude))
        for *_rest, latitude, longitude in communes
        if latitude is not None and longitude is not None
    ]
    grid = _Grid(radius, located, on, minimum)
    found = []
    for pk, code, name, population, latitude, longitude in communes:
        missing = None
        if latitude is not None and longitude is not None:
            within = grid.services_near(float(latitude), float(longitude))
            missing = tuple(service for service in minimum if service not in within)
        found.append(CommuneReach(pk, code, name, population, missing))
    return found


def coverages(reaches: list[CommuneReach], *, on: date) -> list[CommuneCoverage]:
    """Put communes in the form of the rule; those without a known population are left out."""
    minimum = frozenset(parameters.words("floor.minimum_services", on))
    return [
        CommuneCoverage(
            code=one.code,
            population=one.population,
            within_reach=None if one.missing is None else minimum - set(one.missing),
        )
        for one in reaches
        if one.population is not None
    ]


class _Grid:
    """Open places sorted into squares as wide as the reach: nine squares hold every answer."""

    def __init__(
        self, radius: float, located: list[tuple[float, float]], on: date, minimum: tuple[str, ...]
    ) -> None:
        self.radius = radius
        self.minimum = frozenset(minimum)
        self.tall = radius / KM_PER_DEGREE * 1.01
        widest = max((abs(latitude) for latitude, _longitude in located), default=0.0)
        self.wide = self.tall / max(0.05, cos(radians(min(widest + self.tall, 89.0))))
        self.cells: dict[type_cell, list[tuple[float, float, set[str]]]] = defaultdict(list)
        for latitude, longitude, services in self._places(located, on):
            self.cells[self._cell(latitude, longitude)].append((latitude, longitude, services))

    def services_near(self, latitude: float, longitude: float) -> set[str]:
        """Minimum services offered within the reach of a point, in degrees."""
        within: set[str] = set()
        row, column = self._cell(latitude, longitude)
        for cell in ((row + i, column + j) for i in (0, -1, 1) for j in (0, -1, 1)):
            for place_latitude, place_longitude, services in self.cells.get(cell, ()):
                if services <= within:
                    continue
                trip = distance_km(latitude, longitude, place_latitude, place_longitude)
                if trip <= self.radius:
                    within |= services
            if within == self.minimum:
                break
        return within

    def _cell(self, latitude: float, longitude: float) -> type_cell:
        return floor(latitude / self.tall), floor(longitude / self.wide)

    def _places(
        self, located: list[tuple[float, float]], on: date
    ) -> Iterator[tuple[float, float, set[str]]]:
        if not located:
            return
        latitudes = [latitude for latitude, _longitude in located]
        longitudes = [longitude for _latitude, longitude in located]
        offers = (
            Offer.objects.filter(
                Q(closed_on=None) | Q(closed_on__gt=on),
                Q(place__closed_on=None) | Q(place__closed_on__gt=on),
                service__in=self.minimum,
            )
            .annotate(
                at_latitude=Coalesce("place__latitude", "place__commune__latitude"),
                at_longitude=Coalesce("place__longitude", "place__commune__longitude"),
            )
            .filter(
                at_latitude__range=(min(latitudes) - self.tall, max(latitudes) + self.tall),
                at_longitude__range=(min(longitudes) - self.wide, max(longitudes) + self.wide),
            )
            .order_by("place_id")
            .values_list("place_id", "at_latitude", "at_longitude", "service")
        )
        places: dict[int, tuple[float, float, set[str]]] = {}
        for place_id, latitude, longitude, service in offers:
            point = places.setdefault(place_id, (float(latitude), float(longitude), set()))
            point[2].add(service)
        yield from places.values()
