"""The chain of seals: its root at the end of a day, and what waits to be sealed.

A root is the hash of the last seal of a day. Whoever keeps one can tell, for ever, whether the
journal up to that day is still the same: no row edited, removed or added, and no older copy put in
its place.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from filiere.kernel.calendar import bounds_of_day

ROOT = """
    SELECT seal.number, encode(seal.hash, 'hex'), seal.sealed_at,
           (SELECT sum(rows) FROM ledger_seal WHERE number <= seal.number)::bigint
      FROM ledger_seal seal
"""


@dataclass(frozen=True, slots=True)
class Root:
    """The head of the chain at some moment.

    Attributes:
        number: number of the last seal it covers.
        hash: SHA-256, 64 hexadecimal digits.
        groups: how many posting groups are sealed up to there.
    """

    number: int
    hash: str
    sealed_at: datetime
    groups: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not sealed yet.

    Attributes:
        waiting: posting groups not sealed.
        stuck: those an open transaction still holds back, however often one seals.
        since: when the oldest open transaction that writes began, if this login may know.
    """

    waiting: int
    stuck: int
    since: datetime | None


def root(day: date) -> Root | None:
    """Return the last seal made by the end of a legal day; None when nothing was sealed yet."""
    _start, end = bounds_of_day(day)
    return _root("WHERE seal.sealed_at < %s ORDER BY seal.number DESC LIMIT 1", end)


def root_of_hash(digest: str) -> Root | None:
    """Return the seal that bears this hash (hexadecimal); None when the chain has no such seal."""
    try:
        wanted = bytes.fromhex(digest)
    except ValueError:
        return None
    return _root("WHERE seal.hash = %s", wanted)


def _root(condition: str, value: bytes | datetime) -> Root | None:
    """Read one seal; ``condition`` is one of the two fixed texts above."""
    with connection.cursor() as cursor:
        cursor.execute(f"{ROOT} {condition}", [value])
        row = cursor.fetchone()
    return Root(*row) if row else None


def backlog() -> Backlog:
    """Count what is not sealed, and say what holds it back (catalogue: attack 70)."""
    query = """
        WITH position AS MATERIALIZED (
            SELECT coalesce(max(upto_xact), 0) AS upto,
                   pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon
              FROM ledger_seal)
        SELECT count(*), count(*) FILTER (WHERE g.xact >= position.horizon),
               (SELECT min(xact_start) FROM pg_stat_activity WHERE backend_xid IS NOT NULL)
          FROM ledger_postinggroup g, position WHERE g.xact >= position.upto
    """
    with connection.cursor() as cursor:
        cursor.execute(query)
        return Backlog(*cursor.fetchone())
