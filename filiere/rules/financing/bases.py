"""What one source may pay: which lines, on which base, between which amounts.

The checks and the optimiser both read these, so they never disagree. Amounts are integer cents;
what a funder may give is rounded down to the cent, what it asks for at least is rounded up.

Source: each scheme's own terms; flat rates are dated parameters (``eu.flat_rate.*``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor

from filiere.rules import parameters
from filiere.rules.financing.shape import Base, FlatRate, Kind, Line, Source, Terms

STAFF = "64"
BOUGHT_SERVICES = ("604", "61", "62")
"""Accounts of services bought from others; which ones count is our own choice."""


def is_eligible(line: Line, terms: Terms) -> bool:
    """Tell whether a scheme counts a line: its nature, its years, in kind or not.

    Source: the scheme's own terms.
    """
    natures = terms.eligible_natures
    if natures and not any(line.nature.startswith(nature) for nature in natures):
        return False
    if line.is_in_kind and not terms.counts_in_kind:
        return False
    return is_in_period(line, terms)


def is_in_period(line: Line, terms: Terms) -> bool:
    """Tell whether the year of a line is one in which the scheme pays.

    Source: the scheme's own terms.
    """
    early = terms.eligible_from is not None and line.year < terms.eligible_from.year
    late = terms.eligible_until is not None and line.year > terms.eligible_until.year
    return not early and not late


def counted_cents(line: Line, terms: Terms) -> int:
    """Give what a scheme counts of a line it accepts: never more than is really borne, in cents.

    Source: a tax that is recovered is no cost; the scheme says with or without tax.
    """
    chosen = line.with_vat if terms.base == Base.WITH_VAT else line.without_vat
    return min(line.amount_cents, chosen)


def eligible_base(lines: Sequence[Line], terms: Terms, on: date) -> int:
    """Add up the cost on which a scheme computes its rate, flat rate included.

    Args:
        lines: every line of the project.
        terms: the scheme's.
        on: day of the flat rate's value.

    Returns:
        Cents, rounded down. Under a flat rate, real indirect costs are not counted again.

    Raises:
        ParameterNotInForce: the flat rate does not exist on that day.

    Source: ESF France 2014-2020, 20 % of direct costs less bought services; Regulation (EU)
    2021/1060, art. 54 and 56, for the others.

    >>> bought = Line(key="b", nature="61", amount_cents=80_000_00, year=2018)
    >>> staff = Line(key="s", nature="64", amount_cents=120_000_00, year=2018)
    >>> terms = Terms(scheme="FSE", flat_rate=FlatRate.DIRECT_LESS_SERVICES)
    >>> eligible_base([bought, staff], terms, date(2018, 6, 1))
    22400000
    """
    eligible = [line for line in lines if is_eligible(line, terms)]
    if terms.flat_rate == FlatRate.NONE:
        return sum(counted_cents(line, terms) for line in eligible)
    direct = [line for line in eligible if not line.is_indirect]
    staff = sum(counted_cents(one, terms) for one in direct if one.nature.startswith(STAFF))
    services = sum(
        counted_cents(one, terms) for one in direct if one.nature.startswith(BOUGHT_SERVICES)
    )
    real = sum(counted_cents(line, terms) for line in direct)
    rated = {
        FlatRate.DIRECT_LESS_SERVICES: real - services,
        FlatRate.DIRECT: real,
        FlatRate.STAFF: staff,
        FlatRate.STAFF_ALL_OTHERS: staff,
    }[terms.flat_rate]
    counted = staff if terms.flat_rate == FlatRate.STAFF_ALL_OTHERS else real
    return counted + floor(rated * parameters.ratio(f"eu.flat_rate.{terms.flat_rate}", on))


def payable_cents(line: Line, source: Source) -> int:
    """Give the most one source may pay of one line, in cents; 0 when it may not pay it.

    Volunteering pays what is in kind and only that; money pays the rest. A flat rate opens the
    indirect lines it stands for, or every line when it stands for all other costs.

    Source: accounts 86 and 87 of the French plan balance each other; the scheme's own terms.
    """
    if line.is_in_kind != (source.kind == Kind.VOLUNTEERING):
        return 0
    terms = source.terms
    stands_for = terms.flat_rate == FlatRate.STAFF_ALL_OTHERS or (
        terms.flat_rate != FlatRate.NONE and line.is_indirect
    )
    if stands_for and is_in_period(line, terms):
        return counted_cents(line, terms)
    # What is in kind is balanced by volunteering, whose terms need not say so.
    if line.is_in_kind:
        return line.amount_cents
    return counted_cents(line, terms) if is_eligible(line, terms) else 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a source may give, in cents: from ``least`` to ``most`` once it gives at all.

    The four upper limits are kept apart to say which one binds; ``ceiling`` is None when none is
    set. ``base`` is the cost on which its rate is computed.
    """

    base: int
    by_rate: int
    by_amount: int
    ceiling: int | None
    by_lines: int
    at_least_by_rate: int
    floor: int

    @property
    def most(self) -> int:
        """The most it may give."""
        most = min(self.by_rate, self.by_amount, self.by_lines)
        return most if self.ceiling is None else min(most, self.ceiling)

    @property
    def least(self) -> int:
        """The least it may give, once it gives."""
        return max(1, self.at_least_by_rate, self.floor)


def limits_of(source: Source, lines: Sequence[Line], on: date) -> Limits:
    """Give the limits of a source on the lines of a project.

    Args:
        source: its amount is the most that is asked or was granted.
        lines: every line of the project.
        on: day of the parameters.

    Returns:
        Limits in cents; ``least`` above ``most`` means that nothing can be asked.

    Raises:
        ParameterNotInForce: the flat rate does not exist on that day.

    Source: the scheme's own terms.
    """
    terms = source.terms
    if source.kind == Kind.VOLUNTEERING:
        base = sum(line.amount_cents for line in lines if line.is_in_kind)
    else:
        base = eligible_base(lines, terms, on)
    return Limits(
        base=base,
        by_rate=floor(base * terms.rate_max),
        by_amount=source.amount_cents,
        ceiling=terms.ceiling_cents,
        by_lines=sum(payable_cents(line, source) for line in lines),
        at_least_by_rate=ceil(base * terms.rate_min),
        floor=terms.floor_cents,
    )


def share_of_cost(lines: Sequence[Line], terms: Terms, share: Fraction, *, up: bool) -> int:
    """Give a share of the cost of the project, as the scheme counts it, in cents.

    Args:
        lines: every line of the project.
        terms: they say whether what is in kind counts.
        share: between 0 and 1.
        up: round up (a minimum) instead of down (a maximum).

    Source: the scheme's own terms.
    """
    cost = sum(one.amount_cents for one in lines if terms.counts_in_kind or not one.is_in_kind)
    return ceil(cost * share) if up else floor(cost * share)


def has_too_much_investment(lines: Sequence[Line], terms: Terms) -> bool:
    """Tell whether investment takes more of the budget than the scheme allows.

    Source: the scheme's own terms; in Hauts-de-France, 25 % of the total cost. It is a rule on
    the budget: read as a rate of the funder, it would refuse the projects of the texts.
    """
    return investment_excess(lines, terms) > 0


def investment_excess(lines: Sequence[Line], terms: Terms) -> int:
    """Give the cents of investment above the scheme's share of the total cost, 0 when none.

    Source: see ``has_too_much_investment``.
    """
    if terms.investment_share_max is None:
        return 0
    most = share_of_cost(lines, terms, terms.investment_share_max, up=False)
    return max(0, sum(one.amount_cents for one in lines if one.is_investment) - most)


def is_call_closed(source: Source, on: date) -> bool:
    """Tell whether a file not yet sent comes too late.

    Source: the scheme's own terms; the last day counts.
    """
    closes = source.terms.closes_on
    return source.state.value == "envisaged" and closes is not None and on > closes
