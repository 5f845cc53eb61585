"""Ways to get past the month when money is missing: an advance, a cost put off, a loan.

Amounts are integer cents, months are ranks as in ``cash``. Each way is drawn with the same seed,
so that what differs is the way and not the luck.

Source: our own choice of ways; the cash as in ``cash``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from filiere.rules.financing.cash import Curve, Due, Receipts, forecast, price_of_bridge


class WayKind(StrEnum):
    """What is done about the gap."""

    ADVANCE = "advance"
    POSTPONE = "postpone"
    BORROW = "borrow"


@dataclass(frozen=True, slots=True)
class Postponed:
    """A cost paid in one month that could be paid in a later one, in cents."""

    from_month: int
    to_month: int
    cents: int

    def __post_init__(self) -> None:
        """Refuse what is not later, or is nothing."""
        if not 0 <= self.from_month < self.to_month or self.cents <= 0:
            raise ValueError("a cost above zero is put off to a later month")


@dataclass(frozen=True, slots=True)
class Way:
    """One way: of which source or cost, what is still missing, what it costs, in cents.

    ``still_missing_cents`` and ``months`` are on the typical curve. A loan leaves nothing missing
    and has a price; it is for the prudent curve when the caller gave that one.
    """

    kind: WayKind
    key: str
    still_missing_cents: int
    months: int
    cost_cents: int

    @property
    def is_enough(self) -> bool:
        """Tell whether nothing is missing any more."""
        return self.still_missing_cents == 0


def ways_to_bridge(
    receipts: Sequence[Receipts], spent_cents: Sequence[int], *, yearly_rate: Fraction,
    advances: Mapping[str, Sequence[Due]] | None = None,
    postponed: Mapping[str, Postponed] | None = None, opening_cents: int = 0,
) -> tuple[Way, ...]:  # fmt: skip
    """Try each way alone, on the typical curve; none when nothing is missing.

    Args:
        receipts: one per source.
        spent_cents: what is paid out each month.
        yearly_rate: of a loan, between 0 and 1.
        advances: by source, its dues if it gave the advance it may be asked.
        postponed: by cost, the month it could be put off to.
        opening_cents: what is in hand before the first month.

    Returns:
        Ways that help, those that are enough first, then the least still missing, then the
        cheapest. A loan of the whole gap is always among them.

    Raises:
        ValueError: an advance of another amount than the source's, a cost that is not spent
            that month, or a month out of range.

    Source: see the module.
    """

    def typical(paid: Sequence[Receipts], spent: Sequence[int]) -> Curve:
        return forecast(paid, spent, opening_cents=opening_cents, calls=False).typical

    now = typical(receipts, spent_cents)
    if not now.bridge_cents:
        return ()
    price = price_of_bridge(now.bridge_cents, now.bridge_months, yearly_rate)
    found = [Way(WayKind.BORROW, "", 0, now.bridge_months, price)]
    for source, dues in (advances or {}).items():
        curve = typical(_advanced(receipts, source, dues), spent_cents)
        found.append(_way(WayKind.ADVANCE, source, curve))
    for cost, later in (postponed or {}).items():
        curve = typical(receipts, _put_off(spent_cents, later))
        found.append(_way(WayKind.POSTPONE, cost, curve))
    helping = [one for one in found if one.still_missing_cents < now.bridge_cents]
    return tuple(
        sorted(
            helping, key=lambda one: (one.still_missing_cents, one.cost_cents, one.kind, one.key)
        )
    )


def _way(kind: WayKind, key: str, curve: Curve) -> Way:
    return Way(kind, key, curve.bridge_cents, curve.bridge_months, 0)


def _advanced(receipts: Sequence[Receipts], source: str, dues: Sequence[Due]) -> list[Receipts]:
    """Change when one source pays, not how much."""
    for one in receipts:
        if one.source == source and sum(due.cents for due in dues) != one.total_cents:
            raise ValueError(f"{source}: an advance changes when, not how much")
    return [replace(one, dues=tuple(dues)) if one.source == source else one for one in receipts]


def _put_off(spent_cents: Sequence[int], later: Postponed) -> list[int]:
    """Move a cost to a later month."""
    spent = list(spent_cents)
    if later.to_month >= len(spent) or spent[later.from_month] < later.cents:
        raise ValueError("the cost is not spent that month, or the later month is out of range")
    spent[later.from_month] -= later.cents
    spent[later.to_month] += later.cents
    return spent
