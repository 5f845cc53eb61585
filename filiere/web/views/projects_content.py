"""What a project file says: its description, partners, calendar and indicators."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiere.kernel.errors import FiliereError
from filiere.projects import services
from filiere.projects.errors import ProjectChanged
from filiere.projects.models import ProjectFile
from filiere.web import project_words as say
from filiere.web.access import page, user_of
from filiere.web.forms.projects import (
    ActionForm,
    DescriptionForm,
    IndicatorForm,
    PartnerForm,
    described,
    read_again,
    rows_of,
)
from filiere.web.project_access import WRITE, held_project


@require_http_methods(["GET", "HEAD", "POST"])
@page(WRITE)
def project_edit(request: HttpRequest, ref: int) -> HttpResponse:
    """Change the description; when somebody else did since, both are shown."""
    held = held_project(request, ref, edit=True)
    one = held.project
    form = DescriptionForm(request.POST or None, initial=described(one))
    theirs: list[tuple[str, str]] = []
    if form.is_valid():
        try:
            services.edit_project(
                project_id=ref,
                edition=form.cleaned_data["edition"],
                at=timezone.now(),
                actor=user_of(request).actor,
                **form.terms(),
            )
        except ProjectChanged as refusal:
            theirs = _now_there(form, ref)
            form.add_error(None, say.told(refusal))
        except FiliereError as refusal:
            form.add_error(None, say.told(refusal))
        else:
            messages.success(request, _("It is saved."))
            return redirect("project", ref=ref)
    context = {"held": held, "project": one, "form": form, "theirs": theirs}
    status = 409 if theirs else 422 if form.errors else 200
    return render(request, "projects/edit.html", context, status=status)


def _now_there(form: DescriptionForm, ref: int) -> list[tuple[str, str]]:
    """Give what is saved now and differs from what was typed; saving again then replaces it."""
    saved = described(ProjectFile.objects.get(pk=ref))
    read_again(form, saved["edition"])
    found = []
    for name, field in form.fields.items():
        if name == "edition":
            continue
        theirs = saved[name]
        shown = ", ".join(say.public_words(theirs)) if name == "publics" else str(theirs)
        yours = (
            form.cleaned_data[name] if name != "territories" else form.data.get(name, "").strip()
        )
        if theirs != yours:
            found.append((str(field.label), shown or "—"))
    return found or [(_("The rest of the file"), _("calendar, partners or indicators"))]


@require_http_methods(["GET", "HEAD", "POST"])
@page(WRITE)
def project_partners(request: HttpRequest, ref: int) -> HttpResponse:
    """Write who takes part, and what they bring."""
    return _edit_list(
        request,
        ref,
        form=PartnerForm,
        kept=lambda one: [
            dict(row) for row in one.partners.order_by("position").values("name", "part")
        ],
        save=lambda rows, **told: services.set_partners(partners=rows, **told),
        words={
            "title": _("Who takes part?"),
            "lead": _(
                "Partners who help without being members of this file: a town hall that lends a"
                " room, a library that sends people. Members are on the team page."
            ),
            "legend": _("Partner"),
            "columns": "grid-two",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(WRITE)
def project_calendar(request: HttpRequest, ref: int) -> HttpResponse:
    """Write what is done when."""
    return _edit_list(
        request,
        ref,
        form=ActionForm,
        kept=lambda one: [
            dict(row)
            for row in one.actions.order_by("position").values(
                "label", "starts_on", "ends_on", "place"
            )
        ],
        save=lambda rows, **told: services.set_calendar(actions=rows, **told),
        words={
            "title": _("What is done when?"),
            "lead": _("The main steps, in the order they begin. Approximate days are enough."),
            "legend": _("Action"),
            "columns": "grid-four",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(WRITE)
def project_indicators(request: HttpRequest, ref: int) -> HttpResponse:
    """Write what will be measured."""
    fields = ("label", "unit", "baseline", "target", "measured", "due_on")
    return _edit_list(
        request,
        ref,
        form=IndicatorForm,
        kept=lambda one: [
            {name: _short(value) for name, value in row.items()}
            for row in one.indicators.order_by("position").values(*fields)
        ],
        save=lambda rows, **told: services.set_indicators(indicators=rows, **told),
        words={
            "title": _("How will you know it worked?"),
            "lead": _("A figure left blank reads “not known yet”, never zero."),
            "legend": _("Indicator"),
            "columns": "grid-three",
        },
    )


def _edit_list(
    request: HttpRequest,
    ref: int,
    *,
    form: type[forms.Form],
    kept: Callable[[ProjectFile], list[dict[str, Any]]],
    save: Callable[..., object],
    words: dict[str, Any],
) -> HttpResponse:
    """Show the rows of a list and a few blank ones; write them anew, in the order of the page."""
    held = held_project(request, ref, edit=True)
    rows = rows_of(form, request.POST or None, kept(held.project), "row")
    refusal, theirs, edition = None, [], held.project.edition
    if request.method == "POST" and rows.is_valid():
        seen = request.POST.get("edition", "")
        try:
            save(
                rows.wanted(),
                project_id=ref,
                edition=int(seen) if seen.isdecimal() and len(seen) < 9 else 0,
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as found:
            refusal = found
            theirs = _told_rows(kept(held.project)) if isinstance(found, ProjectChanged) else []
        else:
            messages.success(request, _("It is saved."))
            return redirect("project", ref=ref)
    elif request.method == "POST":
        typed = request.POST.get("edition", "")
        edition = int(typed) if typed.isdecimal() and len(typed) < 9 else edition
    status = refusal.http_status if refusal else 422 if rows.is_bound else 200
    context = words | {"held": held, "project": held.project, "rows": rows}
    context |= {"refusal": refusal, "theirs": theirs, "edition": edition}
    return render(request, "projects/rows.html", context, status=status)


def _short(value: Any) -> Any:
    """Write a figure without zeros that say nothing; leave the rest."""
    return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value


def _told_rows(rows: list[dict[str, Any]]) -> list[str]:
    """Say in a line each row that is saved now."""
    return [
        ", ".join(str(value) for value in row.values() if value not in (None, "")) for row in rows
    ]
