"""Balances: what an account was credited minus what it was debited, and what moved between two.

A balance of now is the account's snapshot plus its tail, read in one statement: the same figure as
adding every transfer, whatever was rolled up meanwhile. A balance of a past moment is added up from
the transfers.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

NOW = """
    SELECT account.code, (coalesce(known.balance, 0) + coalesce(tail.moved, 0))::bigint
      FROM ledger_account account
      LEFT JOIN ledger_balancesnapshot known ON known.account_id = account.id
     CROSS JOIN LATERAL (
            SELECT sum(each.amount) AS moved FROM (
                SELECT amount FROM ledger_transfer
                 WHERE credit_account_id = account.id AND xact >= coalesce(known.upto_xact, 0)
                 UNION ALL
                SELECT -amount FROM ledger_transfer
                 WHERE debit_account_id = account.id AND xact >= coalesce(known.upto_xact, 0)
            ) AS each (amount)) tail
"""
UNTIL = """
    SELECT account.code, coalesce(past.moved, 0)::bigint
      FROM ledger_account account
     CROSS JOIN LATERAL (
            SELECT sum(each.amount) AS moved FROM (
                SELECT amount, group_id FROM ledger_transfer WHERE credit_account_id = account.id
                 UNION ALL
                SELECT -amount, group_id FROM ledger_transfer WHERE debit_account_id = account.id
            ) AS each (amount, group_id)
              JOIN ledger_postinggroup g ON g.id = each.group_id
             WHERE g.occurred_at <= %(until)s) past
"""


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
    query = NOW if until is None else UNTIL
    with connection.cursor() as cursor:
        cursor.execute(
            f"{query} WHERE account.unit = %(unit)s AND {condition} ORDER BY account.code",
            {**values, "unit": unit, "until": until},
        )
        return dict(cursor.fetchall())


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
