"""Reads of invoices and credit notes. Amounts are integer euro cents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from filiere.billing.models import (
    ChargeState,
    Invoice,
    InvoicedShare,
    InvoiceKind,
    InvoiceLine,
    Issuer,
    PayerKind,
    PayerShare,
)
from filiere.rules.invoices import Document, Line, Note, Party, Quantity, TypeCode, VatLine
from filiere.rules.vat import Treatment

TYPES = {
    InvoiceKind.INVOICE.value: TypeCode.INVOICE,
    InvoiceKind.CREDIT_NOTE.value: TypeCode.CREDIT_NOTE,
}


def issuer_of(organisation_id: int) -> Issuer | None:
    """Give an organisation's billing identity; None when it has none."""
    return Issuer.objects.filter(organisation=organisation_id).first()


def open_shares(*, issuer: Issuer, until: datetime) -> QuerySet[PayerShare]:
    """Shares of an issuer's sessions that no invoice asks for, vouchers' left out.

    A voucher is paid by its funders through the programme, not by invoice.

    Args:
        until: shares settled before this moment.
    """
    live = (
        InvoicedShare.objects.filter(share=OuterRef("pk"))
        .annotate(back=Coalesce(Sum("line__invoice__credit_notes__total_cents"), 0))
        .filter(back__lt=F("line__invoice__total_cents"))
    )
    return PayerShare.objects.filter(
        Q(kind=PayerKind.PERSON) | Q(commitment__isnull=False),
        ~Exists(live),
        charge__provider=issuer.organisation_id,
        charge__state=ChargeState.SPLIT,
        charge__split_at__lt=until,
    )


@dataclass(frozen=True, slots=True)
class ToInvoice:
    """What an organisation can be invoiced today: its sessions and their amount, tax included."""

    organisation_id: int
    name: str
    sessions: int
    amount_cents: int


def organisations_to_invoice(*, issuer: Issuer, until: datetime) -> list[ToInvoice]:
    """Give the organisations whose shares wait for an invoice, the largest amount first."""
    found = (
        open_shares(issuer=issuer, until=until)
        .filter(commitment__isnull=False)
        .values("commitment__agreement__promiser", "commitment__agreement__promiser__name")
        .annotate(sessions=Count("pk"), total=Sum("amount_cents"))
        .order_by("-total", "commitment__agreement__promiser")
    )
    return [
        ToInvoice(
            organisation_id=row["commitment__agreement__promiser"],
            name=row["commitment__agreement__promiser__name"],
            sessions=row["sessions"],
            amount_cents=row["total"],
        )
        for row in found
    ]


def persons_to_invoice(*, issuer: Issuer, until: datetime) -> QuerySet[PayerShare, UUID]:
    """Give the persons whose shares wait for an invoice, in a stable order, each once."""
    return (
        open_shares(issuer=issuer, until=until)
        .filter(kind=PayerKind.PERSON)
        .order_by("charge__registration__person")
        .values_list("charge__registration__person", flat=True)
        .distinct()
    )


def invoices_of_issuer(organisation_id: int) -> QuerySet[Invoice]:
    """Invoices and credit notes an organisation issued, the latest first."""
    return listed(Invoice.objects.filter(issuer__organisation=organisation_id))


def invoices_of_recipient(organisation_id: int) -> QuerySet[Invoice]:
    """Invoices and credit notes an organisation received, the latest first."""
    return listed(Invoice.objects.filter(recipient=organisation_id))


def invoices_to_give_back(organisation_id: int) -> QuerySet[Invoice]:
    """Invoices an organisation issued that still ask for sessions refunded since, oldest first."""
    refunded = (
        InvoicedShare.objects.filter(
            line__invoice=OuterRef("pk"), share__charge__state=ChargeState.REFUNDED
        )
        .order_by()
        .values("line__invoice")
        .annotate(total=Sum("share__amount_cents"))
        .values("total")
    )
    return (
        listed(Invoice.objects.filter(issuer__organisation=organisation_id))
        .annotate(refunded_cents=Subquery(refunded))
        .filter(refunded_cents__gt=F("credited_cents"))
        .order_by("pk")
    )


def listed(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Read with each invoice its parties and what was given back of it, the latest first."""
    return (
        invoices.select_related("issuer__organisation", "recipient", "corrects")
        .annotate(credited_cents=Coalesce(Sum("credit_notes__total_cents"), 0))
        .order_by("-issued_on", "-pk")
    )


def credited_cents(invoice: Invoice) -> int:
    """What credit notes have given back of one invoice, tax included."""
    found = invoice.credit_notes.aggregate(total=Sum("total_cents", default=0))
    return int(found["total"])


def left_by_line(invoice: Invoice) -> list[tuple[InvoiceLine, int]]:
    """Give each line of an invoice and what it still asks, without tax."""
    lines = invoice.lines.annotate(back=Coalesce(Sum("credited_by__net_cents"), 0))
    return [(line, line.net_cents - line.back) for line in lines.order_by("position")]


def documents(invoices: Iterable[Invoice], *, names: dict[UUID, str]) -> list[Document]:
    """Give invoices as documents, ready to be drawn, in a fixed number of queries.

    Args:
        invoices: best read with ``corrects``, and with ``lines`` and ``groups`` prefetched.
        names: of the persons invoiced, read with a trace by the caller; who is absent is called
            by a number.
    """
    return [_document(one, names) for one in invoices]


def with_lines(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Read what ``documents`` needs."""
    return invoices.select_related("corrects").prefetch_related("lines", "groups")


def client_number(person_id: UUID) -> str:
    """What stands for a person's name when it is not kept: the beginning of her reference."""
    return f"{str(person_id)[:8].upper()}"


def _document(invoice: Invoice, names: dict[UUID, str]) -> Document:
    corrected: tuple[str, date] | None = None
    if invoice.corrects is not None:
        corrected = (invoice.corrects.number, invoice.corrects.issued_on)
    return Document(
        number=invoice.number,
        type_code=TYPES[invoice.kind],
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        seller=Party(**invoice.seller),
        buyer=_buyer(invoice, names),
        lines=tuple(
            Line(
                wording=line.wording,
                detail=line.detail,
                unit=Quantity(line.unit),
                quantity_hundredths=line.quantity_hundredths,
                unit_price_cents=line.unit_price_cents,
                net_cents=line.net_cents,
                treatment=Treatment(line.vat_treatment),
                rate_bp=line.vat_rate_bp,
            )
            for line in sorted(invoice.lines.all(), key=lambda line: line.position)
        ),
        groups=tuple(
            VatLine(Treatment(one.vat_treatment), one.vat_rate_bp, one.base_cents, one.vat_cents)
            for one in sorted(invoice.groups.all(), key=lambda one: one.pk)
        ),
        net_cents=invoice.net_cents,
        vat_cents=invoice.vat_cents,
        total_cents=invoice.total_cents,
        paid_cents=invoice.paid_cents,
        iban=invoice.iban,
        notes=_notes(invoice),
        delivered_from=invoice.delivered_from,
        delivered_to=invoice.delivered_to,
        buyer_reference=invoice.buyer_reference,
        order_reference=invoice.order_reference,
        corrected=corrected,
    )


def _notes(invoice: Invoice) -> tuple[Note, ...]:
    """The sentences of the invoice; a credit note says why it is made."""
    reason = (Note("AAI", invoice.reason),) if invoice.reason else ()
    return (*reason, *(Note(code, text) for code, text in invoice.notes))


def _buyer(invoice: Invoice, names: dict[UUID, str]) -> Party:
    if invoice.person_id is None:
        return Party(**invoice.buyer)
    known = names.get(invoice.person_id, "")
    return Party(name=known or f"Client n° {client_number(invoice.person_id)}")
