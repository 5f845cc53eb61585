"""Statements about the stored state that must always be true, and who breaks them.

Each app declares its own in ``checks.py``; ``filiere check`` runs them all and names the first row
that is wrong. A check is one set-based query that returns the offending rows, worst first.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, connections


@dataclass(frozen=True, slots=True)
class Invariant:
    """A named statement, and a query that returns the rows for which it is false.

    Attributes:
        name: ``<app>.<fact>``, stable: scripts and alarms rely on it.
        sentence: what holds, in English (the check is read by operators and auditors).
        sql: returns one row per violation: a reference first, then what was found.
    """

    name: str
    sentence: str
    sql: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one invariant: ``first`` is the first wrong row, if any."""

    name: str
    sentence: str
    holds: bool
    first: str


registry: dict[str, Invariant] = {}


def declare(*invariants: Invariant) -> None:
    """Add invariants to the registry; declaring a name again replaces it."""
    registry.update({one.name: one for one in invariants})


def run(
    *, progress: Callable[[str], None] | None = None, using: str | None = None
) -> list[Verdict]:
    """Evaluate every declared invariant on the current database, in name order.

    Args:
        using: the login that asks; it sees what its own open transaction wrote.
    """
    verdicts = []
    asked = connections[using] if using else connection
    for one in sorted(registry.values(), key=lambda each: each.name):
        if progress:
            progress(one.name)
        with asked.cursor() as cursor:
            # Materialised: planned for all rows, not for a first row that is hardly ever there.
            cursor.execute(f"WITH wrong AS MATERIALIZED ({one.sql}) SELECT * FROM wrong LIMIT 1")
            row = cursor.fetchone()
        found = "" if row is None else " · ".join(str(value) for value in row)
        verdicts.append(Verdict(one.name, one.sentence, row is None, found))
    return verdicts
