"""A provider's statement: what sessions brought it, by payer, and what it was paid. Euro cents.

Its balance is what is still due to it: payable now, or awaited from third parties, less what those
it invoices paid too much. What persons paid at its counter is charged and paid at once. Commissions are not taken from it: fee promises
pay them.
"""

from collections.abc import Mapping, Sequence

from django.db.models import F, QuerySet

from filiere.billing.models import Charge, PayerKind, PayerShare
from filiere.observatory.statements import invoices, lines, shares
from filiere.observatory.statements.lines import Source, source
from filiere.observatory.statements.shape import About, LineKind, Party, Period, Statement
from filiere.settlement.models import OrderState, PaymentOrder

BACK = (OrderState.REJECTED, OrderState.RETURNED)


def is_one(organisation_id: int) -> bool:
    """Tell whether an organisation gave sessions that were charged."""
    return Charge.objects.filter(provider=organisation_id).exists()


def statement(
    organisation_id: int, period: Period, *, first: int = 0, count: int | None = None
) -> Statement:
    """Write it; see ``statement_of``. At most six queries."""
    explain = {
        LineKind.VOUCHER_SHARE: shares.about_shares,
        LineKind.AGREED_SHARE: shares.about_shares,
        LineKind.COUNTER_SHARE: shares.about_shares,
        LineKind.REFUND: shares.about_shares,
        LineKind.DIRECT: invoices.about_direct,
        **invoices.CREDIT,
        LineKind.PAYMENT: _about_orders,
        LineKind.GIVEN_BACK: _about_orders,
    }
    return lines.read(
        Party.PROVIDER, sources(organisation_id), explain, period, first=first, count=count
    )


def sources(organisation_id: int) -> list[Source]:
    """Its lines, by kind."""
    own = PayerShare.objects.filter(charge__provider=organisation_id)
    counter = own.filter(kind=PayerKind.PERSON)
    return [
        *shares.voucher_lines(own),
        *shares.agreed_lines(own),
        source(
            counter, LineKind.COUNTER_SHARE, at=shares.GIVEN_AT,
            charged="amount_cents", paid="amount_cents",
        ),
        shares.refund_lines(counter, paid=True),
        invoices.direct_lines(invoices.of_provider(organisation_id)),
        *invoices.credit_lines(invoices.debtors_of_provider(organisation_id)),
        *_orders(organisation_id),
    ]  # fmt: skip


def _orders(organisation_id: int) -> list[Source]:
    """Payments, dated by the moment they left for the bank, and those that came back."""
    sent: QuerySet[PaymentOrder] = PaymentOrder.objects.filter(
        provider=organisation_id, posting_group__isnull=False
    )
    back = sent.filter(state__in=BACK)
    return [
        source(sent, LineKind.PAYMENT, at="posting_group__occurred_at", paid="amount_cents"),
        source(
            back, LineKind.GIVEN_BACK, at="posting_group__reversal__occurred_at",
            paid=-F("amount_cents"),
        ),
    ]  # fmt: skip


def _about_orders(refs: Sequence[str]) -> Mapping[str, About]:
    orders = PaymentOrder.objects.filter(pk__in=[int(ref) for ref in refs])
    return {
        str(order.pk): About(
            number=order.batch.label,
            name=order.end_to_end_id,
            state=order.state,
            on=order.paid_on,
            amount_cents=order.set_off_cents,
            order_id=order.pk,
        )
        for order in orders.select_related("batch")
    }
