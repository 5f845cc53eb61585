"""Where a provider is paid, a session refunded, a provider's payments held."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiere.accounts.models import Organisation, Role
from filiere.agenda.models import Registration
from filiere.billing import queries as billing_queries
from filiere.billing import services as billing
from filiere.billing.models import ChargeState
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, memberships, require
from filiere.settlement import queries, services
from filiere.web.access import page, user_of
from filiere.web.acting import acting
from filiere.web.forms.payouts import PayoutAccountForm, ReasonForm
from filiere.web.numbers import whole

ACCOUNT, REFUND, HOLD = "settlement.change_account", "billing.refund", "settlement.hold_payments"


def _organisation(request: HttpRequest) -> Organisation:
    """The organisation asked for, else the one acted for, else the first one managed."""
    managed = [one.organisation for one in memberships(request.user) if one.role == Role.MANAGER]
    here = acting(request)
    first = next((one for one in managed if here and one == here.organisation), None)
    pk = whole(request.GET.get("organisation", "")) or (first or managed[0]).pk
    found = Organisation.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, ACCOUNT, found)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@page(ACCOUNT)
def payout_account(request: HttpRequest) -> HttpResponse:
    """Show where an organisation is paid, and change it; nothing is paid there for 72 hours."""
    organisation = _organisation(request)
    form = PayoutAccountForm(request.POST or None, initial={"holder_name": organisation.name})
    if form.is_valid():
        try:
            services.register_bank_account(
                organisation_id=organisation.pk,
                iban=form.cleaned_data["iban"],
                holder_name=form.cleaned_data["holder_name"],
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error("iban", str(refusal))
        else:
            messages.success(request, _("The account is noted. Payments to it start in 72 hours."))
            address = reverse("payout_account")
            return redirect(f"{address}?organisation={organisation.pk}")
    context = {
        "organisation": organisation,
        "account": queries.open_account(organisation.pk),
        "accounts": list(queries.accounts_of(organisation.pk)),
        "form": form,
        "now": timezone.now(),
    }
    status = 422 if form.errors else 200
    return render(request, "payouts/account.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(REFUND)
def session_refund(request: HttpRequest, ref: str) -> HttpResponse:
    """Refund a session: who gets what back, then the act."""
    registration = (
        Registration.objects.select_related("slot__offer__place__organisation")
        .filter(ref=ref)
        .first()
    )
    charge = billing_queries.charge_of(registration.pk) if registration else None
    if registration is None or charge is None:
        raise NotFound(reference=ref)
    require(request.user, REFUND, registration)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            billing.refund_charge(
                charge=charge,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The session is refunded: everyone has their money back."))
            return redirect("session_refund", ref=ref)
    receipt = billing_queries.receipt_lines(charge)
    context: dict[str, Any] = {
        "registration": registration,
        "is_refunded": charge.state == ChargeState.REFUNDED,
        "receipt": receipt,
        "lines": [(line.label, line.amount_cents) for line in receipt.lines],
        "total": (_("Given back"), receipt.total_cents),
        "form": form,
        "back_url": reverse("payables") if allowed(request.user, ACCOUNT) else reverse("batches"),
    }
    status = 422 if form.errors else 200
    return render(request, "payouts/refund.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(HOLD)
def payment_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold what an organisation is owed, or let it be paid again."""
    organisation = Organisation.objects.filter(pk=pk).first()
    if organisation is None:
        raise NotFound(reference=pk)
    now, actor = timezone.now(), user_of(request).actor
    if request.method == "POST" and request.POST.get("lift") == "yes":
        services.lift_hold(provider_id=pk, at=now, actor=actor)
        messages.success(request, _("This organisation can be paid again."))
        return redirect("batches")
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        services.hold_payments(
            provider_id=pk, reason=form.cleaned_data["reason"], at=now, actor=actor
        )
        messages.success(request, _("Payments are held. What is owed waits and is not lost."))
        return redirect("batches")
    context = {
        "organisation": organisation,
        "held": queries.open_hold(pk),
        "owed": queries.payable(pk).total_cents,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "payouts/hold.html", context, status=status)
