"""Sharing of amounts without losing or creating a cent.

Pure functions. Amounts are integers: euro cents, minutes or points, never floats.

Source: largest-remainder method (Hare quota), ties broken by position, our own choice.
"""

import itertools
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Literal, NewType

Cents = NewType("Cents", int)


def share(amount: int, weights: Sequence[int]) -> list[int]:
    """Share an amount in proportion to weights, exactly.

    Each part is its exact proportion rounded down or up; the units left after rounding down go
    to the largest remainders, the first position first when two are equal.

    Args:
        amount: what is shared, in cents (or any unit), >= 0.
        weights: one weight per part, each >= 0; their unit does not matter.

    Returns:
        One part per weight, in the same order; the parts sum to ``amount``.

    Raises:
        ValueError: a negative amount or weight, or an amount with no weight to carry it.

    Source: largest-remainder method (Hare quota).

    >>> share(100, [1, 1, 1])
    [34, 33, 33]
    >>> share(5, [0, 3, 1])
    [0, 4, 1]
    """
    if amount < 0:
        raise ValueError(f"amount is negative: {amount}")
    if any(weight < 0 for weight in weights):
        raise ValueError(f"a weight is negative: {list(weights)}")
    total = sum(weights)
    if total == 0:
        if amount:
            raise ValueError(f"no weight above zero to share {amount}")
        return [0] * len(weights)

    parts = [amount * weight // total for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda index: (-(amount * weights[index] % total), index)
    )
    for index in by_remainder[: amount - sum(parts)]:
        parts[index] += 1
    return parts


def split_by_rate(
    amount: int, rate: Fraction, rounding: Literal["up", "down"]
) -> tuple[Cents, Cents]:
    """Split an amount in two: the part taken at a rate, and the rest.

    Args:
        amount: what is split, in cents, >= 0.
        rate: share taken, between 0 and 1.
        rounding: ``up`` rounds the part taken up to the cent, ``down`` rounds it down.

    Returns:
        ``(taken, rest)``, which sum to ``amount``.

    Raises:
        ValueError: an argument is outside its range.

    Source: our own choice; the caller states whose favour the odd cent goes to.

    >>> split_by_rate(100, Fraction(1, 3), "up")
    (34, 66)
    >>> split_by_rate(100, Fraction(1, 3), "down")
    (33, 67)
    """
    if amount < 0:
        raise ValueError(f"amount is negative: {amount}")
    if not 0 <= rate <= 1:
        raise ValueError(f"rate is not between 0 and 1: {rate}")
    if rounding not in ("up", "down"):
        raise ValueError(f"rounding is neither up nor down: {rounding}")
    exact = amount * rate
    taken = ceil(exact) if rounding == "up" else floor(exact)
    return Cents(taken), Cents(amount - taken)


def take_in_proportion(amount: int, left: Sequence[int]) -> list[int]:
    """Take an amount from several pockets, in proportion to what is left in each.

    No pocket is ever overdrawn, and taking everything empties every pocket exactly, whatever
    the amounts taken before. This is how each use of a voucher is charged to its funders.

    Args:
        amount: what is taken, in cents, between 0 and the sum of ``left``.
        left: what each pocket still holds, in cents, each >= 0.

    Returns:
        What each pocket gives, in the same order; the sum is ``amount``.

    Raises:
        ValueError: a negative number, or more is asked than is left.

    Source: largest-remainder method applied to remaining balances; our own choice, because
    sharing by the original weights overdraws a funder after many small uses.

    >>> take_in_proportion(100, [67, 67, 66])
    [34, 33, 33]
    """
    if any(pocket < 0 for pocket in left):
        raise ValueError(f"a pocket is negative: {list(left)}")
    if amount > sum(left):
        raise ValueError(f"{amount} is more than what is left: {sum(left)}")
    return share(amount, left)


def spread_runs(totals: Sequence[int], count: int) -> list[tuple[int, list[int]]]:
    """Spread several totals over equal pieces: each total exactly, each piece the same sum.

    Every piece gets each total's even part, rounded down or up to the unit; pieces that are alike
    follow each other, so that a million of them are a few runs.

    Args:
        totals: what each payer gives in all, >= 0; their sum is a multiple of ``count``.
        count: number of pieces, >= 1.

    Returns:
        Runs ``(number of pieces, what each payer gives to each of them)``; the numbers add up to
        ``count``.

    Raises:
        ValueError: no piece, a negative total, or totals that do not make equal pieces.

    Source: systematic sampling: the remainders, laid end to end, are cut every ``count`` units.

    >>> spread_runs([5, 4], 3)
    [(2, [2, 1]), (1, [1, 2])]
    """
    if count < 1 or any(total < 0 for total in totals) or sum(totals) % count:
        raise ValueError(f"{list(totals)} cannot make {count} equal pieces")
    even = [total // count for total in totals]
    starts, ends, laid = list[int](), list[int](), 0
    for total in totals:
        starts.append(laid)
        laid += total % count
        ends.append(laid)
    cuts = sorted({0, count, *(edge % count for edge in ends)})
    runs = []
    for first, after in itertools.pairwise(cuts):
        # The piece of rank r takes the units at r, r + count, r + 2 × count…
        more = [
            any(start <= at < end for at in range(first, laid, count))
            for start, end in zip(starts, ends, strict=True)
        ]
        runs.append((after - first, [cents + odd for cents, odd in zip(even, more, strict=True)]))
    return runs
