"""Fixing what is paid to whom. Called through ``settlement.services``.

Set-based: one statement reads what is payable, writes the orders and their lines, whatever their
number; nothing is listed in memory.
"""

import re
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from filiere.billing import services as billing
from filiere.kernel.errors import translate
from filiere.kernel.services import record
from filiere.settlement import queries
from filiere.settlement.alerts import raise_alerts
from filiere.settlement.errors import (
    BatchLabelTaken,
    BatchLabelWrong,
    NothingToPay,
    ShareAlreadyInBatch,
)
from filiere.settlement.memory import take_memory
from filiere.settlement.models import Batch

LABEL = re.compile(r"[A-Z0-9][A-Z0-9-]{0,25}")

# %(payable)s is the one definition of what is payable (``queries.unpaid_shares``).
WRITE = """
    WITH payable (share_id, provider_id, amount_cents) AS MATERIALIZED ({payable}),
    taken AS (
        SELECT provider_id, SUM(amount_cents) AS total FROM ({notes}) AS note
         GROUP BY provider_id),
    due AS (
        SELECT provider_id, SUM(amount_cents)::bigint AS gross FROM payable GROUP BY provider_id),
    written AS (
        INSERT INTO settlement_paymentorder
               (batch_id, provider_id, bank_account_id, state, amount_cents, gross_cents,
                set_off_cents, commission_cents, end_to_end_id, refused_code, refused_text)
        SELECT %s, due.provider_id, account.id, 'prepared',
               due.gross - COALESCE(taken.total, 0), due.gross, COALESCE(taken.total, 0), 0,
               %s || '-' || lpad((row_number() OVER (ORDER BY due.provider_id))::text, 6, '0')
                  || '-1', '', ''
          FROM due
          JOIN settlement_bankaccount AS account
            ON account.organisation_id = due.provider_id AND account.closed_at IS NULL
           AND account.refused_at IS NULL AND account.usable_from <= %s
          LEFT JOIN taken ON taken.provider_id = due.provider_id
         WHERE due.gross > COALESCE(taken.total, 0)
           AND NOT EXISTS (SELECT FROM settlement_providerhold AS held
                            WHERE held.provider_id = due.provider_id AND held.lifted_at IS NULL)
        RETURNING id, provider_id, amount_cents),
    lines AS (
        INSERT INTO settlement_orderline (order_id, share_id, amount_cents, cancelled)
        SELECT written.id, payable.share_id, payable.amount_cents, FALSE
          FROM payable JOIN written ON written.provider_id = payable.provider_id)
    SELECT count(*), COALESCE(SUM(amount_cents), 0)::bigint FROM written
"""
TAKE_NOTES = """
    UPDATE settlement_debitnote AS note SET state = 'set_off', order_id = payment.id
      FROM settlement_paymentorder AS payment, ({notes}) AS open
     WHERE payment.batch_id = %s AND note.id = open.id
       AND payment.provider_id = open.provider_id
"""


@transaction.atomic
def freeze_batch(*, cutoff_at: datetime, label: str, at: datetime, actor: str) -> Batch:
    """Fix what is paid to whom: every payable share up to a moment, one transfer per provider.

    Open debit notes are taken off first. Providers without a usable bank account, held, or that
    owe as much as they are owed, are left out and keep their due (see ``queries.left_out``). What
    looks unusual becomes an alert for whoever approves. The same freeze asked twice by the same
    person is one batch.

    Args:
        cutoff_at: only charges split at this moment or before.
        label: name of the batch in the bank's references: 1 to 26 capitals, digits, hyphens.

    Raises:
        BatchLabelWrong: the bank would refuse the name.
        BatchLabelTaken: another batch bears it.
        NothingToPay: no share is payable to a usable account, once debit notes are taken off.
        ShareAlreadyInBatch: another batch took a share at the same moment.
    """
    if not LABEL.fullmatch(label):
        raise BatchLabelWrong(label=label)
    billing.lock_payments()
    take_memory()
    known = Batch.objects.filter(label=label).first()
    if known is not None:
        if (known.cutoff_at, known.prepared_by) == (cutoff_at, actor):
            return known
        raise BatchLabelTaken(label=label)
    billing.release_covered_shares(at=at, actor=actor)
    batch = Batch.objects.create(
        label=label,
        cutoff_at=cutoff_at,
        total_cents=0,
        orders_count=0,
        prepared_by=actor,
        prepared_at=at,
    )
    batch.orders_count, batch.total_cents = _write_orders(batch, at)
    if not batch.orders_count:
        raise NothingToPay
    batch.save(update_fields=["orders_count", "total_cents"])
    raise_alerts(batch)
    record(
        actor=actor,
        action="settlement.batch_frozen",
        subject=f"batch:{label}",
        at=at,
        total_cents=batch.total_cents,
    )
    return batch


def _write_orders(batch: Batch, at: datetime) -> tuple[int, int]:
    """Write the orders, their lines and the debit notes they take: how many, for how much."""
    shares = queries.unpaid_shares(until=batch.cutoff_at).order_by()
    payable, payable_values = shares.values_list(
        "pk", "charge__provider_id", "amount_cents"
    ).query.sql_with_params()
    notes, note_values = (
        queries.notes_to_take().values("id", "provider_id", "amount_cents").query.sql_with_params()
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                WRITE.format(payable=payable, notes=notes),
                [*payable_values, *note_values, batch.pk, batch.label, at],
            )
            count, total = cursor.fetchone()
            cursor.execute(TAKE_NOTES.format(notes=notes), [*note_values, batch.pk])
    except IntegrityError as error:
        raise translate(error, {"orderline_share_paid_once": ShareAlreadyInBatch()}) from error
    return count, total
