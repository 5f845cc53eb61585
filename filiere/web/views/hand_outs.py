"""Handing vouchers out from a sheet: send it, read what is wrong line by line, or that it is done."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from filiere.kernel.errors import FiliereError
from filiere.operations.referring import sender_of
from filiere.vouchers import services
from filiere.web.access import page, user_of


class SheetForm(forms.Form):
    """One file."""

    sheet = forms.FileField(
        label=gettext_lazy("Sheet (CSV)"),
        help_text=gettext_lazy("At most 2,000 lines. It is read and not kept."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
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
                organisation_id=sender_of(user),
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
        "double": _("This voucher is already on a line above."),
    }[line.problem]
