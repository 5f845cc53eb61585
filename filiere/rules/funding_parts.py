"""Who pays how much of a lot: waterfall of ranks, shares at equal rank, matching money.

Pure functions. Amounts are integer euro cents.

Source: our own choice. Ranks are emptied in order; at one rank each source gives in proportion to
what it has left, by largest remainder. Matching money follows the euro that calls it and never
goes alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from filiere.rules.money import take_in_proportion


@dataclass(frozen=True, slots=True)
class Match:
    """Money that another source calls: ``called`` euros for each ``per`` euros of its trigger.

    ``left`` is the most it may still give, in cents: what it has, within what is left of its cap.
    """

    key: int
    left: int
    called: int
    per: int

    def called_by(self, cents: int) -> int:
        """Cents called by ``cents`` of the trigger, rounded down, within what is left."""
        return min(self.left, cents * self.called // self.per)


@dataclass(frozen=True, slots=True)
class Source:
    """One tranche that may pay: what it has left in cents, its rank, and what it calls."""

    key: int
    left: int
    rank: int = 1
    matches: tuple[Match, ...] = field(default=())

    def with_matches(self, cents: int) -> int:
        """Give ``cents`` of this source and all that they call, in cents."""
        return cents + sum(match.called_by(cents) for match in self.matches)

    @property
    def capacity(self) -> int:
        """The most this source and its matching money can pay together, in cents."""
        return self.with_matches(self.left)


@dataclass(frozen=True, slots=True)
class FundingSplit:
    """``parts`` (source key → cents, none at 0) pay the total; ``missing`` cents have no payer."""

    parts: dict[int, int]
    missing: int


def capacity_of(sources: Iterable[Source]) -> int:
    """Add up the most that some sources can pay, with the money they call, in cents."""
    return sum(source.capacity for source in sources)


def split_total(total: int, sources: Sequence[Source]) -> FundingSplit:
    """Share a total between sources, lowest rank first.

    Args:
        total: cents to pay, >= 0.
        sources: each key once, matching money included; amounts and ranks >= 0.

    Returns:
        Parts that sum exactly to ``total - missing``; nobody gives more than it has, matching
        money never more than the euros of its trigger call.

    Raises:
        ValueError: a negative number, a ratio that is not above zero, or a key named twice.

    Source: our own choice (see the module).

    >>> split_total(90, [Source(1, 60), Source(2, 30)]).parts
    {1: 60, 2: 30}
    >>> split_total(90, [Source(1, 60, rank=1), Source(2, 50, rank=2)]).parts
    {1: 60, 2: 30}
    >>> split_total(90, [Source(1, 100, matches=(Match(2, 100, called=1, per=2),))]).parts
    {1: 60, 2: 30}
    """
    _require_sound(total, sources)
    parts: dict[int, int] = {}
    left = total
    for rank in sorted({source.rank for source in sources}):
        level = [source for source in sources if source.rank == rank]
        capacities = [source.capacity for source in level]
        asked = min(left, sum(capacities))
        for source, cents in zip(level, take_in_proportion(asked, capacities), strict=True):
            parts |= _with_called(source, cents)
        left -= asked
    given = {key: cents for key, cents in sorted(parts.items()) if cents}
    return FundingSplit(given, left)


def _with_called(source: Source, cents: int) -> dict[int, int]:
    """Split cents between a source and what it calls, calling as much as its euros allow."""
    low, high = 0, source.left
    while low < high:  # the fewest cents of the source that, with what they call, are enough
        middle = (low + high) // 2
        if source.with_matches(middle) >= cents:
            high = middle
        else:
            low = middle + 1
    excess = source.with_matches(low) - cents
    parts = {source.key: low}
    for match in reversed(source.matches):
        called = match.called_by(low)
        spared = min(excess, called)
        parts[match.key] = called - spared
        excess -= spared
    return parts


def _require_sound(total: int, sources: Sequence[Source]) -> None:
    """Refuse what has no meaning."""
    matches = [match for source in sources for match in source.matches]
    everyone: list[Source | Match] = [*sources, *matches]
    keys = [one.key for one in everyone]
    if total < 0 or any(one.left < 0 for one in everyone):
        raise ValueError("an amount is negative")
    if any(match.called < 1 or match.per < 1 for match in matches):
        raise ValueError("a matching ratio is not above zero")
    if len(keys) != len(set(keys)):
        raise ValueError(f"a source is named twice: {sorted(keys)}")
