"""Bank accounts, and the batches that pay providers: frozen, approved, emitted, paid.

Two people take part: whoever prepares a batch never approves it (the database refuses it too).
The steps after the freeze are in ``emission.py``.
"""

import re
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from filiere.billing import queries as billing_queries
from filiere.billing import services as billing
from filiere.kernel.errors import translate
from filiere.kernel.services import record
from filiere.rules.sepa import end_to_end_id, sepa_text
from filiere.settlement.emission import approve_batch, cancel_batch, emit_batch, mark_paid
from filiere.settlement.errors import (
    BatchLabelTaken,
    BatchLabelWrong,
    IbanNotPayable,
    IbanOfAnother,
    IbanWrong,
    NothingToPay,
    ShareAlreadyInBatch,
)
from filiere.settlement.models import BankAccount, Batch, OrderLine, PaymentOrder

__all__ = [
    "approve_batch",
    "cancel_batch",
    "emit_batch",
    "freeze_batch",
    "mark_paid",
    "register_bank_account",
]

HOLD = timedelta(hours=72)
LABEL = re.compile(r"[A-Z0-9][A-Z0-9-]{0,25}")
# One freeze at a time in the whole database: the second sees what the first took.
FREEZE_LOCK = 0x46494C49
CHUNK = 5000


@transaction.atomic
def register_bank_account(
    *,
    organisation_id: int,
    iban: str,
    holder_name: str,
    at: datetime,
    actor: str,
    hold: timedelta = HOLD,
) -> BankAccount:
    """Say where an organisation is paid. A new account is paid only after a hold.

    The account before it is closed. The same IBAN given again changes nothing.

    Args:
        iban: any spacing; its control digits are verified.
        holder_name: name of the account's holder, cut to what banks accept.
        hold: time during which nothing is paid to a new account, against payments diverted just
            before a batch; 72 hours.

    Raises:
        IbanWrong: the control digits do not match.
        IbanNotPayable: the country is outside the SEPA area.
        IbanOfAnother: an open account of another organisation bears this IBAN.
    """
    try:
        account = IBAN(iban, validate_bban=True)
    except SchwiftyException as error:
        raise IbanWrong from error
    if not account.in_sepa_zone:
        raise IbanNotPayable(country=account.country_code)
    current = (
        BankAccount.objects.select_for_update()
        .filter(organisation_id=organisation_id, closed_at=None)
        .first()
    )
    if current is not None and current.iban == str(account):
        return current
    if current is not None:
        current.closed_at = at
        current.save(update_fields=["closed_at"])
    try:
        with transaction.atomic():
            opened = BankAccount.objects.create(
                organisation_id=organisation_id,
                iban=str(account),
                bic=str(account.bic or ""),
                holder_name=sepa_text(holder_name),
                usable_from=at + hold,
            )
    except IntegrityError as error:
        raise translate(error, {"bankaccount_iban_once": IbanOfAnother()}) from error
    record(
        actor=actor,
        action="settlement.bank_account_registered",
        subject=f"organisation:{organisation_id}",
        at=at,
        iban_end=opened.iban[-4:],
        usable_from=opened.usable_from.isoformat(),
    )
    return opened


@transaction.atomic
def freeze_batch(*, cutoff_at: datetime, label: str, at: datetime, actor: str) -> Batch:
    """Fix what is paid to whom: every payable share up to a moment, one transfer per provider.

    Providers without a usable bank account are left out and keep their due (see
    ``queries.left_out``). The same freeze asked twice by the same person is one batch.

    Args:
        cutoff_at: only charges split at this moment or before.
        label: name of the batch in the bank's references: 1 to 26 capitals, digits, hyphens.

    Raises:
        BatchLabelWrong: the bank would refuse the name.
        BatchLabelTaken: another batch bears it.
        NothingToPay: no share is payable to a usable account.
        ShareAlreadyInBatch: another batch took a share at the same moment.
    """
    if not LABEL.fullmatch(label):
        raise BatchLabelWrong(label=label)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FREEZE_LOCK])
    known = Batch.objects.filter(label=label).first()
    if known is not None:
        if (known.cutoff_at, known.prepared_by) == (cutoff_at, actor):
            return known
        raise BatchLabelTaken(label=label)
    billing.release_covered_shares(at=at, actor=actor)
    shares = _shares_to_pay(cutoff_at, at)
    if not shares:
        raise NothingToPay
    totals: dict[int, int] = {}
    for _share_id, provider_id, amount in shares:
        totals[provider_id] = totals.get(provider_id, 0) + amount
    batch = Batch.objects.create(
        label=label,
        cutoff_at=cutoff_at,
        total_cents=sum(totals.values()),
        orders_count=len(totals),
        prepared_by=actor,
        prepared_at=at,
    )
    _write_orders(batch, shares, totals)
    record(
        actor=actor,
        action="settlement.batch_frozen",
        subject=f"batch:{label}",
        at=at,
        total_cents=batch.total_cents,
    )
    return batch


def _shares_to_pay(cutoff_at: datetime, at: datetime) -> list[tuple[int, int, int]]:
    """Shares in no live order whose provider has a usable account: (share, provider, cents)."""
    usable = BankAccount.objects.filter(
        organisation_id=OuterRef("charge__provider_id"), closed_at=None, usable_from__lte=at
    )
    live = OrderLine.objects.filter(share_id=OuterRef("pk"), cancelled=False)
    return list(
        billing_queries.payable_shares(until=cutoff_at)
        .filter(~Exists(live), Exists(usable))
        .values_list("pk", "charge__provider_id", "amount_cents")
    )


def _write_orders(batch: Batch, shares: list[tuple[int, int, int]], totals: dict[int, int]) -> None:
    accounts = dict(
        BankAccount.objects.filter(organisation_id__in=totals, closed_at=None)
        .order_by("pk")
        .values_list("organisation_id", "pk")
    )
    orders = PaymentOrder.objects.bulk_create(
        PaymentOrder(
            batch=batch,
            provider_id=provider_id,
            bank_account_id=accounts[provider_id],
            amount_cents=totals[provider_id],
            end_to_end_id=end_to_end_id(batch=batch.label, position=position),
        )
        for position, provider_id in enumerate(sorted(totals), start=1)
    )
    order_of = {order.provider_id: order.pk for order in orders}
    try:
        OrderLine.objects.bulk_create(
            (
                OrderLine(order_id=order_of[provider_id], share_id=share_id, amount_cents=amount)
                for share_id, provider_id, amount in shares
            ),
            batch_size=CHUNK,
        )
    except IntegrityError as error:
        raise translate(error, {"orderline_share_paid_once": ShareAlreadyInBatch()}) from error
