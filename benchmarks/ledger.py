"""The journal added up again, with and without its chain, beside what it takes to write it.

``make bench NAME=ledger ARGS="--transfers 1000000"``. One scratch database: groups of three transfers
(three funders of one redemption) over a few thousand accounts, then one roll-up, one sealing, and
what ``filiere check`` does of the ledger: the sums alone, then the sums and the chain.
"""

import argparse
import datetime as dt
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import django

from benchmarks import report

SUMS_BUDGET, CHAIN_BUDGET = 200_000, 100_000
AT = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
LOTS, PROVIDERS, FUNDERS, BATCH = 100, 1_000, 3, 5_000
POST_MANY = """
    SELECT count(*) FROM ledger_post_many(
        (SELECT array_agg('bench:' || n ORDER BY n) FROM generate_series(%(first)s, %(last)s) n),
        array_fill('redemption'::text, ARRAY[%(groups)s]),
        array_fill(%(at)s::timestamptz, ARRAY[%(groups)s]),
        array_fill(''::text, ARRAY[%(groups)s]), array_fill(NULL::uuid, ARRAY[%(groups)s]),
        (SELECT array_agg(n - %(first)s + 1 ORDER BY n, f)::int[]
           FROM generate_series(%(first)s, %(last)s) n, generate_series(1, %(funders)s) f),
        (SELECT array_agg(format('pocket:%%s:%%s', n %% %(lots)s, f) ORDER BY n, f)
           FROM generate_series(%(first)s, %(last)s) n, generate_series(1, %(funders)s) f),
        (SELECT array_agg(format('payable:%%s:tranche:%%s', n %% %(providers)s, f) ORDER BY n, f)
           FROM generate_series(%(first)s, %(last)s) n, generate_series(1, %(funders)s) f),
        (SELECT array_agg((n %% 1000 + f)::bigint ORDER BY n, f)
           FROM generate_series(%(first)s, %(last)s) n, generate_series(1, %(funders)s) f),
        array_fill('EUR'::text, ARRAY[%(groups)s * %(funders)s]), %(at)s, 'bench')
"""
POST = """
    SELECT ledger_post('one:' || n, 'redemption',
        ARRAY['pocket:1:1', 'pocket:1:2', 'pocket:1:3'],
        ARRAY['payable:1:tranche:1', 'payable:1:tranche:2', 'payable:1:tranche:3'],
        ARRAY[334, 333, 333]::bigint[], ARRAY['EUR', 'EUR', 'EUR'], %(at)s, %(at)s, 'bench')
      FROM generate_series(%(first)s, %(last)s) n
"""


def seconds(action: Callable[[], object]) -> float:
    """Time one action."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def write(transfers: int) -> tuple[float, float]:
    """Post so many transfers in batches, then some groups one by one; give both speeds."""
    from django.db import connection

    groups = transfers // FUNDERS
    batches = 0.0
    with connection.cursor() as cursor:
        for first in range(1, groups + 1, BATCH):
            last = min(first + BATCH - 1, groups)
            values: dict[str, Any] = {
                "first": first,
                "last": last,
                "groups": last - first + 1,
                "funders": FUNDERS,
                "lots": LOTS,
                "providers": PROVIDERS,
                "at": AT,
            }
            batches += seconds(partial(cursor.execute, POST_MANY, values))
        single = seconds(lambda: cursor.execute(POST, {"first": 1, "last": 10_000, "at": AT}))
        cursor.execute("SELECT ledger_guard('pocket:2:1', 'EUR', -1000000000000000, NULL)")
    return groups * FUNDERS / batches, 10_000 / single


def measure(*, transfers: int, rounds: int) -> None:
    """Write, roll up, seal, then read everything again ``rounds`` times; print one line."""
    from django.db import connection, connections

    from filiere.ledger import queries, services

    batched, single = write(transfers)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    rolling = seconds(lambda: services.roll_up(at=AT))
    sealing = seconds(lambda: services.seal(at=AT))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_transfer")
        rows = cursor.fetchone()[0]
    wrong: list[object] = []
    sums, chain = [], []
    for _round in range(rounds):
        sums.append(seconds(lambda: wrong.extend(queries.check_sums())))
        chain.append(seconds(lambda: wrong.extend(queries.check_chain())))
    if wrong:
        raise SystemExit(f"the journal does not add up: {wrong[:3]}")
    sums_rate = rows / statistics.median(sums)
    both_rate = rows / (statistics.median(sums) + statistics.median(chain))
    report.show(
        name="ledger",
        results={
            "transfers": rows,
            "sums_transfers_per_second": round(sums_rate),
            "sums_and_chain_transfers_per_second": round(both_rate),
            "roll_up_transfers_per_second": round(rows / rolling),
            "seal_transfers_per_second": round(rows / sealing),
            "batched_transfers_per_second": round(batched),
            "single_groups_of_three_per_second": round(single),
            "load_at_end": round(os.getloadavg()[0], 1),
        },
        ratios={
            "sums_per_second_budget": sums_rate / SUMS_BUDGET,
            "chain_per_second_budget": both_rate / CHAIN_BUDGET,
        },
    )


def main() -> None:
    """Work in a scratch database."""
    parser = argparse.ArgumentParser(prog="make bench NAME=ledger")
    parser.add_argument("--transfers", type=int, default=1_000_000, help="how many to write")
    parser.add_argument("--rounds", type=int, default=3, help="how often to read them again")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from filiere.operations import database

    with database.scratch("bench", durable=True):
        measure(transfers=asked.transfers, rounds=asked.rounds)


if __name__ == "__main__":
    main()
