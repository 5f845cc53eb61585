"""Who pays: a quote, twenty thousand invoices, an operator's export.

``make bench NAME=billing``; ``ARGS="--parts invoices --invoices 2000"`` measures less,
``ARGS=--national`` exports an operator of national size. Each part works in a scratch database of
its own.
"""

import argparse
import importlib
import os
from collections.abc import Mapping
from typing import Any

import django

from benchmarks import billing_export, billing_invoices, report

# Part → its module, whose ``measure`` gives what was measured and the ratios.
PARTS = {
    "quote": "benchmarks.billing_quote",
    "invoices": "benchmarks.billing_invoices",
    "export": "benchmarks.billing_export",
}
SCENES = ("invoices",)
"""Parts that do not open their scratch database themselves."""


def measure(part: str, **asked: int) -> tuple[Mapping[str, Any], Mapping[str, float]]:
    """Measure one part; see its module."""
    from filiere.operations import database

    module = importlib.import_module(PARTS[part])
    if part not in SCENES:
        found: tuple[Mapping[str, Any], Mapping[str, float]] = module.measure(**asked)
        return found
    with database.scratch("bench"):
        return billing_invoices.measure(**asked)


def main() -> None:
    """Measure each part asked for, print one line."""
    parser = argparse.ArgumentParser(prog="make bench NAME=billing")
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--invoices", type=int, default=billing_invoices.INVOICES)
    parser.add_argument("--sessions", type=int, default=billing_export.SESSIONS)
    parser.add_argument("--vouchers", type=int, default=billing_export.VOUCHERS)
    parser.add_argument("--national", action="store_true", help=billing_export.NATIONAL_WORDS)
    asked = parser.parse_args()
    if asked.national:
        asked.sessions, asked.vouchers = billing_export.NATIONAL
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sizes: dict[str, dict[str, int]] = {
        "quote": {},
        "invoices": {"count": asked.invoices},
        "export": {"sessions": asked.sessions, "vouchers": asked.vouchers},
    }
    results: dict[str, Any] = {}
    ratios: dict[str, float] = {}
    for part in asked.parts:
        measured, against = measure(part, **sizes[part])
        results |= measured
        ratios |= against
    results["load_at_end"] = round(os.getloadavg()[0], 1)
    report.show(name="billing", results=results, ratios=ratios)


if __name__ == "__main__":
    main()
