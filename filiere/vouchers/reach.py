"""Who, among the people a lot is for, has a qualified, open place with free seats near enough.

People stand at the centre of their commune; the trip is estimated from the straight line with the
dated speed of ``rules.geo``. Weights are inhabitants. Read through ``queries``.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.db.models.functions import Coalesce

from filiere.agenda import queries as agenda
from filiere.directory.models import Offer
from filiere.kernel.calendar import bounds_of_day, legal_day
from filiere.rules.geo import TravelMode
from filiere.rules.nearest import is_near, reach_km
from filiere.territories import queries as territories
from filiere.vouchers.models import Lot

# How people are supposed to come; said beside the figure.
MODE = TravelMode.CAR


@dataclass(frozen=True, slots=True)
class FarCommune:
    """A commune in scope, and its inhabitants; in ``Reach.far`` when no place is near enough."""

    territory_id: int
    code: str
    name: str
    population: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Inhabitants within reach of those measured; ``far`` is in order of population.

    ``unmeasured`` counts the communes without position or population: left out, not "in reach".
    """

    inhabitants: int
    within: int
    far: tuple[FarCommune, ...]
    unmeasured: int
    places: int
    minutes: int
    wanted_percent: int
    radius_km: float

    @property
    def percent(self) -> int | None:
        """Share within reach, in whole percent rounded down; None when nothing is measured."""
        return self.within * 100 // self.inhabitants if self.inhabitants else None

    @property
    def is_enough(self) -> bool:
        """Whether as many people as the programme asks for have a place in reach."""
        return self.percent is not None and self.percent >= self.wanted_percent


def reach_of(lot: Lot, *, at: datetime) -> Reach:
    """Measure who could use the vouchers of a lot, from a moment to its last day of use.

    A place counts when it is open, qualified, allowed by the lot and the programme, offers a
    service that the lot pays, and has a free seat to book before the lot's last day of use.
    """
    programme, on = lot.programme, legal_day(at)
    radius = reach_km(programme.reach_minutes, mode=MODE, on=on)
    communes = {
        pk: (pk, code, name, population, latitude, longitude)
        for territory_id in lot.territory_ids
        for pk, code, name, population, latitude, longitude in territories.communes_of(
            territory_id
        ).values_list("pk", "code", "name", "population", "latitude", "longitude")
    }
    measured = [
        (FarCommune(pk, code, name, population), (float(latitude), float(longitude)))
        for pk, code, name, population, latitude, longitude in communes.values()
        if population and latitude is not None and longitude is not None
    ]
    places = _places(lot, on=on, at=at)
    near = is_near([point for _one, point in measured], places, radius_km=radius)
    far = [one for (one, _point), is_in in zip(measured, near, strict=True) if not is_in]
    inhabitants = sum(one.population for one, _point in measured)
    return Reach(
        inhabitants=inhabitants,
        within=inhabitants - sum(one.population for one in far),
        far=tuple(sorted(far, key=lambda one: (-one.population, one.code))),
        unmeasured=len(communes) - len(measured),
        places=len(places),
        minutes=programme.reach_minutes,
        wanted_percent=programme.reach_share_percent,
        radius_km=radius,
    )


def _places(lot: Lot, *, on: date, at: datetime) -> list[tuple[float, float]]:
    """Positions of the places that could take these vouchers and have a free seat."""
    offers = Offer.objects.filter(
        Q(closed_on=None) | Q(closed_on__gt=on),
        Q(place__closed_on=None) | Q(place__closed_on__gt=on),
        place__qualified_on__lte=on,
    )
    if lot.services:
        offers = offers.filter(service__in=lot.services)
    if lot.provider_ids:
        offers = offers.filter(place__organisation__in=lot.provider_ids)
    if lot.place_ids:
        offers = offers.filter(place__in=lot.place_ids)
    positions = {
        offer_id: (float(latitude), float(longitude))
        for offer_id, latitude, longitude in offers.annotate(
            at_latitude=Coalesce("place__latitude", "place__commune__latitude"),
            at_longitude=Coalesce("place__longitude", "place__commune__longitude"),
        )
        .filter(at_latitude__isnull=False)
        .order_by("pk")
        .values_list("pk", "at_latitude", "at_longitude")
    }
    free = agenda.first_free(list(positions), (at, bounds_of_day(lot.use_until)[1]))
    return sorted({positions[offer_id] for offer_id in free})
