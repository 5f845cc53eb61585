"""Holds: an amount set aside on a guarded account, then taken or given back, once.

A hold moves nothing: it lowers what the account has available (``balance - held``). It ends once: by
a capture of all or part of it (the rest goes back), by a void, or by expiry.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from filiere.ledger.services.posting import require_amount
from filiere.ledger.services.refusing import refusals


@transaction.atomic
def hold(
    *,
    key: str,
    debit: str,
    credit: str,
    amount: int,
    until: datetime,
    at: datetime,
    actor: str,
    unit: str = "EUR",
) -> UUID:
    """Set ``amount`` aside on ``debit`` for ``credit`` until a moment; return the hold.

    The same key with the same content gives back the first hold, even once it has ended.

    Args:
        key: names the hold for ever; at most 150 characters.
        debit: code of a guarded account.
        amount: in the smallest part of the unit, 1…10^15.
        until: last moment it can be captured, aware, after ``at``.

    Raises:
        AmountRefused: an amount out of range or not an integer.
        HoldNeedsGuard: the account is not guarded, so nothing can be kept from it.
        HoldOver: ``until`` is not after ``at``.
        IdempotencyConflict: the key was used for another hold.
        InsufficientBalance: less than that is available.
        UnitUnknown: no unit bears this code.
    """
    require_amount(amount)
    with refusals(key=key, until=until, unit=unit), connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_place_hold(%s, %s, %s, %s, %s, %s, %s, %s)",
            [key, debit, credit, amount, unit, until, at, actor],
        )
        placed: UUID = cursor.fetchone()[0]
    return placed


@transaction.atomic
def capture(*, key: str, at: datetime, actor: str, amount: int | None = None) -> UUID:
    """Take all or part of a hold; what is not taken goes back. Return the posting group.

    The same capture asked again gives back the same group and moves nothing.

    Args:
        key: the key of the hold.
        amount: 1…what is held; None for all of it.

    Raises:
        AmountRefused: not an integer of at least 1.
        CaptureAboveHold: more than is held.
        HoldEnded: it was captured for another amount, voided, or it expired.
        HoldOver: ``at`` is after the hold's last moment.
        HoldUnknown: no hold bears this key.
        InsufficientBalance: the receiving account would go over its ceiling.
    """
    if amount is not None:
        require_amount(amount)
    with refusals(key=key), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_capture_hold(%s, %s, %s, %s)", [key, amount, at, actor])
        group: UUID = cursor.fetchone()[0]
    return group


@transaction.atomic
def void(*, key: str, at: datetime, actor: str) -> None:
    """Give a hold back to its account. Asking again changes nothing.

    Raises:
        HoldEnded: it was captured, or it expired.
        HoldUnknown: no hold bears this key.
    """
    with refusals(key=key), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_void_hold(%s, %s, %s)", [key, at, actor])


@transaction.atomic
def expire_holds(*, at: datetime, actor: str) -> int:
    """Give back every open hold whose last moment is before ``at``; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_expire_holds(%s, %s)", [at, actor])
        count: int = cursor.fetchone()[0]
    return count
