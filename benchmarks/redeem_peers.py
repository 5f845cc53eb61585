"""The same redemption in django-hordak and django-ledger, each in its own scratch database."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv-peers/bin/python"
BOOKS = Path(__file__).resolve().parent / "peers/books.py"


@dataclass
class Peer:
    """One peer on its database, and what went wrong there so far."""

    name: str
    environment: dict[str, str]
    errors: int = 0
    error: str = ""

    def rate(self, clients: int, seconds: int) -> float:
        """Redemptions a second; its errors are added up."""
        said = json.loads(self.run(str(clients), str(seconds)))
        self.errors += said["errors"]
        self.error = said["error"] or self.error
        return float(said["per_second"])

    def run(self, *arguments: str) -> str:
        """Run its script in the environment of the peers."""
        command = [str(PYTHON), "-W", "ignore", str(BOOKS), self.name, *arguments]
        answer = subprocess.run(
            command, env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return answer.stdout


@contextmanager
def peers() -> Iterator[list[Peer]]:
    """Make each peer's books, and drop them at the end; none where they are not installed."""
    if not PYTHON.exists():
        print("The peers are not installed (make setup-peers): not compared.", file=sys.stderr)
        yield []
        return
    with ExitStack() as stack:
        yield [stack.enter_context(_books(name)) for name in ("hordak", "ledger")]


@contextmanager
def _books(name: str) -> Iterator[Peer]:
    from django.db import connections

    login = connections["owner"].settings_dict
    database = f"peer_{name}_{os.getpid()}"
    environment = os.environ | {
        "PGHOST": login["HOST"],
        "PGPORT": str(login["PORT"] or ""),
        "PGUSER": login["USER"],
        "PGPASSWORD": login["PASSWORD"],
        "PGDATABASE": database,
    }
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{database}"')
    try:
        peer = Peer(name, environment)
        peer.run()
        yield peer
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{database}"')
