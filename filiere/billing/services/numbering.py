"""Numbering and writing invoices: the one place where one is made. Called by ``invoicing``.

A number is given under the lock of its series' row, in the transaction that writes the invoice:
whoever is killed before the commit has used none.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Max

from filiere.billing.errors import InvoiceDateNotPossible
from filiere.billing.models import (
    Customer,
    Invoice,
    InvoicedShare,
    InvoiceKind,
    InvoiceLine,
    InvoiceRun,
    InvoiceSeries,
    InvoiceVat,
    Issuer,
    RecipientKind,
    SeriesCode,
)
from filiere.kernel.calendar import legal_day
from filiere.rules.invoices import Party, number_of, payment_notes
from filiere.rules.vat import Group

CODES = {
    InvoiceKind.INVOICE: SeriesCode.INVOICE,
    InvoiceKind.CREDIT_NOTE: SeriesCode.CREDIT_NOTE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One line to write: its net amount is already computed."""

    wording: str
    net_cents: int
    treatment: str
    rate_bp: int
    unit_price_cents: int
    quantity_hundredths: int = 100
    unit: str = "C62"
    detail: str = ""
    credits_id: int | None = None
    # (share, turn) of each share it asks for.
    shares: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One invoice or credit note to number and write.

    Attributes:
        customer: whom it is addressed to; None for a person.
        key: what tells this demand from every other of the issuer.
        paid_cents: paid before it is issued.
    """

    lines: tuple[DraftLine, ...]
    groups: tuple[Group, ...]
    key: str
    customer: Customer | None = None
    person_id: object = None
    kind: InvoiceKind = InvoiceKind.INVOICE
    paid_cents: int = 0
    delivered: tuple[date, date] | None = None
    order_reference: str = ""
    # What a credit note takes over from its invoice.
    corrects: Invoice | None = None
    reason: str = ""
    copied: dict[str, object] = field(default_factory=dict)

    @property
    def net_cents(self) -> int:
        """Sum without tax."""
        return sum(group.base_cents for group in self.groups)

    @property
    def vat_cents(self) -> int:
        """Tax in all."""
        return sum(group.vat_cents for group in self.groups)


def lock_series(*, issuer: Issuer, kind: InvoiceKind, on: date) -> InvoiceSeries:
    """Lock the series that gives the next number, and make it the first time."""
    InvoiceSeries.objects.bulk_create(
        [InvoiceSeries(issuer=issuer, code=CODES[kind], year=on.year)], ignore_conflicts=True
    )
    return InvoiceSeries.objects.select_for_update(no_key=True).get(
        issuer=issuer, code=CODES[kind], year=on.year
    )


def write(
    *,
    issuer: Issuer,
    series: InvoiceSeries,
    drafts: Sequence[Draft],
    issued_on: date,
    at: datetime,
    actor: str,
    run: InvoiceRun | None = None,
) -> list[Invoice]:
    """Number and write some drafts of one kind, in their order.

    Args:
        series: locked by ``lock_series`` in this transaction.

    Raises:
        InvoiceDateNotPossible: before the last invoice of this kind, or after today.
    """
    _check_day(issuer, drafts[0].kind, issued_on, legal_day(at))
    made = [
        _invoice(issuer, series, series.last_rank + place, draft, issued_on)
        for place, draft in enumerate(drafts, start=1)
    ]
    for one in made:
        one.issued_at, one.issued_by, one.run = at, actor, run
    series.last_rank += len(made)
    series.save(update_fields=["last_rank"])
    Invoice.objects.bulk_create(made)
    lines = [
        InvoiceLine(invoice=invoice, position=position, **_columns(line))
        for invoice, draft in zip(made, drafts, strict=True)
        for position, line in enumerate(draft.lines, start=1)
    ]
    InvoiceLine.objects.bulk_create(lines)
    InvoiceVat.objects.bulk_create(
        InvoiceVat(
            invoice=invoice,
            vat_treatment=group.treatment,
            vat_rate_bp=group.rate_bp,
            base_cents=group.base_cents,
            vat_cents=group.vat_cents,
        )
        for invoice, draft in zip(made, drafts, strict=True)
        for group in draft.groups
    )
    drawn = [line for draft in drafts for line in draft.lines]
    InvoicedShare.objects.bulk_create(
        InvoicedShare(line=line, share_id=share, turn=turn)
        for line, draft_line in zip(lines, drawn, strict=True)
        for share, turn in draft_line.shares
    )
    return made


def last_day(issuer: Issuer, kind: InvoiceKind) -> date | None:
    """Give the day of an issuer's last invoice, or of its last credit note; None without any."""
    found = Invoice.objects.filter(issuer=issuer, kind=kind).aggregate(last=Max("issued_on"))
    last: date | None = found["last"]
    return last


def _check_day(issuer: Issuer, kind: InvoiceKind, day: date, today: date) -> None:
    last = last_day(issuer, kind)
    if day > today or (last is not None and day < last):
        raise InvoiceDateNotPossible(day=day, last=last or today)


def _columns(line: DraftLine) -> dict[str, object]:
    return {
        "wording": line.wording[:200],
        "detail": line.detail[:300],
        "unit": line.unit,
        "quantity_hundredths": line.quantity_hundredths,
        "unit_price_cents": line.unit_price_cents,
        "net_cents": line.net_cents,
        "vat_treatment": line.treatment,
        "vat_rate_bp": line.rate_bp,
        "credits_id": line.credits_id,
    }


def _invoice(
    issuer: Issuer, series: InvoiceSeries, rank: int, draft: Draft, issued_on: date
) -> Invoice:
    """Build the row: what it says of both parties is copied, for it must never change."""
    customer = draft.customer
    professional = customer is not None
    # A person who has already paid, at the counter, has no time to be given.
    is_due = draft.paid_cents < draft.net_cents + draft.vat_cents
    days = issuer.payment_days if (professional or is_due) and not draft.corrects else 0
    notes = payment_notes(late_rate_bp=issuer.late_rate_bp, on=issued_on, professional=professional)
    delivered = draft.delivered or (None, None)
    columns: dict[str, object] = {
        "seller": asdict(seller_of(issuer)),
        "recipient_kind": _recipient_kind(customer),
        "recipient_id": customer.organisation_id if customer else None,
        "person_id": draft.person_id,
        "buyer": asdict(buyer_of(customer)) if customer else {},
        "buyer_reference": customer.service_code if customer else "",
        "order_reference": draft.order_reference,
        "notes": [] if draft.corrects else [[note.code, note.text] for note in notes],
        "iban": "" if draft.corrects else issuer.iban,
    }
    return Invoice(
        issuer=issuer,
        series=series,
        rank=rank,
        number=number_of(code=series.code, year=series.year, rank=rank),
        kind=draft.kind,
        corrects=draft.corrects,
        reason=draft.reason,
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=days),
        delivered_from=delivered[0],
        delivered_to=delivered[1],
        net_cents=draft.net_cents,
        vat_cents=draft.vat_cents,
        total_cents=draft.net_cents + draft.vat_cents,
        paid_cents=draft.paid_cents,
        request_key=draft.key,
        **(columns | draft.copied),
    )


def _recipient_kind(customer: Customer | None) -> RecipientKind:
    if customer is None:
        return RecipientKind.PERSON
    return RecipientKind.PUBLIC_BODY if customer.is_public else RecipientKind.ORGANISATION


def seller_of(issuer: Issuer) -> Party:
    """Give an issuer as its invoices name it today."""
    return Party(
        name=issuer.legal_name,
        siren=issuer.siren,
        siret=issuer.siret,
        vat_number=issuer.vat_number,
        legal_form=issuer.legal_form,
        registration=issuer.registration,
        street=issuer.street,
        postcode=issuer.postcode,
        city=issuer.city,
    )


def buyer_of(customer: Customer) -> Party:
    """Give a customer as invoices name it today."""
    return Party(
        name=customer.legal_name,
        siren=customer.siret[:9],
        siret=customer.siret,
        vat_number=customer.vat_number,
        street=customer.street,
        postcode=customer.postcode,
        city=customer.city,
    )
