"""From a frozen batch to money that arrived. Called through ``settlement.services``."""

import hashlib
from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from filiere.kernel.calendar import legal_day
from filiere.kernel.services import record
from filiere.kernel.wording import Day
from filiere.ledger import services as ledger
from filiere.ledger.services import Entry, Posting
from filiere.settlement.bank_file import Debtor, Transfer, write_bank_file
from filiere.settlement.errors import (
    AccountChanged,
    BatchNotInState,
    PaidOnAnotherDay,
    SecondPersonNeeded,
)
from filiere.settlement.models import Batch, BatchState, OrderLine, PaymentOrder


def _locked(batch: Batch) -> Batch:
    return Batch.objects.select_for_update().get(pk=batch.pk)


def _refuse_unless(batch: Batch, state: BatchState) -> None:
    if batch.state != state:
        raise BatchNotInState(label=batch.label, state=BatchState(batch.state).label)


@transaction.atomic
def approve_batch(*, batch: Batch, at: datetime, actor: str) -> Batch:
    """Approve a frozen batch: a second person answers for it. Twice by the same one is once.

    Raises:
        SecondPersonNeeded: ``actor`` prepared the batch.
        BatchNotInState: the batch is not waiting for an approval.
        AccountChanged: a provider changed its account since the freeze.
    """
    batch = _locked(batch)
    if batch.state == BatchState.APPROVED and batch.approved_by == actor:
        return batch
    _refuse_unless(batch, BatchState.FROZEN)
    if batch.prepared_by == actor:
        raise SecondPersonNeeded
    _refuse_changed_account(batch)
    batch.state, batch.approved_by, batch.approved_at = BatchState.APPROVED, actor, at
    batch.save(update_fields=["state", "approved_by", "approved_at"])
    record(actor=actor, action="settlement.batch_approved", subject=f"batch:{batch.label}", at=at)
    return batch


@transaction.atomic
def cancel_batch(*, batch: Batch, at: datetime, actor: str) -> Batch:
    """Give up a batch that nobody approved: its shares are payable again. Twice is once.

    Raises:
        BatchNotInState: the batch is approved, emitted or paid.
    """
    batch = _locked(batch)
    if batch.state == BatchState.CANCELLED:
        return batch
    _refuse_unless(batch, BatchState.FROZEN)
    OrderLine.objects.filter(order__batch=batch).update(cancelled=True)
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
    batch = _locked(batch)
    if batch.state in (BatchState.EMITTED, BatchState.PAID):
        return batch
    _refuse_unless(batch, BatchState.APPROVED)
    _refuse_changed_account(batch)
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


@transaction.atomic
def mark_paid(*, batch: Batch, paid_on: date, at: datetime, actor: str) -> Batch:
    """Record that the bank paid an emitted batch. The same day said twice is said once.

    Args:
        paid_on: value date of the bank statement.

    Raises:
        BatchNotInState: no file was emitted.
        PaidOnAnotherDay: already paid, on another day.
    """
    batch = _locked(batch)
    if batch.state == BatchState.PAID:
        if batch.paid_on != paid_on:
            raise PaidOnAnotherDay(paid_on=Day(batch.paid_on) if batch.paid_on else "")
        return batch
    _refuse_unless(batch, BatchState.EMITTED)
    batch.paid_group_id = ledger.post(
        key=f"batch-paid:{batch.pk}",
        kind="batch_paid",
        entries=[Entry(f"transit:{batch.pk}", "bank", batch.total_cents)],
        occurred_at=at,
        at=at,
        actor=actor,
    )
    batch.state, batch.paid_on = BatchState.PAID, paid_on
    batch.save(update_fields=["state", "paid_on", "paid_group"])
    record(
        actor=actor,
        action="settlement.batch_paid",
        subject=f"batch:{batch.label}",
        at=at,
        paid_on=paid_on.isoformat(),
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
    sources = _sources(batch)
    groups = ledger.post_many(
        groups=[
            Posting(
                key=f"order:{order.pk}",
                kind="payment_order",
                entries=[
                    Entry(f"payable:{order.provider_id}:{source}", f"transit:{batch.pk}", amount)
                    for source, amount in sources[order.pk]
                ],
                occurred_at=at,
            )
            for order in orders
        ],
        at=at,
        actor=actor,
    )
    for order in orders:
        order.posting_group_id = groups[f"order:{order.pk}"]
    PaymentOrder.objects.bulk_update(orders, ["posting_group"], batch_size=500)


def _sources(batch: Batch) -> dict[int, list[tuple[str, int]]]:
    """Who pays each order: (``tranche:<id>`` or ``commitment:<id>``, cents), in a fixed order."""
    lines = OrderLine.objects.filter(order__batch=batch, cancelled=False)
    by_tranche = (
        lines.filter(share__movement__isnull=False)
        .values("order_id", source=F("share__movement__parts__tranche_id"))
        .annotate(total=Sum("share__movement__parts__amount_cents"))
        .order_by("order_id", "source")
    )
    by_commitment = (
        lines.filter(share__commitment__isnull=False)
        .values("order_id", source=F("share__commitment_id"))
        .annotate(total=Sum("amount_cents"))
        .order_by("order_id", "source")
    )
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for name, rows in (("tranche", by_tranche), ("commitment", by_commitment)):
        for row in rows:
            found[row["order_id"]].append((f"{name}:{row['source']}", row["total"]))
    return found
