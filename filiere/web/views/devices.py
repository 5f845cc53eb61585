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
from filiere.kernel.permissions import allowed, require
from filiere.vouchers import services
from filiere.vouchers.models import Device
from filiere.vouchers.queries import devices as queries
from filiere.web import claim_words
from filiere.web.access import page, user_of
from filiere.web.acting import acting_for
from filiere.web.forms.claims import LimitsForm
from filiere.web.forms.devices import DeviceForm
from filiere.web.steps import ask_then_act

RUN, LIMIT, READ = "vouchers.run_devices", "vouchers.limit_device", "vouchers.see_device"
LINES = 50


def _own_device(request: HttpRequest, pk: int, action: str = RUN) -> Device:
    found = queries.device(pk)
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, action, found)
    return found


@require_safe
@page(RUN)
def devices(request: HttpRequest) -> HttpResponse:
    """List the devices of the organisation one acts for."""
    organisation = acting_for(request)
    found = queries.devices_of([organisation.pk])
    shown = Paginator(found, LINES).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "shown": shown,
        "working": found.filter(revoked_at=None).count(),
        "to_look_at": queries.to_look_at([organisation.pk]),
        "may_see_unpaid": allowed(request.user, "vouchers.see_unpaid_claims"),
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
@page(READ)
def device(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one device and how each thing it sent was judged."""
    found = _own_device(request, pk, READ)
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
    may_run = allowed(request.user, RUN, found)
    context = {
        "device": found,
        "shown": shown,
        "rows": rows,
        "may_run": may_run,
        "may_limit": allowed(request.user, LIMIT, found) and not found.revoked_at,
        "may_see_unpaid": allowed(request.user, "vouchers.see_unpaid_claims"),
    }
    return render(request, "devices/device.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(LIMIT)
def device_limits(request: HttpRequest, pk: int) -> HttpResponse:
    """Bound what a device takes in one day; the operator may go beyond what a place may set."""
    found = _own_device(request, pk, LIMIT)
    form = LimitsForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_limits(
                device_id=pk,
                vouchers_per_day=form.cleaned_data["vouchers"],
                cents_per_day=form.cleaned_data["cents"],
                by_operator=allowed(request.user, "vouchers.raise_device_limits"),
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The limits are saved. The device learns them once online.")
            )
            return redirect("device", pk=pk)
    context = {"device": found, "form": form}
    return render(request, "devices/limits.html", context, status=422 if form.errors else 200)


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
