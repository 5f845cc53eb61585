"""Bank statements against our payments: what left the account, and what came back to it.

A line is matched by its reference and its exact amount. Anything else is listed for a person
(``queries.unmatched_lines``), never guessed. Called through ``settlement.services``.
"""

from datetime import datetime

from django.db import transaction

from filiere.kernel.services import record
from filiere.programmes.models import BankLine, BankLineUse
from filiere.programmes.services import hold_lines_of
from filiere.rules.payment_status import Reason
from filiere.settlement.emission import locked
from filiere.settlement.errors import LineDoesNotMatch
from filiere.settlement.models import (
    BankMatch,
    Batch,
    BatchState,
    OrderState,
    PaymentOrder,
)
from filiere.settlement.outcomes import (
    AT_THE_BANK,
    close_if_done,
    may_return,
    pay,
    return_paid,
)


@transaction.atomic
def match_statement(*, statement_id: int, at: datetime, actor: str) -> int:
    """Match every line of a statement that says whose it is. Matching again changes nothing.

    Returns:
        How many lines were matched now.
    """
    hold_lines_of(statement_id)
    lines = (
        BankLine.objects.filter(statement_id=statement_id, use=None)
        .exclude(reference="")
        .order_by("pk")
    )
    return sum(_match(line, at=at, actor=actor) for line in lines)


@transaction.atomic
def match_line(*, line_id: int, order_id: int, at: datetime, actor: str) -> BankMatch:
    """Say by hand which payment a line of the account is, when its reference does not.

    The same said twice is said once.

    Raises:
        LineDoesNotMatch: another amount, a line or a payment already explained, a credit.
    """
    line = BankLine.objects.get(pk=line_id)
    hold_lines_of(line.statement_id)
    order = PaymentOrder.objects.select_related("batch").get(pk=order_id)
    batch = locked(order.batch)
    order.refresh_from_db(fields=["state"])
    known = BankMatch.objects.filter(line=line).first()
    if known is not None and known.order_id == order.pk:
        return known
    fits = order.state in AT_THE_BANK and line.amount_cents == -order.amount_cents
    if BankLineUse.objects.filter(line=line).exists() or not fits:
        raise LineDoesNotMatch(reference=order.end_to_end_id)
    pay([order], paid_on=line.booked_on, at=at, actor=actor)
    return _explained(line, batch, order, at=at, actor=actor)


def _match(line: BankLine, *, at: datetime, actor: str) -> bool:
    """Match one line if its reference and its amount agree."""
    order = (
        PaymentOrder.objects.filter(end_to_end_id=line.reference).select_related("batch").first()
    )
    if order is not None:
        return _match_order(line, order, at=at, actor=actor)
    batch = Batch.objects.filter(label=line.reference, state=BatchState.EMITTED).first()
    return batch is not None and _match_batch(line, locked(batch), at=at, actor=actor)


def _match_order(line: BankLine, order: PaymentOrder, *, at: datetime, actor: str) -> bool:
    batch = locked(order.batch)
    order.refresh_from_db(fields=["state", "paid_group"])
    if line.amount_cents == -order.amount_cents and order.state in AT_THE_BANK:
        pay([order], paid_on=line.booked_on, at=at, actor=actor)
        _explained(line, batch, order, at=at, actor=actor)
        return True
    comes_back = line.amount_cents == order.amount_cents and order.state == OrderState.PAID
    if comes_back and may_return(order):
        return_paid(order, reason=Reason(text=line.label[:140]), at=at, actor=actor)
        _explained(line, batch, order, at=at, actor=actor, is_return=True)
        return True
    return False


def _match_batch(line: BankLine, batch: Batch, *, at: datetime, actor: str) -> bool:
    """One debit for a whole file: exactly what the bank did not reject."""
    orders = list(PaymentOrder.objects.filter(batch=batch, state__in=AT_THE_BANK).order_by("pk"))
    if line.amount_cents != -sum(order.amount_cents for order in orders):
        return False
    pay(orders, paid_on=line.booked_on, at=at, actor=actor)
    _explained(line, batch, None, at=at, actor=actor)
    return True


def _explained(
    line: BankLine,
    batch: Batch,
    order: PaymentOrder | None,
    *,
    at: datetime,
    actor: str,
    is_return: bool = False,
) -> BankMatch:
    match = BankMatch.objects.create(
        line=line, batch=batch, order=order, is_return=is_return, matched_at=at, matched_by=actor
    )
    record(
        actor=actor,
        action="settlement.line_matched",
        subject=f"batch:{batch.label}",
        at=at,
        line=line.external_id,
        amount_cents=line.amount_cents,
    )
    close_if_done(batch, at=at, actor=actor)
    return match
