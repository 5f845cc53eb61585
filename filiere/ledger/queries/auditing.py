"""Adding the journal up again, and looking for groups nobody claims."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db import connection

from filiere.kernel.checks import Invariant
from filiere.ledger.checks import CHAIN, INVARIANTS

ROWS_NAMED = 20


@dataclass(frozen=True, slots=True)
class GroupOrigins:
    """A posting group and the upper tables whose rows point to it."""

    group_id: UUID
    key: str
    kind: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must never be false and is: which rule, which row, what was found."""

    invariant: str
    row: str
    detail: str


def group_origins(*, limit: int = ROWS_NAMED) -> list[GroupOrigins]:
    """Posting groups that do not have exactly one origin among the tables above the ledger.

    The upper row holds the key to its group, never the reverse; a reversal's origin is the group
    it reverses. Several rows of one column (shares released together) are one origin.

    Returns:
        At most ``limit`` groups, oldest first; empty when all is well.
    """
    claims = list(pointers())
    union = " UNION ".join(
        f"SELECT DISTINCT \"{column}\" AS group_id, '{table}.{column}' AS origin"
        f' FROM "{table}" WHERE "{column}" IS NOT NULL'
        for table, column in claims
    )
    query = f"""
        SELECT g.id, g.key, g.kind, coalesce(array_agg(o.origin ORDER BY o.origin)
               FILTER (WHERE o.origin IS NOT NULL), '{{}}')
          FROM ledger_postinggroup g
          LEFT JOIN ({union} UNION SELECT id, 'reversal' FROM ledger_postinggroup
                      WHERE reverses_id IS NOT NULL) o ON o.group_id = g.id
         GROUP BY g.id HAVING count(o.origin) <> 1
         ORDER BY g.posted_at, g.key LIMIT %s
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [limit])
        return [
            GroupOrigins(group_id, key, kind, tuple(origins))
            for group_id, key, kind, origins in cursor.fetchall()
        ]


def pointers() -> Iterator[tuple[str, str]]:
    """Every column of an upper table that points to a posting group, as (table, column)."""
    group = apps.get_model("ledger", "PostingGroup")
    for model in apps.get_models():
        if model._meta.app_label != "ledger":
            for field in model._meta.local_concrete_fields:
                if field.related_model is group:
                    yield model._meta.db_table, str(field.column)


def check_sums(*, limit: int = ROWS_NAMED) -> list[Violation]:
    """Re-add the whole journal and name what is wrong; empty when all is well. See ``check_chain``.

    The same statements as ``filiere check`` (see ``ledger.checks``), with up to ``limit`` rows each.
    """
    return _violations(INVARIANTS, limit)


def check_chain(*, limit: int = ROWS_NAMED) -> list[Violation]:
    """Compare every sealed row and every seal with the chain; empty when all is well."""
    return _violations(CHAIN, limit)


def _violations(invariants: Sequence[Invariant], limit: int) -> list[Violation]:
    """Evaluate statements, with up to ``limit`` wrong rows each."""
    found = []
    with connection.cursor() as cursor:
        for one in invariants:
            cursor.execute(
                f"WITH wrong AS MATERIALIZED ({one.sql}) SELECT * FROM wrong LIMIT {int(limit)}"
            )
            found += [Violation(one.name, str(row), str(what)) for row, what in cursor.fetchall()]
    return found
