"""What prices seen look like together, and what it would cost to pay that help for everybody.

Pure functions: no database, no clock. Amounts are integer euro cents, at 0 or above.

Source: the question is that of the Stratégie nationale pour un numérique inclusif (2018),
« Constats partagés », box on vehicle registration: should a commercial offer have a ceiling, and
could the help be financed so that it stays free? Quartiles are our own choice among the usual
definitions: linear between the two nearest values, rounded to the nearest cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_FOR_QUARTILES = 4
"""Under so many prices, a quarter of them is less than one price: only the ends are told."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How a handful of prices lie, in cents; the quartiles are None under four prices."""

    count: int
    lowest_cents: int
    lower_quartile_cents: int | None
    median_cents: int
    upper_quartile_cents: int | None
    highest_cents: int


def _quarter(ordered: Sequence[int], quarters: int) -> int:
    """Give the value under which ``quarters`` quarters of the prices lie, to the nearest cent."""
    position, rest = divmod((len(ordered) - 1) * quarters, 4)
    low = ordered[position]
    high = ordered[min(position + 1, len(ordered) - 1)]
    return (4 * low + (high - low) * rest + 2) // 4


def spread(prices_cents: Sequence[int]) -> Spread | None:
    """Describe prices by their ends, their middle and their quarters; None when there is none.

    Args:
        prices_cents: in any order, each >= 0.

    Raises:
        ValueError: a price is negative (a caller's bug).

    Source: see the module.

    >>> spread([0, 2990, 3990, 4990])
    Spread(count=4, lowest_cents=0, lower_quartile_cents=2243, median_cents=3490, \
upper_quartile_cents=4240, highest_cents=4990)
    >>> spread([2990]).upper_quartile_cents is None
    True
    """
    if not prices_cents:
        return None
    ordered = sorted(prices_cents)
    if ordered[0] < 0:
        raise ValueError(f"a price is negative: {ordered[0]}")
    has_quartiles = len(ordered) >= LEAST_FOR_QUARTILES
    return Spread(
        count=len(ordered),
        lowest_cents=ordered[0],
        lower_quartile_cents=_quarter(ordered, 1) if has_quartiles else None,
        median_cents=_quarter(ordered, 2),
        upper_quartile_cents=_quarter(ordered, 3) if has_quartiles else None,
        highest_cents=ordered[-1],
    )


@dataclass(frozen=True, slots=True)
class PublicCost:
    """What it costs in a year to pay one kind of help for everybody who needs it, in cents.

    ``market_cents`` at the price people pay today; ``own_cents`` when places of the chain give
    the help at their own price, and ``gap_cents`` = market - own (negative: the chain is dearer).
    Both are None when the price of the chain is not known. ``each_inhabitant_cents`` is the
    market's cost divided by the inhabitants, rounded to the nearest cent; None when unknown.
    """

    market_cents: int
    own_cents: int | None
    gap_cents: int | None
    each_inhabitant_cents: int | None


def public_cost(
    *, volume: int, price_cents: int, own_price_cents: int | None, inhabitants: int | None
) -> PublicCost:
    """Multiply a number of times by a price, and compare with the chain's own price.

    Args:
        volume: how many times the help is needed in a year, >= 0.
        price_cents: what it costs people today, >= 0.
        own_price_cents: what a place of the chain asks for it, >= 0; None = not known.
        inhabitants: of the territory, > 0; None = not known.

    Raises:
        ValueError: an argument is outside its range (a caller's bug).

    Source: see the module.

    >>> public_cost(volume=1000, price_cents=2990, own_price_cents=2500, inhabitants=115000)
    PublicCost(market_cents=2990000, own_cents=2500000, gap_cents=490000, each_inhabitant_cents=26)
    """
    for name, value in (("volume", volume), ("price", price_cents), ("own", own_price_cents or 0)):
        if value < 0:
            raise ValueError(f"{name} is negative: {value}")
    if inhabitants is not None and inhabitants <= 0:
        raise ValueError(f"inhabitants is not above zero: {inhabitants}")
    market = volume * price_cents
    own = None if own_price_cents is None else volume * own_price_cents
    return PublicCost(
        market_cents=market,
        own_cents=own,
        gap_cents=None if own is None else market - own,
        each_inhabitant_cents=None
        if inhabitants is None
        else (2 * market + inhabitants) // (2 * inhabitants),
    )
