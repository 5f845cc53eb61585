"""What a gift gives back to who gives it: individuals and companies, their ceilings, by date.

Pure functions. Money is integer euro cents; what comes back is rounded down to the cent. A gift of
an individual is judged on its own day, gifts of a company on the day its accounts close.

Source: Code général des impôts, art. 200, 200-1 ter and 238 bis; BOFiP. The rounding, and the order
in which gifts carried over are used, are our own choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from filiere.rules import parameters
from filiere.rules.spans import years_after


class Purpose(StrEnum):
    """What a gift serves. Only the first four are help to persons in the sense of art. 200-1 ter.

    Digital help is none of them, even when persons in difficulty receive it.
    """

    MEALS = "meals"
    HOUSING = "housing"
    CARE = "care"
    DOMESTIC_VIOLENCE = "domestic_violence"
    DIGITAL_INCLUSION = "digital_inclusion"
    OTHER = "other"


AID_TO_PERSONS = frozenset(
    {Purpose.MEALS, Purpose.HOUSING, Purpose.CARE, Purpose.DOMESTIC_VIOLENCE}
)
"""Purposes whose gifts give back 75 % under a ceiling of their own."""


@dataclass(frozen=True, slots=True)
class IndividualReduction:
    """What comes back to an individual, in cents.

    ``at_high_rate_cents`` and ``at_rate_cents`` are the parts of the gift counted at 75 % and at
    the ordinary rate; ``over_cents`` is above the ceiling of the year and gives nothing back now.
    """

    gift_cents: int
    at_high_rate_cents: int
    at_rate_cents: int
    over_cents: int
    reduction_cents: int

    @property
    def net_cents(self) -> int:
        """What the gift costs in the end."""
        return self.gift_cents - self.reduction_cents


@dataclass(frozen=True, slots=True)
class Carried:
    """Gifts of a past year above its ceiling, in cents, with the rate they would have had."""

    closed_on: date
    amount_cents: int
    rate: Fraction


@dataclass(frozen=True, slots=True)
class CompanyReduction:
    """What comes back to a company for one year, in cents.

    ``used_cents`` is what the ceiling let through of the gifts of the year, ``used_before_cents``
    of those carried over; ``carried`` is left for the years to come; ``lost_cents`` is too old.
    """

    ceiling_cents: int
    used_cents: int
    used_before_cents: int
    reduction_cents: int
    carried: tuple[Carried, ...]
    lost_cents: int


def _not_negative(**amounts: int) -> None:
    for name, amount in amounts.items():
        if amount < 0:
            raise ValueError(f"{name} is negative: {amount}")


def aid_to_persons_ceiling(on: date) -> int:
    """Ceiling of gifts at 75 % made on a day, in euro cents a year.

    Raises:
        ParameterNotInForce: before 2018.

    Source: Code général des impôts, art. 200-1 ter; 2,000 euros for gifts made from 14 October
    2025, not from 1 January of that year.

    >>> aid_to_persons_ceiling(date(2025, 10, 13)), aid_to_persons_ceiling(date(2025, 10, 14))
    (100000, 200000)
    """
    return parameters.whole("donation.aid_to_persons_ceiling_cents", on)


def individual_reduction(
    *,
    gift_cents: int,
    taxable_income_cents: int,
    purpose: Purpose,
    on: date,
    counted_before_cents: int = 0,
    high_rate_before_cents: int = 0,
) -> IndividualReduction:
    """Say what a gift of an individual gives back.

    Gifts for help to persons count at 75 % up to their ceiling, then as any other; the others
    count at the ordinary rate within a share of the taxable income.

    Args:
        gift_cents: the gift, >= 0.
        taxable_income_cents: taxable income of the year of the gift, >= 0.
        purpose: what it serves.
        on: day of the gift.
        counted_before_cents: gifts of the year already counted at the ordinary rate, >= 0.
        high_rate_before_cents: gifts of the year already counted at 75 %, >= 0.

    Raises:
        ValueError: a negative amount.
        ParameterNotInForce: before 2002, or before 2018 for help to persons.

    Source: Code général des impôts, art. 200.

    >>> found = individual_reduction(gift_cents=10_000, taxable_income_cents=2_000_000,
    ...     purpose=Purpose.DIGITAL_INCLUSION, on=date(2026, 11, 22))
    >>> found.reduction_cents, found.net_cents
    (6600, 3400)
    """
    _not_negative(
        gift_cents=gift_cents,
        taxable_income_cents=taxable_income_cents,
        counted_before_cents=counted_before_cents,
        high_rate_before_cents=high_rate_before_cents,
    )
    high, high_rate = 0, Fraction(0)
    if purpose in AID_TO_PERSONS:
        room = max(0, aid_to_persons_ceiling(on) - high_rate_before_cents)
        high = min(gift_cents, room)
        high_rate = parameters.ratio("donation.aid_to_persons_rate", on)
    share = parameters.ratio("donation.individual_ceiling_rate", on)
    room = max(0, int(taxable_income_cents * share) - counted_before_cents)
    ordinary = min(gift_cents - high, room)
    rate = parameters.ratio("donation.individual_rate", on)
    return IndividualReduction(
        gift_cents=gift_cents,
        at_high_rate_cents=high,
        at_rate_cents=ordinary,
        over_cents=gift_cents - high - ordinary,
        reduction_cents=int(high * high_rate + ordinary * rate),
    )


def company_ceiling(*, turnover_cents: int, closed_on: date) -> int:
    """Most that the gifts of a company count for in a year, in euro cents.

    Args:
        turnover_cents: turnover without tax of the year, >= 0.
        closed_on: day the accounts of the year close.

    Raises:
        ValueError: a negative turnover.
        ParameterNotInForce: before 2018.

    Source: Code général des impôts, art. 238 bis.

    >>> company_ceiling(turnover_cents=150_000_000, closed_on=date(2019, 12, 31))
    1000000
    """
    _not_negative(turnover_cents=turnover_cents)
    share = int(turnover_cents * parameters.ratio("donation.company_ceiling_rate", closed_on))
    return max(share, parameters.whole("donation.company_floor_ceiling_cents", closed_on))


def _by_rate(gifts_cents: int, closed_on: date) -> list[Carried]:
    """Cut the gifts of a year at the step where the rate falls; one part when there is none yet."""
    rate = parameters.ratio("donation.company_rate", closed_on)
    try:
        step = parameters.whole("donation.company_high_step_cents", closed_on)
    except parameters.ParameterNotInForce:
        return [Carried(closed_on, gifts_cents, rate)]
    above = parameters.ratio("donation.company_high_rate", closed_on)
    low = min(gifts_cents, step)
    return [Carried(closed_on, low, rate), Carried(closed_on, gifts_cents - low, above)]


def company_reduction(
    *,
    gifts_cents: int,
    turnover_cents: int,
    closed_on: date,
    carried: Sequence[Carried] = (),
) -> CompanyReduction:
    """Say what the gifts of a year give back to a company, and what is carried over.

    The gifts of the year are counted first, then those carried over, the oldest first. A part
    carried keeps the rate of its year; one older than five years is lost.

    Args:
        gifts_cents: gifts of the year, >= 0.
        turnover_cents: turnover without tax, >= 0.
        closed_on: day the accounts close.
        carried: gifts above the ceiling of past years, each >= 0 and closed before this year.

    Raises:
        ValueError: a negative amount, or a part carried from this year or later.
        ParameterNotInForce: before 2018.

    Source: Code général des impôts, art. 238 bis; BOFiP.

    >>> company_reduction(gifts_cents=900_000, turnover_cents=150_000_000,
    ...     closed_on=date(2019, 12, 31)).reduction_cents
    540000
    """
    _not_negative(gifts_cents=gifts_cents)
    for part in carried:
        _not_negative(amount_cents=part.amount_cents)
        if part.closed_on >= closed_on:
            raise ValueError(f"carried from {part.closed_on}, not before {closed_on}")
    years = parameters.whole("donation.carry_years", closed_on)
    alive = [part for part in carried if years_after(part.closed_on, years) >= closed_on]
    ceiling = room = company_ceiling(turnover_cents=turnover_cents, closed_on=closed_on)
    back, used, left = Fraction(0), {True: 0, False: 0}, []
    for part in (
        *_by_rate(gifts_cents, closed_on),
        *sorted(alive, key=lambda part: part.closed_on),
    ):
        taken = min(part.amount_cents, room)
        room -= taken
        back += taken * part.rate
        used[part.closed_on == closed_on] += taken
        if part.amount_cents > taken:
            left.append(Carried(part.closed_on, part.amount_cents - taken, part.rate))
    return CompanyReduction(
        ceiling_cents=ceiling,
        used_cents=used[True],
        used_before_cents=used[False],
        reduction_cents=int(back),
        carried=tuple(sorted(left, key=lambda part: (part.closed_on, -part.rate))),
        lost_cents=sum(part.amount_cents for part in carried)
        - sum(part.amount_cents for part in alive),
    )


def compensation_allowed(*, gift_cents: int, on: date, individual: bool) -> int:
    """Most that may come back to the donor as goods or services, in euro cents.

    Above it the payment is a price, not a gift. For an individual a yearly amount holds too.

    Raises:
        ValueError: a negative gift.
        ParameterNotInForce: before 2018.

    Source: BOFiP; the amount for individuals is from memory and to verify.

    >>> compensation_allowed(gift_cents=100_000, on=date(2026, 11, 22), individual=False)
    25000
    """
    _not_negative(gift_cents=gift_cents)
    most = int(gift_cents * parameters.ratio("donation.compensation_rate", on))
    if individual:
        return min(most, parameters.whole("donation.compensation_individual_cents", on))
    return most
