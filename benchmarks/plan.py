"""One project, many funders: the best plan, thousands of cash histories, files, decision aids.

``make bench NAME=plan``; ``ARGS="--parts cash"`` measures less. Each part gives what it measured
and its ratios; the worst of its rounds is what counts.
"""

import argparse
from collections.abc import Callable
from typing import Any

from benchmarks import assistants, plan_cash, plan_optimum, plan_rendering, report

Measured = tuple[dict[str, Any], dict[str, float]]
# Part → what measures it.
PARTS: dict[str, Callable[[], Measured]] = {
    "optimum": plan_optimum.measure,
    "cash": plan_cash.measure,
    "rendering": plan_rendering.measure,
    "assistants": assistants.measure,
}


def main() -> None:
    """Measure each part asked for, print one line."""
    parser = argparse.ArgumentParser(prog="make bench NAME=plan")
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS))
    asked = parser.parse_args()
    results: dict[str, Any] = {}
    ratios: dict[str, float] = {}
    for part in asked.parts:
        found, better = PARTS[part]()
        results |= found
        ratios |= better
    report.show(name="plan", results=results, ratios=ratios)


if __name__ == "__main__":
    main()
