"""Maps drawn on the server: numbered drops, a triangle for « you », rings, a scale, names.

Positions are whole units of a 400-wide drawing, given as text so that no language reformats them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from django.utils.translation import gettext as _

from filiere.web.formats import number

WIDTH = HEIGHT = 400
MARGIN = 34
RINGS_KM = (0.5, 1, 2, 5, 10, 20, 50, 100)
MOST_NAMES = 7
NAME_WIDTH, NAME_HEIGHT = 9, 22


@dataclass(frozen=True, slots=True)
class Pin:
    """One place: its number in the list, where it is, its name."""

    number: str
    latitude: float
    longitude: float
    name: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a point of the drawing; ``below`` is where its words stand."""

    x: str
    y: str
    below: str
    words: str


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle around « you »."""

    radius: str
    label_y: str
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map ready for its template; ``you`` is None when nobody is located."""

    pins: tuple[Mark, ...]
    names: tuple[Mark, ...]
    rings: tuple[Ring, ...]
    you: Mark | None
    scale_width: str
    scale_end: str
    scale_label: str
    rows: tuple[tuple[str, str], ...]

    @property
    def rings_words(self) -> str:
        """Say how far the circles are."""
        return _(" and ").join(ring.words for ring in self.rings)


@dataclass(frozen=True, slots=True)
class _Frame:
    """From degrees to the drawing: a plane tangent at the centre, good enough for 100 km."""

    centre: tuple[float, float]
    radius_km: float

    @property
    def unit(self) -> float:
        """Units of the drawing in one kilometre."""
        return (WIDTH / 2 - MARGIN) / self.radius_km

    def place(self, latitude: float, longitude: float) -> tuple[int, int]:
        """Give the point of the drawing where a position falls."""
        north = (latitude - self.centre[0]) * 111.195
        east = (longitude - self.centre[1]) * 111.195 * cos(radians(self.centre[0]))
        return round(WIDTH / 2 + east * self.unit), round(HEIGHT / 2 - north * self.unit)


def draw(
    *,
    centre: tuple[float, float],
    radius_km: float,
    pins: Sequence[Pin],
    names: Sequence[tuple[str, float, float, int]] = (),
    here: str = "",
) -> Drawing:
    """Draw places around a point.

    Args:
        centre: latitude and longitude, in degrees.
        radius_km: what must fit, in kilometres, > 0.
        pins: the places, with their numbers.
        names: name, latitude, longitude and inhabitants of the communes around; the most
            inhabited that leave room are written.
        here: name of the person's commune, marked with a triangle; blank draws nobody.
    """
    frame = _Frame(centre, radius_km)
    drops = []
    taken: list[tuple[int, int, int, int]] = []
    if here:
        taken.append(_box(WIDTH // 2, HEIGHT // 2 + 32, here))
    for pin in pins:
        x, y = frame.place(pin.latitude, pin.longitude)
        drops.append(Mark(str(x), str(y), str(y - 17), pin.number))
        taken.append((x - 14, y - 38, x + 14, y + 4))
    rings = _rings(frame) if here else ()
    taken.extend(
        (WIDTH // 2 - 30, int(r.label_y) - 14, WIDTH // 2 + 30, int(r.label_y) + 6) for r in rings
    )
    scale = max((km for km in RINGS_KM if km * frame.unit <= WIDTH / 3), default=RINGS_KM[0])
    taken.append((0, HEIGHT - 40, 190, HEIGHT))
    return Drawing(
        pins=tuple(reversed(drops)),
        names=_names(frame, names, taken),
        rings=rings,
        you=Mark(str(WIDTH // 2), str(HEIGHT // 2), str(HEIGHT // 2 + 32), here) if here else None,
        scale_width=str(round(scale * frame.unit)),
        scale_end=str(20 + round(scale * frame.unit)),
        scale_label=_km(scale),
        rows=tuple((pin.number, pin.name) for pin in pins),
    )


def around(pins: Sequence[Pin]) -> Drawing | None:
    """Draw places on their own, framed by themselves; None when none is located."""
    if not pins:
        return None
    latitudes = [pin.latitude for pin in pins]
    longitudes = [pin.longitude for pin in pins]
    centre = (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
    tall = (max(latitudes) - min(latitudes)) * 111.195 / 2
    wide = (max(longitudes) - min(longitudes)) * 111.195 * cos(radians(centre[0])) / 2
    return draw(centre=centre, radius_km=max(tall, wide, 0.5), pins=pins)


def _rings(frame: _Frame) -> tuple[Ring, ...]:
    """Choose two round distances that fill the drawing."""
    fitting = [km for km in RINGS_KM if km * frame.unit <= WIDTH / 2 - 6][-2:]
    return tuple(
        Ring(
            str(round(km * frame.unit)),
            str(HEIGHT // 2 + round(km * frame.unit) + 5),
            _km(km),
        )
        for km in fitting
    )


def _names(
    frame: _Frame,
    names: Sequence[tuple[str, float, float, int]],
    taken: list[tuple[int, int, int, int]],
) -> tuple[Mark, ...]:
    """Write the most inhabited communes that cover nothing already drawn."""
    written: list[Mark] = []
    for name, latitude, longitude, _inhabitants in sorted(names, key=lambda one: (-one[3], one[0])):
        x, y = frame.place(latitude, longitude)
        box = _box(x, y + 20, name)
        dot = (x - 5, y - 5, x + 5, y + 5)
        inside = box[0] >= 2 and box[2] <= WIDTH - 2 and y >= 8 and box[3] <= HEIGHT - 4
        if not inside or any(_overlap(part, other) for part in (box, dot) for other in taken):
            continue
        taken.extend((box, dot))
        written.append(Mark(str(x), str(y), str(y + 20), name))
        if len(written) == MOST_NAMES:
            break
    return tuple(written)


def _box(x: int, y: int, words: str) -> tuple[int, int, int, int]:
    """Give the room that centred words take."""
    half = len(words) * NAME_WIDTH // 2
    return x - half, y - NAME_HEIGHT + 6, x + half, y + 6


def _overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    """Tell whether two rectangles share a point."""
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _km(km: float) -> str:
    """Write a round distance."""
    if km < 1:
        return f"{number(km * 1000)}\u00a0m"
    return f"{number(km)}\u00a0km"
