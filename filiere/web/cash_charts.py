"""The cash of a project over its months: three curves, and what is missing under the zero line.

Positions are whole units of the drawing, given as text so that no language reformats them.
Amounts are integer euro cents.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.dates import MONTHS_AP

from filiere.rules.financing.cash import Forecast
from filiere.web.formats import euros, number

LEFT, RIGHT, TOP, BOTTOM = 84, 1060, 34, 320
HEIGHT = 380
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class CashChart:
    """The drawing, ready for its template."""

    height: str
    zero_y: str
    prudent: str
    typical: str
    lucky: str
    missing: str
    dots: tuple[tuple[str, str, bool], ...]
    scale: tuple[tuple[str, str], ...]
    months: tuple[tuple[str, str], ...]
    ends: tuple[str, str, str]
    low: tuple[str, str, str]
    low_words: str
    low_anchor: str


def cash_chart(found: Forecast, *, first_on: date, low: int | None) -> CashChart:
    """Draw three curves over one scale.

    Args:
        first_on: first day of month 0.
        low: rank of the month to come in which the least is in hand, None when nothing is missing.
    """
    curves = (found.prudent.cents, found.typical.cents, found.lucky.cents)
    least, most = min(0, *map(min, curves)), max(1, *map(max, curves))
    count = len(curves[1])

    def x(rank: int) -> int:
        return LEFT + (RIGHT - LEFT) * rank // max(1, count - 1)

    def y(cents: int) -> int:
        return BOTTOM - (BOTTOM - TOP) * (cents - least) // (most - least)

    points = [[(x(rank), y(cents)) for rank, cents in enumerate(curve)] for curve in curves]
    typical = curves[1]
    return CashChart(
        height=str(HEIGHT),
        zero_y=str(y(0)),
        prudent=_path(points[0]),
        typical=_path(points[1]),
        lucky=_path(points[2]),
        missing=_under(points[1], y(0)),
        dots=tuple((str(a), str(b), cents < 0)
                   for (a, b), cents in zip(points[1], typical, strict=True)),
        scale=tuple((str(y(cents)), f"{number(cents // 100_000)} k€")
                    for cents in _ticks(least, most)),
        months=tuple((str(x(rank)), _month(first_on, rank)) for rank in range(0, count, 3)),
        ends=_apart([points[rank][-1][1] for rank in (0, 1, 2)]),
        low=(str(x(low)), str(y(typical[low])), str(y(0) - 14)) if low is not None else ("", "", ""),
        low_words=euros(-typical[low], short=True) if low is not None else "",
        low_anchor="end" if low is not None and x(low) > 800 else "start",
    )  # fmt: skip


def cash_rows(found: Forecast, first_on: date) -> list[tuple[str, str, str, str]]:
    """Give the same in a table: each month, then its three balances."""
    three = zip(found.prudent.cents, found.typical.cents, found.lucky.cents, strict=True)
    return [
        (_month(first_on, rank), euros(prudent), euros(typical), euros(lucky))
        for rank, (prudent, typical, lucky) in enumerate(three)
    ]


def _path(points: Sequence[tuple[int, int]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def _under(points: Sequence[tuple[int, int]], zero: int) -> str:
    """Shut what is under the zero line, crossing by crossing."""
    shapes, shape = "", list[tuple[int, int]]()
    for rank, (x, y) in enumerate(points):
        if y > zero and not shape and rank:
            shape.append(_cross(points[rank - 1], (x, y), zero))
        if y > zero:
            shape.append((x, y) if shape or rank else (x, zero))
            if not rank:
                shape.append((x, y))
        elif shape:
            shape.append(_cross(points[rank - 1], (x, y), zero))
            shapes, shape = shapes + _path(shape) + "Z", []
    if shape:
        shapes += _path([*shape, (points[-1][0], zero)]) + "Z"
    return shapes


def _cross(one: tuple[int, int], other: tuple[int, int], zero: int) -> tuple[int, int]:
    (x1, y1), (x2, y2) = one, other
    return (x1 + (x2 - x1) * (zero - y1) // (y2 - y1) if y2 != y1 else x1, zero)


def _ticks(least: int, most: int) -> list[int]:
    """Give four or so round amounts, thousands of euros at least."""
    step = 100_000
    while (most - least) // step > 5:
        lead = int(str(step)[0])
        following = STEPS[STEPS.index(lead) + 1] if lead < 5 else 10
        step = step // lead * following
    return list(range(-(-least // step) * step, most + 1, step))


def _month(first_on: date, rank: int) -> str:
    month = first_on.month - 1 + rank
    return f"{MONTHS_AP[month % 12 + 1]} {(first_on.year + month // 12) % 100:02}"


def _apart(ends: Sequence[int]) -> tuple[str, str, str]:
    """Keep three labels from covering one another; the first curve is the lowest."""
    low, middle, high = ends
    middle = min(max(middle, high + 22), low)
    low = max(low, middle + 22)
    return str(low + 6), str(middle + 6), str(high + 6)
