"""Reading the ledger. A balance is what an account was credited minus what it was debited.

Amounts are whole numbers of the smallest unit. Every figure comes from the transfers themselves,
never from a stored balance, except in ``check_sums`` which compares the two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection

from filiere.ledger.checks import INVARIANTS

ROWS_NAMED = 20


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One transfer seen from one account: ``amount`` is signed, positive when received."""

    group_id: UUID
    kind: str
    occurred_at: datetime
    other_account: str
    amount: int
    balance: int
    reason: str


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


def balance(code: str, unit: str = "EUR", *, until: datetime | None = None) -> int:
    """Balance of one account, 0 if it never moved.

    Args:
        until: only what occurred at or before this moment.
    """
    return balances_of([code], unit, until=until).get(code, 0)


def balances_of(
    codes: list[str], unit: str = "EUR", *, until: datetime | None = None
) -> dict[str, int]:
    """Balances of the accounts named; one that does not exist is absent."""
    return _balances("account.code = ANY(%(codes)s)", {"codes": codes}, unit, until)


def balances(prefix: str, unit: str = "EUR", *, until: datetime | None = None) -> dict[str, int]:
    """Balances of every account whose code starts with ``prefix``, in order of code."""
    escaped = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return _balances("account.code LIKE %(like)s", {"like": f"{escaped}%"}, unit, until)


def _balances(
    condition: str, values: dict[str, Any], unit: str, until: datetime | None
) -> dict[str, int]:
    """Credited minus debited per account; ``condition`` is one of the two fixed texts above."""
    query = """
        SELECT account.code,
               coalesce(sum(CASE WHEN t.credit_account_id = account.id THEN t.amount
                                 ELSE -t.amount END), 0)::bigint
          FROM ledger_account account
          LEFT JOIN LATERAL (
                SELECT * FROM ledger_transfer WHERE credit_account_id = account.id
                UNION ALL
                SELECT * FROM ledger_transfer WHERE debit_account_id = account.id
               ) t ON %(until)s::timestamptz IS NULL
                   OR (SELECT occurred_at FROM ledger_postinggroup WHERE id = t.group_id) <= %(until)s
         WHERE account.unit = %(unit)s AND """
    with connection.cursor() as cursor:
        cursor.execute(
            f"{query} {condition} GROUP BY account.id ORDER BY account.code",
            {**values, "unit": unit, "until": until},
        )
        return dict(cursor.fetchall())


def statement(
    code: str, unit: str = "EUR", *, until: datetime | None = None
) -> list[StatementLine]:
    """Every movement of one account, oldest first, with the balance after each."""
    query = """
        SELECT g.id, g.kind, g.occurred_at, other.code, t.signed,
               (sum(t.signed) OVER (ORDER BY g.occurred_at, t.id))::bigint, g.reason
          FROM ledger_account account
         CROSS JOIN LATERAL (
                SELECT id, group_id, amount AS signed, debit_account_id AS other_id
                  FROM ledger_transfer WHERE credit_account_id = account.id
                UNION ALL
                SELECT id, group_id, -amount, credit_account_id
                  FROM ledger_transfer WHERE debit_account_id = account.id
               ) t
          JOIN ledger_postinggroup g ON g.id = t.group_id
          JOIN ledger_account other ON other.id = t.other_id
         WHERE account.code = %(code)s AND account.unit = %(unit)s
           AND (%(until)s::timestamptz IS NULL OR g.occurred_at <= %(until)s)
         ORDER BY g.occurred_at, t.id
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {"code": code, "unit": unit, "until": until})
        return [StatementLine(*row) for row in cursor.fetchall()]


def moved(pairs: Sequence[tuple[str, str]], unit: str = "EUR") -> dict[tuple[str, str], int]:
    """Sums moved from one account to another, for each (debit, credit) pair; absent when none."""
    query = """
        SELECT debited.code, credited.code, sum(t.amount)::bigint
          FROM unnest(%s::text[], %s::text[]) AS pair (debit, credit)
          JOIN ledger_account debited ON debited.code = pair.debit AND debited.unit = %s
          JOIN ledger_account credited ON credited.code = pair.credit AND credited.unit = %s
          JOIN ledger_transfer t
            ON t.debit_account_id = debited.id AND t.credit_account_id = credited.id
         GROUP BY 1, 2
    """
    with connection.cursor() as cursor:
        cursor.execute(
            query, [[pair[0] for pair in pairs], [pair[1] for pair in pairs], unit, unit]
        )
        return {(debit, credit): amount for debit, credit, amount in cursor.fetchall()}


def moved_between(
    debit_prefix: str, credit_prefix: str, unit: str = "EUR"
) -> dict[tuple[str, str], int]:
    """Sums moved from each account of one prefix to each account of another, per pair of codes."""
    query = """
        SELECT debited.code, credited.code, sum(t.amount)::bigint
          FROM ledger_transfer t
          JOIN ledger_account debited ON debited.id = t.debit_account_id
          JOIN ledger_account credited ON credited.id = t.credit_account_id
         WHERE t.unit = %s AND starts_with(debited.code, %s) AND starts_with(credited.code, %s)
         GROUP BY 1, 2
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [unit, debit_prefix, credit_prefix])
        return {(debit, credit): cents for debit, credit, cents in cursor.fetchall()}


def group_origins(*, limit: int = ROWS_NAMED) -> list[GroupOrigins]:
    """Posting groups that do not have exactly one origin among the tables above the ledger.

    The upper row holds the key to its group, never the reverse; a reversal's origin is the group
    it reverses. Several rows of one column (shares released together) are one origin.

    Returns:
        At most ``limit`` groups, oldest first; empty when all is well.
    """
    pointers = list(_pointers())
    union = " UNION ".join(
        f"SELECT DISTINCT \"{column}\" AS group_id, '{table}.{column}' AS origin"
        f' FROM "{table}" WHERE "{column}" IS NOT NULL'
        for table, column in pointers
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


def _pointers() -> Iterator[tuple[str, str]]:
    """Every column of an upper table that points to a posting group, as (table, column)."""
    group = apps.get_model("ledger", "PostingGroup")
    for model in apps.get_models():
        if model._meta.app_label != "ledger":
            for field in model._meta.local_concrete_fields:
                if field.related_model is group:
                    yield model._meta.db_table, str(field.column)


def check_sums(*, limit: int = ROWS_NAMED) -> list[Violation]:
    """Re-add the whole journal and name what is wrong; empty when all is well.

    The same statements as ``filiere check`` (see ``ledger.checks``), with up to ``limit`` rows each.
    """
    found = []
    with connection.cursor() as cursor:
        for one in INVARIANTS:
            cursor.execute(
                f"WITH wrong AS MATERIALIZED ({one.sql}) SELECT * FROM wrong LIMIT {int(limit)}"
            )
            found += [Violation(one.name, str(row), str(what)) for row, what in cursor.fetchall()]
    return found
