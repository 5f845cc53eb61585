"""The plan as a mixed-integer programme: one column per part, one yes or no per source.

Euros as floats inside, integer cents outside. Once the yes and no are fixed, what is left is a
network of integer capacities: public money and its regimes, self-funding, sources, lines. Its
corners are whole cents, which is how ``exact`` gives cents that add up.

Source: our own formulation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import ceil

from filiere.rules.financing import bases
from filiere.rules.financing.checks import excludes, is_self_funding
from filiere.rules.financing.problem import Candidate, Objective, Pace, Problem
from filiere.rules.financing.shape import Kind, Regime
from filiere.rules.financing.solver import Programme, Solved
from filiere.rules.financing.wording import Rule

CENTS = 100
SAME = 1e-5  # files, or euros of cash gap, that make no difference
UPPER = (Rule.RATE_ABOVE, Rule.AMOUNT, Rule.CEILING)
Key = tuple[Rule, str]


@dataclass(slots=True)
class Built:
    """A programme and where its columns and rows are.

    ``parts`` by source and line, ``chosen`` by source, ``eu`` by source and line; ``rows`` by
    rule and by source, line or regime; ``slacks`` by the same, when a rule may be loosened.
    """

    programme: Programme
    parts: dict[tuple[str, str], int] = field(default_factory=dict)
    chosen: dict[str, int] = field(default_factory=dict)
    eu: dict[tuple[str, str], int] = field(default_factory=dict)
    rows: dict[Key, int] = field(default_factory=dict)
    slacks: dict[Key, int] = field(default_factory=dict)

    def parts_of(self, source: str) -> dict[int, float]:
        """Sum of what one source gives."""
        return {column: 1.0 for (one, _), column in self.parts.items() if one == source}

    def sum_of(self, keys: Iterable[str]) -> dict[int, float]:
        """Sum of what several sources give."""
        wanted = set(keys)
        return {column: 1.0 for (one, _), column in self.parts.items() if one in wanted}


def build(
    problem: Problem,
    candidates: tuple[Candidate, ...],
    soft: frozenset[Rule] = frozenset(),
    *,
    apart: bool = True,
) -> Built:
    """Write the programme of a problem.

    Args:
        problem: what is asked.
        candidates: the sources that may be in the plan.
        soft: rules that may be broken at the price of one per euro, nothing else being sought.
        apart: write that two grants of the Union never meet on a line.

    Source: our own formulation.
    """
    built = Built(Programme())
    for one in candidates:
        _add_source(built, one, soft)
    _add_lines(built, problem, candidates, soft)
    _add_shares(built, problem, candidates, soft)
    _add_headroom(built, problem, candidates, soft)
    _add_exclusions(built, candidates, soft)
    if apart:
        _add_double_eu(built, problem, candidates)
    return built


def _slack(built: Built, key: Key, soft: frozenset[Rule], upper: float) -> dict[int, float]:
    """Open a rule that may be loosened; nothing when it may not."""
    if key[0] not in soft or upper <= 0:
        return {}
    column = built.programme.column(upper=upper, cost=1.0)
    built.slacks[key] = column
    return {column: 1.0}


def _negative(weights: Mapping[int, float]) -> dict[int, float]:
    return {column: -weight for column, weight in weights.items()}


def limits_in_words(candidate: Candidate) -> dict[Rule, int]:
    """Give the upper limits a scheme or the plan sets to a source, by rule, in cents."""
    limits = candidate.limits
    upper = {Rule.RATE_ABOVE: limits.by_rate, Rule.AMOUNT: limits.by_amount}
    return upper if limits.ceiling is None else upper | {Rule.CEILING: limits.ceiling}


def _add_source(built: Built, one: Candidate, soft: frozenset[Rule]) -> None:
    """Parts of a source, from its least to its most once it gives, or nothing."""
    programme, key, limits = built.programme, one.source.key, one.limits
    granted = one.source.state.is_granted
    chosen = programme.column(lower=1.0 if granted else 0.0, upper=1.0, whole=True)
    built.chosen[key] = chosen
    for line, payable in one.payable.items():
        built.parts[key, line] = programme.column(upper=payable / CENTS)
    parts = built.parts_of(key)
    opened = [rule for rule in UPPER if rule in soft]
    kept = [cents for rule, cents in limits_in_words(one).items() if rule not in opened]
    room = min([limits.by_lines, *kept]) - limits.most
    spare = dict[int, float]()
    for rule in opened:
        spare |= _slack(built, (rule, key), soft, room / CENTS)
    for column in spare:
        programme.row({column: 1.0, chosen: -room / CENTS}, most=0.0)
    most = limits.most / CENTS
    built.rows[Rule.AMOUNT, key] = programme.row(
        parts | {chosen: -most} | _negative(spare), most=0.0
    )
    least = one.least / CENTS
    lowered = _slack(built, (Rule.FLOOR, key), soft, least)
    programme.row(parts | {chosen: -least} | lowered, least=0.0)
    if granted:
        amount = one.source.amount_cents / CENTS
        lost = _slack(built, (Rule.GRANTED, key), soft, amount)
        built.rows[Rule.GRANTED, key] = programme.row(parts | lost, least=amount)


def _add_lines(
    built: Built, problem: Problem, candidates: tuple[Candidate, ...], soft: frozenset[Rule]
) -> None:
    """No line is paid more than it costs, and enough of the cost is covered."""
    paid: dict[str, dict[int, float]] = {line.key: {} for line in problem.lines}
    for (_, key), column in built.parts.items():
        paid[key][column] = 1.0
    for line in problem.lines:
        built.rows[Rule.LINE_OVER_FUNDED, line.key] = built.programme.row(
            paid[line.key], most=line.amount_cents / CENTS
        )
    for in_kind in (False, True):
        lines = [line for line in problem.lines if line.is_in_kind == in_kind]
        wanted = ceil(sum(line.amount_cents for line in lines) * problem.cover_min)
        if not wanted:
            continue
        weights = {column: 1.0 for line in lines for column in paid[line.key]}
        whole = (Rule.COSTS_UNCOVERED, "in_kind" if in_kind else "money")
        missing = _slack(built, whole, soft, wanted / CENTS)
        built.rows[whole] = built.programme.row(weights | missing, least=wanted / CENTS)


def _add_shares(
    built: Built, problem: Problem, candidates: tuple[Candidate, ...], soft: frozenset[Rule]
) -> None:
    """Caps on public money and least self-funding, for the sources that ask for them."""
    public = {one.source.key: one for one in candidates if one.source.kind.is_public}
    all_public = sum(one.limits.by_lines for one in public.values())
    for one in candidates:
        terms, key = one.source.terms, one.source.key
        chosen = built.chosen[key]
        if terms.public_cap is not None:
            cap = bases.share_of_cost(problem.lines, terms, terms.public_cap, up=False)
            idle = max(0, all_public - cap) / CENTS
            weights = built.sum_of(public) | {chosen: idle}
            spare = _negative(_slack(built, (Rule.PUBLIC_CAP, key), soft, idle))
            built.rows[Rule.PUBLIC_CAP, key] = built.programme.row(
                weights | spare, most=cap / CENTS + idle
            )
        least = bases.share_of_cost(problem.lines, terms, terms.self_funding_min, up=True)
        if least:
            own = [o.source.key for o in candidates if is_self_funding(o.source.kind, one.source)]
            lacking = _slack(built, (Rule.SELF_FUNDING, key), soft, least / CENTS)
            weights = built.sum_of(own) | {chosen: -least / CENTS} | lacking
            built.rows[Rule.SELF_FUNDING, key] = built.programme.row(weights, least=0.0)


def aided(candidates: Iterable[Candidate], regime: Regime) -> tuple[str, ...]:
    """Give the sources that use up a head-room: asked under its regime, not granted yet."""
    return tuple(
        one.source.key
        for one in candidates
        if one.source.regime == regime and not one.source.state.is_granted
    )


def _add_headroom(
    built: Built, problem: Problem, candidates: tuple[Candidate, ...], soft: frozenset[Rule]
) -> None:
    """Aid asked under a ceiling stays within what may still be received."""
    for regime, left in problem.headroom.items():
        keys = aided(candidates, regime)
        if keys and regime not in {Regime.NONE, Regime.EXEMPTED}:
            over = sum(one.limits.by_lines for one in candidates if one.source.key in keys)
            spare = _negative(_slack(built, (Rule.HEADROOM, regime), soft, over / CENTS))
            built.rows[Rule.HEADROOM, regime] = built.programme.row(
                built.sum_of(keys) | spare, most=left / CENTS
            )


def _add_exclusions(built: Built, candidates: tuple[Candidate, ...], soft: frozenset[Rule]) -> None:
    """Two funders that exclude each other are not both in the plan."""
    for one, other in combinations(candidates, 2):
        if excludes(one.source, other.source):
            pair = {built.chosen[one.source.key]: 1.0, built.chosen[other.source.key]: 1.0}
            key = (Rule.EXCLUSION, one.source.key)
            built.programme.row(pair | _negative(_slack(built, key, soft, 1.0)), most=1.0)


def _add_double_eu(built: Built, problem: Problem, candidates: tuple[Candidate, ...]) -> None:
    """At most one grant of the Union on a line."""
    union = [one for one in candidates if one.source.kind == Kind.EU]
    for line in problem.lines:
        sharing = [one for one in union if line.key in one.payable]
        if len(sharing) < 2:
            continue
        for one in sharing:
            key = (one.source.key, line.key)
            built.eu[key] = built.programme.column(upper=1.0, whole=True)
            most = one.payable[line.key] / CENTS
            built.programme.row({built.parts[key]: 1.0, built.eu[key]: -most}, most=0.0)
        only = {built.eu[one.source.key, line.key]: 1.0 for one in sharing}
        built.programme.row(only, most=1.0)


def solve_in_order(
    built: Built, problem: Problem, candidates: tuple[Candidate, ...]
) -> Solved | None:
    """Solve for what is sought; among the answers as good, take the next best thing.

    After the fewest files or the smallest gap, the likeliest money; after the likeliest money,
    the fewest files.

    Args:
        built: the programme; its costs are changed, in the end to those of expected money or of
            the gap, which is what the prices of its rows are in.
        problem: what is sought.
        candidates: the sources that may be in the plan.

    Returns:
        The last answer, proven when both are; None when there is none.

    Source: lexicographic order of two objectives, our own choice.
    """
    chances = {one.source.key: float(one.source.chance) for one in candidates}
    likely = {column: -chances[source] for (source, _), column in built.parts.items()}
    files = {built.chosen[one.source.key]: 1.0 for one in candidates if one.is_new_file}
    orders: dict[Objective, tuple[dict[int, float], dict[int, float]]] = {
        Objective.FEWEST_FILES: (files, likely),
        Objective.LARGEST_EXPECTED: (likely, files),
    }
    if problem.objective == Objective.SMALLEST_CASH_GAP and problem.pace is not None:
        gap = {_add_gap(built, problem.pace): 1.0}
        orders[Objective.SMALLEST_CASH_GAP] = (gap, likely)
    first, then = orders[problem.objective]
    if not first:
        return _least(built.programme, then)
    best = _least(built.programme, first)
    if best is None or not then:
        return best
    held = built.programme.row(first, most=best.objective + SAME)
    next_best = _least(built.programme, then)
    # Prices are those of what is sought in euros: the row that held it would hide them.
    built.programme.release(held)
    built.programme.weigh(likely if problem.objective == Objective.FEWEST_FILES else first)
    if next_best is None:
        return best
    return replace(next_best, is_proven=best.is_proven and next_best.is_proven)


def _least(programme: Programme, costs: Mapping[int, float]) -> Solved | None:
    programme.weigh(costs)
    return programme.solve()


def _add_gap(built: Built, pace: Pace) -> int:
    """Add the deepest the cash goes under zero at the typical pace; give its column."""
    most = max(0, *pace.spent_cents) if pace.spent_cents else 0
    deepest = built.programme.column(upper=max(0, most - pace.opening_cents) / CENTS)
    for month, spent in enumerate(pace.spent_cents):
        weights = {
            column: float(pace.received_by(source, month))
            for (source, _), column in built.parts.items()
        }
        built.programme.row(weights | {deepest: 1.0}, least=(spent - pace.opening_cents) / CENTS)
    return deepest
