"""When no plan holds: each requirement that would make one possible if it were loosened.

Source: the same programme, one rule at a time allowed to give way, as little as possible.
"""

from dataclasses import dataclass

from filiere.rules.financing.integer_programme import build
from filiere.rules.financing.problem import Candidate, Problem
from filiere.rules.financing.wording import Rule, RuleWords, words_of

SOFT = (
    Rule.COSTS_UNCOVERED, Rule.AMOUNT, Rule.CEILING, Rule.RATE_ABOVE, Rule.FLOOR, Rule.PUBLIC_CAP,
    Rule.SELF_FUNDING, Rule.HEADROOM, Rule.EXCLUSION, Rule.GRANTED,
)  # fmt: skip
LEAST = 1e-4


@dataclass(frozen=True, slots=True)
class Loosening:
    """Loosening these rules by so many cents in all, for these sources, makes a plan possible.

    An exclusion has no amount: its cents are 0. ``sources`` names what gives way: sources,
    regimes, or ``money`` and ``in_kind`` for costs left uncovered.
    """

    rules: tuple[Rule, ...]
    sources: tuple[str, ...]
    cents: int

    @property
    def words(self) -> tuple[RuleWords, ...]:
        """What each rule says and what to do about it."""
        return tuple(words_of(rule) for rule in self.rules)


def ways_out(problem: Problem, candidates: tuple[Candidate, ...]) -> tuple[Loosening, ...]:
    """Give each single rule whose loosening makes a plan possible, the cheapest first.

    Args:
        problem: what was asked, which has no plan.
        candidates: the sources that may be in a plan.

    Returns:
        One way per rule; when none is enough alone, what all of them together have to give.

    Source: see the module.
    """
    found = [way for rule in SOFT if (way := _least(problem, candidates, frozenset({rule})))]
    if not found:
        together = _least(problem, candidates, frozenset(SOFT))
        return (together,) if together else ()
    return tuple(sorted(found, key=lambda one: (one.cents, one.rules)))


def _least(
    problem: Problem, candidates: tuple[Candidate, ...], soft: frozenset[Rule]
) -> Loosening | None:
    """Loosen some rules as little as possible; None when that makes no plan possible."""
    built = build(problem, candidates, soft)
    solved = built.programme.solve()
    if solved is None:
        return None
    used = {
        key: solved.values[column]
        for key, column in built.slacks.items()
        if solved.values[column] > LEAST
    }
    euros = sum(value for (rule, _), value in used.items() if rule != Rule.EXCLUSION)
    return Loosening(
        rules=tuple(rule for rule in SOFT if any(key[0] == rule for key in used)),
        sources=tuple(sorted({key for _, key in used})),
        cents=round(euros * 100),
    )
