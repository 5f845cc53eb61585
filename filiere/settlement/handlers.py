"""What settlement does when something happens below it."""

from django.db.models import Max

from filiere.billing.events import ChargeRefunded
from filiere.kernel.calendar import legal_day
from filiere.programmes.events import StatementImported
from filiere.programmes.models import BankStatement
from filiere.settlement.errors import ChargeBeingPaid
from filiere.settlement.matching import match_statement
from filiere.settlement.models import DebitNote, OrderLine, OrderState


def on_charge_refunded(event: ChargeRefunded) -> None:
    """A paid share is owed back by its provider; a share being paid is not touched.

    Payments are locked by the refund (``billing.lock_payments``): numbers follow without a gap.

    Raises:
        ChargeBeingPaid: a batch holds the session and its file is not made yet.
    """
    lines = list(
        OrderLine.objects.filter(share__charge_id=event.charge_id, cancelled=False)
        .select_related("order__batch")
        .order_by("pk")
    )
    for line in lines:
        if line.order.state == OrderState.PREPARED:
            raise ChargeBeingPaid(label=line.order.batch.label)
    year = legal_day(event.at).year
    last = DebitNote.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
    DebitNote.objects.bulk_create(
        DebitNote(
            year=year,
            number=number,
            provider_id=line.order.provider_id,
            share_id=line.share_id,
            amount_cents=line.amount_cents,
            reason=event.reason,
            raised_at=event.at,
        )
        for number, line in enumerate(lines, start=last + 1)
    )


def on_statement_imported(event: StatementImported) -> None:
    """Lines of the account that name our payments say that they were paid, or came back."""
    statement = BankStatement.objects.get(pk=event.statement_id)
    match_statement(
        statement_id=statement.pk, at=statement.imported_at, actor=statement.imported_by
    )
