"""From the solver's euros to whole cents that add up.

With the yes and no of the plan fixed, what is left is a network whose capacities are whole cents:
its corners are whole cents too. The corner nearest the solver's answer is taken.

Source: total unimodularity of networks; each answer is verified in whole numbers.
"""

from collections.abc import Mapping
from math import ceil, floor

from filiere.rules.financing import bases
from filiere.rules.financing.checks import is_self_funding
from filiere.rules.financing.integer_programme import Built, aided
from filiere.rules.financing.problem import Candidate, Problem
from filiere.rules.financing.shape import Regime
from filiere.rules.financing.solver import Programme, Solved

NOTHING = 0.005  # cents under which the solver's answer is nothing
NEAR = 0.01  # cents by which the solver may be wrong
MOST = 10**15
Parts = dict[tuple[str, str], int]


def to_cents(
    problem: Problem, candidates: tuple[Candidate, ...], built: Built, solved: Solved
) -> Parts:
    """Give who pays what in whole cents, nothing left out at 0.

    Args:
        problem: what was asked.
        candidates: the sources that may be in the plan.
        built: the programme that was solved.
        solved: its answer, in euros.

    Returns:
        Cents by source and line.

    Raises:
        ArithmeticError: the network has no whole corner; never seen, and a bug if it is.

    Source: see the module.
    """
    chosen = {key for key, column in built.chosen.items() if solved.values[column] > 0.5}
    used = {
        key: solved.values[column] * 100
        for key, column in built.parts.items()
        if key[0] in chosen and _is_open(built, solved, key)
    }
    seen = {key: cents for key, cents in used.items() if cents > NOTHING}
    tries = (
        {key: _box(cents, NEAR) for key, cents in seen.items()},
        {key: (max(0, floor(cents - NEAR)), ceil(cents + NEAR)) for key, cents in seen.items()},
        dict.fromkeys(used, (0, MOST)),
    )
    live = tuple(one for one in candidates if one.source.key in chosen)
    for boxes in tries:
        found = _corner(problem, live, boxes)
        if found is not None:
            return found
    raise ArithmeticError("no whole cents meet what the solver met")


def _box(cents: float, near: float) -> tuple[int, int]:
    """Give the whole cents around a number: one when it is nearly whole, else two."""
    whole = round(cents)
    return (whole, whole) if abs(cents - whole) <= near else (floor(cents), ceil(cents))


def _is_open(built: Built, solved: Solved, key: tuple[str, str]) -> bool:
    """Tell whether a part may be paid: no other grant of the Union has its line."""
    return key not in built.eu or solved.values[built.eu[key]] > 0.5


def _corner(
    problem: Problem,
    live: tuple[Candidate, ...],
    boxes: Mapping[tuple[str, str], tuple[int, int]],
) -> Parts | None:
    """Solve the network in cents, each part within its box; None when it has no answer."""
    programme = Programme()
    by_key = {one.source.key: one for one in live}
    columns = dict[tuple[str, str], int]()
    for key, (least, most) in boxes.items():
        candidate = by_key[key[0]]
        columns[key] = programme.column(
            lower=least,
            upper=max(least, min(most, candidate.payable[key[1]])),
            cost=-float(candidate.source.chance),
        )
    for one in live:
        weights = _sum(columns, {one.source.key})
        least = one.source.amount_cents if one.source.state.is_granted else one.least
        programme.row(weights, least=least, most=one.limits.most)
    for line in problem.lines:
        paid = {column: 1.0 for (_, key), column in columns.items() if key == line.key}
        programme.row(paid, most=line.amount_cents)
    _cover(programme, problem, columns)
    _share(programme, problem, live, columns)
    solved = programme.solve(whole=False)
    if solved is None:
        return None
    cents = {key: round(solved.values[column]) for key, column in columns.items()}
    if any(abs(solved.values[columns[key]] - value) > 1e-4 for key, value in cents.items()):
        return None
    return {key: value for key, value in cents.items() if value}


def _sum(columns: Mapping[tuple[str, str], int], sources: set[str]) -> dict[int, float]:
    return {column: 1.0 for (source, _), column in columns.items() if source in sources}


def _cover(programme: Programme, problem: Problem, columns: Mapping[tuple[str, str], int]) -> None:
    """Cover as much of the cost as asked."""
    for in_kind in (False, True):
        lines = {one.key: one for one in problem.lines if one.is_in_kind == in_kind}
        wanted = ceil(sum(one.amount_cents for one in lines.values()) * problem.cover_min)
        weights = {column: 1.0 for (_, line), column in columns.items() if line in lines}
        if wanted:
            programme.row(weights, least=wanted)


def _share(
    programme: Programme,
    problem: Problem,
    live: tuple[Candidate, ...],
    columns: Mapping[tuple[str, str], int],
) -> None:
    """Keep the shares of the budget that the chosen sources ask for, and the head-room."""
    public = {one.source.key for one in live if one.source.kind.is_public}
    for one in live:
        terms = one.source.terms
        if terms.public_cap is not None:
            cap = bases.share_of_cost(problem.lines, terms, terms.public_cap, up=False)
            programme.row(_sum(columns, public), most=cap)
        least = bases.share_of_cost(problem.lines, terms, terms.self_funding_min, up=True)
        if least:
            own = {o.source.key for o in live if is_self_funding(o.source.kind, one.source)}
            programme.row(_sum(columns, own), least=least)
    for regime, left in problem.headroom.items():
        if regime not in {Regime.NONE, Regime.EXEMPTED}:
            programme.row(_sum(columns, set(aided(live, regime))), most=left)
