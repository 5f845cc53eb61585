"""A small map drawn on the server: numbered pins, oneself, distance rings, towns by name.

No tiles and no outlines: neighbouring communes are dots at their centres. Positions are whole
units of a drawing of 400 by 400, given as text so that no language reformats them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

from django.utils.translation import gettext as _

from filiere.rules.geo import distance_km
from filiere.web.formats import distance

SIDE, MIDDLE = 400, 200
EDGE = 178
KM_PER_DEGREE = 111.2
ROUND_KM = (0.5, 1, 2, 5, 10, 20, 30, 50, 100, 200, 500, 1000)
SMALLEST_KM = 1.0
# Wider than this, a map of a list says nothing: no towns, and places on top of each other.
WIDEST_KM = 250.0
ROOM = 1.2
NAMED = 7
LETTER, LINE = 8, 20
SCALE_LEFT = 20
# Where a pin stands when its own point is taken, nearest first.
ASIDE = ((0, 0), (27, 0), (-27, 0), (0, -38), (0, 38), (27, -38), (-27, -38), (54, 0), (-54, 0))

Box = tuple[int, int, int, int]
Town = tuple[str, float, float, int]


@dataclass(frozen=True, slots=True)
class Pin:
    """A place to draw: its number in the list, where it is in degrees, its name."""

    words: str
    latitude: float
    longitude: float
    name: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Words at a point of the drawing; ``below`` is where a line under the point stands."""

    x: str
    y: str
    below: str
    words: str


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle of equal distance around oneself."""

    radius: str
    label_y: str
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map ready for its template; ``you`` is None on the map of a list of places."""

    pins: tuple[Mark, ...]
    names: tuple[Mark, ...]
    rings: tuple[Ring, ...]
    you: Mark | None
    scale_width: str
    scale_end: str
    scale_label: str

    @property
    def rings_words(self) -> str:
        """The distances of the circles, in words."""
        return _(" and ").join(ring.words for ring in self.rings)


@dataclass(frozen=True, slots=True)
class _Plane:
    """Degrees to units of the drawing, around its middle."""

    latitude: float
    longitude: float
    radius_km: float

    @property
    def unit(self) -> float:
        """Units of the drawing for one kilometre."""
        return EDGE / self.radius_km

    def at(self, latitude: float, longitude: float) -> tuple[int, int]:
        """Where a point falls."""
        wide = (longitude - self.longitude) * cos(radians(self.latitude)) * KM_PER_DEGREE
        tall = (latitude - self.latitude) * KM_PER_DEGREE
        return round(MIDDLE + wide * self.unit), round(MIDDLE - tall * self.unit)


def draw(
    *,
    centre: tuple[float, float],
    radius_km: float,
    pins: Sequence[Pin],
    names: Iterable[Town] = (),
    here: str = "",
) -> Drawing:
    """Draw places around a point.

    Args:
        centre: latitude and longitude in degrees.
        radius_km: what must fit between the middle and the edge, in kilometres, > 0.
        pins: the places, numbered.
        names: towns as (name, latitude, longitude, inhabitants); the largest are written where
            they cover nothing.
        here: name of one's own commune, at the centre; blank for a list of places.
    """
    plane = _Plane(*centre, radius_km)
    boxes: list[Box] = []
    marks = tuple(_pin(pin, plane, boxes) for pin in pins)
    you = _you(here, boxes) if here else None
    length = _round(radius_km / 2)
    width = round(length * plane.unit)
    boxes.append((0, SIDE - 34, SCALE_LEFT + width + 70, SIDE))
    rings = _rings(plane, boxes) if here else ()
    return Drawing(
        pins=marks,
        names=_towns(names, plane, boxes),
        rings=rings,
        you=you,
        scale_width=str(width),
        scale_end=str(SCALE_LEFT + width),
        scale_label=distance(length),
    )


def around(pins: Sequence[Pin]) -> Drawing | None:
    """Draw the places of a list, all in sight; None when none is located or they are too far apart."""
    if not pins:
        return None
    latitudes, longitudes = [p.latitude for p in pins], [p.longitude for p in pins]
    latitude = (min(latitudes) + max(latitudes)) / 2
    longitude = (min(longitudes) + max(longitudes)) / 2
    far = max(distance_km(latitude, longitude, pin.latitude, pin.longitude) for pin in pins)
    if far > WIDEST_KM:
        return None
    radius = max(far * ROOM, SMALLEST_KM)
    return draw(centre=(latitude, longitude), radius_km=radius, pins=pins)


def _pin(pin: Pin, plane: _Plane, boxes: list[Box]) -> Mark:
    """Place one pin; where another stands already, beside it, so that each number is read."""
    x, y = plane.at(pin.latitude, pin.longitude)
    places = [(x + right, y + down) for right, down in ASIDE]
    free = [place for place in places if not any(_touch(_pin_box(*place), one) for one in boxes)]
    x, y = (free or places)[0]
    boxes.append(_pin_box(x, y))
    return Mark(str(x), str(y), str(y + 16), pin.words)


def _pin_box(x: int, y: int) -> Box:
    """Give what a pin covers, when its point is there."""
    return (x - 13, y - 37, x + 13, y)


def _you(here: str, boxes: list[Box]) -> Mark:
    half = len(here) * LETTER // 2
    boxes.append((MIDDLE - 12, MIDDLE - 12, MIDDLE + 12, MIDDLE + 10))
    boxes.append((MIDDLE - half, MIDDLE + 12, MIDDLE + half, MIDDLE + 32))
    return Mark(str(MIDDLE), str(MIDDLE), str(MIDDLE + 27), here)


def _rings(plane: _Plane, boxes: list[Box]) -> tuple[Ring, ...]:
    """Two circles at round distances inside the drawing, named at their foot."""
    outer = _round(plane.radius_km * 0.9)
    rings = []
    for km in dict.fromkeys((_round(outer / 2), outer)):
        radius = round(km * plane.unit)
        foot = MIDDLE + radius + 5
        boxes.append((MIDDLE - 26, foot - 14, MIDDLE + 26, foot + 4))
        rings.append(Ring(str(radius), str(foot), distance(km)))
    return tuple(rings)


def _round(kilometres: float) -> float:
    """Give the largest round length that is not longer."""
    fitting = [length for length in ROUND_KM if length <= kilometres]
    return fitting[-1] if fitting else ROUND_KM[0]


def _towns(names: Iterable[Town], plane: _Plane, boxes: list[Box]) -> tuple[Mark, ...]:
    """Name the most inhabited towns whose words cover nothing."""
    marks: list[Mark] = []
    for words, latitude, longitude, _people in sorted(names, key=lambda one: (-one[3], one[0])):
        if len(marks) == NAMED:
            break
        x, y = plane.at(latitude, longitude)
        half = len(words) * LETTER // 2
        box = (x - half, y - 5, x + half, y + LINE)
        inside = box[0] > 4 and box[2] < SIDE - 4 and box[1] > 4 and box[3] < SIDE - 4
        if inside and not any(_touch(box, other) for other in boxes):
            boxes.append(box)
            marks.append(Mark(str(x), str(y), str(y + 18), words))
    return tuple(marks)


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
