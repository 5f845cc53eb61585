"""Exceptions and ends of a lot: reach overridden by two people, statement, closing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiere.accounts.models import Role
from filiere.kernel.errors import FiliereError
from filiere.kernel.permissions import memberships
from filiere.vouchers import services
from filiere.vouchers.reach import reach_of
from filiere.web import lot_words as words
from filiere.web.access import page
from filiere.web.forms.lots import ReasonForm
from filiere.web.steps import ask_then_act
from filiere.web.views.lots import CLOSE, METHODS, RUN, act, found_lot


@require_http_methods(METHODS)
@page(RUN)
def override(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to activate a lot in spite of its reach; the reason is published."""
    found = found_lot(request, pk, RUN)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            services.ask_reach_override(
                lot=found, reason=form.cleaned_data["reason"], **act(request)
            )
        except FiliereError as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, _("It is asked. Another person must confirm it."))
            return redirect("lot", pk=pk)
    at = act(request)["at"]
    context = {"lot": found, "form": form, "reach": words.reach_sentence(reach_of(found, at=at))}
    return render(request, "lots/override.html", context, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@page(RUN)
def override_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer, as a second person, for a lot that few people can use."""
    found = found_lot(request, pk, RUN)
    asked = getattr(found, "reach_override", None)
    context: dict[str, Any] = {
        "title": _("Answer for this lot in spite of its reach?"),
        "consequence": _("Reason given: “%(reason)s”. It is published with the lot.")
        % {"reason": asked.reason if asked else _("none yet")},
        "label": _("Answer for it"),
        "danger": False,
        "back_url": reverse("lot", args=[pk]),
    }
    return ask_then_act(
        request,
        context,
        lambda: services.confirm_reach_override(lot=found, **act(request)),
        done=_("It is confirmed. The lot can be activated."),
    )


@require_POST
@page(RUN)
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw up the statement of what became of the lot."""
    found = found_lot(request, pk, RUN)
    try:
        services.draw_statement(lot=found, **act(request))
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The statement is drawn up. Both sides now acknowledge it."))
    return redirect("lot", pk=pk)


@require_POST
@page(RUN)
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Acknowledge the statement for one's own side."""
    found = found_lot(request, pk, RUN)
    roles = {one.role for one in memberships(request.user)}
    try:
        services.acknowledge_statement(
            lot=found,
            side="operator" if Role.OPERATOR in roles else "commissioner",
            **act(request),
        )
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is noted: you have read the statement."))
    return redirect("lot", pk=pk)


@require_http_methods(METHODS)
@page(CLOSE)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close: vouchers expire, what is left goes back to each funder."""
    found = found_lot(request, pk)
    context: dict[str, Any] = {
        "title": _("Close this lot?"),
        "consequence": _(
            "Its vouchers can no longer be used, and what is left goes back to each funder's"
            " tranche. This cannot be undone."
        ),
        "label": _("Close the lot"),
        "danger": True,
        "back_url": reverse("lot", args=[pk]),
    }
    return ask_then_act(
        request,
        context,
        lambda: services.close_lot(lot=found, **act(request)),
        done=_("The lot is closed; what was left is back with its funders."),
    )
