"""Which limits of a plan bind, and what one more euro of each is worth.

Source: shadow prices of the linear programme once the yes and no are fixed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from filiere.rules.financing import bases
from filiere.rules.financing.checks import excludes, is_self_funding
from filiere.rules.financing.exact import Parts
from filiere.rules.financing.integer_programme import (
    Built,
    aided,
    limits_in_words,
)
from filiere.rules.financing.problem import Candidate, Problem
from filiere.rules.financing.solver import Solved
from filiere.rules.financing.wording import Rule


@dataclass(frozen=True, slots=True)
class Binding:
    """A limit the plan touches: the rule, and the source or the regime it is of.

    ``worth_cents`` is what one more euro of it brings at the margin, in cents: of cash gap spared
    when that is what is sought, else of expected money. For a rate or a cap,
    ``worth_of_a_point_cents`` is what one more point (a hundredth of its base) brings, in cents.
    """

    rule: Rule
    source: str
    worth_cents: int
    worth_of_a_point_cents: int | None = None


def binding_limits(
    problem: Problem,
    candidates: tuple[Candidate, ...],
    built: Built,
    solved: Solved,
    parts: Parts,
) -> tuple[Binding, ...]:
    """Give the limits that a plan touches to the cent, the most valuable first.

    Args:
        problem: what was asked.
        candidates: the sources that may be in the plan.
        built: the programme that was solved; its yes and no are fixed here.
        solved: its answer.
        parts: the answer in whole cents.

    Returns:
        Limits, those that bring most when loosened first, then by rule and source.

    Source: see the module.
    """
    prices = _prices(built, solved)
    totals = dict[str, int]()
    for (source, _), cents in parts.items():
        totals[source] = totals.get(source, 0) + cents
    found = list[Binding]()
    for one in candidates:
        if one.source.key in totals:
            found += _of_source(problem, one, candidates, totals, prices)
    for regime, left in problem.headroom.items():
        used = sum(totals.get(key, 0) for key in aided(candidates, regime))
        if used and used == left:
            found.append(Binding(Rule.HEADROOM, regime, prices.get((Rule.HEADROOM, regime), 0)))
    return tuple(sorted(found, key=lambda one: (-one.worth_cents, one.rule, one.source)))


def _prices(built: Built, solved: Solved) -> Mapping[tuple[Rule, str], int]:
    """Give what one more euro of each row brings, in cents, the choice of sources fixed."""
    for column in (*built.chosen.values(), *built.eu.values()):
        built.programme.fix(column, round(solved.values[column]))
    relaxed = built.programme.solve(whole=False)
    if relaxed is None:
        return {}
    return {key: round(abs(relaxed.prices[row]) * 100) for key, row in built.rows.items()}


def _of_source(
    problem: Problem,
    one: Candidate,
    candidates: tuple[Candidate, ...],
    totals: Mapping[str, int],
    prices: Mapping[tuple[Rule, str], int],
) -> list[Binding]:
    """Give the limits of one source of the plan that bind."""
    source, key, given = one.source, one.source.key, totals[one.source.key]
    found = list[Binding]()
    price = prices.get((Rule.AMOUNT, key), 0)
    if not source.state.is_granted:
        for rule, cents in limits_in_words(one).items():
            if given == cents:
                point = price * one.limits.base // 10_000 if rule == Rule.RATE_ABOVE else None
                found.append(Binding(rule, key, price, point))
        if given == one.limits.floor:
            found.append(Binding(Rule.FLOOR, key, 0))
        if given == one.limits.at_least_by_rate:
            found.append(Binding(Rule.RATE_BELOW, key, 0))
    terms, lines = source.terms, problem.lines
    if terms.public_cap is not None:
        cap = bases.share_of_cost(lines, terms, terms.public_cap, up=False)
        public = {o.source.key for o in candidates if o.source.kind.is_public}
        if sum(cents for o, cents in totals.items() if o in public) == cap:
            price = prices.get((Rule.PUBLIC_CAP, key), 0)
            # One point of the cap is a hundredth of the cost: its share, over its own rate.
            point = int(price * cap / terms.public_cap / 10_000) if terms.public_cap else None
            found.append(Binding(Rule.PUBLIC_CAP, key, price, point))
    least = bases.share_of_cost(lines, terms, terms.self_funding_min, up=True)
    own = {o.source.key for o in candidates if is_self_funding(o.source.kind, source)}
    if least and sum(cents for o, cents in totals.items() if o in own) == least:
        found.append(Binding(Rule.SELF_FUNDING, key, prices.get((Rule.SELF_FUNDING, key), 0)))
    if any(o.source.key not in totals and excludes(source, o.source) for o in candidates):
        found.append(Binding(Rule.EXCLUSION, key, 0))
    return found
