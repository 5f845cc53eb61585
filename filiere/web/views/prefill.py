"""A procedure of Démarche numérique opened with what a form already says. Nothing is fetched."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiere.rules.funder_forms.prefill import (
    PrefillLink,
    ProcedureUnreadable,
    prefill_link,
    suggested_pairs,
    values_of,
)
from filiere.web import funder_form_words as say
from filiere.web.access import page
from filiere.web.forms.prefill import PairsForm, ProcedureForm
from filiere.web.project_access import SEE
from filiere.web.views.funder_forms import METHODS, OpenForm, open_form


@require_http_methods(METHODS)
@page(SEE)
def project_form_prefill(request: HttpRequest, ref: int, pk: int, key: str) -> HttpResponse:
    """Ask for the procedure and its schema, suggest which field fills which, give the link."""
    shown = open_form(request, ref, pk, key)
    form = ProcedureForm(request.POST or None, request.FILES or None)
    pairs: PairsForm | None = None
    link: PrefillLink | None = None
    if form.is_valid():
        pairs = _pairs(request, shown, form)
        link = _link(shown, form, pairs)
    context: dict[str, Any] = shown.around() | {
        "form": form,
        "pairs": pairs,
        "schema": form.cleaned_data.get("schema", "") if form.is_bound else "",
        "link": link,
        "left": [(one.label, say.LEFT[one.why]) for one in link.left] if link else [],
        "labels": _carried(form, link),
    }
    return render(
        request, "funder_forms/prefill.html", context, status=422 if form.errors else 200
    )  # fmt: skip


def _pairs(request: HttpRequest, shown: OpenForm, form: ProcedureForm) -> PairsForm:
    """Take the pairs a person chose; suggest some the first time, or after a new schema."""
    given: dict[str, Any] = {"read": form.fields_read, "spec": shown.spec}
    suggested = suggested_pairs(form.fields_read, shown.spec)
    if "pair_0" in request.POST and not request.FILES:
        chosen = PairsForm(request.POST, suggested=suggested, **given)
        if chosen.is_valid():
            return chosen
    return PairsForm(suggested=suggested, **given)


def _link(shown: OpenForm, form: ProcedureForm, pairs: PairsForm) -> PrefillLink | None:
    values = values_of(shown.filled, pairs.pairs())
    try:
        return prefill_link(form.cleaned_data["start_url"], form.fields_read, values)
    except ProcedureUnreadable:
        form.add_error(
            "start_url", _("Give an address that begins with https, without a question mark.")
        )
        return None


def _carried(form: ProcedureForm, link: PrefillLink | None) -> list[str]:
    """Name the fields that the link fills."""
    if link is None:
        return []
    labels = {one.id: one.label or one.id for one in form.fields_read}
    return [labels[identifier] for identifier in link.carried]
