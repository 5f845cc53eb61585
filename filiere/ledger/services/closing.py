"""What is computed once the journal is written: snapshots of balances, seals, a restore's stamps."""

from datetime import datetime

from django.db import connection, connections, transaction

SEALED_TOGETHER = 10_000
STAMPED = ("ledger_postinggroup", "ledger_transfer", "ledger_seal")


@transaction.atomic
def roll_up(*, at: datetime) -> int:
    """Add what was posted since the last roll-up to each account's snapshot.

    Balances are the same before and after: only faster to read. What an open transaction could
    still precede is left for the next time (``queries.backlog`` says how much, and why).

    Returns:
        How many transfers were added.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_roll_up(%s)", [at])
        count: int = cursor.fetchone()[0]
    return count


@transaction.atomic
def seal(*, at: datetime, block: int = SEALED_TOGETHER) -> int:
    """Chain what was posted since the last seal; return how many posting groups.

    Args:
        block: groups per seal, from 1.
    """
    if block < 1:
        raise ValueError("a seal holds at least one posting group")
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_seal_groups(%s, %s)", [at, block])
        count: int = cursor.fetchone()[0]
    return count


def restamp(*, at: datetime) -> int:
    """After a restore into another server, number the journal's transactions anew; return the rows.

    A copy brings the transaction numbers of the server it came from: they would look like the
    future, or be mixed with new ones. What was sealed gets 1, the rest 2, all below any number a
    server gives; snapshots are computed again. Run as the owner, with nobody else connected.
    """
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("LOCK TABLE ledger_postinggroup, ledger_transfer, ledger_seal")
        cursor.execute("LOCK TABLE ledger_balancesnapshot")
        for table in STAMPED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE ledger_postinggroup SET xact = CASE"
            " WHEN id IN (SELECT unnest(ids) FROM ledger_seal) THEN 1 ELSE 2 END"
        )
        cursor.execute("UPDATE ledger_transfer SET xact = 2")
        rows: int = cursor.rowcount
        cursor.execute("UPDATE ledger_seal SET upto_xact = 2")
        for table in STAMPED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("DELETE FROM ledger_balancesnapshot")
        cursor.execute("SELECT ledger_roll_up(%s)", [at])
    return rows
