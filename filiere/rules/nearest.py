"""Which points have another point near enough: many against many, without measuring all pairs.

Straight lines on the ground, in kilometres. Floats are coordinates and distances, never money.

Source: haversine distance of ``rules.geo``; squares as wide as the radius, so that the nine
squares around a point hold every answer.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from math import cos, floor, radians

from filiere.rules.geo import TravelMode, distance_km, travel_minutes

type_point = tuple[float, float]
_KM_PER_DEGREE = 111.0
_FARTHEST = 100_000


def reach_km(minutes: int, *, mode: TravelMode, on: date) -> float:
    """Longest straight line still travelled within some minutes, to 10 metres.

    Args:
        minutes: of travel, >= 0.
        mode: how people come; its speed is a dated parameter.
        on: day that dates the speed.

    Returns:
        Kilometres, 0 when even a step takes longer.

    Source: ``rules.geo.travel_minutes``, inverted by halving.
    """
    low, high = 0, _FARTHEST
    while low < high:
        middle = (low + high + 1) // 2
        if travel_minutes(middle / 100, mode=mode, on=on) <= minutes:
            low = middle
        else:
            high = middle - 1
    return low / 100


def is_near(
    points: Sequence[type_point], targets: Sequence[type_point], *, radius_km: float
) -> list[bool]:
    """Say of each point whether a target lies within the radius.

    Args:
        points: latitudes and longitudes, in degrees.
        targets: the same.
        radius_km: straight line, in kilometres, >= 0.

    Returns:
        One answer per point, in the same order.

    Raises:
        ValueError: a negative radius.

    Source: see the module.

    >>> is_near([(46.17, 1.87), (48.85, 2.35)], [(46.2, 1.9)], radius_km=10)
    [True, False]
    """
    if radius_km < 0:
        raise ValueError(f"radius_km is negative: {radius_km}")
    tall = max(radius_km, 0.1) / _KM_PER_DEGREE * 1.01
    widest = max((abs(latitude) for latitude, _longitude in [*points, *targets]), default=0.0)
    wide = tall / max(0.05, cos(radians(min(widest + tall, 89.0))))

    def cell(point: type_point) -> tuple[int, int]:
        return floor(point[0] / tall), floor(point[1] / wide)

    cells: dict[tuple[int, int], list[type_point]] = defaultdict(list)
    for target in targets:
        cells[cell(target)].append(target)

    def near(point: type_point) -> bool:
        row, column = cell(point)
        return any(
            distance_km(*point, *target) <= radius_km
            for i in (0, -1, 1)
            for j in (0, -1, 1)
            for target in cells.get((row + i, column + j), ())
        )

    return [near(point) for point in points]
