"""Guarantee funds: what each promised, gave and sent; sign one, record its money."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.accounts.models import Role
from filiere.billing import queries, services
from filiere.billing.queries import GuaranteeFund
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, require
from filiere.web.access import page, user_of
from filiere.web.acting import acting, acting_for
from filiere.web.forms.claims import FundCashForm, FundForm

SEE, OPEN, RECEIVE = (
    "billing.see_guarantees", "billing.open_guarantee", "billing.receive_guarantee",
)  # fmt: skip
METHODS = ["GET", "HEAD", "POST"]
ROWS = 50


def _seen(request: HttpRequest) -> list[GuaranteeFund]:
    """The operator and the auditor read every fund; a commissioner its own."""
    found = acting(request)
    if found and found.roles & {Role.OPERATOR, Role.AUDITOR}:
        return queries.guarantee_funds()
    return queries.guarantee_funds(promiser_ids=[found.organisation.pk] if found else [])


@require_safe
@page(SEE)
def guarantees(request: HttpRequest) -> HttpResponse:
    """List the funds and their money."""
    funds = _seen(request)
    context = {
        "funds": Paginator(funds, ROWS).get_page(request.GET.get("page")),
        "left": sum(one.left_cents for one in funds),
        "owed": sum(one.owed_cents for one in funds),
        "may_open": allowed(request.user, OPEN, acting_for(request)),
        "may_receive": allowed(request.user, RECEIVE),
    }
    return render(request, "devices/guarantees.html", context)


@require_http_methods(METHODS)
@page(OPEN)
def guarantee_new(request: HttpRequest) -> HttpResponse:
    """Sign a fund in the name of the organisation acted for."""
    organisation = acting_for(request)
    require(request.user, OPEN, organisation)
    now = timezone.now()
    form = FundForm(request.POST or None, initial={"starts_on": legal_day(now)})
    if request.method == "POST" and form.is_valid():
        try:
            services.open_guarantee_fund(
                promiser_id=organisation.pk, at=now, actor=user_of(request).actor,
                **form.cleaned_data,
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The fund is open. The operator may have it pay."))
            return redirect("guarantees")
    context = {"form": form, "organisation": organisation}
    return render(
        request, "devices/guarantee_new.html", context, status=422 if form.errors else 200
    )


@require_http_methods(METHODS)
@page(RECEIVE)
def guarantee_cash(request: HttpRequest, pk: int) -> HttpResponse:
    """Record money that a fund sent: what it gave becomes payable, oldest first."""
    fund = next((one for one in queries.guarantee_funds() if one.commitment.pk == pk), None)
    if fund is None:
        raise NotFound(reference=pk)
    now = timezone.now()
    form = FundCashForm(request.POST or None, initial={"received_on": legal_day(now)})
    if request.method == "POST" and form.is_valid():
        try:
            services.receive_third_party(
                commitment_id=pk, at=now, actor=user_of(request).actor, **form.cleaned_data
            )
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The money is recorded. What it covers can be paid."))
            return redirect("guarantees")
    context = {"form": form, "fund": fund}
    return render(
        request, "devices/guarantee_cash.html", context, status=422 if form.errors else 200
    )
