"""Drawings of prices: how they lie in each kind of place, and who would pay each price.

Positions are whole units of the drawing, given as text so that no language reformats them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from filiere.rules.observed_prices import Spread
from filiere.rules.willingness import DemandPoint
from filiere.web.formats import euros, percent

LEFT, RIGHT, ROW, TOP = 12, 388, 66, 8
FOOT = 26
# Stroke and gap of each line: whole, dashed, dotted, long dashes. No colour tells them apart.
STROKES = ((28, 0), (7, 4), (2, 3), (16, 3))
CURVE_LEFT, CURVE_RIGHT, CURVE_TOP, CURVE_BOTTOM = 58, 384, 20, 190


@dataclass(frozen=True, slots=True)
class Band:
    """One row of prices: its name, its line, its box (blank without quartiles), its middle."""

    y: str
    name: str
    words: str
    line: str
    box: str
    middle_x: str
    middle_y: str


@dataclass(frozen=True, slots=True)
class CeilingMark:
    """One ceiling: its broken line beside each row, and at the foot the same line with its words."""

    path: str
    sample: str
    y: str
    words: str


@dataclass(frozen=True, slots=True)
class Bands:
    """Rows of prices over one scale, and the ceilings advised."""

    height: str
    rows: tuple[Band, ...]
    zero: str
    ceilings: tuple[CeilingMark, ...]


def bands(
    rows: Sequence[tuple[str, str, Spread]], *, ceilings: Sequence[tuple[str, int]]
) -> Bands | None:
    """Draw prices kind by kind; None when there is none.

    Args:
        rows: name, words of the range, and how the prices lie.
        ceilings: words and cents, the first ones drawn, each with another line (as many as there
            are lines in ``STROKES``: more would not be told apart).
    """
    if not rows:
        return None
    drawn_ceilings = ceilings[: len(STROKES)]
    ends = [spread.highest_cents for *_words, spread in rows]
    highest = max([*ends, *(cents for _words, cents in drawn_ceilings), 1])

    def x(cents: int) -> int:
        return LEFT + round((RIGHT - LEFT) * cents / highest)

    drawn = []
    for rank, (name, words, spread) in enumerate(rows):
        y = TOP + rank * ROW
        low, high = x(spread.lowest_cents), x(spread.highest_cents)
        box = ""
        if spread.lower_quartile_cents is not None and spread.upper_quartile_cents is not None:
            left, right = x(spread.lower_quartile_cents), x(spread.upper_quartile_cents)
            box = f"M{left} {y + 32}H{max(right, left + 2)}V{y + 52}H{left}Z"
        drawn.append(
            Band(
                y=str(y + 20),
                name=name,
                words=words,
                line=f"M{low} {y + 34}v16M{low} {y + 42}H{high}M{high} {y + 34}v16",
                box=box,
                middle_x=str(x(spread.median_cents)),
                middle_y=str(y + 42),
            )
        )
    bottom = TOP + len(rows) * ROW
    return Bands(
        height=str(bottom + 8 + FOOT * len(drawn_ceilings)),
        rows=tuple(drawn),
        zero=f"M{LEFT} {TOP + 24}V{bottom}",
        ceilings=tuple(
            _ceiling(words, rank, x(cents), len(rows), bottom)
            for rank, (words, cents) in enumerate(drawn_ceilings)
        ),
    )


def _ceiling(words: str, rank: int, x: int, rows: int, bottom: int) -> CeilingMark:
    """Draw a ceiling beside each row, not through its words; name it under them all."""
    y = bottom + 20 + rank * FOOT
    down, across = _broken("v%d", "m0 %d", rank, 26), _broken("h%d", "m%d 0", rank, 28)
    return CeilingMark(
        path="".join(f"M{x} {TOP + row * ROW + 30}{down}" for row in range(rows)),
        sample=f"M{LEFT} {y - 5}{across}",
        y=str(y),
        words=words,
    )


def _broken(stroke: str, leap: str, rank: int, length: int) -> str:
    """Draw one line of ``length`` with the strokes and gaps of its rank."""
    on, off = STROKES[rank]
    path, done = "", 0
    while done < length:
        path += stroke % min(on, length - done)
        done += on + off
        path += leap % off if done < length else ""
    return path


@dataclass(frozen=True, slots=True)
class Curve:
    """Who would pay each price: a falling staircase, its dots, the scale at its foot."""

    path: str
    dots: tuple[tuple[str, str], ...]
    prices: tuple[tuple[str, str], ...]
    shares: tuple[tuple[str, str], ...]


def curve(points: Sequence[DemandPoint]) -> Curve | None:
    """Draw the share of people who accept each price; None without points.

    Prices are set at equal steps: the question offers a list, not a scale.
    """
    if len(points) < 2:
        return None
    wide = CURVE_RIGHT - CURVE_LEFT - 20
    tall = CURVE_BOTTOM - CURVE_TOP
    total = points[0].accepting
    dots = [
        (
            CURVE_LEFT + 10 + wide * rank // (len(points) - 1),
            CURVE_BOTTOM - tall * point.accepting // total,
        )
        for rank, point in enumerate(points)
    ]
    path = f"M{dots[0][0]} {dots[0][1]}" + "".join(f"L{x} {y}" for x, y in dots[1:])
    return Curve(
        path=path,
        dots=tuple((str(x), str(y)) for x, y in dots),
        prices=tuple(
            (str(x), euros(point.price_cents, short=True))
            for rank, ((x, _y), point) in enumerate(zip(dots, points, strict=True))
            if rank % 2 == 0
        ),
        shares=tuple(
            (str(CURVE_BOTTOM - tall * part // 100 + 5), percent_of(part)) for part in (0, 50, 100)
        ),
    )


def percent_of(part: int) -> str:
    """Write hundredths as people read them."""
    return percent(part / 100)
