"""The three aims shown at the head of every board, with honest denominators.

Each result carries its value, its goal, its state and the counts behind it; without both terms
the state is « unknown », and autonomy is « not yet known » until someone answered at six months.

Source: three objectives of the national strategy of 2018 (C42); goals are dated parameters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from filiere.rules import parameters
from filiere.rules.fragility import PopulationShare, targeting_ratio


class Aim(StrEnum):
    """The three aims."""

    TARGETING = "targeting"
    AUTONOMY = "autonomy"
    FLOOR = "floor"


class AimState(StrEnum):
    """Where an aim stands."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    NOT_YET_KNOWN = "not_yet_known"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AimResult:
    """One aim: value and goal as exact fractions, state, and the counts of its sentence."""

    aim: Aim
    value: Fraction | None
    goal: Fraction
    state: AimState
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CommuneCoverage:
    """One commune: code, inhabitants (>= 0), and the services within reach of them.

    ``within_reach`` is None when it could not be measured (no coordinates): unknown, not none.
    """

    code: str
    population: int
    within_reach: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class FloorResult:
    """Third aim: the share of inhabitants, and the worst commune with what it lacks."""

    result: AimResult
    worst_code: str | None
    worst_missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How many aims are reached, among those that are known, among three."""

    reached: int
    known: int
    total: int


def targeting(
    *, helped_fragile: int, helped_known: int, helped_unknown: int, share: PopulationShare, at: date
) -> AimResult:
    """First aim: the most fragile first. Reached when the ratio is strictly above its goal.

    Args:
        helped_fragile: people helped known to be among the most fragile.
        helped_known: people helped for whom the rule gives an answer.
        helped_unknown: people helped for whom it does not.
        share: share of the most fragile in the population, same rule.
        at: day that dates the goal.

    Returns:
        The result; unknown when either term is missing.

    Raises:
        ValueError: counts that contradict each other.

    Source: first aim (C42), parameter ``aims.targeting_goal``.

    >>> share = PopulationShare(Fraction(1, 5), covered=900, total=1000)
    >>> counts = {"helped_fragile": 30, "helped_known": 100, "helped_unknown": 4}
    >>> targeting(**counts, share=share, at=date(2026, 11, 22)).state.value
    'reached'
    """
    if helped_unknown < 0:
        raise ValueError(f"helped_unknown is negative: {helped_unknown}")
    value = targeting_ratio(helped_fragile, helped_known, share.share)
    goal = parameters.ratio("aims.targeting_goal", at)
    state = AimState.UNKNOWN
    if value is not None:
        state = AimState.REACHED if value > goal else AimState.NOT_REACHED
    counts = {
        "helped_fragile": helped_fragile,
        "helped_known": helped_known,
        "helped_unknown": helped_unknown,
        "population_covered": share.covered,
        "population_total": share.total,
    }
    return AimResult(Aim.TARGETING, value, goal, state, counts)


def autonomy(*, alone: int, answered: int, non_response: int, at: date) -> AimResult:
    """Second aim: people who do a comparable procedure alone six months on.

    The share is among those who answered; non-response is counted beside it, never hidden.

    Args:
        alone: people who answered that they do it alone.
        answered: people who answered at six months.
        non_response: people asked at six months who did not answer in time.
        at: day that dates the goal.

    Returns:
        The result; « not yet known » while nobody answered.

    Raises:
        ValueError: counts that contradict each other.

    Source: second aim (C42), parameter ``aims.autonomy_goal``.

    >>> autonomy(alone=0, answered=0, non_response=3, at=date(2026, 11, 22)).state.value
    'not_yet_known'
    """
    if not 0 <= alone <= answered or non_response < 0:
        raise ValueError(f"impossible counts: {alone} of {answered}, {non_response} silent")
    goal = parameters.ratio("aims.autonomy_goal", at)
    value = Fraction(alone, answered) if answered else None
    state = AimState.NOT_YET_KNOWN
    if value is not None:
        state = AimState.REACHED if value >= goal else AimState.NOT_REACHED
    counts = {"alone": alone, "answered": answered, "non_response": non_response}
    return AimResult(Aim.AUTONOMY, value, goal, state, counts)


def floor(coverages: Sequence[CommuneCoverage], *, at: date) -> FloorResult:
    """Third aim: inhabitants with every minimum service within reach, and the worst commune.

    Args:
        coverages: the communes of the territory, each once.
        at: day that dates the minimum services and the goal.

    Returns:
        The share among inhabitants of measured communes, with the counts of the others; the
        worst commune is the one that lacks most minimum services, the most inhabited first. It
        is None when no measured inhabited commune lacks anything.

    Raises:
        ValueError: a negative population.

    Source: third aim (C42), parameters ``floor.minimum_services`` and ``aims.floor_goal``.

    >>> everything = frozenset({"procedures", "daily_tools", "safety", "access"})
    >>> found = floor(
    ...     [CommuneCoverage("A", 90, everything), CommuneCoverage("B", 10, frozenset())],
    ...     at=date(2026, 11, 22),
    ... )
    >>> found.result.value, found.worst_code
    (Fraction(9, 10), 'B')
    """
    if any(commune.population < 0 for commune in coverages):
        raise ValueError("a population is negative")
    minimum = parameters.words("floor.minimum_services", at)
    goal = parameters.ratio("aims.floor_goal", at)
    missing = {
        commune: tuple(service for service in minimum if service not in commune.within_reach)
        for commune in coverages
        if commune.within_reach is not None and commune.population
    }
    measured = sum(commune.population for commune in missing)
    served = sum(commune.population for commune, lacks in missing.items() if not lacks)
    value = Fraction(served, measured) if measured else None
    state = AimState.UNKNOWN
    if value is not None:
        state = AimState.REACHED if value >= goal else AimState.NOT_REACHED
    counts = {
        "served": served,
        "measured": measured,
        "population": sum(commune.population for commune in coverages),
        "communes_measured": len(missing),
        "communes": len(coverages),
    }
    lacking = [commune for commune, lacks in missing.items() if lacks]
    worst = min(
        lacking, key=lambda one: (-len(missing[one]), -one.population, one.code), default=None
    )
    return FloorResult(
        result=AimResult(Aim.FLOOR, value, goal, state, counts),
        worst_code=worst.code if worst else None,
        worst_missing=missing[worst] if worst else (),
    )


def conclude(results: Sequence[AimResult]) -> Conclusion:
    """Count the aims reached, for the sentence at the head of the board.

    Args:
        results: the results of the aims.

    Returns:
        How many are reached, known, and shown.

    Source: voice of the project: the heading of a board is its conclusion.

    >>> conclude([autonomy(alone=3, answered=4, non_response=1, at=date(2026, 11, 22))])
    Conclusion(reached=1, known=1, total=1)
    """
    known = [one for one in results if one.state in (AimState.REACHED, AimState.NOT_REACHED)]
    reached = [one for one in known if one.state is AimState.REACHED]
    return Conclusion(reached=len(reached), known=len(known), total=len(results))
