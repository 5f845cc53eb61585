"""Ways through a month without money, from what a project can move: advances, investments, a loan.

Integer euro cents.
"""

from datetime import date
from fractions import Fraction

from filiere.projects.queries.cash import CashBook
from filiere.rules import parameters
from filiere.rules.financing.bridging import Postponed, Way, ways_to_bridge
from filiere.rules.financing.cash import Due, Receipts
from filiere.rules.financing.delays import AT_ONCE
from filiere.rules.money import share

OWING, LATER_MONTHS = 3, (3, 6, 9, 12)


def ways_through(book: CashBook, *, rate: Fraction | None, on: date) -> tuple[Way, ...]:
    """Try an advance of who owes most, the largest investment later, a loan; the best first.

    Each asked funder pays at once, at its own delay, the share that is usual at signature. The
    key of an advance is that of its receipt; that of a cost put off is its months, in two digits.

    Args:
        rate: yearly, of a loan, between 0 and 1; None: not known, its price is then 0.
        on: day of the parameters.
    """
    part = parameters.ratio("grants.usual_advance", on)
    owing = [one for one in book.receipts
             if one.delays != AT_ONCE and one.chance == 1 and _later_cents(one)]  # fmt: skip
    owing.sort(key=lambda one: -_later_cents(one))
    return ways_to_bridge(
        book.receipts,
        book.spent_cents,
        yearly_rate=rate or Fraction(0),
        advances={one.source: _advanced(one, part) for one in owing[:OWING]},
        postponed=_postponed(book),
        opening_cents=book.opening_cents,
    )


def _later_cents(one: Receipts) -> int:
    return sum(due.cents for due in one.dues if due.month)


def _advanced(one: Receipts, part: Fraction) -> list[Due]:
    """Take a share of what is due later and make it due now."""
    early, late = 0, list[Due]()
    for due in one.dues:
        weights = [part.numerator, part.denominator - part.numerator] if due.month else [1, 0]
        first, rest = share(due.cents, weights)
        early += first
        if rest:
            late.append(Due(due.month, rest))
    return [Due(0, early), *late]


def _postponed(book: CashBook) -> dict[str, Postponed]:
    """Give the months the largest investment still to come could be put off to."""
    cents = max(book.investment_cents)
    if not cents:
        return {}
    first, horizon = book.investment_cents.index(cents), len(book.spent_cents)
    return {
        f"{months:02}": Postponed(first, first + months, cents)
        for months in LATER_MONTHS
        if first + months < horizon
    }
