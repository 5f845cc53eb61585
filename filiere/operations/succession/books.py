"""What proves that two installations hold the same books: root of the chain, balances, vouchers.

The same statements are asked where the export is written and where it is loaded. Amounts are in
the smallest part of the unit of each account, euro cents for vouchers and orders.
"""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

BALANCES = """
    COPY (
        SELECT a.code, a.unit, a.kind, coalesce(m.credited, 0) AS credited,
               coalesce(m.debited, 0) AS debited,
               coalesce(m.credited, 0) - coalesce(m.debited, 0) AS balance
          FROM ledger_account a
          LEFT JOIN (SELECT account, sum(credited) AS credited, sum(debited) AS debited
                       FROM (SELECT credit_account_id, amount, 0 FROM ledger_transfer
                              UNION ALL
                             SELECT debit_account_id, 0, amount FROM ledger_transfer
                            ) AS each (account, credited, debited)
                      GROUP BY account) AS m ON m.account = a.id
         ORDER BY a.code COLLATE "C", a.unit COLLATE "C"
    ) TO STDOUT (FORMAT csv, HEADER)
"""
ROOT = """
    SELECT s.number, encode(s.hash, 'hex'), (SELECT sum(rows) FROM ledger_seal)::bigint
      FROM ledger_seal s ORDER BY s.number DESC LIMIT 1
"""
# What an open transaction, anywhere on the server, kept out of the chain; balances prove it too.
UNSEALED = """
    SELECT count(*) FROM ledger_postinggroup
     WHERE xact >= (SELECT coalesce(max(upto_xact), 0) FROM ledger_seal)
"""
COUNTED = {
    "vouchers": "SELECT state, count(*), sum(remaining_cents)::bigint FROM vouchers_voucher"
    " GROUP BY state ORDER BY state",
    "payment_orders": "SELECT state, count(*), sum(amount_cents)::bigint"
    " FROM settlement_paymentorder GROUP BY state ORDER BY state",
    "journal": "SELECT unit, count(*), sum(amount)::bigint FROM ledger_transfer"
    " GROUP BY unit ORDER BY unit",
}
"""What anybody can compare by eye: for each state or unit, how many and how much."""


def books(cursor: Any) -> dict[str, Any]:
    """The root of the chain and a few sums, as the manifest says them."""
    cursor.execute(ROOT)
    row = cursor.fetchone()
    said: dict[str, Any] = {
        "root": dict(zip(("seal", "hash", "operations"), row, strict=True)) if row else None
    }
    cursor.execute(UNSEALED)
    said["unsealed"] = cursor.fetchone()[0]
    for name, query in COUNTED.items():
        cursor.execute(query)
        said[name] = {key: [count, amount] for key, count, amount in cursor.fetchall()}
    return said


def balances(cursor: Any) -> Iterator[bytes]:
    """What every account was credited and debited, one CSV line each after a line of titles."""
    with cursor.copy(BALANCES) as copy:
        for line in copy:
            yield bytes(line)


def first_difference(ours: Iterator[bytes], theirs: Iterator[bytes]) -> str:
    """Name the first account whose line is not the same in both; blank when all are."""
    for mine, other in zip_longest(ours, _lines(theirs)):
        if mine != other:
            return _shown(other if mine is None else mine)
    return ""


def _lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Cut pieces of a file into its lines."""
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest


def _shown(line: bytes | None) -> str:
    return (line or b"").decode(errors="replace").strip()
