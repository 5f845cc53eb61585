"""Payments received on invoices: recorded, put on invoices, taken back, given back.

Called through ``billing.services``. One lock for all the money of a debtor: its row. Then the
commitments of the sessions invoiced, lowest number first, as the cash of third parties does.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from filiere.billing.errors import (
    BankLineElsewhere,
    CreditTooSmall,
    PaymentGivenBack,
    PaymentKeyReused,
    PaymentKnown,
    PaymentNotPossible,
    PaymentOverInvoice,
    PaymentPartsTooLarge,
)
from filiere.billing.models import (
    Allocation,
    AllocationCause,
    CreditRefund,
    Debtor,
    Invoice,
    InvoicePayment,
    PaymentBounce,
    PaymentMeans,
)
from filiere.billing.queries.receivables import open_invoices, positions, unused_payments
from filiere.billing.services.allocating import (
    advance,
    allocate,
    free,
    lock_debtor,
    paid_in,
    paid_out,
)
from filiere.kernel.calendar import bounds_of_day, legal_day
from filiere.kernel.services import record
from filiere.kernel.wording import Euros
from filiere.ledger import services as ledger
from filiere.ledger.services import Entry
from filiere.programmes.models import BankLine
from filiere.programmes.services import require_line_for
from filiere.rules.reminders import spread


@transaction.atomic
def record_payment(
    *,
    issuer_id: int,
    amount_cents: int,
    received_on: date,
    means: str,
    key: str,
    at: datetime,
    actor: str,
    organisation_id: int | None = None,
    person_id: UUID | None = None,
    reference: str = "",
    bank_line_id: int | None = None,
    parts: Mapping[int, int] | None = None,
) -> InvoicePayment:
    """Record money a debtor paid, and put it on its invoices; the rest is its credit balance.

    The same ``key`` again is the same payment.

    Args:
        amount_cents: euro cents, > 0.
        means: value of ``PaymentMeans``.
        organisation_id, person_id: who paid; exactly one of the two.
        bank_line_id: the line of an imported statement that shows the transfer.
        parts: cents by invoice; None pays what is due first, first.

    Raises:
        PaymentNotPossible: an amount not above 0, a day after today, an unknown means.
        PaymentKeyReused: the key was used for another payment.
        PaymentKnown: a payment that holds bears this reference.
        PaymentPartsTooLarge, PaymentOverInvoice: the parts are more than the payment, or than what
            is left of an invoice.
        BankLineElsewhere, BankLineMismatch, BankLineTaken: the line cannot stand for it.
    """
    ledger.require_amount(amount_cents)
    if received_on > legal_day(at) or means not in PaymentMeans.values:
        raise PaymentNotPossible
    debtor = lock_debtor(issuer_id=issuer_id, organisation_id=organisation_id, person_id=person_id)
    known = InvoicePayment.objects.filter(debtor=debtor, request_key=key).first()
    if known is not None:
        if (known.amount_cents, known.means) != (amount_cents, means):
            raise PaymentKeyReused(amount=Euros(known.amount_cents))
        return known
    reference = reference.strip()[:70]
    same = InvoicePayment.objects.filter(debtor=debtor, means=means, reference=reference)
    if reference and same.filter(bounce=None).exists():
        raise PaymentKnown(reference=reference)
    if bank_line_id is not None:
        _require_own_line(debtor, bank_line_id, amount_cents)
    if not debtor.payments.exists():
        ledger.guard(code=advance(debtor), floor=0, ceiling=None)
    chosen = _chosen(debtor, amount_cents, parts)
    payment = InvoicePayment.objects.create(
        debtor=debtor,
        amount_cents=amount_cents,
        received_on=received_on,
        means=means,
        reference=reference,
        bank_line_id=bank_line_id,
        request_key=key,
        recorded_at=at,
        recorded_by=actor,
        posting_group_id=ledger.post(
            key=f"invoice-payment:{debtor.pk}:{key}",
            kind="invoice_payment",
            entries=[Entry(paid_in(debtor), advance(debtor), amount_cents)],
            occurred_at=bounds_of_day(received_on)[0],
            at=at,
            actor=actor,
        ),
    )
    allocate(payment, chosen, cause=AllocationCause.PAID, at=at, actor=actor)
    _record("invoice_payment_recorded", payment, amount_cents, at=at, actor=actor)
    return payment


def _chosen(
    debtor: Debtor, amount_cents: int, parts: Mapping[int, int] | None
) -> list[tuple[Invoice, int]]:
    """Give how much goes on which invoice."""
    waiting = open_invoices(debtor)
    if parts is None:
        put = spread([position.open_cents for _one, position in waiting], amount_cents)
        return [(one, part) for (one, _position), part in zip(waiting, put, strict=True) if part]
    asked = {pk: cents for pk, cents in parts.items() if cents}
    if any(cents < 0 for cents in asked.values()) or sum(asked.values()) > amount_cents:
        raise PaymentPartsTooLarge(amount=Euros(amount_cents))
    left = {one.pk: (one, position.open_cents) for one, position in waiting}
    for pk, cents in asked.items():
        if pk not in left or cents > left[pk][1]:
            number = Invoice.objects.filter(pk=pk).values_list("number", flat=True).first()
            most = left[pk][1] if pk in left else 0
            raise PaymentOverInvoice(number=number or pk, left=Euros(most))
    return [(left[pk][0], cents) for pk, cents in asked.items()]


def _require_own_line(debtor: Debtor, line_id: int, amount_cents: int) -> None:
    """Refuse a line of another's account, of another amount, or taken."""
    line = BankLine.objects.select_related("ring_fence").get(pk=line_id)
    if line.ring_fence.operator_id != debtor.issuer.organisation_id:
        raise BankLineElsewhere
    require_line_for(line, amount_cents=amount_cents, holder=None)


@transaction.atomic
def use_credit(
    *, debtor_id: int, at: datetime, actor: str, invoice_id: int | None = None
) -> list[Allocation]:
    """Put a debtor's credit balance on what it has to pay, what is due first, first.

    Args:
        invoice_id: on this invoice alone.

    Returns:
        What was put on invoices now: nothing when there is no credit, or nothing to pay.
    """
    debtor = Debtor.objects.select_for_update(no_key=True).get(pk=debtor_id)
    waiting = [
        (one, position.open_cents)
        for one, position in open_invoices(debtor)
        if invoice_id in (None, one.pk)
    ]
    made: list[Allocation] = []
    for payment, rest in unused_payments(debtor.pk):
        parts = spread([left for _one, left in waiting], rest)
        chosen = [(one, part) for (one, _left), part in zip(waiting, parts, strict=True) if part]
        made += allocate(payment, chosen, cause=AllocationCause.CREDIT_USED, at=at, actor=actor)
        waiting = [(one, left - part) for (one, left), part in zip(waiting, parts, strict=True)]
    return made


@transaction.atomic
def bounce_payment(
    *,
    payment: InvoicePayment,
    bounced_on: date,
    reason: str,
    at: datetime,
    actor: str,
    bank_line_id: int | None = None,
) -> PaymentBounce:
    """Record that a payment did not hold: its invoices ask for it again. Twice is once.

    Args:
        bounced_on: from the day it was received to today.
        bank_line_id: the debit that shows it.

    Raises:
        PaymentNotPossible: the day is before the payment or after today, or no reason is given.
        PaymentGivenBack: a part of it was given back to the debtor.
        BankLineElsewhere, BankLineMismatch, BankLineTaken: the line cannot stand for it.
    """
    debtor = Debtor.objects.select_for_update(no_key=True).get(pk=payment.debtor_id)
    known = PaymentBounce.objects.filter(payment=payment).first()
    if known is not None:
        return known
    reason = reason.strip()[:200]
    if not reason or not payment.received_on <= bounced_on <= legal_day(at):
        raise PaymentNotPossible
    given = payment.refunds.aggregate(total=Sum("amount_cents", default=0))["total"]
    if given:
        raise PaymentGivenBack(amount=Euros(given))
    if bank_line_id is not None:
        _require_own_line(debtor, bank_line_id, -payment.amount_cents)
    free(payment, _put_on(payment), cause=AllocationCause.BOUNCED, at=at, actor=actor)
    bounce = PaymentBounce.objects.create(
        payment=payment,
        bounced_on=bounced_on,
        reason=reason,
        bank_line_id=bank_line_id,
        recorded_at=at,
        recorded_by=actor,
        posting_group_id=ledger.post(
            key=f"invoice-payment-bounce:{payment.pk}",
            kind="invoice_payment_bounce",
            entries=[Entry(advance(debtor), paid_in(debtor), payment.amount_cents)],
            occurred_at=bounds_of_day(bounced_on)[0],
            at=at,
            actor=actor,
            reason=reason,
        ),
    )
    _record("invoice_payment_bounced", payment, payment.amount_cents, at=at, actor=actor)
    return bounce


def _put_on(payment: InvoicePayment) -> list[tuple[Invoice, int]]:
    """What a payment pays now, by invoice."""
    found: dict[Invoice, int] = {}
    for one in payment.allocations.select_related("invoice").order_by("pk"):
        found[one.invoice] = found.get(one.invoice, 0) + one.amount_cents
    return [(invoice, cents) for invoice, cents in found.items() if cents]


@transaction.atomic
def refund_credit(
    *,
    debtor_id: int,
    amount_cents: int,
    means: str,
    given_on: date,
    key: str,
    at: datetime,
    actor: str,
    reference: str = "",
) -> list[CreditRefund]:
    """Record that a credit balance, or a part of it, was given back to the debtor.

    It is taken from its oldest payments. The same ``key`` again changes nothing.

    Raises:
        PaymentNotPossible: an amount not above 0, a day after today, an unknown means.
        PaymentKeyReused: the key was used for another amount.
        CreditTooSmall: the balance is less.
    """
    ledger.require_amount(amount_cents)
    if given_on > legal_day(at) or means not in PaymentMeans.values:
        raise PaymentNotPossible
    debtor = Debtor.objects.select_for_update(no_key=True).get(pk=debtor_id)
    known = CreditRefund.objects.filter(payment__debtor=debtor, request_key=key)
    made = list(known.order_by("pk"))
    if made:
        if sum(one.amount_cents for one in made) != amount_cents:
            raise PaymentKeyReused(amount=Euros(sum(one.amount_cents for one in made)))
        return made
    sources = unused_payments(debtor.pk)
    credit = sum(rest for _one, rest in sources)
    if amount_cents > credit:
        raise CreditTooSmall(credit=Euros(credit), amount=Euros(amount_cents))
    group = ledger.post(
        key=f"credit-refund:{debtor.pk}:{key}",
        kind="credit_refund",
        entries=[Entry(advance(debtor), paid_out(debtor), amount_cents)],
        occurred_at=bounds_of_day(given_on)[0],
        at=at,
        actor=actor,
    )
    parts = spread([rest for _one, rest in sources], amount_cents)
    made = CreditRefund.objects.bulk_create(
        CreditRefund(
            payment=source,
            amount_cents=part,
            means=means,
            reference=reference.strip()[:70],
            given_on=given_on,
            request_key=key,
            recorded_at=at,
            recorded_by=actor,
            posting_group_id=group,
        )
        for (source, _rest), part in zip(sources, parts, strict=True)
        if part
    )
    _record("credit_refunded", made[0].payment, amount_cents, at=at, actor=actor)
    return made


def free_overpaid(invoice: Invoice, *, at: datetime, actor: str) -> int:
    """Take off an invoice what a credit note no longer asks: it becomes a credit balance.

    Called by ``issue_credit_note`` once the note is written, its debtor locked.

    Returns:
        Cents taken off.
    """
    position = positions([invoice.pk])[invoice.pk]
    over = position.settled_cents - position.due_cents
    if over <= 0:
        return 0
    left = over
    # The latest payment is the first taken off.
    by_payment: dict[InvoicePayment, int] = {}
    for one in invoice.allocations.select_related("payment").order_by("pk"):
        by_payment[one.payment] = by_payment.get(one.payment, 0) + one.amount_cents
    for payment, held in reversed(by_payment.items()):
        part = min(held, left)
        left -= part
        if part:
            free(payment, [(invoice, part)], cause=AllocationCause.CREDITED, at=at, actor=actor)
    return over


def _record(action: str, payment: InvoicePayment, cents: int, *, at: datetime, actor: str) -> None:
    record(
        actor=actor,
        action=f"billing.{action}",
        subject=f"invoice-payment:{payment.pk}",
        at=at,
        amount_cents=cents,
    )
