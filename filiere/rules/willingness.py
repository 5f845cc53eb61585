"""What people say they would pay for help, and who is left out at each price.

Pure functions: no database, no clock. Amounts are integer euro cents. An answer is the highest
price, among those asked, that somebody says they would pay: 0 means "only if it is free".

Source: the texts of 2018 (« Constats partagés ») hold that willingness to pay depends on the kind
of place that offers the help; the prices asked and the grouping are our own choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

PRICES_ASKED_CENTS = (0, 200, 500, 1_000, 1_500, 2_000, 3_000, 5_000)
"""The same for every survey, or answers of two places could not be added up."""


@dataclass(frozen=True, slots=True)
class DemandPoint:
    """At one price: who would pay it, who would not, and what a hundred people would bring.

    ``accepting`` + ``excluded`` = all the answers. ``takings_cents`` is the price times those who
    accept, for a hundred people who answered, rounded to the nearest cent.
    """

    price_cents: int
    accepting: int
    excluded: int
    takings_cents: int


def demand(highest_cents: Sequence[int], *, least: int) -> tuple[DemandPoint, ...]:
    """Tell how many people would pay each price, without ever showing fewer than ``least`` people.

    A price is left out when fewer than ``least`` people (and not none) stopped between it and the
    price before, or would still pay it: nobody's answer can be told from two points.

    Args:
        highest_cents: one answer each, all among ``PRICES_ASKED_CENTS``.
        least: threshold of small groups, >= 1.

    Returns:
        Points by growing price, from 0, which everybody accepts; empty under ``least`` answers.

    Raises:
        ValueError: an answer is no price asked, or ``least`` is under 1 (a caller's bug).

    Source: see the module.

    >>> [(p.price_cents, p.accepting) for p in demand([0] * 6 + [500] * 9 + [5000], least=5)]
    [(0, 16), (200, 10), (500, 10)]
    """
    if least < 1:
        raise ValueError(f"least is under 1: {least}")
    if strange := set(highest_cents) - set(PRICES_ASKED_CENTS):
        raise ValueError(f"not a price asked: {min(strange)}")
    total = len(highest_cents)
    if total < least:
        return ()
    points: list[DemandPoint] = []
    before = total
    for price in PRICES_ASKED_CENTS:
        accepting = sum(1 for highest in highest_cents if highest >= price)
        if 0 < accepting < least or 0 < before - accepting < least:
            continue
        before = accepting
        takings = (200 * price * accepting + total) // (2 * total)
        points.append(DemandPoint(price, accepting, total - accepting, takings))
    return tuple(points)
