"""Five thousand cash histories of thirty-six months and forty sources.

A part of ``make bench NAME=plan``. Three payments a source, delays of its kind, some sources only
likely. Measured with and without the answer to « which call moves the date most ».
"""

import random
import time
from datetime import date
from fractions import Fraction

from filiere.rules.financing.cash import HORIZON_MONTHS, RUNS, Receipts, forecast, schedule
from filiere.rules.financing.delays import usual_delays
from filiere.rules.financing.shape import Kind

BUDGET_SECONDS = 0.5
SOURCES, ROUNDS = 40, 5
ON = date(2026, 11, 22)


def scene(seed: int) -> tuple[list[Receipts], list[int]]:
    """Draw who pays what and when, and what is spent each month."""
    chance = random.Random(seed)
    kinds = [kind for kind in Kind if kind.needs_file]
    receipts = [
        Receipts(
            f"funder {rank}",
            schedule(
                chance.randint(5, 20) * 100_000, signed=chance.randint(0, 6), reported=24,
                advance=Fraction(3, 10), claims=((12, Fraction(2, 5)),),
            ),
            usual_delays(chance.choice(kinds), ON),
            Fraction(chance.randint(5, 10), 10),
        )
        for rank in range(SOURCES)
    ]  # fmt: skip
    total = sum(one.total_cents for one in receipts)
    return receipts, [total // 30] * 24 + [0] * (HORIZON_MONTHS - 24)


def measure() -> tuple[dict[str, float | int | str], dict[str, float]]:
    """Draw the histories of several scenes.

    Returns:
        Seconds, and the ratio: budget ÷ the worst time, calls to funders included.
    """
    times: dict[bool, list[float]] = {False: [], True: []}
    for seed in range(ROUNDS):
        receipts, spent = scene(seed)
        for calls in (False, True):
            began = time.perf_counter()
            found = forecast(receipts, spent, calls=calls)
            times[calls].append(time.perf_counter() - began)
            if len(found.typical.cents) != HORIZON_MONTHS or found.typical.low.cents >= 0:
                raise AssertionError("the scene needs a bridge")
    results: dict[str, float | int | str] = {
        "cash_runs": RUNS,
        "cash_months": HORIZON_MONTHS,
        "cash_sources": SOURCES,
        "cash_curves_worst_seconds": round(max(times[False]), 3),
        "cash_with_calls_worst_seconds": round(max(times[True]), 3),
    }
    return results, {"cash_budget": BUDGET_SECONDS / max(times[True])}
