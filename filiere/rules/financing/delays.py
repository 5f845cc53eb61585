"""How long funders take to pay: whole days seen, one as likely as another.

Source: dated parameters ``eu.payment_*`` and ``grants.*``; a funder's own payments once known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from filiere.rules import parameters
from filiere.rules.financing.shape import Kind

DAYS_IN_MONTH = 30
STEPS = 10  # usual delays are spread evenly over that many equal intervals
MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class Delays:
    """Days between what is due and the money, in order; each is as likely as another."""

    days: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse no delay at all, a negative one, or one beyond ten years."""
        if not self.days or any(not 0 <= day <= MOST_DAYS for day in self.days):
            raise ValueError(f"delays are days from 0 to {MOST_DAYS}, at least one: {self.days}")
        object.__setattr__(self, "days", tuple(sorted(self.days)))

    def quantile(self, percent: int) -> int:
        """Give the days that so many in a hundred do not exceed, from 0 to 100.

        >>> Delays((30, 60, 90)).quantile(50)
        60
        """
        if not 0 <= percent <= 100:
            raise ValueError(f"percent is not between 0 and 100: {percent}")
        return self.days[percent * (len(self.days) - 1) // 100]


AT_ONCE = Delays((0,))
"""Money that comes when it is due: sales, vouchers, one's own."""


def usual_delays(kind: Kind, on: date) -> Delays:
    """Give the delays of a kind of funder, until its own payments are known.

    Args:
        kind: European money goes from its legal term to its worst case; other funders from what
            the field reports; the carrier's own money has no delay.
        on: day of the parameters.

    Returns:
        Days spread evenly between the two.

    Raises:
        ParameterNotInForce: there is no parameter on that day.

    Source: 18 months at worst (the text of 2018); 90 to 180 days, policy of this project.

    >>> usual_delays(Kind.EU, date(2026, 11, 22)).days[-1]
    540
    >>> usual_delays(Kind.STATE, date(2026, 11, 22)).quantile(50)
    135
    """
    if not kind.needs_file:
        return AT_ONCE
    if kind == Kind.EU:
        first = parameters.whole("eu.payment_days", on)
        last = parameters.whole("eu.payment_worst_months", on) * DAYS_IN_MONTH
    else:
        first = parameters.whole("grants.field_first_days", on)
        last = parameters.whole("grants.field_last_days", on)
    return Delays(tuple(first + (last - first) * step // STEPS for step in range(STEPS + 1)))


def learned_delays(seen: Sequence[int], usual: Delays, on: date) -> Delays:
    """Give the delays of a funder from its own payments, beside the usual ones when they are few.

    Args:
        seen: days its payments took, each from 0 to ten years.
        usual: the delays of its kind.
        on: day of the parameter that says what few is.

    Raises:
        ValueError: a delay is out of range.

    Source: policy of this project (``grants.few_payments``).

    >>> learned_delays([200] * 5, AT_ONCE, date(2026, 11, 22)).days
    (200, 200, 200, 200, 200)
    >>> learned_delays([200], AT_ONCE, date(2026, 11, 22)).days
    (0, 200)
    """
    if len(seen) >= parameters.whole("grants.few_payments", on):
        return Delays(tuple(seen))
    return Delays((*usual.days, *seen))


def months_for(days: int) -> int:
    """Give the months that days reach into, rounded up: the money counts at the month's end.

    >>> months_for(0), months_for(30), months_for(31)
    (0, 1, 2)
    """
    return -(-days // DAYS_IN_MONTH)
