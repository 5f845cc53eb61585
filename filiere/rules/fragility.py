"""The published rule « 2026-1 » on who is among the most fragile (digital precarity).

A person is among the most fragile who reaches 75 or more in the year, or who lives in a commune
whose median living standard is at or under the threshold. The same rule counts the population,
so that the two terms of the first aim can be compared. What is not known is never guessed.

Source: rule 2026-1, our own choice (B47 calls for a notion of digital precarity), built on
INSEE 2021 (age is the first factor: 62 % of people aged 75 and over lack basic digital skills;
living standard comes next) and on INSEE Filosofi 2021. Parameters ``fragility.*``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from filiere.rules import parameters

RULE_VERSION = "2026-1"


@dataclass(frozen=True, slots=True)
class CommuneFacts:
    """One commune, under the facts the rule needs.

    ``population`` in inhabitants (>= 0); ``living_standard`` is the median in euros a year, None
    when not published; ``share_75_plus`` is the share of inhabitants aged 75 and over (0 to 1),
    None when not known.
    """

    population: int
    living_standard: int | None
    share_75_plus: Fraction | None


@dataclass(frozen=True, slots=True)
class PopulationShare:
    """Share of the most fragile among inhabitants, and how many inhabitants it is based on.

    ``share`` is None when no commune is known; ``covered`` inhabitants out of ``total`` live in
    communes whose two facts allow an answer.
    """

    share: Fraction | None
    covered: int
    total: int

    @property
    def coverage(self) -> Fraction | None:
        """Part of the inhabitants the share is based on, 0 to 1; None without inhabitants."""
        return Fraction(self.covered, self.total) if self.total else None


def is_most_fragile(
    *, birth_year: int | None, commune_living_standard: int | None, at: date
) -> bool | None:
    """Say whether a person is among the most fragile, under rule 2026-1.

    Only the birth year is kept, so age is the one reached in the calendar year.

    Args:
        birth_year: year of birth, None when not given.
        commune_living_standard: median of the person's commune in euros a year, None when the
            commune or its median is not known.
        at: day the question is asked for.

    Returns:
        True when either criterion is known to hold, False when both are known not to, None
        otherwise.

    Raises:
        ValueError: the birth year is after ``at``.

    Source: rule 2026-1, parameters ``fragility.age_years`` and ``fragility.living_standard``.

    >>> at = date(2026, 11, 22)
    >>> is_most_fragile(birth_year=1951, commune_living_standard=None, at=at)
    True
    >>> is_most_fragile(birth_year=1990, commune_living_standard=None, at=at) is None
    True
    """
    if birth_year is not None and birth_year > at.year:
        raise ValueError(f"birth_year is after {at.year}: {birth_year}")
    old = None
    if birth_year is not None:
        old = at.year - birth_year >= parameters.whole("fragility.age_years", at)
    poor = _is_poor(commune_living_standard, at)
    if old or poor:
        return True
    return None if old is None or poor is None else False


def _is_poor(living_standard: int | None, at: date) -> bool | None:
    """Say whether a commune's median is at or under the threshold; None when not known."""
    if living_standard is None:
        return None
    return living_standard <= parameters.whole("fragility.living_standard", at)


def population_share(communes: Sequence[CommuneFacts], *, at: date) -> PopulationShare:
    """Measure the share of the most fragile among inhabitants, under the same rule.

    In a commune at or under the threshold everyone counts; elsewhere those aged 75 and over. A
    commune where the rule cannot be applied is left out of both terms and lowers the coverage.

    Args:
        communes: the communes of the territory, each once.
        at: day that dates the parameters.

    Returns:
        The share and its coverage.

    Raises:
        ValueError: a negative population, or a share outside 0 to 1.

    Source: rule 2026-1.

    >>> facts = [CommuneFacts(100, 18000, None), CommuneFacts(300, 25000, Fraction(1, 10))]
    >>> population_share(facts, at=date(2026, 11, 22)).share
    Fraction(13, 40)
    """
    fragile, covered = Fraction(0), 0
    for commune in communes:
        if commune.population < 0:
            raise ValueError(f"population is negative: {commune.population}")
        if commune.share_75_plus is not None and not 0 <= commune.share_75_plus <= 1:
            raise ValueError(f"share_75_plus is not between 0 and 1: {commune.share_75_plus}")
        poor = _is_poor(commune.living_standard, at)
        if poor:
            fragile += commune.population
        elif poor is None or commune.share_75_plus is None:
            continue
        else:
            fragile += commune.population * commune.share_75_plus
        covered += commune.population
    return PopulationShare(
        share=fragile / covered if covered else None,
        covered=covered,
        total=sum(commune.population for commune in communes),
    )


def targeting_ratio(
    helped_fragile: int, helped_known: int, share: Fraction | None
) -> Fraction | None:
    """Compare the share of the most fragile among people helped with their share at large.

    Args:
        helped_fragile: people helped known to be among the most fragile.
        helped_known: people helped for whom the rule gives an answer.
        share: share of the most fragile in the population, None when not known.

    Returns:
        The ratio (above 1 is wanted); None when either term is missing or the share is zero.

    Raises:
        ValueError: counts that contradict each other.

    Source: first aim of this project (C42).

    >>> targeting_ratio(30, 100, Fraction(1, 5))
    Fraction(3, 2)
    """
    if not 0 <= helped_fragile <= helped_known:
        raise ValueError(f"{helped_fragile} fragile of {helped_known} known is impossible")
    if helped_known == 0 or not share:
        return None
    return Fraction(helped_fragile, helped_known) / share
