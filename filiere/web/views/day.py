"""The mediator's day: who comes, what they need, done in two taps."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from filiere.agenda import queries as agenda_queries
from filiere.agenda import services as agenda
from filiere.agenda.models import Registration
from filiere.billing import queries as billing_queries
from filiere.billing.models import ChargeState
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.pathways import services as pathways
from filiere.web import at_till
from filiere.web.access import page, user_of
from filiere.web.forms.day import OutcomeForm
from filiere.web.sheets import day_sheet

SOUGHT = "personne"


def own_registration(request: HttpRequest, ref: str, action: str) -> Registration:
    """Find a seat by its printed reference, if this person may do ``action`` on it."""
    registration = agenda_queries.registration_by_ref(ref)
    if registration is None:
        raise NotFound(reference=ref)
    require(request.user, action, registration)
    return registration


@page("agenda.see_day")
def day(request: HttpRequest, on: dt.date | None = None) -> HttpResponse:
    """Show one day; today without a date."""
    at = timezone.now()
    today = legal_day(at)
    on = on or today
    sought = request.GET.get(SOUGHT, "")
    sheet = day_sheet(
        user_of(request), on=on, at=at, page=request.GET.get("page", ""), sought=sought
    )
    context = {
        "sheet": sheet,
        "lost": "" if sheet.sought_is_here else sought,
        "on": on,
        "today": today,
        "before": on - dt.timedelta(days=1),
        "after": on + dt.timedelta(days=1),
        "next_day": agenda_queries.next_day(user_of(request).pk, on),
        "form": OutcomeForm(language=get_language() or "fr", initial={"sent_by": "unknown"}),
        "till": at_till.of_day(request),
    }
    return render(request, "day/day.html", context)


def back(registration: Registration) -> HttpResponse:
    """Return to the day of a seat, at its person."""
    address = reverse("day_on", args=[legal_day(registration.slot.starts_at)])
    return redirect(f"{address}?{SOUGHT}={registration.ref}#seance-{registration.ref}")


@require_POST
@page("agenda.see_day")
def attend(request: HttpRequest, ref: str) -> HttpResponse:
    """First tap: came or did not."""
    registration = own_registration(request, ref, "agenda.deliver_session")
    try:
        agenda.record_attendance(
            registration_id=registration.pk,
            present=request.POST.get("present") == "yes",
            at=timezone.now(),
            actor=user_of(request).actor,
        )
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    return back(registration)


@require_POST
@page("agenda.see_day")
def conclude(request: HttpRequest, ref: str) -> HttpResponse:
    """Second tap: how it ended; then the counter if something is to pay."""
    registration = own_registration(request, ref, "agenda.deliver_session")
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was saved. Choose how the session ended."))
        return back(registration)
    try:
        pathways.note_session(
            registration_id=registration.pk,
            at=timezone.now(),
            actor=user_of(request).actor,
            **form.cleaned_data,
        )
    except FiliereError as refusal:
        messages.error(request, str(refusal))
        return back(registration)
    charge = billing_queries.charge_of(registration.pk)
    if charge is not None and charge.state == ChargeState.OPEN:
        return redirect("counter", ref=registration.ref)
    messages.success(request, _("It is noted."))
    return back(registration)


@require_POST
@page("agenda.see_day")
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """Take back the taps, for a few minutes."""
    registration = own_registration(request, ref, "agenda.deliver_session")
    try:
        agenda.undo_attendance(
            registration_id=registration.pk, at=timezone.now(), actor=user_of(request).actor
        )
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is undone. The person is expected again."))
    return back(registration)
