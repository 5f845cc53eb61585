"""The best plan: which funders, for how much, on which costs, and what stands in the way.

The answer is a suggestion: it says whether it is proven best, which limits bind and what loosening
them is worth; without an answer it says what to loosen, and by how much. Amounts are integer
cents and add up exactly.

Source: mixed-integer optimisation, our own formulation (see ``integer_programme``).
"""

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from filiere.rules.financing.binding import Binding, binding_limits
from filiere.rules.financing.exact import Parts, to_cents
from filiere.rules.financing.grouping import group_lines, spread
from filiere.rules.financing.integer_programme import build, solve_in_order
from filiere.rules.financing.loosening import Loosening, ways_out
from filiere.rules.financing.problem import Candidate, LeftOut, Objective, Pace, Problem, sort_out
from filiere.rules.financing.shape import Allocation, Kind, Plan, Source, State
from filiere.rules.financing.wording import Rule

__all__ = [
    "Binding", "LeftOut", "Loosening", "Objective", "Optimum", "Pace", "Problem", "allocate",
    "loosened", "optimise", "worth_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best plan found; without one, ``plan`` is None and ``ways_out`` says what to loosen.

    ``files`` counts the sources of the plan that a file is written for, ``new_files`` those still
    to write. ``gap_cents`` is the deepest the cash goes under zero at the typical pace, None
    when no pace was given.
    """

    objective: Objective
    plan: Plan | None
    is_proven: bool
    files: int
    new_files: int
    funded_cents: int
    expected_cents: int
    gap_cents: int | None
    binding: tuple[Binding, ...]
    left_out: tuple[LeftOut, ...]
    ways_out: tuple[Loosening, ...]

    @property
    def amounts(self) -> dict[str, int]:
        """Cents asked of each source of the plan."""
        return {one.key: one.amount_cents for one in self.plan.sources} if self.plan else {}


def optimise(problem: Problem) -> Optimum:
    """Find the best plan of a problem.

    The same problem always has the same answer. Nothing is ever funded above its cost, what was
    granted is kept whole, and what was refused is left out.

    Args:
        problem: lines, sources, objective, day.

    Returns:
        The plan in whole cents, proven best unless time ran out; or what to loosen.

    Raises:
        ParameterNotInForce: a scheme counts at a flat rate that does not exist on that day.

    Source: see the module.
    """
    candidates, left_out = sort_out(problem)
    # Grants of the Union seldom have to share a line: first without that rule, then with it.
    answer = _answer(problem, candidates, apart=False) or _answer(problem, candidates, apart=True)
    if answer is None:
        grouped, smaller, _ = group_lines(problem, candidates, apart=True)
        ways = ways_out(grouped, smaller)
        return Optimum(problem.objective, None, False, 0, 0, 0, 0, None, (), left_out, ways)
    parts, binding, is_proven = answer
    plan = _plan(problem, parts)
    return Optimum(
        objective=problem.objective,
        plan=plan,
        is_proven=is_proven,
        files=sum(source.kind.needs_file for source in plan.sources),
        new_files=sum(
            one.is_new_file for one in candidates if any(key[0] == one.source.key for key in parts)
        ),
        funded_cents=plan.funded_cents,
        expected_cents=expected_cents(plan.sources),
        gap_cents=gap_cents(plan.sources, problem.pace),
        binding=binding,
        left_out=left_out,
        ways_out=(),
    )


def _answer(
    problem: Problem, candidates: tuple[Candidate, ...], *, apart: bool
) -> tuple[Parts, tuple[Binding, ...], bool] | None:
    """Solve; give the parts in cents, what binds and whether it is proven best.

    None when there is no plan, or when grants of the Union would meet on a line.
    """
    grouped, smaller, groups = group_lines(problem, candidates, apart=apart)
    built = build(grouped, smaller, apart=apart)
    solved = solve_in_order(built, grouped, smaller)
    if solved is None:
        return None
    parts = to_cents(grouped, smaller, built, solved)
    unions = frozenset(one.key for one in problem.sources if one.kind == Kind.EU)
    over_lines = spread(parts, groups, unions)
    if over_lines is None:
        return None
    binding = binding_limits(grouped, smaller, built, solved, parts)
    return over_lines, binding, solved.is_proven


def _plan(problem: Problem, parts: Parts) -> Plan:
    """Write the parts as a plan whose sources have the amounts found."""
    totals = dict[str, int]()
    for (source, _), cents in parts.items():
        totals[source] = totals.get(source, 0) + cents
    return Plan(
        lines=problem.lines,
        sources=tuple(
            replace(source, amount_cents=totals[source.key])
            for source in problem.sources
            if source.key in totals
        ),
        allocations=tuple(
            Allocation(source, line, cents) for (source, line), cents in parts.items()
        ),
        headroom=problem.headroom,
    )


def allocate(plan: Plan, on: date) -> Plan | None:
    """Spread the sources of a plan over its lines, each whole, as their terms allow.

    Args:
        plan: its amounts are kept; its allocations are forgotten.
        on: day of the parameters.

    Returns:
        The same plan with allocations that hold, or None when no way holds: ``check_plan`` then
        says which amounts are wrong, and ``optimise`` which could be.

    Raises:
        ParameterNotInForce: a scheme counts at a flat rate that does not exist on that day.

    Source: see the module.
    """
    held = tuple(replace(one, state=State.NOTIFIED) for one in plan.live_sources)
    found = optimise(
        Problem(
            lines=plan.lines, sources=held, on=on, cover_min=Fraction(0),
            objective=Objective.LARGEST_EXPECTED,
        )
    )  # fmt: skip
    if found.plan is None:
        return None
    return replace(plan, allocations=found.plan.allocations)


def expected_cents(sources: tuple[Source, ...]) -> int:
    """Give what sources bring on average, each by its chance, rounded down to the cent.

    Source: expected value.
    """
    return int(sum((source.amount_cents * source.chance for source in sources), Fraction(0)))


def gap_cents(sources: tuple[Source, ...], pace: Pace | None) -> int | None:
    """Give the deepest the cash goes under zero at a pace, in cents; None without a pace.

    Source: the pace's own months; receipts are rounded down.
    """
    if pace is None:
        return None
    deepest = 0
    for month, spent in enumerate(pace.spent_cents):
        received = sum(int(one.amount_cents * pace.received_by(one.key, month)) for one in sources)
        deepest = max(deepest, spent - pace.opening_cents - received)
    return deepest


def loosened(problem: Problem, binding: Binding, by: int) -> Problem:
    """Give the same problem with one limit of one source loosened.

    Args:
        problem: what was asked.
        binding: a limit of a source: its amount, its ceiling, its rate, or its cap on public
            money.
        by: cents more; for a rate or a cap, hundredths of its base more (points).

    Raises:
        ValueError: this limit is not one that can be loosened so.

    Source: our own choice.
    """
    sources = {source.key: source for source in problem.sources}
    source = sources.get(binding.source)
    if source is None:
        raise ValueError(f"{binding.rule} bears on no single source")
    terms, points = source.terms, Fraction(by, 100)
    if binding.rule == Rule.AMOUNT:
        source = replace(source, amount_cents=source.amount_cents + by)
    elif binding.rule == Rule.CEILING and terms.ceiling_cents is not None:
        more = terms.ceiling_cents + by
        amount = max(source.amount_cents, more)
        source = replace(source, amount_cents=amount, terms=replace(terms, ceiling_cents=more))
    elif binding.rule == Rule.RATE_ABOVE:
        rate = min(Fraction(1), terms.rate_max + points)
        source = replace(source, terms=replace(terms, rate_max=rate))
    elif binding.rule == Rule.PUBLIC_CAP and terms.public_cap is not None:
        cap = min(Fraction(1), terms.public_cap + points)
        source = replace(source, terms=replace(terms, public_cap=cap))
    else:
        raise ValueError(f"{binding.rule} of {binding.source} cannot be loosened")
    changed = sources | {source.key: source}
    return replace(problem, sources=tuple(changed[one.key] for one in problem.sources))


def worth_of(problem: Problem, binding: Binding, by: int) -> int:
    """Say what loosening one limit brings, by solving again: the exact answer, not a slope.

    Args:
        problem: what was asked; it has a plan.
        binding: one of the limits that bind.
        by: cents more, or points of a rate; see ``loosened``.

    Returns:
        New files spared, expected cents gained, or cents of cash gap spared: the unit of the
        problem's objective.

    Raises:
        ValueError: the limit cannot be loosened so, or the problem has no plan.

    Source: see the module.
    """
    before, after = optimise(problem), optimise(loosened(problem, binding, by))
    if before.plan is None or after.plan is None:
        raise ValueError("the problem has no plan")
    if problem.objective == Objective.FEWEST_FILES:
        return before.new_files - after.new_files
    if problem.objective == Objective.LARGEST_EXPECTED:
        return after.expected_cents - before.expected_cents
    return (before.gap_cents or 0) - (after.gap_cents or 0)
