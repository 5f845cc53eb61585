"""Distances on the ground, boxes around a point, and likely travel times.

Coordinates are WGS84 decimal degrees; distances are kilometres in a straight line; times are
whole minutes. Floats are allowed here: nothing in this module is money.

Source: haversine formula on a sphere of 6371.0088 km (mean radius of the IUGG).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import asin, ceil, cos, degrees, radians, sin, sqrt

from filiere.rules import parameters

EARTH_RADIUS_KM = 6371.0088


class TravelMode(StrEnum):
    """How a person comes."""

    FOOT = "foot"
    BUS = "bus"
    CAR = "car"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of coordinates, in degrees; edges included."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, latitude: float, longitude: float) -> bool:
        """Say whether a point, in degrees, lies in the box."""
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


# Outer boxes, rounded outwards, of every inhabited French territory.
TERRITORIES = {
    "metropole": Box(41.2, -5.3, 51.2, 9.7),
    "guadeloupe": Box(15.7, -61.9, 16.6, -60.9),
    "martinique": Box(14.3, -61.3, 15.0, -60.7),
    "guyane": Box(2.0, -54.7, 5.9, -51.5),
    "reunion": Box(-21.5, 55.1, -20.8, 55.9),
    "mayotte": Box(-13.1, 44.9, -12.5, 45.4),
    "saint-pierre-et-miquelon": Box(46.7, -56.5, 47.2, -56.1),
    "saint-barthelemy-et-saint-martin": Box(17.8, -63.2, 18.2, -62.7),
    "nouvelle-caledonie": Box(-22.9, 163.5, -19.4, 168.2),
    "polynesie-francaise": Box(-27.8, -154.8, -7.8, -134.3),
    "wallis-et-futuna": Box(-14.5, -178.3, -13.1, -176.0),
}


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Measure the straight-line distance between two points.

    Args:
        lat1: latitude of the first point, in degrees, -90 to 90.
        lon1: longitude of the first point, in degrees, -180 to 180.
        lat2: latitude of the second point.
        lon2: longitude of the second point.

    Returns:
        Kilometres, >= 0, the same in both directions.

    Source: haversine formula.

    >>> round(distance_km(48.8566, 2.3522, 45.7640, 4.8357))
    391
    """
    phi1, phi2 = radians(lat1), radians(lat2)
    half_chord = (
        sin((phi2 - phi1) / 2) ** 2 + cos(phi1) * cos(phi2) * sin(radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, half_chord)))


def bounding_box(latitude: float, longitude: float, radius_km: float) -> Box:
    """Give a box that holds every point within a radius, to sift before measuring.

    Args:
        latitude: centre, in degrees, between -85 and 85.
        longitude: centre, in degrees.
        radius_km: radius, in kilometres, >= 0.

    Returns:
        The box; it also holds points further than the radius, in its corners.

    Raises:
        ValueError: a negative radius.

    Source: tangent meridians of a circle on a sphere.

    >>> bounding_box(46.17, 1.87, 20).contains(46.30, 1.95)
    True
    """
    if radius_km < 0:
        raise ValueError(f"radius_km is negative: {radius_km}")
    angle = radius_km / EARTH_RADIUS_KM
    reach = min(1.0, sin(min(angle, 1.5)) / max(1e-9, cos(radians(latitude))))
    tall = degrees(angle) * 1.000001
    wide = degrees(asin(reach)) * 1.000001
    return Box(latitude - tall, longitude - wide, latitude + tall, longitude + wide)


def territory_of(latitude: float, longitude: float) -> str | None:
    """Name the French territory whose box holds a point.

    Args:
        latitude: in degrees.
        longitude: in degrees.

    Returns:
        A key of ``TERRITORIES``, or None outside all of them.

    Source: outer boxes of the territories, rounded outwards.

    >>> territory_of(46.17, 1.87), territory_of(0.0, 0.0)
    ('metropole', None)
    """
    for name, box in TERRITORIES.items():
        if box.contains(latitude, longitude):
            return name
    return None


def plausible(latitude: float, longitude: float) -> bool:
    """Say whether a point can be a place in France, overseas included.

    Args:
        latitude: in degrees.
        longitude: in degrees.

    Returns:
        False for swapped, zero or foreign coordinates, except near the borders.

    Source: see ``territory_of``.

    >>> plausible(46.17, 1.87), plausible(1.87, 46.17)
    (True, False)
    """
    return territory_of(latitude, longitude) is not None


def travel_minutes(distance: float, *, mode: TravelMode, on: date) -> int:
    """Estimate how long a trip takes from its straight-line distance.

    Args:
        distance: straight line, in kilometres, >= 0.
        mode: how the person comes.
        on: day of the trip, which dates the parameters.

    Returns:
        Whole minutes, rounded up; an estimate, never a timetable.

    Raises:
        ValueError: a negative distance.

    Source: parameters ``travel.*`` (to verify): detour, speed and fixed time by mode.

    >>> travel_minutes(0.9, mode=TravelMode.FOOT, on=date(2026, 11, 22))
    15
    """
    if distance < 0:
        raise ValueError(f"distance is negative: {distance}")
    per_metre, fixed = _pace(mode, on)
    return ceil(round(distance * 1000) * per_metre + fixed)


@lru_cache(maxsize=64)
def _pace(mode: TravelMode, on: date) -> tuple[Fraction, Fraction]:
    """Minutes for each metre in a straight line, and minutes for any trip; a search asks often."""
    speed = parameters.ratio(f"travel.{mode}.speed_kmh", on)
    detour = parameters.ratio(f"travel.{mode}.detour", on)
    fixed = parameters.ratio(f"travel.{mode}.fixed_minutes", on)
    return detour / speed * 60 / 1000, fixed
