"""Handing vouchers out, one by one or from a sheet; replacing one that was lost."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.operations.referring import sender_of
from filiere.vouchers import services
from filiere.vouchers.models import Voucher
from filiere.web.access import page, user_of
from filiere.web.acting import acting_for
from filiere.web.formats import euros
from filiere.web.forms.hand_outs import HandOutForm, SheetForm
from filiere.web.steps import ask_then_act

METHODS = ["GET", "HEAD", "POST"]


def given_voucher(request: HttpRequest, serial: int, action: str) -> Voucher:
    """Give a voucher that was handed out, on which this person may act."""
    given = Voucher.objects.select_related("lot__programme__commissioner", "handed_out_by")
    found = given.filter(serial=serial, handed_out_by__isnull=False).first()
    if found is None:
        raise NotFound(reference=serial)
    require(request.user, action, found)
    return found


def address_of_given(serial: int) -> str:
    """Where the voucher is found among those handed out."""
    return f"{reverse('booklets')}?numero={serial}#remis"


@require_http_methods(METHODS)
@page("vouchers.hand_out")
def one(request: HttpRequest) -> HttpResponse:
    """Hand out one voucher to someone who is there."""
    form = HandOutForm(request.POST or None)
    if form.is_valid():
        user, typed = user_of(request), form.cleaned_data
        try:
            given = services.hand_out_new(
                voucher_serial=typed["serial"],
                name=typed["name"],
                phone=typed["phone"],
                birth_year=typed["birth_year"],
                organisation_id=sender_of(user, acting_for(request).pk),
                at=timezone.now(),
                actor=user.actor,
            )
        except FiliereError as refusal:
            form.add_error("serial", str(refusal))
        else:
            done = _("Voucher no. %(serial)s is handed out.") % {"serial": given.serial}
            messages.success(request, done)
            return redirect("booklets")
    return render(request, "lots/hand_out.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@page("vouchers.declare_lost")
def lost(request: HttpRequest, serial: int) -> HttpResponse:
    """Replace a lost voucher: the consequence, then the new one, ready to print."""
    found = given_voucher(request, serial, "vouchers.declare_lost")
    shown = {"serial": serial, "left": euros(found.remaining_cents)}
    context: dict[str, Any] = {
        "title": _("Is voucher no. %(serial)s lost?") % shown,
        "consequence": _(
            "Counters refuse it from now on, even if it is found again. The person receives a new"
            " voucher, worth the %(left)s that are left."
        )
        % shown,
        "label": _("Replace it by a new one"),
        "danger": True,
        "back_url": reverse("booklets"),
    }
    return ask_then_act(
        request,
        context,
        lambda: services.declare_lost(
            serial=serial,
            organisation_id=found.handed_out_by_id,
            at=timezone.now(),
            actor=user_of(request).actor,
        ),
        done=lambda heir: (
            _("Voucher no. %(serial)s takes its place. Print its letter.") % {"serial": heir.serial}
        ),
        then=lambda heir: address_of_given(heir.serial),
    )


@require_http_methods(METHODS)
@page("vouchers.hand_out")
def sheet(request: HttpRequest) -> HttpResponse:
    """Hand out the vouchers of a sheet: every line, or none."""
    form = SheetForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        user = user_of(request)
        try:
            report = services.hand_out_sheet(
                content=form.cleaned_data["sheet"].read(),
                organisation_id=sender_of(user, acting_for(request).pk),
                at=timezone.now(),
                actor=user.actor,
            )
        except FiliereError as refusal:
            form.add_error("sheet", str(refusal))
        else:
            context["report"] = report
            context["wrong"] = [(one, _words(one)) for one in report.wrong]
    wrong = form.errors or context.get("wrong")
    return render(request, "lots/sheet.html", context, status=422 if wrong else 200)


def _words(line: services.LineReport) -> str:
    """Say what to correct on one line."""
    if line.refusal is not None:
        return str(line.refusal)
    return {
        "number": _("This is not the number of a voucher."),
        "person": _("This is not the reference of a file."),
        "year": _("This is not a year of birth."),
        "agreement": _("A name is kept only if the person agrees: write “oui” in “accord”."),
        "phone": _("This is not a mobile number: it begins with 06 or 07."),
        "phone_name": _("The telephone is kept with a first name: write it too."),
        "double": _("This voucher is already on a line above."),
    }[line.problem]
