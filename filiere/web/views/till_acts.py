"""The acts of a till: opening it, naming who holds it and who records, closing it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiere.billing.models import TillDuty
from filiere.billing.queries import tills as queries
from filiere.billing.services import tills as services
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.web.access import page, user_of
from filiere.web.acting import acting_for
from filiere.web.forms.tills import ActForm, DutyForm, TillForm
from filiere.web.numbers import whole
from filiere.web.till_words import earmarking_aid, sale_aids
from filiere.web.views.tills import till_or_refuse

OPEN, RUN = "billing.open_till", "billing.run_till"


@require_http_methods(["GET", "HEAD", "POST"])
@page(OPEN)
def new(request: HttpRequest) -> HttpResponse:
    """Open the till of the organisation acted for, as its act of creation says."""
    organisation = acting_for(request)
    require(request.user, OPEN, organisation)
    now = timezone.now()
    form = TillForm(
        request.POST or None, organisation_id=organisation.pk, initial={"opened_on": legal_day(now)}
    )
    if form.is_valid():
        typed = dict(form.cleaned_data)
        try:
            made = services.open_till(
                organisation_id=organisation.pk,
                cash_limit_cents=typed.pop("cash_limit"),
                at=now,
                actor=user_of(request).actor,
                **typed,
            )
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The till is open. Name who records there."))
            return redirect("till_team", pk=made.pk)
    context = {
        "organisation": organisation,
        "form": form,
        "aids": sale_aids(organisation.kind, legal_day(now)),
        "earmarking": earmarking_aid(organisation.kind, legal_day(now)),
    }
    return render(request, "tills/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(RUN)
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who holds a till and who records there; end a deputy's naming."""
    till = till_or_refuse(request, pk, RUN)
    now, actor = timezone.now(), user_of(request).actor
    ended = whole(request.POST.get("end", ""))
    if ended:
        if not TillDuty.objects.filter(pk=ended, till=till).exists():
            raise NotFound(reference=ended)
        try:
            services.end_duty(duty_id=ended, on=legal_day(now), at=now, actor=actor)
        except FiliereError as refusal:
            messages.error(request, str(refusal))
        return redirect("till_team", pk=till.pk)
    form = DutyForm(
        request.POST or None,
        organisation_id=till.organisation_id,
        initial={"from_on": legal_day(now)},
    )
    if form.is_valid():
        try:
            services.name_duty(
                till_id=till.pk,
                membership=form.cleaned_data["member"],
                duty=form.cleaned_data["duty"],
                from_on=form.cleaned_data["from_on"],
                at=now,
                actor=actor,
            )
        except FiliereError as refusal:
            form.add_error("member", str(refusal))
        else:
            messages.success(request, _("The naming is recorded."))
            return redirect("till_team", pk=till.pk)
    context = {"till": till, "form": form, "duties": queries.duties_of(till)}
    return render(request, "tills/team.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(RUN)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a till by an act, once it is empty and every month signed."""
    till = till_or_refuse(request, pk, RUN)
    now = timezone.now()
    form = ActForm(request.POST or None)
    if form.is_valid():
        try:
            services.close_till(
                till_id=till.pk,
                act_number=form.cleaned_data["act_number"],
                on=legal_day(now),
                at=now,
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The till is closed."))
            return redirect("till", pk=till.pk)
    context = {"till": till, "form": form, "holding": queries.holding(till)}
    return render(request, "tills/close.html", context, status=422 if form.errors else 200)
