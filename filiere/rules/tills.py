"""The arithmetic of a public till: months, totals of a journal, alerts. Euro cents, pure functions.

Source: CGCT art. R. 1617-1 to R. 1617-18 for what an act of creation fixes (means of payment,
most cash in hand, how often it is deposited); the alert at four fifths of the limit is our choice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Means(StrEnum):
    """How a till may be paid (CGCT art. R. 1617-7)."""

    CASH = "cash"
    CHEQUE = "cheque"
    CARD = "card"
    TRANSFER = "transfer"
    VOUCHER = "voucher"


# Vouchers are never in hand: the operator pays them to the Treasury account by transfer.
HELD_MEANS = (Means.CASH, Means.CHEQUE, Means.CARD, Means.TRANSFER)


class LineKind(StrEnum):
    """A line of the journal: what came in, was given back, was deposited, was missing or too much."""

    RECEIPT = "receipt"
    REVERSAL = "reversal"
    # Given back by the accountant, from what was deposited: nothing leaves the till.
    TREASURY_REVERSAL = "treasury_reversal"
    DEPOSIT = "deposit"
    SURPLUS = "surplus"
    SHORTAGE = "shortage"


INTO_THE_TILL = (LineKind.RECEIPT, LineKind.SURPLUS)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a journal: ``amount_cents`` > 0, whichever way it moves."""

    kind: LineKind
    means: Means
    amount_cents: int

    @property
    def signed_cents(self) -> int:
        """What it adds to what is in hand; negative when it leaves."""
        if self.kind == LineKind.TREASURY_REVERSAL:
            return 0
        return self.amount_cents if self.kind in INTO_THE_TILL else -self.amount_cents


@dataclass(frozen=True, slots=True)
class MeansTotal:
    """One means of payment over a period; ``opening`` + what moved = ``closing``."""

    means: Means
    opening_cents: int
    received_cents: int
    given_back_cents: int
    deposited_cents: int
    difference_cents: int
    # Given back by the accountant; changes nothing in hand.
    by_accountant_cents: int = 0

    @property
    def closing_cents(self) -> int:
        """What is in hand at the end."""
        return (
            self.opening_cents
            + self.received_cents
            - self.given_back_cents
            - self.deposited_cents
            + self.difference_cents
        )


def totals_by_means(opening: dict[Means, int], lines: Iterable[Line]) -> tuple[MeansTotal, ...]:
    """Add up a journal by means of payment, in the written order; means that never moved are left out.

    Args:
        opening: what was in hand before the first line, by means, in cents.

    Source: our own choice.

    >>> totals_by_means({}, [Line(LineKind.RECEIPT, Means.CASH, 400)])[0].closing_cents
    400
    """
    rows = list(lines)
    found = []
    for means in HELD_MEANS:
        mine = [line for line in rows if line.means == means]

        def total(*kinds: LineKind, of: list[Line] = mine) -> int:
            return sum(line.amount_cents for line in of if line.kind in kinds)

        start = opening.get(means, 0)
        if mine or start:
            found.append(
                MeansTotal(
                    means=means,
                    opening_cents=start,
                    received_cents=total(LineKind.RECEIPT),
                    given_back_cents=total(LineKind.REVERSAL),
                    deposited_cents=total(LineKind.DEPOSIT),
                    difference_cents=total(LineKind.SURPLUS) - total(LineKind.SHORTAGE),
                    by_accountant_cents=total(LineKind.TREASURY_REVERSAL),
                )
            )
    return tuple(found)


class CashState(StrEnum):
    """How near the cash in hand is to what the act allows."""

    FINE = "fine"
    NEAR = "near"
    FULL = "full"


def cash_state(in_hand_cents: int, limit_cents: int) -> CashState:
    """Say how near the limit the cash is: near from four fifths of it, full at it.

    Raises:
        ValueError: the limit is not above 0 (a caller's bug).

    >>> cash_state(7_999, 10_000).value, cash_state(8_000, 10_000).value
    ('fine', 'near')
    """
    if limit_cents <= 0:
        raise ValueError(f"a limit is above 0: {limit_cents}")
    if in_hand_cents >= limit_cents:
        return CashState.FULL
    return CashState.NEAR if in_hand_cents * 5 >= limit_cents * 4 else CashState.FINE


def deposit_due_on(since: date, every_days: int) -> date:
    """Give the last day to deposit what came in first on a day.

    >>> deposit_due_on(date(2026, 11, 2), 30)
    datetime.date(2026, 12, 2)
    """
    return since + timedelta(days=every_days)


def month_of(day: date) -> date:
    """Give the first day of a day's month.

    >>> month_of(date(2026, 11, 22))
    datetime.date(2026, 11, 1)
    """
    return day.replace(day=1)


def month_after(month: date) -> date:
    """Give the first day of the month that follows.

    >>> month_after(date(2026, 12, 1))
    datetime.date(2027, 1, 1)
    """
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)
