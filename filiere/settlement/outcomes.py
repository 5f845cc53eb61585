"""What becomes of transfers the bank holds: paid, rejected, returned. Several at a time.

Called by ``answers``, ``matching`` and ``services``; each caller holds the batch's row.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction

from filiere.kernel.calendar import legal_day
from filiere.kernel.services import record
from filiere.kernel.wording import Day
from filiere.ledger import services as ledger
from filiere.ledger.services import Entry, Posting
from filiere.rules.payment_status import Reason
from filiere.settlement.emission import locked, refuse_unless
from filiere.settlement.errors import PaidOnAnotherDay, ReturnAfterSetOff
from filiere.settlement.models import (
    BankAccount,
    Batch,
    BatchState,
    DebitNote,
    DebitNoteState,
    OrderLine,
    OrderState,
    PaymentOrder,
)
from filiere.settlement.notices import tell_refused

AT_THE_BANK = (OrderState.SENT, OrderState.ACCEPTED)
# ISO 20022 reasons that blame the account itself: it is not paid again until its holder confirms.
ACCOUNT_CODES = frozenset({"AC01", "AC04", "AC06", "AC13", "AC14", "AG01", "RC01", "MD07"})


@transaction.atomic
def mark_paid(*, batch: Batch, paid_on: date, at: datetime, actor: str) -> Batch:
    """Record by hand that the bank paid an emitted batch. The same day said twice is said once.

    Transfers the bank rejected stay rejected.

    Args:
        paid_on: value date of the bank statement.

    Raises:
        BatchNotInState: no file was emitted, or the bank rejected every transfer.
        PaidOnAnotherDay: already paid, on another day.
    """
    batch = locked(batch)
    if batch.state == BatchState.PAID:
        if batch.paid_on != paid_on:
            raise PaidOnAnotherDay(paid_on=Day(batch.paid_on) if batch.paid_on else "")
        return batch
    refuse_unless(batch, BatchState.EMITTED)
    orders = PaymentOrder.objects.filter(batch=batch, state__in=AT_THE_BANK).order_by("pk")
    pay(list(orders), paid_on=paid_on, at=at, actor=actor)
    return close_if_done(batch, at=at, actor=actor)


def pay(orders: Sequence[PaymentOrder], *, paid_on: date, at: datetime, actor: str) -> None:
    """Record that transfers at the bank were paid: their money in transit left."""
    groups = ledger.post_many(
        groups=[
            Posting(
                key=f"order-paid:{order.pk}",
                kind="order_paid",
                entries=[Entry(f"transit:{order.batch_id}", "bank", order.amount_cents)],
                occurred_at=at,
            )
            for order in orders
        ],
        at=at,
        actor=actor,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE settlement_paymentorder AS payment SET state = 'paid', paid_on = %s,"
            " paid_group_id = paid.posted FROM unnest(%s::bigint[], %s::uuid[])"
            " AS paid (id, posted) WHERE payment.id = paid.id",
            [
                paid_on,
                [order.pk for order in orders],
                [groups[f"order-paid:{order.pk}"] for order in orders],
            ],
        )


def reject(order: PaymentOrder, *, reason: Reason, at: datetime, actor: str) -> None:
    """Record that the bank did not pay a transfer: what it held is owed again.

    Its debit notes wait for another payment; those raised since for its own lines are void.
    """
    _give_back(order, state=OrderState.REJECTED, reason=reason, at=at, actor=actor)


def may_return(order: PaymentOrder) -> bool:
    """Whether a paid transfer that comes back can be owed again without a person looking at it."""
    taken = DebitNote.objects.filter(share__order_lines__order=order, state=DebitNoteState.SET_OFF)
    return order.paid_group_id is not None and not taken.exists()


def return_paid(order: PaymentOrder, *, reason: Reason, at: datetime, actor: str) -> None:
    """Record that a paid transfer came back to the ring-fenced account: it is owed again.

    Raises:
        ReturnAfterSetOff: a session of it was refunded and already taken from a later payment.
    """
    if not may_return(order) or order.paid_group_id is None:
        raise ReturnAfterSetOff(reference=order.end_to_end_id)
    ledger.reverse(
        key=f"order-returned:{order.pk}",
        group_id=order.paid_group_id,
        at=at,
        actor=actor,
        reason=reason.code,
    )
    _give_back(order, state=OrderState.RETURNED, reason=reason, at=at, actor=actor)


def _give_back(
    order: PaymentOrder, *, state: OrderState, reason: Reason, at: datetime, actor: str
) -> None:
    if order.posting_group_id is None:
        raise TypeError(f"order {order.pk} was never posted")
    ledger.reverse(
        key=f"order-given-back:{order.pk}",
        group_id=order.posting_group_id,
        at=at,
        actor=actor,
        reason=reason.code,
    )
    OrderLine.objects.filter(order=order).update(cancelled=True)
    DebitNote.objects.filter(order=order).update(state=DebitNoteState.OPEN, order=None)
    DebitNote.objects.filter(share__order_lines__order=order, state=DebitNoteState.OPEN).update(
        state=DebitNoteState.CANCELLED
    )
    order.state, order.refused_on = state, legal_day(at)
    order.refused_code, order.refused_text = reason.code, reason.text
    order.save(update_fields=["state", "refused_on", "refused_code", "refused_text"])
    if reason.code in ACCOUNT_CODES:
        BankAccount.objects.filter(pk=order.bank_account_id, refused_at=None).update(
            refused_at=at, refused_code=reason.code
        )
    tell_refused(order, at=at)
    record(
        actor=actor,
        action=f"settlement.order_{state}",
        subject=f"order:{order.end_to_end_id}",
        at=at,
        reason=reason.code,
    )


def close_if_done(batch: Batch, *, at: datetime, actor: str) -> Batch:
    """End a batch once the bank has nothing left to do: paid, or rejected when nothing was paid."""
    orders = PaymentOrder.objects.filter(batch=batch)
    if batch.state != BatchState.EMITTED or orders.filter(state__in=AT_THE_BANK).exists():
        return batch
    paid_on = orders.order_by("-paid_on").values_list("paid_on", flat=True).exclude(paid_on=None)
    batch.paid_on = paid_on.first()
    batch.state = BatchState.PAID if batch.paid_on else BatchState.REJECTED
    batch.save(update_fields=["state", "paid_on"])
    record(
        actor=actor,
        action=f"settlement.batch_{batch.state}",
        subject=f"batch:{batch.label}",
        at=at,
        paid_on=batch.paid_on.isoformat() if batch.paid_on else "",
    )
    return batch
