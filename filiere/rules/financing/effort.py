"""What raising money costs: hours, files, small grants; alone or together.

Amounts are integer cents, durations whole minutes, ratios exact fractions.

Source: Constats partagés (2018) on small grants from many funders; Restitution des débats (2018)
on financial engineering done once for several; the measures are our own choice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from statistics import median_low


@dataclass(frozen=True, slots=True)
class File:
    """One file: minutes spent on it, what was asked, what was granted (0 refused, None no answer)."""

    funder: str
    minutes: int
    asked_cents: int
    granted_cents: int | None = None

    def __post_init__(self) -> None:
        """Refuse negative numbers."""
        if self.minutes < 0 or self.asked_cents < 0 or (self.granted_cents or 0) < 0:
            raise ValueError(f"{self.funder}: minutes and amounts are not negative")


@dataclass(frozen=True, slots=True)
class Effort:
    """What some files took and brought. Ratios are None when there is nothing to divide by."""

    files: int
    minutes: int
    raised_cents: int
    answered: int
    granted: int

    @property
    def hours_per_euro(self) -> Fraction | None:
        """Hours spent for each euro raised, refused files included."""
        return Fraction(self.minutes * 100, 60 * self.raised_cents) if self.raised_cents else None

    @property
    def success_rate(self) -> Fraction | None:
        """Share of the answers that grant something."""
        return Fraction(self.granted, self.answered) if self.answered else None

    def cost_share(self, hour_cents: int) -> Fraction | None:
        """Give what raising a euro costs, in euros, when an hour costs so many cents."""
        if not self.raised_cents:
            return None
        return Fraction(self.minutes * hour_cents, 60 * self.raised_cents)


def effort_of(files: Sequence[File]) -> Effort:
    """Add up what files took and brought.

    Args:
        files: those without an answer count for their hours only.

    Source: our own choice: hours of refused files are part of the price of the others.

    >>> effort_of([File("a", 600, 10_000_00, 10_000_00), File("b", 600, 5_000_00, 0)]).hours_per_euro
    Fraction(1, 500)
    """
    return Effort(
        files=len(files),
        minutes=sum(one.minutes for one in files),
        raised_cents=sum(one.granted_cents or 0 for one in files),
        answered=sum(one.granted_cents is not None for one in files),
        granted=sum(bool(one.granted_cents) for one in files),
    )


@dataclass(frozen=True, slots=True)
class Fragmentation:
    """How scattered the money of a project is.

    ``median_cents`` is the median grant (the lower of the two middle ones); ``largest_share`` is
    how much depends on one funder; ``as_many_equal`` is how many equal funders would be as
    concentrated (inverse of the sum of squared shares).
    """

    funders: int
    grants: int
    median_cents: int
    largest_share: Fraction
    as_many_equal: Fraction


def fragmentation_of(grants: Sequence[tuple[str, int]]) -> Fragmentation | None:
    """Measure how scattered some grants are; None when there are none.

    Args:
        grants: funder and cents, above zero; several of one funder count as one funder.

    Raises:
        ValueError: a grant is not above zero.

    Source: number of funders and median grant asked by the text of 2018; Herfindahl index.

    >>> fragmentation_of([("a", 50), ("b", 50)]).as_many_equal
    Fraction(2, 1)
    """
    if any(cents <= 0 for _, cents in grants):
        raise ValueError("a grant is above zero")
    if not grants:
        return None
    by_funder = dict[str, int]()
    for funder, cents in grants:
        by_funder[funder] = by_funder.get(funder, 0) + cents
    total = sum(by_funder.values())
    return Fragmentation(
        funders=len(by_funder),
        grants=len(grants),
        median_cents=median_low(cents for _, cents in grants),
        largest_share=Fraction(max(by_funder.values()), total),
        as_many_equal=Fraction(total**2, sum(cents**2 for cents in by_funder.values())),
    )


@dataclass(frozen=True, slots=True)
class Pooling:
    """Writing files alone or together, in minutes and cents for everyone together.

    ``members_needed`` is how many have to join for pooling to be no longer than each alone; None
    when it never is.
    """

    alone_minutes: int
    pooled_minutes: int
    alone_cents: int
    pooled_cents: int
    members_needed: int | None

    @property
    def spared_minutes(self) -> int:
        """Minutes spared together, negative when pooling takes longer."""
        return self.alone_minutes - self.pooled_minutes

    @property
    def spared_cents(self) -> int:
        """Cents spared together, negative when pooling costs more."""
        return self.alone_cents - self.pooled_cents


def compare_pooling(
    *,
    alone_minutes: Mapping[str, int],
    common_minutes: int,
    own_minutes: int,
    files: int,
    hour_cents: int,
) -> Pooling:
    """Compare files written by each member with files written once for all.

    Args:
        alone_minutes: what one file takes each member by itself, each >= 0; at least one member.
        common_minutes: what the common part of a file takes, done once for all, >= 0.
        own_minutes: what each member still does for each file, >= 0.
        files: number of files, >= 1.
        hour_cents: cost of an hour, >= 0; costs are rounded up to the cent.

    Raises:
        ValueError: an argument is out of its range.

    Source: our own choice of measure; the question is of the Restitution des débats (2018).

    >>> compare_pooling(alone_minutes={"a": 600, "b": 600}, common_minutes=600, own_minutes=120,
    ...     files=1, hour_cents=30_00).spared_minutes
    360
    """
    numbers = (*alone_minutes.values(), common_minutes, own_minutes, hour_cents)
    if not alone_minutes or files < 1 or any(number < 0 for number in numbers):
        raise ValueError("at least one member and one file, and no negative number")
    members = len(alone_minutes)
    alone = sum(alone_minutes.values()) * files
    pooled = (common_minutes + own_minutes * members) * files
    # Each member spares its mean time alone, less what it still does itself.
    spared_each = Fraction(sum(alone_minutes.values()), members) - own_minutes
    needed = max(1, ceil(common_minutes / spared_each)) if spared_each > 0 else None
    return Pooling(
        alone_minutes=alone,
        pooled_minutes=pooled,
        alone_cents=ceil(Fraction(alone * hour_cents, 60)),
        pooled_cents=ceil(Fraction(pooled * hour_cents, 60)),
        members_needed=needed,
    )
