"""Corporate tax on a lucrative profit: the normal rate, and the reduced one on its first part.

Amounts are integer euro cents; the tax is rounded down to the cent, our own choice. A decision
aid. Source: CGI, art. 219; ``corporate_tax.*`` in ``data/parameters.yaml``.
"""

from datetime import date

from filiere.rules import parameters
from filiere.rules.money import split_by_rate


def corporate_tax(profit_cents: int, on: date, *, reduced: bool) -> int:
    """Give the tax on a profit, in euro cents.

    Args:
        profit_cents: taxable profit of a year of twelve months, >= 0.
        on: day the accounting year ends.
        reduced: the conditions of the reduced rate are met.

    Raises:
        ValueError: a negative profit.
        ParameterNotInForce: before 2022.

    >>> corporate_tax(10_000_000, date(2026, 12, 31), reduced=False)
    2500000
    >>> corporate_tax(10_000_000, date(2026, 12, 31), reduced=True)
    2075000
    """
    if profit_cents < 0:
        raise ValueError(f"a profit is below 0: {profit_cents}")
    normal = parameters.ratio("corporate_tax.normal_rate", on)
    if not reduced:
        return split_by_rate(profit_cents, normal, "down")[0]
    first = min(profit_cents, parameters.whole("corporate_tax.reduced_ceiling_cents", on))
    rate = parameters.ratio("corporate_tax.reduced_rate", on)
    rest = split_by_rate(profit_cents - first, normal, "down")[0]
    return split_by_rate(first, rate, "down")[0] + rest
