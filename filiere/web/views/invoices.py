"""Invoices an organisation issues and receives: list, sheet, a new one, a credit note, print."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.accounts.models import Organisation
from filiere.billing import services
from filiere.billing.models import Customer, Invoice, InvoiceKind, Issuer
from filiere.billing.paper import printing
from filiere.billing.queries import invoices as queries
from filiere.billing.queries.receivables import positions
from filiere.billing.services import Address
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, require
from filiere.web import invoice_words as say
from filiere.web.access import page, user_of
from filiere.web.acting import acting_for
from filiere.web.forms.invoices import CreditNoteForm, InvoiceForm, IssuerForm
from filiere.web.numbers import whole

SEE, SEE_ONE, ISSUE = "billing.see_invoices", "billing.see_invoice", "billing.issue_invoices"
LINES = 50


@require_safe
@page(SEE)
def invoices(request: HttpRequest) -> HttpResponse:
    """List what the organisation acted for issued, or received with ``?sens=recues``."""
    organisation = acting_for(request)
    require(request.user, SEE, organisation)
    received = request.GET.get("sens") == "recues"
    listed = queries.invoices_of_recipient if received else queries.invoices_of_issuer
    shown = Paginator(listed(organisation.pk), LINES).get_page(request.GET.get("page"))
    issuer = queries.issuer_of(organisation.pk)
    may_issue = allowed(request.user, ISSUE, organisation)
    now = timezone.now()
    waiting = []
    if issuer is not None and may_issue and not received:
        waiting = queries.organisations_to_invoice(issuer=issuer, until=now)
    context = {
        "organisation": organisation,
        "received": received,
        "shown": shown,
        "rows": _worded(shown),
        "issuer": issuer,
        "may_issue": may_issue,
        "waiting": waiting,
        "to_give_back": queries.invoices_to_give_back(organisation.pk)[:LINES] if may_issue else [],
        "duties": say.duty_lines(issuer, on=legal_day(now)) if issuer else [],
    }
    return render(request, "invoices/list.html", context)


def _worded(listed: Iterable[Invoice]) -> list[tuple[Invoice, str, str]]:
    """Name each document and say where it stands today."""
    every = list(listed)
    known = positions(one.pk for one in every)
    today = legal_day(timezone.now())
    return [
        (one, say.kind_words(one), say.state_words(one, position=known.get(one.pk), on=today))
        for one in every
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@page(ISSUE)
def invoice_issuer(request: HttpRequest) -> HttpResponse:
    """Write what the invoices of the organisation acted for bear; those already issued keep theirs."""
    organisation = acting_for(request)
    require(request.user, ISSUE, organisation)
    known = queries.issuer_of(organisation.pk)
    form = IssuerForm(request.POST or None, initial=_initial(organisation, known))
    if form.is_valid():
        try:
            services.save_issuer(
                organisation_id=organisation.pk,
                identity=form.identity(is_invented=organisation.is_invented),
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your next invoices will bear this."))
            return redirect("invoices")
    context = {"organisation": organisation, "form": form, "issuer": known}
    return render(request, "invoices/issuer.html", context, status=422 if form.errors else 200)


def _initial(organisation: Organisation, known: Issuer | None) -> dict[str, Any]:
    """What is already known, so that it is not typed twice."""
    if known is None:
        siret = organisation.siret or ""
        siren = organisation.siren or siret[:9]
        return {"legal_name": organisation.name, "siret": siret, "siren": siren}
    names = [name for name in IssuerForm.base_fields if name != "late_rate"]
    found = {name: getattr(known, name) for name in names}
    return found | {"late_rate": f"{known.late_rate_bp / 100:g}".replace(".", ",")}


@require_safe
@page(SEE_ONE)
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one invoice or credit note; nobody can change it."""
    found = _invoice(request, pk)
    credited = queries.credited_cents(found)
    _found, kind, state = _worded([found])[0]
    is_ours = allowed(request.user, ISSUE, found.issuer.organisation)
    document = queries.documents([found], names={})[0]
    context = {
        "invoice": found,
        "kind": kind,
        "state": state,
        "document": document,
        "mentions": say.mentions(document),
        "notes": found.credit_notes.order_by("pk"),
        "is_ours": is_ours,
        "may_credit": is_ours
        and found.kind == InvoiceKind.INVOICE
        and credited < found.total_cents,
    }
    return render(request, "invoices/invoice.html", context)


def _invoice(request: HttpRequest, pk: int) -> Invoice:
    listed = queries.with_lines(Invoice.objects.filter(pk=pk))
    found = listed.select_related("issuer__organisation", "recipient", "corrects").first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, SEE_ONE, found)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@page(ISSUE)
def invoice_new(request: HttpRequest) -> HttpResponse:
    """Issue an invoice to ``?organisation=``, or choose to whom."""
    organisation = acting_for(request)
    require(request.user, ISSUE, organisation)
    issuer = queries.issuer_of(organisation.pk)
    if issuer is None:
        messages.info(request, _("First write what your invoices must bear."))
        return redirect("invoice_issuer")
    to = _recipient(request)
    if to is None:
        return _choose(request, issuer)
    waiting = next(
        (one for one in queries.organisations_to_invoice(issuer=issuer, until=timezone.now())
         if one.organisation_id == to.pk), None,
    )  # fmt: skip
    known = Customer.objects.filter(issuer=issuer, organisation=to).first()
    form = InvoiceForm(request.POST or None, initial=_asked(to, known, has_sessions=bool(waiting)))
    if form.is_valid():
        try:
            made = _issue(issuer, to, form, actor=user_of(request).actor)
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The invoice is issued: it can no longer be changed."))
            return redirect("invoice", pk=made.pk)
    context = {"issuer": issuer, "to": to, "waiting": waiting, "form": form}
    return render(request, "invoices/new.html", context, status=422 if form.errors else 200)


def _recipient(request: HttpRequest) -> Organisation | None:
    """The organisation named in the address, by its number or by its SIRET."""
    if pk := whole(request.GET.get("organisation", "")):
        return Organisation.objects.filter(pk=pk).first()
    siret = "".join(request.GET.get("siret", "").split())
    found = Organisation.objects.filter(siret=siret).first() if siret else None
    if siret and found is None:
        messages.error(request, _("No organisation known here has the SIRET %s.") % siret)
    return found


def _choose(request: HttpRequest, issuer: Issuer) -> HttpResponse:
    context = {
        "issuer": issuer,
        "waiting": queries.organisations_to_invoice(issuer=issuer, until=timezone.now()),
        "customers": issuer.customers.select_related("organisation").order_by("legal_name", "pk"),
    }
    return render(request, "invoices/choose.html", context)


def _asked(to: Organisation, known: Customer | None, *, has_sessions: bool) -> dict[str, Any]:
    asked = {"key": uuid4(), "what": "sessions" if has_sessions else "line"}
    if known is None:
        return asked | {"legal_name": to.name, "siret": to.siret or ""}
    return asked | {name: getattr(known, name) for name in Address.__dataclass_fields__}


def _issue(issuer: Issuer, to: Organisation, form: InvoiceForm, *, actor: str) -> Invoice:
    """Keep the address, then issue."""
    at = timezone.now()
    services.save_customer(
        issuer=issuer, organisation_id=to.pk, address=form.address(), at=at, actor=actor
    )
    asked: dict[str, Any] = {
        "issuer": issuer,
        "organisation_id": to.pk,
        "issued_on": legal_day(at),
        "order_reference": form.cleaned_data["order_reference"],
        "key": form.cleaned_data["key"],
        "at": at,
        "actor": actor,
    }
    if form.cleaned_data["what"] == "sessions":
        return services.invoice_shares(until=at, **asked)
    return services.issue_invoice(lines=[form.line()], **asked)


@require_http_methods(["GET", "HEAD", "POST"])
@page(ISSUE)
def invoice_credit(request: HttpRequest, pk: int) -> HttpResponse:
    """Give back an invoice, or a part of it, for a reason."""
    found = _invoice(request, pk)
    require(request.user, ISSUE, found.issuer.organisation)
    left = queries.left_by_line(found)
    form = CreditNoteForm(
        request.POST or None,
        lines=[(line.pk, line.wording, cents) for line, cents in left if cents],
        initial={"key": uuid4()},
    )
    if form.is_valid():
        at = timezone.now()
        try:
            made = services.issue_credit_note(
                invoice=found,
                reason=form.cleaned_data["reason"],
                net_by_line=form.net_by_line(),
                issued_on=legal_day(at),
                key=form.cleaned_data["key"],
                at=at,
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The credit note is issued."))
            return redirect("invoice", pk=made.pk)
    context = {
        "invoice": found,
        "form": form,
        "left": found.total_cents - queries.credited_cents(found),
        "back_url": reverse("invoice", args=[pk]),
    }
    return render(request, "invoices/credit.html", context, status=422 if form.errors else 200)


@require_safe
@page(SEE_ONE)
def invoice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one invoice as a Factur-X file; a person's name only to whoever issued it."""
    return _file(request, pk, "pdf")


@require_safe
@page(SEE_ONE)
def invoice_xml(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the XML of one invoice, as it is inside its PDF."""
    return _file(request, pk, "xml")


def _file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    found = _invoice(request, pk)
    content = printing.invoice_file(
        found,
        kind=kind,
        reader=user_of(request).actor,
        at=timezone.now(),
        names=allowed(request.user, ISSUE, found.issuer.organisation),
    )
    answer = HttpResponse(content, content_type=f"application/{kind}")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.number}.{kind}"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
