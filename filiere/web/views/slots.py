"""Opening hours for appointments and workshops."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiere.agenda import queries as agenda_queries
from filiere.agenda import services as agenda
from filiere.agenda.models import Registration, Unit
from filiere.billing import queries as billing_queries
from filiere.billing.models import ChargeState
from filiere.directory.models import Offer, Place
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.pathways import services as pathways
from filiere.rules.national_lists import label_of
from filiere.web.access import page, user_of
from filiere.web.forms.day import SlotsForm, WalkInForm


def _own_unit(request: HttpRequest) -> Unit:
    unit = (
        Unit.objects.filter(worker__user=request.user.pk, worker__left_on=None)
        .select_related("place")
        .order_by("pk")
        .first()
    )
    if unit is None:
        raise NotFound(reference=_("your agenda"))
    return unit


def _offers(place: Place) -> list[tuple[str, str]]:
    language = get_language() or "fr"
    return [
        (str(offer.pk), label_of("services", offer.service, language))
        for offer in Offer.objects.filter(place=place, closed_on=None).order_by("service")
    ]


@require_http_methods(["GET", "POST"])
@page("agenda.publish_slots")
def publish(request: HttpRequest) -> HttpResponse:
    """Open hours on one day; those already taken are named and left out."""
    unit = _own_unit(request)
    require(request.user, "agenda.publish_slots", unit.place)
    form = SlotsForm(request.POST or None, initial={"day": legal_day(timezone.now())})
    form.fields["offer"].choices = _offers(unit.place)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        return _publish(request, unit, form)
    context = {"form": form, "place": unit.place}
    return render(request, "slots/publish.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page("agenda.publish_slots")
def walk_in(request: HttpRequest) -> HttpResponse:
    """Receive who is here without appointment: the session is noted, then paid."""
    unit = _own_unit(request)
    require(request.user, "agenda.publish_slots", unit.place)
    form = WalkInForm(request.POST or None)
    form.fields["offer"].choices = _offers(unit.place)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            noted = pathways.receive_walk_in(
                offer_id=int(given["offer"]), unit_id=unit.pk, minutes=int(given["minutes"]),
                outcome=given["outcome"], sent_by=given["sent_by"], at=timezone.now(),
                actor=user_of(request).actor,
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _after_walk_in(request, noted.registration)
    context = {"form": form, "place": unit.place}
    return render(request, "slots/walk_in.html", context, status=422 if form.errors else 200)


def _after_walk_in(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Go to the counter when something is to pay, else back to the day."""
    messages.success(request, _("The session is noted."))
    charge = billing_queries.charge_of(registration.pk)
    if charge is not None and charge.state == ChargeState.OPEN:
        return redirect("counter", ref=registration.ref)
    return redirect("day")


def _publish(request: HttpRequest, unit: Unit, form: SlotsForm) -> HttpResponse:
    day: dt.date = form.cleaned_data["day"]
    zone = timezone.get_default_timezone()
    result = agenda.publish_slots(
        offer_id=int(form.cleaned_data["offer"]),
        worker_unit=unit,
        starts=[
            dt.datetime.combine(day, dt.time(int(hour)), tzinfo=zone)
            for hour in form.cleaned_data["starts"]
        ],
        minutes=int(form.cleaned_data["minutes"]),
        seats=form.cleaned_data["seats"],
        title=form.cleaned_data["title"],
        at=timezone.now(),
        actor=user_of(request).actor,
    )
    if opened := len(result.created):
        words = ngettext("%(count)d hour is open.", "%(count)d hours are open.", opened)
        messages.success(request, words % {"count": opened})
    for start, _reason in result.rejected:
        hour = timezone.localtime(start, zone)
        messages.warning(request, _("%(hour)s was left out: it is taken or past.") % {
            "hour": f"{hour:%H:%M}"
        })  # fmt: skip
    return redirect("day_on", on=day)


@require_POST
@page("agenda.cancel_slot")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel one hour; people registered are sent elsewhere."""
    slot = agenda_queries.slot_page(pk)
    if slot is None:
        raise NotFound(reference=pk)
    require(request.user, "agenda.cancel_slot", slot)
    try:
        agenda.cancel_slot(slot_id=slot.pk, at=timezone.now(), actor=user_of(request).actor)
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    return redirect("day_on", on=legal_day(slot.starts_at))
