"""Undoing a use of a voucher: everyone gets back exactly what was taken. Amounts in cents."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from filiere.kernel import services as kernel
from filiere.ledger import services as ledger
from filiere.vouchers.errors import MovementUnknown
from filiere.vouchers.models import Lot, LotState, Movement, Reversal
from filiere.vouchers.services.lifecycle import sweep_closed_lot


@dataclass(frozen=True, slots=True)
class _Undone:
    """What the database answers."""

    outcome: str
    is_first: bool
    serial: int
    lot_id: int
    lot_state: str
    given_back_cents: int


@transaction.atomic
def reverse_movement(
    *, movement: Movement | UUID, reason: str, at: datetime, actor: str
) -> Reversal:
    """Undo one use of a voucher, whole and once.

    The voucher and each funder's part get back what they gave; the provider is owed as much less,
    below zero when it was already paid. The voucher can be used again unless it expired, was lost
    or is blocked; the money then waits on it for the closing of its lot, or goes straight back to
    the funders when the lot is closed. Asked again, gives the first reversal.

    Args:
        movement: the use, or its id.
        reason: why, for the statement of the provider and of the funders; at most 200 characters.

    Raises:
        MovementUnknown: no use bears this id.
    """
    movement_id = movement.pk if isinstance(movement, Movement) else movement
    with ledger.refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM vouchers_reverse(%s, %s, %s, %s)",
            [movement_id, reason[:200], at, actor],
        )
        answer = _Undone(*cursor.fetchone())
    if answer.outcome == "unknown":
        raise MovementUnknown
    if answer.is_first:
        kernel.record(
            actor=actor,
            action="vouchers.movement_reversed",
            subject=f"voucher:{answer.serial}",
            at=at,
            reason=reason,
        )
        if answer.lot_state == LotState.CLOSED:
            sweep_closed_lot(lot=Lot.objects.get(pk=answer.lot_id), at=at, actor=actor)
    return Reversal.objects.get(pk=movement_id)
