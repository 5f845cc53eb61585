"""Moving value. Amounts are whole numbers of the smallest unit (euro cents, minutes, points).

A transfer goes *from* its debit account *to* its credit account. All writing is done by database
functions with their owner's rights: the application's login cannot touch the journal otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from filiere.ledger.errors import AmountRefused
from filiere.ledger.services.refusing import refusals

MAX_AMOUNT = 10**15


class Entry(NamedTuple):
    """One transfer to write: ``amount`` leaves ``debit`` and reaches ``credit``."""

    debit: str
    credit: str
    amount: int
    unit: str = "EUR"


@dataclass(frozen=True, slots=True)
class Posting:
    """One group of transfers to write with ``post_many``; the fields are those of ``post``."""

    key: str
    kind: str
    entries: Sequence[Entry]
    occurred_at: datetime
    reason: str = ""


def require_amount(amount: Any) -> int:
    """Return ``amount`` if it can be moved.

    Raises:
        AmountRefused: not an ``int`` (a float, a text, a boolean…), or not in 1…10^15.
    """
    if type(amount) is not int or not 1 <= amount <= MAX_AMOUNT:
        raise AmountRefused(amount=amount)
    return amount


@transaction.atomic
def post(
    *,
    key: str,
    kind: str,
    entries: Sequence[Entry],
    occurred_at: datetime,
    at: datetime,
    actor: str,
    reason: str = "",
) -> UUID:
    """Write one group of transfers; all of it or nothing.

    The same ``key`` with the same ``kind`` and entries gives back the first group and moves
    nothing, whoever asks and whenever. Unknown accounts are created. Guarded balances are locked
    in the order of their accounts.

    Args:
        key: names the operation for ever, e.g. ``receipt:VIR-2026-118``; at most 160 characters.
        kind: nature of the operation, at most 40 characters.
        entries: at least one; each amount in 1…10^15.
        occurred_at: when the operation took place, aware.
        at: when it is written, aware.
        actor: opaque id of who asks.

    Raises:
        AmountRefused: an amount out of range or not an integer.
        IdempotencyConflict: the key was used for another content.
        InsufficientBalance: a guarded account would leave its bounds.
    """
    for entry in entries:
        require_amount(entry.amount)
    with refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_post(%s, %s, %s::text[], %s::text[], %s::bigint[], %s::text[],"
            " %s, %s, %s, %s)",
            [
                key,
                kind,
                [entry.debit for entry in entries],
                [entry.credit for entry in entries],
                [entry.amount for entry in entries],
                [entry.unit for entry in entries],
                occurred_at,
                at,
                actor,
                reason,
            ],
        )
        group: UUID = cursor.fetchone()[0]
    return group


@transaction.atomic
def post_many(*, groups: Sequence[Posting], at: datetime, actor: str) -> dict[str, UUID]:
    """Write many groups in one call to the database; all of them or none.

    Returns:
        The id of the group of each key.

    Raises:
        AmountRefused, IdempotencyConflict, InsufficientBalance: as ``post``, for any group.
    """
    if not groups:
        return {}
    entries = [(rank, entry) for rank, group in enumerate(groups, 1) for entry in group.entries]
    for _rank, entry in entries:
        require_amount(entry.amount)
    columns: list[Any] = [
        [group.key for group in groups],
        [group.kind for group in groups],
        [group.occurred_at for group in groups],
        [group.reason for group in groups],
        [None] * len(groups),
        [rank for rank, _entry in entries],
        [entry.debit for _rank, entry in entries],
        [entry.credit for _rank, entry in entries],
        [entry.amount for _rank, entry in entries],
        [entry.unit for _rank, entry in entries],
    ]
    with refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM ledger_post_many(%s::text[], %s::text[], %s::timestamptz[], %s::text[],"
            " %s::uuid[], %s::int[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s, %s)",
            [*columns, at, actor],
        )
        return dict(cursor.fetchall())


@transaction.atomic
def reverse(*, key: str, group_id: UUID, at: datetime, actor: str, reason: str) -> UUID:
    """Undo a group by the opposite transfers. Asking again with the same key changes nothing.

    Raises:
        AlreadyReversed: the group was reversed under another key.
        GroupUnknown: no group bears this id.
        InsufficientBalance: the value has moved on from a guarded account.
    """
    with refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_reverse(%s, %s, %s, %s, %s)", [key, group_id, at, actor, reason]
        )
        group: UUID = cursor.fetchone()[0]
    return group


@transaction.atomic
def guard(*, code: str, unit: str = "EUR", floor: int | None, ceiling: int | None) -> int:
    """Keep the balance of an account between two bounds from now on; return that balance.

    The balance is computed from every transfer already posted. Guarding again sets new bounds.

    Args:
        floor: lowest balance allowed, in the unit; None for no floor.
        ceiling: highest balance allowed; None for no ceiling.

    Raises:
        InsufficientBalance: the balance is already outside the bounds.
        AccountAlwaysOpen: pockets of lots and payables are never guarded.
    """
    with refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_guard(%s, %s, %s, %s)", [code, unit, floor, ceiling])
        balance: int = cursor.fetchone()[0]
    return balance
