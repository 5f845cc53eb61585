"""Cash of tranches seen on the ring-fenced account, and cash the bank takes back."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.kernel.calendar import bounds_of_day
from filiere.kernel.wording import Euros
from filiere.ledger import services as ledger
from filiere.ledger.errors import AmountRefused, IdempotencyConflict, InsufficientBalance
from filiere.programmes.errors import (
    BankLineMismatch,
    ReceiptConflict,
    ReceiptOverPromise,
)
from filiere.programmes.models import BankLine, Receipt, ReceiptBounce, Tranche
from filiere.programmes.queries import funder_account, received_cents, tranche_account
from filiere.programmes.services.bank_lines import require_line_for


@transaction.atomic
def confirm_receipt(
    *,
    tranche: Tranche,
    amount_cents: int,
    received_on: date,
    bank_reference: str,
    actor: str,
    at: datetime,
    bank_line: BankLine | None = None,
) -> Receipt:
    """Record cash of a tranche seen on the ring-fenced bank account.

    Locks the tranche. The same bank reference for the same amount gives back the first receipt,
    now with its bank line if one is given.

    Args:
        bank_reference: the bank's own reference of the payment; names it for ever.
        bank_line: the line of an imported statement that shows it; it confirms one receipt.

    Raises:
        AmountRefused: not a whole number of cents above zero, or no reference.
        BankLineMismatch: the line shows another amount.
        BankLineTaken: the line already stands for something else.
        ReceiptConflict: the reference is recorded for another amount or tranche.
        ReceiptOverPromise: receipts would exceed what was promised.
    """
    ledger.require_amount(amount_cents)
    reference = bank_reference.strip()
    if not reference:
        raise AmountRefused(amount=bank_reference)
    tranche = Tranche.objects.select_for_update().get(pk=tranche.pk)
    first = Receipt.objects.filter(bank_reference=reference).first()
    if first and (first.tranche_id, first.amount_cents) != (tranche.pk, amount_cents):
        raise ReceiptConflict(bank_reference=reference)
    if bank_line is not None:
        _require_line(bank_line, amount_cents, first)
    if first:
        if bank_line is not None and first.bank_line_id is None:
            first.bank_line = bank_line
            first.save(update_fields=["bank_line"])
        return first
    over = received_cents(tranche) + amount_cents - tranche.cap_cents
    if over > 0:
        raise ReceiptOverPromise(over=Euros(over))
    try:
        group = _post_receipt(tranche, amount_cents, received_on, reference, at=at, actor=actor)
    except IdempotencyConflict as error:  # the same bank line, at the same time, for another
        raise ReceiptConflict(bank_reference=reference) from error
    return Receipt.objects.create(
        tranche=tranche,
        amount_cents=amount_cents,
        received_on=received_on,
        bank_reference=reference,
        bank_line=bank_line,
        posting_group_id=group,
    )


def confirm_line(*, tranche: Tranche, bank_line: BankLine, actor: str, at: datetime) -> Receipt:
    """Record the cash of one line of an imported statement, whole, for one tranche.

    A receipt already typed with the line's references, for the same amount, is only tied to it.

    Raises:
        BankLineMismatch: the line takes money out.
        BankLineTaken, ReceiptConflict, ReceiptOverPromise: as ``confirm_receipt``.
    """
    if bank_line.amount_cents <= 0:
        raise BankLineMismatch(amount=Euros(bank_line.amount_cents))
    names = [name for name in (bank_line.reference, bank_line.external_id) if name]
    typed = (
        Receipt.objects.filter(bank_reference__in=names, bank_line=None, tranche=tranche)
        .order_by("pk")
        .first()
    )
    return confirm_receipt(
        tranche=tranche,
        amount_cents=bank_line.amount_cents,
        received_on=bank_line.booked_on,
        bank_reference=typed.bank_reference if typed else bank_line.external_id,
        bank_line=bank_line,
        actor=actor,
        at=at,
    )


@transaction.atomic
def undo_receipt(
    *,
    receipt: Receipt,
    bounced_on: date,
    reason: str,
    actor: str,
    at: datetime,
    bank_line: BankLine | None = None,
) -> ReceiptBounce:
    """Record that the bank took a receipt back, and reverse it if its money is still free.

    When the money is already in a lot nothing moves: the bounce stays open, is counted as missing
    on the ring-fence page, and asking again reverses it once the tranche holds enough.

    Args:
        bounced_on: the day the bank took it back.
        bank_line: the debit on an imported statement; it undoes one receipt.

    Raises:
        BankLineMismatch: the line is not the exact opposite of the receipt.
        BankLineTaken: the line already stands for something else.
    """
    Tranche.objects.select_for_update().get(pk=receipt.tranche_id)
    bounce = ReceiptBounce.objects.select_for_update().filter(receipt=receipt).first()
    if bank_line is not None:
        require_line_for(bank_line, amount_cents=-receipt.amount_cents, holder=bounce)
    if bounce is None:
        bounce = ReceiptBounce.objects.create(
            receipt=receipt,
            bank_line=bank_line,
            bounced_on=bounced_on,
            reason=reason.strip(),
            recorded_at=at,
            recorded_by=actor,
        )
        kernel.record(
            actor=actor, action="programmes.receipt_bounced", subject=f"receipt:{receipt.pk}", at=at
        )
    if bounce.undone_at is None and _reverse(receipt, reason, actor=actor, at=at):
        bounce.undone_at = at
        bounce.save(update_fields=["undone_at"])
    return bounce


def _reverse(receipt: Receipt, reason: str, *, actor: str, at: datetime) -> bool:
    """Reverse the receipt's posting; False when its money has moved on."""
    try:
        with transaction.atomic():
            ledger.reverse(
                key=f"receipt-undone:{receipt.pk}",
                group_id=receipt.posting_group_id,
                at=at,
                actor=actor,
                reason=reason,
            )
    except InsufficientBalance:
        return False
    return True


def _require_line(line: BankLine, amount_cents: int, receipt: Receipt | None) -> None:
    """Refuse a line of another amount, or that stands for something else."""
    require_line_for(line, amount_cents=amount_cents, holder=receipt)
    if receipt is not None and receipt.bank_line_id not in (None, line.pk):
        raise ReceiptConflict(bank_reference=receipt.bank_reference)


def _post_receipt(
    tranche: Tranche, cents: int, received_on: date, reference: str, *, at: datetime, actor: str
) -> UUID:
    """Move the cash from the funder's account to the tranche's."""
    source, pot = funder_account(tranche.funder_id), tranche_account(tranche.pk)
    return ledger.post(
        key=f"receipt:{reference}",
        kind="receipt",
        entries=[ledger.Entry(source, pot, cents)],
        occurred_at=bounds_of_day(received_on)[0],
        at=at,
        actor=actor,
    )
