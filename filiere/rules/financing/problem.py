"""The question put to the optimiser, and what is known before it is solved.

Amounts are integer cents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from filiere.rules.financing import bases
from filiere.rules.financing.bases import Limits
from filiere.rules.financing.shape import Line, Regime, Source, State
from filiere.rules.financing.wording import Rule


class Objective(StrEnum):
    """What is sought among the plans that hold."""

    FEWEST_FILES = "fewest_files"
    LARGEST_EXPECTED = "largest_expected"
    SMALLEST_CASH_GAP = "smallest_cash_gap"


@dataclass(frozen=True, slots=True)
class Pace:
    """How money goes out and comes in, month by month, for the smallest cash gap.

    ``spent_cents`` is what is spent by the end of each month since the start, cumulated;
    ``received`` gives, by source, the share of its amount received by the end of each month. A
    source that is absent is received from the first month on.
    """

    spent_cents: tuple[int, ...]
    received: Mapping[str, tuple[Fraction, ...]] = field(default_factory=dict)
    opening_cents: int = 0

    def received_by(self, source: str, month: int) -> Fraction:
        """Share of a source received by the end of a month, its last share after the last one."""
        shares = self.received.get(source)
        if shares is None:
            return Fraction(1)
        return shares[min(month, len(shares) - 1)] if shares else Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """The question: which sources, for how much, on which lines.

    Each source gives at most its amount; what is granted is kept whole. ``cover_min`` is the
    share of the cost to be covered, of money and of what is in kind alike.
    """

    lines: tuple[Line, ...]
    sources: tuple[Source, ...]
    on: date
    objective: Objective = Objective.FEWEST_FILES
    cover_min: Fraction = Fraction(1)
    headroom: Mapping[Regime, int] = field(default_factory=dict)
    pace: Pace | None = None

    def __post_init__(self) -> None:
        """Refuse a question without an answer by its very shape."""
        if not 0 <= self.cover_min <= 1:
            raise ValueError(f"cover_min is not between 0 and 1: {self.cover_min}")
        if self.objective == Objective.SMALLEST_CASH_GAP and self.pace is None:
            raise ValueError("the smallest cash gap needs a pace")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A source that may be in the plan: its limits, and what it may pay of each line."""

    source: Source
    limits: Limits
    payable: Mapping[str, int]

    @property
    def least(self) -> int:
        """The least it gives once it gives; what was granted is kept whole elsewhere."""
        return 1 if self.source.state.is_granted else self.limits.least

    @property
    def is_new_file(self) -> bool:
        """Tell whether a file has still to be written for it."""
        return self.source.kind.needs_file and self.source.state == State.ENVISAGED


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A source that cannot be in any plan of this project, and why."""

    source: str
    rule: Rule


def sort_out(problem: Problem) -> tuple[tuple[Candidate, ...], tuple[LeftOut, ...]]:
    """Separate the sources that may be in the plan from those that cannot, with why.

    Source: the schemes' own terms; see each rule's words.
    """
    candidates, left_out = list[Candidate](), list[LeftOut]()
    for source in problem.sources:
        if source.state.is_lost:
            continue
        limits = bases.limits_of(source, problem.lines, problem.on)
        payable = {line.key: bases.payable_cents(line, source) for line in problem.lines}
        candidate = Candidate(source, limits, {key: most for key, most in payable.items() if most})
        why = None if source.state.is_granted else _impossible(problem, candidate)
        if why is None:
            candidates.append(candidate)
        else:
            left_out.append(LeftOut(source.key, why))
    return tuple(candidates), tuple(left_out)


def _impossible(problem: Problem, candidate: Candidate) -> Rule | None:
    """Say why nothing can be asked of a source, None when something can."""
    source, limits = candidate.source, candidate.limits
    if bases.is_call_closed(source, problem.on):
        return Rule.CALL_CLOSED
    if bases.has_too_much_investment(problem.lines, source.terms):
        return Rule.INVESTMENT_SHARE
    if not candidate.payable or limits.most < 1:
        lines = problem.lines
        is_late = lines and not any(bases.is_in_period(line, source.terms) for line in lines)
        return Rule.PERIOD if is_late else Rule.NOT_ELIGIBLE
    if candidate.least > limits.most:
        return Rule.FLOOR if limits.floor > limits.most else Rule.RATE_BELOW
    return None
