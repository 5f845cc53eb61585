"""What a head of network asks of a place that uses its method, and when that pays for itself.

Pure functions. Money is integer euro cents. Every figure is the network's own: none is ours.

Source: the texts of 2018 (a school method invoiced to each new school). The shape of the fee (entry,
yearly, share of the takings) is our own choice of what franchises and networks use.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil


@dataclass(frozen=True, slots=True)
class Fee:
    """The fee of a network: cents at entry, cents a year, share of the yearly takings."""

    entry_cents: int
    yearly_cents: int
    takings_rate: Fraction

    def __post_init__(self) -> None:
        """Refuse a fee below zero or a share outside 0 to 1."""
        if self.entry_cents < 0 or self.yearly_cents < 0:
            raise ValueError(f"a fee is negative: {self.entry_cents}, {self.yearly_cents}")
        if not 0 <= self.takings_rate <= 1:
            raise ValueError(f"takings_rate is not between 0 and 1: {self.takings_rate}")


@dataclass(frozen=True, slots=True)
class FeeOutcome:
    """What one place pays and keeps over some years, in cents."""

    paid_cents: int
    first_year_cents: int
    yearly_cents: int
    kept_cents: int


def outcome(*, fee: Fee, takings_cents: int, costs_cents: int, years: int) -> FeeOutcome:
    """Say what one place pays the network, and what it keeps once its own costs are paid.

    Args:
        fee: what the network asks; its share of the takings is rounded up to the cent.
        takings_cents: takings of one year, >= 0.
        costs_cents: costs of one year without the fee, >= 0.
        years: length of the contract, >= 1.

    Raises:
        ValueError: an argument is outside its range.

    >>> fee = Fee(entry_cents=500_000, yearly_cents=120_000, takings_rate=Fraction(1, 20))
    >>> outcome(fee=fee, takings_cents=8_000_000, costs_cents=7_000_000, years=3)
    FeeOutcome(paid_cents=2060000, first_year_cents=1020000, yearly_cents=520000, kept_cents=940000)
    """
    if takings_cents < 0 or costs_cents < 0 or years < 1:
        raise ValueError(f"out of range: {takings_cents}, {costs_cents}, {years}")
    yearly = fee.yearly_cents + ceil(takings_cents * fee.takings_rate)
    paid = fee.entry_cents + years * yearly
    return FeeOutcome(
        paid_cents=paid,
        first_year_cents=fee.entry_cents + yearly,
        yearly_cents=yearly,
        kept_cents=years * (takings_cents - costs_cents) - paid,
    )


def places_to_pay_for(*, head_cost_cents: int, place_cents: int) -> int | None:
    """Give how many places pay for the head of the network each year; None when none ever do.

    Args:
        head_cost_cents: what the head costs a year, >= 0.
        place_cents: what one place pays a year, >= 0.

    Raises:
        ValueError: a negative amount.

    >>> places_to_pay_for(head_cost_cents=5_000_000, place_cents=520_000)
    10
    """
    if head_cost_cents < 0 or place_cents < 0:
        raise ValueError(f"an amount is negative: {head_cost_cents}, {place_cents}")
    if not head_cost_cents:
        return 0
    return -(-head_cost_cents // place_cents) if place_cents else None
