"""Published operations of the European funds: what was programmed, and what cannot be.

Amounts are integer cents, read from decimal text without passing by a float.

Source: lists of operations the managing authorities publish.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

AMOUNT = re.compile(r"\d+(\.\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as published: what was eligible and what the Union gives, in cents."""

    rank: int
    programme: str
    name: str
    fund: str
    eligible_cents: int
    eu_cents: int

    @property
    def excess_cents(self) -> int:
        """Cents of the Union above the eligible cost, 0 when there are none."""
        return max(0, self.eu_cents - self.eligible_cents)


@dataclass(frozen=True, slots=True)
class Operations:
    """What was read, and the lines that could not be (rank from 1, the heading left out)."""

    read: tuple[Operation, ...]
    unreadable: tuple[tuple[int, str], ...]

    @property
    def above_eligible(self) -> tuple[Operation, ...]:
        """Operations whose European money is above their eligible cost."""
        return tuple(one for one in self.read if one.excess_cents)


def cents_of(text: str) -> int:
    """Read euros written with a decimal point as cents.

    Raises:
        ValueError: not a number of euros and cents, or a negative one.

    >>> cents_of("71403.5"), cents_of("12")
    (7140350, 1200)
    """
    if not AMOUNT.fullmatch(text.strip()):
        raise ValueError(f"not an amount in euros: {text!r}")
    euros, _, decimals = text.strip().partition(".")
    return int(euros) * 100 + int(decimals.ljust(2, "0"))


def read_operations(rows: Iterable[Mapping[str, str]]) -> Operations:
    """Read published operations, one mapping per line, keyed by the headings of the list.

    Args:
        rows: with ``depenses_eligibles_eur``, ``montant_ue_eur``, ``programme``, ``operation``
            and ``fonds``.

    Returns:
        Operations, and the ranks of the lines whose amounts cannot be read, with the reason.

    Source: list of operations of 2014-2016, as published.
    """
    read, unreadable = list[Operation](), list[tuple[int, str]]()
    for rank, row in enumerate(rows, start=1):
        try:
            eligible = cents_of(row["depenses_eligibles_eur"])
            union = cents_of(row["montant_ue_eur"])
        except ValueError as wrong:
            unreadable.append((rank, str(wrong)))
            continue
        read.append(
            Operation(rank, row["programme"], row["operation"], row["fonds"], eligible, union)
        )
    return Operations(tuple(read), tuple(unreadable))
