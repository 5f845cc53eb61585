"""Invoices on statements: what they ask for, and what was paid straight to whoever issued them.

An invoice of sessions charges nothing of its own: their shares are lines already. Any other invoice
is read in the statement of its client. What a payer paid that no invoice asks for is its credit
balance, told in one of its statements: where the issuer's invoices of sessions are, else as client.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from filiere.billing.models import (
    Allocation,
    AllocationCause,
    CreditRefund,
    Debtor,
    Invoice,
    InvoicedShare,
    InvoiceKind,
    InvoicePayment,
    PayerKind,
    PaymentBounce,
)
from filiere.observatory.statements import lines
from filiere.observatory.statements.lines import Explain, Source, source
from filiere.observatory.statements.shape import About, LineKind, Party, Period, Statement


def _holds(*kinds: PayerKind) -> Exists:
    """Tell of an invoice that it asks for shares of these payers."""
    return Exists(InvoicedShare.objects.filter(line__invoice=OuterRef("pk"), share__kind__in=kinds))


def of_third_party(organisation_id: int) -> QuerySet[Invoice]:
    """Invoices that ask an organisation for its parts of sessions."""
    return Invoice.objects.filter(
        _holds(PayerKind.THIRD_PARTY), recipient=organisation_id, kind=InvoiceKind.INVOICE
    )


def of_employer(organisation_id: int) -> QuerySet[Invoice]:
    """Invoices that ask an organisation for hours its staff used, and for nothing else."""
    return Invoice.objects.filter(
        _holds(PayerKind.EMPLOYER), ~_holds(PayerKind.THIRD_PARTY),
        recipient=organisation_id, kind=InvoiceKind.INVOICE,
    )  # fmt: skip


def of_provider(organisation_id: int) -> QuerySet[Invoice]:
    """Invoices by which an organisation asks others for their parts of its sessions."""
    return Invoice.objects.filter(
        _holds(PayerKind.THIRD_PARTY, PayerKind.EMPLOYER),
        issuer__organisation=organisation_id, kind=InvoiceKind.INVOICE,
    )  # fmt: skip


def of_client(organisation_id: int) -> QuerySet[Invoice]:
    """Invoices an organisation received that ask for no share of a session."""
    shared = _holds(PayerKind.THIRD_PARTY, PayerKind.EMPLOYER)
    return Invoice.objects.filter(~shared, recipient=organisation_id, kind=InvoiceKind.INVOICE)


def of_person(person_id: UUID, provider_id: int | None = None) -> QuerySet[Invoice]:
    """Invoices a person received that ask for no session: those were paid at the counter.

    Args:
        provider_id: only those of this organisation; None for all.
    """
    found = Invoice.objects.filter(~_holds(*PayerKind), person=person_id, kind=InvoiceKind.INVOICE)
    return found if provider_id is None else found.filter(issuer__organisation=provider_id)


def _with_invoices(invoices: QuerySet[Invoice]) -> Exists:
    """Tell of a debtor that its issuer sent it some of these invoices."""
    return Exists(invoices.filter(issuer=OuterRef("issuer")))


def third_party_debtors(organisation_id: int) -> QuerySet[Debtor]:
    """The organisation as debtor of those that invoice it parts of sessions."""
    asked = _with_invoices(of_third_party(organisation_id))
    return Debtor.objects.filter(asked, organisation=organisation_id)


def employer_debtors(organisation_id: int) -> QuerySet[Debtor]:
    """The organisation as debtor of those that invoice it hours, and no other part."""
    asked = _with_invoices(of_employer(organisation_id))
    other = _with_invoices(of_third_party(organisation_id))
    return Debtor.objects.filter(asked, ~other, organisation=organisation_id)


def client_debtors(organisation_id: int) -> QuerySet[Debtor]:
    """The organisation as debtor of those that invoice it nothing of a session."""
    parts = _with_invoices(of_employer(organisation_id))
    other = _with_invoices(of_third_party(organisation_id))
    return Debtor.objects.filter(~parts, ~other, organisation=organisation_id)


def debtors_of_provider(organisation_id: int) -> QuerySet[Debtor]:
    """Whoever an organisation invoices parts of its sessions."""
    asked = of_provider(organisation_id).filter(
        issuer=OuterRef("issuer"), recipient=OuterRef("organisation")
    )
    return Debtor.objects.filter(Exists(asked), issuer__organisation=organisation_id)


def credit_lines(debtors: QuerySet[Debtor]) -> list[Source]:
    """Lines of what was paid and no invoice asks for: they add up to the credit balance."""
    whose = debtors.order_by().values("pk")
    own = InvoicePayment.objects.filter(debtor__in=whose)
    received = own.annotate(rest=F("amount_cents") - _put("pk", AllocationCause.PAID))
    moved = Allocation.objects.filter(
        payment__debtor__in=whose, cause__in=[AllocationCause.CREDIT_USED, AllocationCause.CREDITED]
    )
    bounced = PaymentBounce.objects.filter(payment__debtor__in=whose).annotate(
        rest=F("payment__amount_cents") + _put("payment", AllocationCause.BOUNCED)
    )
    given = CreditRefund.objects.filter(payment__debtor__in=whose)
    return [
        source(received.exclude(rest=0), LineKind.CREDIT, at="recorded_at", paid="rest"),
        source(moved, LineKind.CREDIT_USED, at="allocated_at", paid=-F("amount_cents")),
        source(
            given, LineKind.CREDIT_BACK, at="recorded_at", paid=-F("amount_cents"),
            ref="payment_id",
        ),
        source(
            bounced.exclude(rest=0), LineKind.BOUNCE, at="recorded_at", paid=-F("rest"),
            ref="payment_id",
        ),
    ]  # fmt: skip


def _put(payment: str, cause: AllocationCause) -> Any:
    """What allocations of one cause put of a payment on invoices, in cents; below 0 when off."""
    found = Allocation.objects.filter(payment=OuterRef(payment), cause=cause).order_by()
    return Coalesce(
        Subquery(found.values("payment").annotate(total=Sum("amount_cents")).values("total")), 0
    )


def asked_lines(invoices: QuerySet[Invoice]) -> Source:
    """Lines that tell an invoice of sessions, and change no balance."""
    return source(invoices, LineKind.INVOICE, at="issued_at")


def direct_lines(invoices: QuerySet[Invoice]) -> Source:
    """Lines of what was put on invoices, and taken off them again."""
    put = Allocation.objects.filter(invoice__in=invoices.order_by().values("pk"))
    return source(put, LineKind.DIRECT, at="allocated_at", paid="amount_cents")


def is_one(organisation_id: int) -> bool:
    """Tell whether an organisation received invoices that ask for no share, or paid for none."""
    return of_client(organisation_id).exists() or client_debtors(organisation_id).exists()


def statement(
    organisation_id: int, period: Period, *, first: int = 0, count: int | None = None
) -> Statement:
    """Write the statement of a client; see ``statement_of``. At most five queries."""
    sources = client_lines(of_client(organisation_id), client_debtors(organisation_id))
    explain: dict[LineKind, Explain] = {
        LineKind.INVOICE: about_invoices,
        LineKind.CREDIT_NOTE: about_invoices,
        LineKind.DIRECT: about_direct,
        **CREDIT,
    }
    return lines.read(Party.CLIENT, sources, explain, period, first=first, count=count)


def client_lines(received: QuerySet[Invoice], debtors: QuerySet[Debtor]) -> list[Source]:
    """Lines of invoices that ask for no session: asked, given back, paid, paid too much."""
    notes = Invoice.objects.filter(corrects__in=received.order_by().values("pk"))
    return [
        source(
            received, LineKind.INVOICE, at="issued_at", charged="total_cents", paid="paid_cents"
        ),
        source(notes, LineKind.CREDIT_NOTE, at="issued_at", charged=-F("total_cents")),
        direct_lines(received),
        *credit_lines(debtors),
    ]


def about_invoices(refs: Sequence[str]) -> Mapping[str, About]:
    """Give the facts of some invoices by their number in the database; one query."""
    found = Invoice.objects.filter(pk__in=[int(ref) for ref in refs])
    return {
        str(one.pk): About(
            number=one.number,
            name=one.issuer.organisation.name,
            amount_cents=one.total_cents,
            on=one.due_on,
            reason=one.reason,
            invoice_id=one.pk,
        )
        for one in found.select_related("issuer__organisation")
    }


def about_direct(refs: Sequence[str]) -> Mapping[str, About]:
    """Give the facts of what was put on invoices by its number; one query."""
    found = Allocation.objects.filter(pk__in=[int(ref) for ref in refs])
    return {
        str(one.pk): About(
            number=one.invoice.number,
            name=one.invoice.recipient.name if one.invoice.recipient else "",
            agreement=one.invoice.issuer.organisation.name,
            on=one.payment.received_on,
            state=one.cause,
            invoice_id=one.invoice_id,
        )
        for one in found.select_related(
            "payment", "invoice__recipient", "invoice__issuer__organisation"
        )
    }


def about_payments(refs: Sequence[str]) -> Mapping[str, About]:
    """Give the facts of payments by their number; one query."""
    found = InvoicePayment.objects.filter(pk__in=[int(ref) for ref in refs])
    return {
        str(one.pk): About(
            number=one.reference,
            name=one.debtor.organisation.name if one.debtor.organisation else "",
            agreement=one.debtor.issuer.organisation.name,
            on=one.received_on,
            reason=one.bounce.reason if hasattr(one, "bounce") else "",
        )
        for one in found.select_related(
            "bounce", "debtor__organisation", "debtor__issuer__organisation"
        )
    }


CREDIT: Mapping[LineKind, Explain] = {
    LineKind.CREDIT: about_payments,
    LineKind.CREDIT_USED: about_direct,
    LineKind.CREDIT_BACK: about_payments,
    LineKind.BOUNCE: about_payments,
}
"""How the lines of a credit balance are explained."""
