"""The whole loop at N and at 10 × N persons: time, memory, and whether time grows in proportion.

``make bench NAME=loop ARGS="--places FILE"``; ``--small`` takes 200 and 2,000 persons. The
database is a new one in a temporary folder, erased at the end, so that every process measured
works for this loop alone.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import report
from config.postgres import lease
from config.postgres.__main__ import stop
from config.postgres.places import Places, places_of

ROOT = Path(__file__).resolve().parent.parent
NATIONAL = ROOT.parent / "shared" / "data" / "lieux-mediation.csv.gz"
SECONDS_MAX = 180.0
MEBIBYTES_MAX = 1024.0
GROWTH_MAX = 11.0
SAMPLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Measure:
    """One loop: wall time of the command, time of its phases, most memory held at once.

    ``processor_seconds`` is the loop's own, without the database server's: it depends less on
    what else the machine does.
    """

    persons: int
    seconds: float
    phases: dict[str, float]
    processor_seconds: float
    mebibytes: float
    load: float

    @property
    def phases_seconds(self) -> float:
        """All phases, without what is prepared before the first person."""
        return sum(self.phases.values())


def resident_mebibytes(roots: set[int]) -> float:
    """Sum the memory of processes and all their descendants, in mebibytes.

    A page that several processes share is counted once, in parts (Linux tells each process's
    part); elsewhere it counts once per process, and the true figure is lower.
    """
    listing = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,rss="], check=True, capture_output=True, text=True
    ).stdout
    children: dict[int, list[int]] = defaultdict(list)
    kibibytes: dict[int, int] = {}
    for line in listing.splitlines():
        pid, parent, rss = (int(field) for field in line.split())
        children[parent].append(pid)
        kibibytes[pid] = rss
    waiting, total = [pid for pid in roots if pid in kibibytes], 0
    while waiting:
        pid = waiting.pop()
        total += own_part_kibibytes(pid) or kibibytes[pid]
        waiting += children[pid]
    return total / 1024


def own_part_kibibytes(pid: int) -> int | None:
    """Read a process's proportional part of memory; None where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), None)


def measure(*, persons: int, workers: int, places_file: Path, server: Places) -> Measure:
    """Run one loop and watch it.

    Raises:
        SystemExit: the loop failed, or one of its invariants is false.
    """
    command = [
        sys.executable, "-m", "config.command_line", "loop", "--places", str(places_file),
        "--persons", str(persons), "--seed", "7", "--workers", str(workers), "--json",
        "--folder", str(server.state / "bank"),
    ]  # fmt: skip
    began, worked = time.perf_counter(), processor_seconds()
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    peak, done = [0.0], threading.Event()

    def watch() -> None:
        roots = {running.pid, int(server.supervisor_lock.read_text())}
        while not done.wait(SAMPLE_SECONDS):
            peak[0] = max(peak[0], resident_mebibytes(roots))

    watcher = threading.Thread(target=watch)
    watcher.start()
    said, _nothing = running.communicate()
    seconds = time.perf_counter() - began
    done.set()
    watcher.join()
    if running.returncode:
        sys.exit(f"The loop of {persons} persons failed ({running.returncode}). {said[-2000:]}")
    phases: dict[str, float] = json.loads(said)["seconds"]
    phases.pop("setup")
    worked = processor_seconds() - worked
    return Measure(persons, seconds, phases, worked, peak[0], os.getloadavg()[0])


def processor_seconds() -> float:
    """Processor time of the children that have ended, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make bench NAME=loop")
    parser.add_argument("--places", type=Path, default=NATIONAL, help="national file of places")
    parser.add_argument("--persons", type=int, default=2_000, help="N; the second loop has 10 × N")
    parser.add_argument("--small", action="store_true", help="200 and 2,000 persons")
    parser.add_argument("--once", action="store_true", help="only N persons: no linearity")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    asked = parser.parse_args()
    if not asked.places.is_file():
        parser.error(f"{asked.places} is not a file: give the national file with --places")
    return asked


def ratios_of(measures: list[Measure]) -> dict[str, float]:
    """Compare with the budgets of the loop."""
    found = {"memory_budget": MEBIBYTES_MAX / max(one.mebibytes for one in measures)}
    for one in measures:
        if one.persons == 2_000:
            found["loop_2000_budget"] = SECONDS_MAX / one.seconds
    if len(measures) > 1:
        first, second = measures
        found["linearity_budget"] = GROWTH_MAX * first.phases_seconds / second.phases_seconds
    return found


def main() -> None:
    """Measure on a server of its own, print one line."""
    asked = arguments()
    persons = 200 if asked.small else asked.persons
    sizes = [persons] if asked.once else [persons, persons * 10]
    for name in ("DATABASE_URL", "DATABASE_APP_URL"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="filiere-bench-") as folder:
        os.environ["FILIERE_STATE_DIR"] = folder
        server = places_of(Path(folder))
        try:
            with lease.take(root=ROOT):
                measures = [
                    measure(
                        persons=size,
                        workers=asked.workers,
                        places_file=asked.places,
                        server=server,
                    )
                    for size in sizes
                ]
        finally:
            stop(server)
            shutil.rmtree(server.home, ignore_errors=True)
            shutil.rmtree(server.socket, ignore_errors=True)
    results: dict[str, Any] = {"workers": asked.workers}
    for one in measures:
        results[f"seconds_{one.persons}"] = round(one.seconds, 1)
        results[f"phases_seconds_{one.persons}"] = round(one.phases_seconds, 1)
        results[f"phases_{one.persons}"] = one.phases
        results[f"processor_seconds_{one.persons}"] = round(one.processor_seconds, 1)
        results[f"resident_mebibytes_{one.persons}"] = round(one.mebibytes)
        results[f"load_at_end_{one.persons}"] = round(one.load, 1)
    report.show(name="loop", results=results, ratios=ratios_of(measures))


if __name__ == "__main__":
    main()
