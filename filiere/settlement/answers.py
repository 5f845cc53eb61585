"""The bank's answers to our files (pain.002). Called through ``settlement.services``."""

import hashlib
from datetime import datetime

from django.db import transaction

from filiere.kernel.services import record
from filiere.rules.payment_status import (
    Reason,
    StatusFileError,
    StatusReport,
    TransferStatus,
    Verdict,
    parse,
)
from filiere.settlement.emission import locked
from filiere.settlement.errors import AnswerOfUnknownFile, AnswerUnreadable
from filiere.settlement.models import (
    AnswerOutcome,
    BankAnswer,
    BankAnswerLine,
    Batch,
    BatchState,
    OrderState,
    PaymentOrder,
)
from filiere.settlement.outcomes import AT_THE_BANK, close_if_done, reject

SENT_STATES = (BatchState.EMITTED, BatchState.PAID, BatchState.REJECTED)
# What "accepted" changes for a transfer in each state; in the others it is known already.
ACCEPTED_THEN = {
    OrderState.SENT: AnswerOutcome.ACCEPTED,
    OrderState.REJECTED: AnswerOutcome.TOO_LATE,
    OrderState.RETURNED: AnswerOutcome.TOO_LATE,
}


@transaction.atomic
def import_status(*, content: bytes, at: datetime, actor: str) -> BankAnswer:
    """Read what the bank answers to a file. The same answer read again changes nothing.

    A transfer it rejects is owed again, and joins the next batch under a new reference. What is
    doubtful (an unknown reference, another amount, a transfer already paid) is listed and changes
    nothing.

    Args:
        content: the file as received: pain.002.001.03.

    Raises:
        AnswerUnreadable: not such a file, or one that is not safe to read.
        AnswerOfUnknownFile: it answers no file emitted here.
    """
    digest = hashlib.sha256(content).hexdigest()
    known = BankAnswer.objects.filter(sha256=digest).first()
    if known is not None:
        return known
    try:
        report = parse(content)
    except StatusFileError as error:
        raise AnswerUnreadable(reason=str(error)) from error
    batch = Batch.objects.filter(label=report.original_message_id, state__in=SENT_STATES).first()
    if batch is None:
        raise AnswerOfUnknownFile(reference=report.original_message_id[:35])
    batch = locked(batch)
    answer, is_new = BankAnswer.objects.get_or_create(
        sha256=digest,
        defaults={
            "message_id": report.message_id[:35],
            "batch": batch,
            "read_at": at,
            "read_by": actor,
        },
    )
    if is_new:
        _apply(answer, report, at=at, actor=actor)
        close_if_done(batch, at=at, actor=actor)
    return answer


def _apply(answer: BankAnswer, report: StatusReport, *, at: datetime, actor: str) -> None:
    orders = {
        order.end_to_end_id: order
        for order in PaymentOrder.objects.filter(batch_id=answer.batch_id)
        .select_related("provider", "batch", "bank_account")
        .order_by("pk")
    }
    said = [*report.transfers, *_said_of_all(report, orders)]
    lines = []
    for status in said:
        order = orders.get(status.end_to_end_id)
        outcome = _outcome(status, order)
        if outcome == AnswerOutcome.REJECTED and order is not None:
            reject(order, reason=status.reason, at=at, actor=actor)
        elif outcome == AnswerOutcome.ACCEPTED and order is not None:
            order.state = OrderState.ACCEPTED
            order.save(update_fields=["state"])
        lines.append(
            BankAnswerLine(
                answer=answer,
                order=order,
                reference=status.end_to_end_id[:35],
                outcome=outcome,
                code=status.reason.code,
                text=status.reason.text,
            )
        )
    BankAnswerLine.objects.bulk_create(lines, batch_size=1000)
    record(
        actor=actor,
        action="settlement.bank_answer_read",
        subject=f"batch:{answer.batch.label}",
        at=at,
        message=answer.message_id,
        rejected=sum(line.outcome == AnswerOutcome.REJECTED for line in lines),
    )


def _said_of_all(report: StatusReport, orders: dict[str, PaymentOrder]) -> list[TransferStatus]:
    """What is said of the whole file, for the transfers it does not name."""
    if report.whole not in (Verdict.ACCEPTED, Verdict.REJECTED):
        return []
    named = {status.end_to_end_id for status in report.transfers}
    reason = report.reason if report.whole == Verdict.REJECTED else Reason()
    return [
        TransferStatus(reference, report.whole, reason, None)
        for reference, order in orders.items()
        if reference not in named and order.state in AT_THE_BANK
    ]


def _outcome(status: TransferStatus, order: PaymentOrder | None) -> AnswerOutcome:
    """Decide what one status changes; anything doubtful changes nothing."""
    if order is None:
        return AnswerOutcome.UNKNOWN
    if status.amount_cents not in (None, order.amount_cents):
        return AnswerOutcome.OTHER_AMOUNT
    if status.verdict == Verdict.WAITING:
        return AnswerOutcome.WAITING
    if status.verdict == Verdict.ACCEPTED:
        return ACCEPTED_THEN.get(OrderState(order.state), AnswerOutcome.KNOWN)
    if order.state in AT_THE_BANK:
        return AnswerOutcome.REJECTED
    rejected = order.state == OrderState.REJECTED
    return AnswerOutcome.KNOWN if rejected else AnswerOutcome.TOO_LATE
