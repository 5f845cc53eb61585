"""Invoices on statements: what they ask for, and what was paid straight to whoever issued them.

An invoice of sessions charges nothing of its own: their shares are lines already. Any other invoice
is read in the statement of its client. What a payer paid that no invoice asks for is in no line.
"""

from collections.abc import Mapping, Sequence

from django.db.models import Exists, F, OuterRef, QuerySet

from filiere.billing.models import Allocation, Invoice, InvoicedShare, InvoiceKind, PayerKind
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


def asked_lines(invoices: QuerySet[Invoice]) -> Source:
    """Lines that tell an invoice of sessions, and change no balance."""
    return source(invoices, LineKind.INVOICE, at="issued_at")


def direct_lines(invoices: QuerySet[Invoice]) -> Source:
    """Lines of what was put on invoices, and taken off them again."""
    put = Allocation.objects.filter(invoice__in=invoices.order_by().values("pk"))
    return source(put, LineKind.DIRECT, at="allocated_at", paid="amount_cents")


def is_one(organisation_id: int) -> bool:
    """Tell whether an organisation received invoices that ask for no share of a session."""
    return of_client(organisation_id).exists()


def statement(
    organisation_id: int, period: Period, *, first: int = 0, count: int | None = None
) -> Statement:
    """Write the statement of a client; see ``statement_of``. At most four queries."""
    received = of_client(organisation_id)
    notes = Invoice.objects.filter(corrects__in=received.order_by().values("pk"))
    explain: dict[LineKind, Explain] = {
        LineKind.INVOICE: about_invoices,
        LineKind.CREDIT_NOTE: about_invoices,
        LineKind.DIRECT: about_direct,
    }
    sources = [
        source(
            received, LineKind.INVOICE, at="issued_at", charged="total_cents", paid="paid_cents"
        ),
        source(notes, LineKind.CREDIT_NOTE, at="issued_at", charged=-F("total_cents")),
        direct_lines(received),
    ]
    return lines.read(Party.CLIENT, sources, explain, period, first=first, count=count)


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
