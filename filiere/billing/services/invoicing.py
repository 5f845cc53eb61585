"""Invoices: of lines that are written, or of what a payer's shares of sessions come to.

Called through ``billing.services``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from django.db import transaction

from filiere.accounts.models import Organisation
from filiere.billing.errors import (
    CustomerMissing,
    InvoiceKeyReused,
    LineNotPossible,
    NothingToInvoice,
)
from filiere.billing.models import (
    Customer,
    Invoice,
    InvoiceKind,
    Issuer,
    LineUnit,
    PayerKind,
)
from filiere.billing.queries.invoices import open_shares
from filiere.billing.services.numbering import Draft, DraftLine, lock_series, write
from filiere.billing.services.share_lines import draft_of_shares, rows_of
from filiere.kernel.services import record
from filiere.rules.vat import Amount, Treatment, nearest, rate_bp, tax

MOST_LINES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWanted:
    """One line to invoice between professionals: the price is without tax.

    Attributes:
        quantity_hundredths: 150 is one and a half.
        treatment: of value added tax; blank is the issuer's ordinary one.
    """

    wording: str
    unit_price_cents: int
    quantity_hundredths: int = 100
    unit: str = LineUnit.PIECE.value
    detail: str = ""
    treatment: str = ""


@transaction.atomic
def issue_invoice(
    *,
    issuer: Issuer,
    lines: Sequence[LineWanted],
    issued_on: date,
    key: str,
    at: datetime,
    actor: str,
    organisation_id: int | None = None,
    person_id: UUID | None = None,
    delivered: tuple[date, date] | None = None,
    order_reference: str = "",
) -> Invoice:
    """Issue an invoice of written lines. Final: it is corrected by credit note.

    The same ``key`` again is the same invoice.

    Args:
        organisation_id, person_id: whom it is addressed to; exactly one of the two.
        delivered: first and last day of the service; None is the day of issue.
        order_reference: engagement of a public body, or order number.

    Raises:
        CustomerMissing: the organisation's address is not known to this issuer.
        NothingToInvoice: no line.
        LineNotPossible: a quantity or a price that is not above 0, or no wording.
        InvoiceDateNotPossible: before the last invoice, or after today.
        InvoiceKeyReused: the key was used for another invoice.
    """
    if not 1 <= len(lines) <= MOST_LINES:
        raise NothingToInvoice
    customer = None if organisation_id is None else customer_of(issuer, organisation_id)
    day = delivered[1] if delivered else issued_on
    amounts = [_amount(line, issuer, day) for line in lines]
    taxed = tax(amounts, tax_included=False)
    draft = Draft(
        lines=tuple(
            DraftLine(
                wording=line.wording.strip(),
                detail=line.detail.strip(),
                unit=line.unit,
                quantity_hundredths=line.quantity_hundredths,
                unit_price_cents=line.unit_price_cents,
                net_cents=amount.cents,
                treatment=amount.treatment,
                rate_bp=amount.rate_bp,
            )
            for line, amount in zip(lines, amounts, strict=True)
        ),
        groups=taxed.groups,
        key=key,
        customer=customer,
        person_id=person_id if customer is None else None,
        delivered=delivered or (issued_on, issued_on),
        order_reference=order_reference.strip(),
    )
    return _issue(issuer=issuer, draft=draft, issued_on=issued_on, at=at, actor=actor)


@transaction.atomic
def invoice_shares(
    *,
    issuer: Issuer,
    issued_on: date,
    until: datetime,
    key: str,
    at: datetime,
    actor: str,
    organisation_id: int | None = None,
    person_id: UUID | None = None,
    order_reference: str = "",
) -> Invoice:
    """Issue the invoice of what one payer's shares come to, those not invoiced yet.

    What the payer has already paid is written on it. The same ``key`` again is the same invoice.

    Args:
        until: shares settled before this moment.
        organisation_id, person_id: whose shares; exactly one of the two.

    Raises:
        CustomerMissing, InvoiceDateNotPossible: see ``issue_invoice``.
        NothingToInvoice: every share is already on an invoice.
    """
    series = lock_series(issuer=issuer, kind=InvoiceKind.INVOICE, on=issued_on)
    known = _known(issuer, key)
    if known is not None and (known.recipient_id, known.person_id) == (organisation_id, person_id):
        return known
    customer = None if organisation_id is None else customer_of(issuer, organisation_id)
    shares = open_shares(issuer=issuer, until=until)
    if organisation_id is not None:
        shares = shares.filter(commitment__agreement__promiser=organisation_id)
    else:
        shares = shares.filter(kind=PayerKind.PERSON, charge__registration__person=person_id)
    rows = rows_of(shares)
    if not rows:
        raise NothingToInvoice
    draft = draft_of_shares(
        issuer=issuer,
        rows=rows,
        key=key,
        customer=customer,
        person_id=person_id,
        issued_on=issued_on,
        order_reference=order_reference,
    )
    made = write(
        issuer=issuer, series=series, drafts=[draft], issued_on=issued_on, at=at, actor=actor
    )[0]
    _record(made, at=at, actor=actor)
    return made


def customer_of(issuer: Issuer, organisation_id: int) -> Customer:
    """Give an organisation as an issuer invoices it, or refuse."""
    found = Customer.objects.filter(issuer=issuer, organisation=organisation_id).first()
    if found is None:
        name = Organisation.objects.filter(pk=organisation_id).values_list("name", flat=True)
        raise CustomerMissing(organisation=name.first() or organisation_id)
    return found


def _amount(line: LineWanted, issuer: Issuer, day: date) -> Amount:
    """The net amount of a line: quantity × price, to the nearest cent."""
    treatment = Treatment(line.treatment or issuer.vat_regime)
    cents = 0
    if line.quantity_hundredths > 0 and line.unit_price_cents > 0 and line.wording.strip():
        cents = nearest(Fraction(line.quantity_hundredths * line.unit_price_cents, 100))
    if cents <= 0:
        raise LineNotPossible(wording=line.wording)
    return Amount(treatment, rate_bp(treatment, day), cents)


def _issue(*, issuer: Issuer, draft: Draft, issued_on: date, at: datetime, actor: str) -> Invoice:
    series = lock_series(issuer=issuer, kind=draft.kind, on=issued_on)
    known = _known(issuer, draft.key)
    if known is not None:
        return same_demand(known, draft)
    made = write(
        issuer=issuer, series=series, drafts=[draft], issued_on=issued_on, at=at, actor=actor
    )[0]
    _record(made, at=at, actor=actor)
    return made


def _known(issuer: Issuer, key: str) -> Invoice | None:
    return Invoice.objects.filter(issuer=issuer, request_key=key).first()


def same_demand(known: Invoice, draft: Draft) -> Invoice:
    """Give the invoice a key already made, if it is what is asked again.

    Raises:
        InvoiceKeyReused: it is something else.
    """
    recipient = draft.customer.organisation_id if draft.customer else None
    recipient = draft.corrects.recipient_id if draft.corrects else recipient
    person = draft.corrects.person_id if draft.corrects else draft.person_id
    asked = (draft.kind, recipient, person, draft.net_cents, draft.corrects)
    made = (known.kind, known.recipient_id, known.person_id, known.net_cents, known.corrects)
    if made != asked:
        raise InvoiceKeyReused(number=known.number)
    return known


def _record(invoice: Invoice, *, at: datetime, actor: str) -> None:
    record(
        actor=actor,
        action=f"billing.{invoice.kind}_issued",
        subject=f"invoice:{invoice.pk}",
        at=at,
        number=invoice.number,
        total_cents=invoice.total_cents,
    )
