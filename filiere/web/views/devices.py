"""Devices that take vouchers without network: which, what they sent, register, take off."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.directory import queries as directory
from filiere.directory.models import Place
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.vouchers import device_queries as queries
from filiere.vouchers import services
from filiere.vouchers.models import Device
from filiere.web import claim_words
from filiere.web.access import page, user_of
from filiere.web.acting import acting_for
from filiere.web.forms.devices import DeviceForm
from filiere.web.steps import ask_then_act

RUN = "vouchers.run_devices"
LINES = 50


def _own_device(request: HttpRequest, pk: int) -> Device:
    found = queries.device(pk)
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, RUN, found)
    return found


@require_safe
@page(RUN)
def devices(request: HttpRequest) -> HttpResponse:
    """List the devices of the organisation one acts for."""
    organisation = acting_for(request)
    found = list(queries.devices_of([organisation.pk]))
    context = {
        "organisation": organisation,
        "devices": found,
        "working": sum(one.revoked_at is None for one in found),
    }
    return render(request, "devices/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(RUN)
def device_new(request: HttpRequest) -> HttpResponse:
    """Register the device that shows this page: it makes its key, which stays on it."""
    places = [one for one in directory.places_of(acting_for(request).pk) if one.closed_on is None]
    form = DeviceForm(places, request.POST or None)
    if request.method == "POST" and form.is_valid():
        place = Place.objects.get(pk=form.cleaned_data["place"])
        require(request.user, RUN, place)
        try:
            services.register_device(
                place=place, name=form.cleaned_data["name"],
                public_key=form.cleaned_data["public_key"], at=timezone.now(),
                actor=user_of(request).actor,
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("This device is registered. It can work without network."))
            return redirect("offline_counter")
    context = {"form": form, "places": places}
    return render(request, "devices/new.html", context, status=422 if form.errors else 200)


@require_safe
@page(RUN)
def device(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one device and how each thing it sent was judged."""
    found = _own_device(request, pk)
    shown = Paginator(queries.claims_of(pk), LINES).get_page(request.GET.get("page"))
    rows = [
        {
            "claim": claim,
            "state": claim_words.state(claim.state),
            "tone": claim_words.STATE_TONES[claim.state],  # type: ignore[index]
            "reason": claim_words.reason_of(claim),
        }
        for claim in shown
    ]
    context = {"device": found, "shown": shown, "rows": rows}
    return render(request, "devices/device.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(RUN)
def device_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take a device off."""
    found = _own_device(request, pk)
    context = {
        "title": _("Take off “%(name)s”?") % {"name": found.name},
        "consequence": _(
            "Nothing more of it is received. What it took without network and has not sent is"
            " lost: if you still have it, connect it first."
        ),
        "label": _("Take off this device"),
        "danger": True,
        "back_url": reverse("devices"),
    }
    revoke = partial(
        services.revoke_device, device_id=pk, at=timezone.now(), actor=user_of(request).actor
    )
    return ask_then_act(request, context, revoke, done=_("The device is taken off."))
