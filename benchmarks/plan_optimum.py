"""Plans of forty funders and thirty lines, solved to proof for each objective, and checked.

A part of ``make bench NAME=plan``. Each scene is drawn from a seed: rates, floors, ceilings,
natures, caps on public money, self-funding, exclusions, two European funds, an award already
granted. What is measured is the whole answer: limits, solving, whole cents, what binds.
"""

import random
import statistics
import time
from datetime import date
from fractions import Fraction

from filiere.rules.financing.checks import check_plan
from filiere.rules.financing.optimum import Objective, Pace, Problem, optimise
from filiere.rules.financing.shape import Kind, Line, Source, State, Terms

BUDGET_SECONDS = 1.0
FUNDERS, LINES, SCENES = 40, 30, 4
ON = date(2026, 11, 22)
NATURES = ("60", "61", "62", "63", "64", "65", "68")
KINDS = (
    Kind.STATE, Kind.REGION, Kind.DEPARTEMENT, Kind.EPCI, Kind.COMMUNE, Kind.FOUNDATION,
    Kind.PRIVATE, Kind.INCOME, Kind.OWN,
)  # fmt: skip


def scene(seed: int, objective: Objective) -> Problem:
    """Draw a project and who could fund it: about twice its cost, if all said yes."""
    chance = random.Random(seed)
    lines = tuple(
        Line(
            key=f"line {rank}", nature=chance.choice(NATURES), year=2027 + rank % 2,
            amount_cents=chance.randint(100_000, 2_000_000),
        )
        for rank in range(LINES)
    )  # fmt: skip
    total = sum(line.amount_cents for line in lines)
    sources = tuple(_source(chance, rank, total) for rank in range(FUNDERS))
    spent = tuple(total * (month + 1) // 36 for month in range(36))
    received = {one.key: (Fraction(0),) * chance.randint(1, 12) + (Fraction(1),) for one in sources}
    return Problem(
        lines=lines, sources=sources, on=ON, objective=objective, pace=Pace(spent, received)
    )


def _source(chance: random.Random, rank: int, total: int) -> Source:
    """Draw one funder and its terms."""
    others = frozenset({f"funder {chance.randrange(FUNDERS)}"})
    terms = Terms(
        scheme=f"scheme {rank}",
        rate_max=Fraction(chance.randint(20, 80), 100),
        floor_cents=chance.choice((0, 200_000, 500_000)),
        ceiling_cents=chance.choice((None, 3_000_000)),
        eligible_natures=frozenset(chance.sample(NATURES, chance.randint(3, 7))),
        public_cap=chance.choice((None, Fraction(4, 5))),
        self_funding_min=chance.choice((Fraction(0), Fraction(1, 20))),
        excludes=others if chance.random() < 0.2 else frozenset(),
    )
    return Source(
        key=f"funder {rank}", funder=f"funder {rank}", terms=terms,
        kind=Kind.EU if rank < 2 else chance.choice(KINDS),
        amount_cents=chance.randint(total // 40, total // 15),
        state=State.NOTIFIED if rank == 39 else State.ENVISAGED,
        probability=Fraction(chance.randint(1, 9), 10),
    )  # fmt: skip


def measure() -> tuple[dict[str, float | int | str], dict[str, float]]:
    """Solve each scene for each objective; every plan must be proven and pass every check.

    Returns:
        Seconds, and the ratio: budget ÷ the worst of them.
    """
    spent, processor = list[float](), 0.0
    for seed in range(SCENES):
        for objective in Objective:
            asked = scene(seed, objective)
            began, used = time.perf_counter(), time.process_time()
            found = optimise(asked)
            spent.append(time.perf_counter() - began)
            processor += time.process_time() - used
            if found.plan is None or not found.is_proven or check_plan(found.plan, ON):
                raise AssertionError(f"scene {seed} has no proven plan that holds: {found}")
    results: dict[str, float | int | str] = {
        "plan_funders": FUNDERS,
        "plan_lines": LINES,
        "plan_solved": len(spent),
        "plan_median_seconds": round(statistics.median(spent), 3),
        "plan_worst_seconds": round(max(spent), 3),
        "plan_processor_seconds": round(processor / len(spent), 3),
    }
    return results, {"plan_budget": BUDGET_SECONDS / max(spent)}
