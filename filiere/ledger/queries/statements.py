"""Statements: every movement of one account between two moments, with the balance after each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

# The balance after each line counts all that came before the first line shown.
LINES = """
    SELECT * FROM (
        SELECT g.id, g.kind, g.occurred_at, other.code, t.signed,
               (sum(t.signed) OVER (ORDER BY g.occurred_at, t.id))::bigint, g.reason, g.key,
               t.id AS transfer_id
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
           AND (%(until)s::timestamptz IS NULL OR g.occurred_at <= %(until)s)) AS line
     WHERE (%(since)s::timestamptz IS NULL OR line.occurred_at >= %(since)s)
       AND (%(after)s::bigint IS NULL
            OR (line.occurred_at, line.transfer_id) > (%(after_at)s::timestamptz, %(after)s))
     ORDER BY line.occurred_at, line.transfer_id
"""


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
    key: str
    transfer_id: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of an account's statement, in the smallest part of its unit.

    Attributes:
        opening: balance before the first line.
        closing: balance after the last line.
        more: there are lines after these; give the last one as ``after`` to read on.
    """

    code: str
    unit: str
    opening: int
    lines: tuple[StatementLine, ...]
    closing: int
    more: bool


def statement(
    code: str,
    unit: str = "EUR",
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    after: StatementLine | None = None,
    limit: int | None = None,
) -> list[StatementLine]:
    """Movements of one account, oldest first, with the balance after each.

    Args:
        since: only what occurred at or after this moment; balances still count what came before.
        until: only what occurred at or before this moment.
        after: the last line already read.
        limit: at most so many lines.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"{LINES} LIMIT %(limit)s", _values(code, unit, since, until, after) | {"limit": limit}
        )
        return [StatementLine(*row) for row in cursor.fetchall()]


def statement_page(
    code: str,
    unit: str = "EUR",
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    after: StatementLine | None = None,
    limit: int = 100,
) -> Statement:
    """Opening balance, at most ``limit`` lines, closing balance; the arguments of ``statement``."""
    lines = statement(code, unit, since=since, until=until, after=after, limit=limit + 1)
    shown = lines[:limit]
    if shown:
        opening, closing = shown[0].balance - shown[0].amount, shown[-1].balance
    else:
        opening = closing = after.balance if after else opening_balance(code, unit, before=since)
    return Statement(code, unit, opening, tuple(shown), closing, len(lines) > limit)


def opening_balance(code: str, unit: str = "EUR", *, before: datetime | None) -> int:
    """Balance of an account just before a moment; 0 when there is none (the beginning)."""
    query = """
        SELECT coalesce(sum(t.signed), 0)::bigint
          FROM ledger_account account
         CROSS JOIN LATERAL (
                SELECT group_id, amount AS signed FROM ledger_transfer
                 WHERE credit_account_id = account.id
                UNION ALL
                SELECT group_id, -amount FROM ledger_transfer WHERE debit_account_id = account.id
               ) t
          JOIN ledger_postinggroup g ON g.id = t.group_id
         WHERE account.code = %s AND account.unit = %s AND g.occurred_at < %s
    """
    if before is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(query, [code, unit, before])
        total: int = cursor.fetchone()[0]
    return total


def stream_statement(
    code: str,
    unit: str = "EUR",
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[StatementLine]:
    """Yield the lines of ``statement`` one by one, without holding them all in memory."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(LINES, _values(code, unit, since, until, None))
        for row in cursor:
            yield StatementLine(*row)


def account_exists(code: str, unit: str = "EUR") -> bool:
    """Tell whether an account of this code and unit was ever used."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM ledger_account WHERE code = %s AND unit = %s)", [code, unit]
        )
        return bool(cursor.fetchone()[0])


def decimals_of(unit: str) -> int:
    """Where the comma stands in amounts of a unit; 0 for a unit nobody created."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT decimals FROM ledger_accountunit WHERE code = %s", [unit])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _values(
    code: str,
    unit: str,
    since: datetime | None,
    until: datetime | None,
    after: StatementLine | None,
) -> dict[str, Any]:
    """Give the parameters of ``LINES``."""
    return {
        "code": code,
        "unit": unit,
        "since": since,
        "until": until,
        "after": after.transfer_id if after else None,
        "after_at": after.occurred_at if after else None,
    }
