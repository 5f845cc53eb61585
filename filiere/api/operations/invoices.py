"""Invoices and credit notes issued and received. Amounts in euro cents; no name of a person."""

import datetime as dt
from typing import Any, Literal

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema

from filiere.accounts.models import Organisation
from filiere.api.paging import Page, PageQuery, paged
from filiere.api.problems import REFUSED, Problem, answers
from filiere.api.security import SignedIn, holds
from filiere.billing.models import Invoice
from filiere.billing.paper import printing
from filiere.billing.queries import invoices as queries
from filiere.billing.queries.receivables import positions
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import allowed, memberships, require

router = Router(tags=["invoices"])
SEE, SEE_ONE, ISSUE = "billing.see_invoices", "billing.see_invoice", "billing.issue_invoices"


class InvoiceLineOut(Schema):
    """One line, without tax; a quantity in hundredths of its unit (C62 a piece, HUR an hour)."""

    wording: str
    detail: str
    unit: str
    quantity_hundredths: int
    unit_price_cents: int
    net_cents: int
    vat_treatment: str
    vat_rate_bp: int


class InvoiceSummary(Schema):
    """One invoice or credit note; ``recipient_id`` is null for a person."""

    id: int
    number: str
    kind: str
    issued_on: dt.date
    due_on: dt.date
    issuer_organisation_id: int
    recipient_kind: str
    recipient_id: int | None
    net_cents: int
    vat_cents: int
    total_cents: int
    paid_cents: int
    credited_cents: int
    corrects_id: int | None
    reason: str


class InvoiceOut(InvoiceSummary):
    """The same, line by line, and where its money stands: null for a credit note.

    ``state`` is ``due``, ``partly``, ``overdue``, ``paid`` or ``given_back``; ``settled_cents`` what
    payments on it come to, ``open_cents`` what is left to pay.
    """

    lines: list[InvoiceLineOut]
    state: str | None
    settled_cents: int | None
    open_cents: int | None


class InvoicesQuery(PageQuery):
    """Whose invoices: ``organisation_id``, else one's first; issued or received."""

    organisation_id: int | None = None
    direction: Literal["issued", "received"] = "issued"


def _summary(one: Invoice) -> dict[str, Any]:
    names = InvoiceSummary.model_fields.keys() - {"issuer_organisation_id"}
    return {name: getattr(one, name) for name in names} | {
        "issuer_organisation_id": one.issuer.organisation_id
    }


@router.get(
    "/invoices",
    auth=holds(SEE),
    response=answers(Page[InvoiceSummary]),
    operation_id="invoices",
)
def invoices(request: SignedIn, query: Query[InvoicesQuery]) -> Page[InvoiceSummary]:
    """Invoices and credit notes of one of one's organisations, the latest first."""
    held = memberships(request.user)
    mine = [one.organisation_id for one in held if allowed(request.user, SEE, one.organisation)]
    pk = query.organisation_id or mine[0]
    if pk not in mine or not Organisation.objects.filter(pk=pk).exists():
        raise NotFound(reference=pk)
    listed = (
        queries.invoices_of_recipient
        if query.direction == "received"
        else queries.invoices_of_issuer
    )
    return paged(listed(pk), query, lambda one: InvoiceSummary(**_summary(one)))


@router.get(
    "/invoices/{int:invoice_id}",
    auth=holds(SEE_ONE),
    response=answers(InvoiceOut),
    operation_id="invoice",
)
def invoice(request: SignedIn, invoice_id: int) -> InvoiceOut:
    """One invoice or credit note, line by line."""
    found = _invoice(request, invoice_id)
    lines = [InvoiceLineOut.from_orm(line) for line in found.lines.order_by("position")]
    position = positions([found.pk]).get(found.pk)
    today = legal_day(timezone.now())
    return InvoiceOut(
        **_summary(found),
        lines=lines,
        state=position.state(due_on=found.due_on, on=today).value if position else None,
        settled_cents=position.settled_cents if position else None,
        open_cents=position.open_cents if position else None,
    )


@router.get(
    "/invoices/{int:invoice_id}/factur-x.{kind}",
    auth=holds(SEE_ONE),
    response={200: None, REFUSED: Problem},
    operation_id="invoice_file",
)
def invoice_file(request: SignedIn, invoice_id: int, kind: Literal["pdf", "xml"]) -> HttpResponse:
    """The Factur-X file (PDF/A-3), or the XML that is inside it.

    A person's name is in it only for whoever issued it; that reading is noted.
    """
    found = _invoice(request, invoice_id)
    content = printing.invoice_file(
        found,
        kind=kind,
        reader=request.user.actor,
        at=timezone.now(),
        names=allowed(request.user, ISSUE, found.issuer.organisation),
    )
    answer = HttpResponse(content, content_type=f"application/{kind}")
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def _invoice(request: SignedIn, invoice_id: int) -> Invoice:
    found = queries.listed(Invoice.objects.filter(pk=invoice_id)).first()
    if found is None:
        raise NotFound(reference=invoice_id)
    require(request.user, SEE_ONE, found)
    return found
