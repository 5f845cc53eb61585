"""From a frozen batch to the bank's file. Called through ``settlement.services``."""

import hashlib
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from filiere.kernel.calendar import legal_day
from filiere.kernel.services import record
from filiere.ledger import services as ledger
from filiere.ledger.services import Entry, Posting
from filiere.settlement.bank_file import Debtor, Transfer, write_bank_file
from filiere.settlement.errors import (
    AccountChanged,
    AlertsToRead,
    AnotherPersonCancels,
    BatchNotInState,
    SecondPersonNeeded,
)
from filiere.settlement.memory import take_memory
from filiere.settlement.models import (
    Alert,
    Batch,
    BatchState,
    DebitNote,
    DebitNoteState,
    OrderLine,
    OrderState,
    PaymentOrder,
)

Sources = dict[str, int]
# A share is paid either by a voucher, whose parts say which tranche gave what, or by a third
# party's commitment. Tranches come first, each kind in the order of its numbers.
BY_ORDER = """
    SELECT settled.order_id,
           COALESCE('tranche:' || part.tranche_id, 'commitment:' || share.commitment_id),
           SUM(COALESCE(part.cents, settled.amount_cents))::bigint
      FROM {table} AS settled
      JOIN settlement_paymentorder AS payment ON payment.id = settled.order_id
      JOIN billing_payershare AS share ON share.id = settled.share_id
      LEFT JOIN vouchers_movement AS movement ON movement.id = share.movement_id
      LEFT JOIN LATERAL unnest(movement.tranche_ids, movement.given_parts)
                AS part (tranche_id, cents) ON TRUE
     WHERE payment.batch_id = %s AND {condition}
       AND (part.tranche_id IS NOT NULL OR share.commitment_id IS NOT NULL)
     GROUP BY settled.order_id, part.tranche_id, share.commitment_id
     ORDER BY settled.order_id, part.tranche_id NULLS LAST, share.commitment_id
"""


def locked(batch: Batch) -> Batch:
    """Hold a batch until the end of the transaction, and read it again."""
    return Batch.objects.select_for_update().get(pk=batch.pk)


def refuse_unless(batch: Batch, *states: BatchState) -> None:
    """Refuse a step that does not follow the batch's state.

    Raises:
        BatchNotInState: the batch is in none of ``states``.
    """
    if batch.state not in states:
        raise BatchNotInState(label=batch.label, state=BatchState(batch.state).label)


@transaction.atomic
def approve_batch(
    *, batch: Batch, at: datetime, actor: str, alerts_read: Collection[int] = ()
) -> Batch:
    """Approve a frozen batch: a second person answers for it. Twice by the same one is once.

    Args:
        alerts_read: ids of the batch's alerts the approver has read; all are needed.

    Raises:
        SecondPersonNeeded: ``actor`` prepared the batch.
        BatchNotInState: the batch is not waiting for an approval.
        AccountChanged: a provider changed its account since the freeze.
        AlertsToRead: an alert of the batch is not among ``alerts_read``.
    """
    batch = locked(batch)
    if batch.state == BatchState.APPROVED and batch.approved_by == actor:
        return batch
    refuse_unless(batch, BatchState.FROZEN)
    if batch.prepared_by == actor:
        raise SecondPersonNeeded
    _refuse_changed_account(batch)
    alerts = Alert.objects.filter(order__batch=batch)
    unread = alerts.exclude(pk__in=list(alerts_read)).count()
    if unread:
        raise AlertsToRead(count=unread)
    alerts.update(read_by=actor, read_at=at)
    batch.state, batch.approved_by, batch.approved_at = BatchState.APPROVED, actor, at
    batch.save(update_fields=["state", "approved_by", "approved_at"])
    record(actor=actor, action="settlement.batch_approved", subject=f"batch:{batch.label}", at=at)
    return batch


@transaction.atomic
def cancel_batch(*, batch: Batch, at: datetime, actor: str) -> Batch:
    """Give up a batch before its file is made: its shares are payable again. Twice is once.

    Once approved, whoever prepared the batch no longer cancels it alone.

    Raises:
        BatchNotInState: the bank file is made.
        AnotherPersonCancels: the batch is approved and ``actor`` prepared it.
    """
    batch = locked(batch)
    if batch.state == BatchState.CANCELLED:
        return batch
    refuse_unless(batch, BatchState.FROZEN, BatchState.APPROVED)
    if batch.state == BatchState.APPROVED and batch.prepared_by == actor:
        raise AnotherPersonCancels
    OrderLine.objects.filter(order__batch=batch).update(cancelled=True)
    PaymentOrder.objects.filter(batch=batch).update(state=OrderState.CANCELLED)
    DebitNote.objects.filter(order__batch=batch).update(state=DebitNoteState.OPEN, order=None)
    batch.state = BatchState.CANCELLED
    batch.save(update_fields=["state"])
    record(actor=actor, action="settlement.batch_cancelled", subject=f"batch:{batch.label}", at=at)
    return batch


@transaction.atomic
def emit_batch(*, batch: Batch, debtor: Debtor, at: datetime, actor: str) -> Batch:
    """Write the bank file of an approved batch, and post what leaves the payables.

    The file is kept: emitted again, a batch gives the same bytes, whatever the arguments.

    Args:
        debtor: the ring-fenced account that pays.

    Raises:
        BatchNotInState: the batch is not approved.
        AccountChanged: a provider changed its account since the freeze.
        BankFileRefused: the file would not follow the banks' schema; nothing is written.
    """
    batch = locked(batch)
    if batch.state in (BatchState.EMITTED, BatchState.PAID, BatchState.REJECTED):
        return batch
    refuse_unless(batch, BatchState.APPROVED)
    _refuse_changed_account(batch)
    take_memory()
    orders = list(
        PaymentOrder.objects.filter(batch=batch)
        .select_related("bank_account")
        .order_by("end_to_end_id")
    )
    batch.file_xml = write_bank_file(
        label=batch.label,
        debtor=debtor,
        transfers=[_transfer(batch, order) for order in orders],
        created_at=at,
        execute_on=legal_day(at),
    )
    batch.file_sha256 = hashlib.sha256(batch.file_xml.encode()).hexdigest()
    batch.state = BatchState.EMITTED
    batch.save(update_fields=["file_xml", "file_sha256", "state"])
    _post_orders(batch, orders, at=at, actor=actor)
    record(
        actor=actor,
        action="settlement.batch_emitted",
        subject=f"batch:{batch.label}",
        at=at,
        sha256=batch.file_sha256,
    )
    return batch


def _refuse_changed_account(batch: Batch) -> None:
    changed = (
        PaymentOrder.objects.filter(batch=batch, bank_account__closed_at__isnull=False)
        .select_related("provider")
        .order_by("pk")
        .first()
    )
    if changed is not None:
        raise AccountChanged(provider=changed.provider.name)


def _transfer(batch: Batch, order: PaymentOrder) -> Transfer:
    account = order.bank_account
    with override("fr"):
        remittance = _("Digital help sessions, batch %(label)s") % {"label": batch.label}
    return Transfer(
        name=account.holder_name,
        iban=account.iban,
        bic=account.bic,
        amount_cents=order.amount_cents,
        end_to_end_id=order.end_to_end_id,
        remittance=remittance,
    )


def _post_orders(batch: Batch, orders: list[PaymentOrder], *, at: datetime, actor: str) -> None:
    """Post each order from its payables, by funder, to the batch's money in transit."""
    dues, taken_back = _dues(batch), _taken_back(batch)
    groups = ledger.post_many(
        groups=[
            Posting(
                key=f"order:{order.pk}",
                kind="payment_order",
                entries=entries_of(
                    provider_id=order.provider_id,
                    batch_id=batch.pk,
                    dues=dues[order.pk],
                    taken_back=taken_back[order.pk],
                ),
                occurred_at=at,
            )
            for order in orders
        ],
        at=at,
        actor=actor,
    )
    mark_sent({order.pk: groups[f"order:{order.pk}"] for order in orders})


def entries_of(
    *, provider_id: int, batch_id: int, dues: Sources, taken_back: Sources
) -> list[Entry]:
    """Write the transfers of one order, in the order of its sources.

    What debit notes take back goes from the funders that owe to those the provider owes, within
    the provider's own payables; only the rest leaves for the bank.

    Args:
        dues: cents owed to the provider by source (``tranche:<id>``, ``commitment:<id>``).
        taken_back: cents the provider owes by source; their sum is under that of ``dues``.
    """
    net = {
        source: dues.get(source, 0) - taken_back.get(source, 0)
        for source in [*dues, *(one for one in taken_back if one not in dues)]
    }
    wanting = [(source, -cents) for source, cents in net.items() if cents < 0]
    entries = []
    for source, cents in net.items():
        left = cents
        while left > 0 and wanting:
            owed_to, wanted = wanting[0]
            given = min(left, wanted)
            account = f"payable:{provider_id}"
            entries.append(Entry(f"{account}:{source}", f"{account}:{owed_to}", given))
            left -= given
            wanting[0] = (owed_to, wanted - given)
            if given == wanted:
                wanting.pop(0)
        if left > 0:
            entries.append(Entry(f"payable:{provider_id}:{source}", f"transit:{batch_id}", left))
    return entries


def mark_sent(groups: dict[int, UUID]) -> None:
    """Write, in one statement, that orders left for the bank: order id → its posting group."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE settlement_paymentorder AS payment SET state = 'sent',"
            " posting_group_id = sent.posted FROM unnest(%s::bigint[], %s::uuid[])"
            " AS sent (id, posted) WHERE payment.id = sent.id",
            [list(groups), list(groups.values())],
        )


def _dues(batch: Batch) -> dict[int, Sources]:
    """Who pays the lines of each order: source → cents, in a fixed order."""
    return _by_order(batch, "settlement_orderline", "NOT settled.cancelled")


def _taken_back(batch: Batch) -> dict[int, Sources]:
    """Who is given back what the debit notes of each order take: source → cents."""
    return _by_order(batch, "settlement_debitnote", "TRUE")


def _by_order(batch: Batch, table: str, condition: str) -> dict[int, Sources]:
    """Add up rows that each stand for one share, by order and by who pays the share.

    ``table`` and ``condition`` are among the fixed texts above.
    """
    found: dict[int, Sources] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(BY_ORDER.format(table=table, condition=condition), [batch.pk])
        for order_id, source, cents in cursor.fetchall():
            found[order_id][source] = cents
    return found
