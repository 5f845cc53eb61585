"""How near an organisation is to each threshold of the law, from its real figures.

A warning comes before the threshold, at a share of it that is our own choice. Amounts are integer
euro cents. A decision aid. Source: ``data/parameters.yaml``; ``filiere.rules.aid_regimes``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from filiere.rules import parameters
from filiere.rules.aid_regimes import Headroom


class Figure(StrEnum):
    """A figure of one organisation, and the parameter it is compared with, by its name."""

    LUCRATIVE_RECEIPTS = "association.franchise_cents"
    VAT_SERVICES_BEFORE = "vat_franchise.services_cents"
    VAT_SERVICES = "vat_franchise.services_tolerance_cents"
    VAT_GOODS_BEFORE = "vat_franchise.goods_cents"
    VAT_GOODS = "vat_franchise.goods_tolerance_cents"
    SUBSIDY_OF_ONE = "subsidy.agreement_cents"
    SUBSIDIES = "subsidy.accounts_cents"


class Level(StrEnum):
    """Where a figure stands: exactly at the threshold is not above it."""

    FAR = "far"
    NEAR = "near"
    ABOVE = "above"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Watch:
    """One figure beside its threshold; None for what is not known that day.

    Attributes:
        threshold_cents: the value in force, or the last one known when ``is_to_verify``.
        left_cents: what is left before the threshold, below 0 above it.
    """

    key: str
    amount_cents: int
    threshold_cents: int | None
    level: Level
    since: date | None
    source: str
    is_to_verify: bool

    @property
    def left_cents(self) -> int | None:
        """What is left before the threshold."""
        if self.threshold_cents is None:
            return None
        return self.threshold_cents - self.amount_cents


def level_of(amount_cents: int, threshold_cents: int, warn: Fraction) -> Level:
    """Say where a figure stands: near from a share of the threshold on, above it after it.

    Raises:
        ValueError: a negative amount, a threshold not above 0, or a share outside 0 to 1.

    >>> level_of(80, 100, Fraction(4, 5)).value, level_of(101, 100, Fraction(4, 5)).value
    ('near', 'above')
    """
    if amount_cents < 0 or threshold_cents <= 0 or not 0 <= warn <= 1:
        raise ValueError(f"out of range: {amount_cents} of {threshold_cents}, warned at {warn}")
    if amount_cents > threshold_cents:
        return Level.ABOVE
    return Level.NEAR if amount_cents >= warn * threshold_cents else Level.FAR


def watch(
    figures: Mapping[Figure, int], on: date, verified: frozenset[str] = frozenset()
) -> tuple[Watch, ...]:
    """Compare the figures of a year with their thresholds, those that matter most first.

    Args:
        figures: in cents, >= 0; a figure that is not given is not watched.
        on: a day of the year the figures are of.
        verified: sign keys of the parameters somebody confirmed, as for the assistants.

    Raises:
        ValueError: a figure is below 0.

    >>> watch({Figure.SUBSIDIES: 14_000_000}, date(2026, 11, 22))[0].level.value
    'near'
    """
    warn = parameters.ratio("compliance.warn_share", on)
    found = []
    for figure, amount in figures.items():
        if amount < 0:
            raise ValueError(f"{figure} is below 0: {amount}")
        try:
            held = parameters.in_force(figure, on)
        except parameters.ParameterNotInForce:
            found.append(Watch(figure, amount, None, Level.UNKNOWN, None, "", True))
            continue
        threshold = parameters.whole(figure, on)
        found.append(
            Watch(
                key=figure,
                amount_cents=amount,
                threshold_cents=threshold,
                level=level_of(amount, threshold, warn),
                since=held.since,
                source=held.parameter.legal_ref or held.parameter.source,
                is_to_verify=held.is_doubtful and held.sign_key not in verified,
            )
        )
    return _ordered(found)


def watch_aid(headroom: Headroom) -> Watch:
    """Compare small State aid with its ceiling on the day of a head-room."""
    key = f"{headroom.regime}.ceiling_cents"
    held = parameters.in_force(key, headroom.on)
    warn = parameters.ratio("compliance.warn_share", headroom.on)
    return Watch(
        key=key,
        amount_cents=headroom.used_cents,
        threshold_cents=headroom.ceiling_cents,
        level=level_of(headroom.used_cents, headroom.ceiling_cents, warn),
        since=held.since,
        source=held.parameter.legal_ref,
        is_to_verify=held.is_doubtful,
    )


def _ordered(found: list[Watch]) -> tuple[Watch, ...]:
    ranks = [Level.ABOVE, Level.NEAR, Level.UNKNOWN, Level.FAR]
    return tuple(sorted(found, key=lambda one: ranks.index(one.level)))
