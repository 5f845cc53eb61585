"""What looking for money takes: hours, small grants, alone or together."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.projects import queries, services
from filiere.projects.models import HoursSpent, ProjectFile, SourceState
from filiere.projects.services.sources import SELF_BROUGHT
from filiere.rules.financing import effort as rules
from filiere.web import plan_words as say
from filiere.web.access import page
from filiere.web.formats import date_words, number
from filiere.web.forms.proofs import HoursForm, PoolingForm
from filiere.web.project_access import SEE, WRITE, held_project
from filiere.web.steps import ask_then_act
from filiere.web.views.plan_sources import act

METHODS = ["GET", "HEAD", "POST"]


@require_safe
@page(SEE)
def effort(request: HttpRequest, ref: int) -> HttpResponse:
    """Show hours against euros by funder, how scattered the money is, and pooling."""
    held = held_project(request, ref)
    spent = queries.effort_of(ref)
    files = _files(held.project, spent)
    whole = rules.effort_of(files)
    common = sum(one.minutes for one in spent if one.source is None)
    whole = replace(whole, minutes=whole.minutes + common)
    grants = [(one.funder, one.granted_cents) for one in files if one.granted_cents]
    pooling = PoolingForm(request.GET if "structures" in request.GET else None,
                          initial=_usual(held.project, files))  # fmt: skip
    context = {
        "held": held,
        "project": held.project,
        "can_note": queries.may(held.right, "editor"),
        "rows": [(one, hours(one.minutes), _per_thousand(one.minutes, one.granted_cents or 0))
                 for one in sorted(files, key=lambda one: -one.minutes)],
        "common": hours(common) if common else "",
        "whole": whole,
        "hours": hours(whole.minutes),
        "per_thousand": _per_thousand(whole.minutes, whole.raised_cents),
        "noted": [(one, say.TASKS[one.task], hours(one.minutes)) for one in queries.hours_of(ref)],
        "fragments": rules.fragmentation_of(grants),
        "form": pooling,
        "pooled": _compared(pooling) if pooling.is_valid() else None,
    }  # fmt: skip
    return render(request, "plan/effort.html", context,
                  status=422 if pooling.errors else 200)  # fmt: skip


def _files(project: ProjectFile, spent: list[queries.Effort]) -> list[rules.File]:
    """Give each file written for somebody: asked at least, or some time spent on it."""
    minutes = {one.source.pk: one.minutes for one in spent if one.source}
    found = []
    for one in project.sources.order_by("pk"):
        untouched = one.state in {SourceState.ENVISAGED, SourceState.WITHDRAWN}
        if one.kind in SELF_BROUGHT or (untouched and one.pk not in minutes):
            continue
        granted = 0 if one.state == SourceState.REFUSED else one.granted_cents
        found.append(rules.File(one.funder_name, minutes.get(one.pk, 0), one.asked_cents, granted))
    return found


def hours(minutes: int) -> str:
    """Write a time in hours."""
    return f"{number(minutes // 60)} h" + (f" {minutes % 60:02}" if minutes % 60 else "")


def _per_thousand(minutes: int, cents: int) -> str:
    """Write the time a thousand euros took; blank without any."""
    return hours(round(minutes * 100_000 / cents)) if cents else ""


def _usual(project: ProjectFile, files: list[rules.File]) -> dict[str, Any]:
    """Start the comparison from what was noted."""
    members = project.members.values("organisation").distinct().count()
    timed = [one.minutes for one in files if one.minutes]
    return {"structures": max(2, members), "dossiers": max(1, len(files)),
            "seul": round(sum(timed) / len(timed) / 60) if timed else None}  # fmt: skip


def _compared(form: PoolingForm) -> dict[str, Any]:
    given = form.cleaned_data
    members = {str(rank): given["seul"] * 60 for rank in range(given["structures"])}
    found = rules.compare_pooling(
        alone_minutes=members, common_minutes=given["commun"] * 60,
        own_minutes=given["propre"] * 60, files=given["dossiers"], hour_cents=given["heure"],
    )  # fmt: skip
    return {"found": found, "alone": hours(found.alone_minutes),
            "together": hours(found.pooled_minutes),
            "spared": hours(abs(found.spared_minutes))}  # fmt: skip


@require_http_methods(METHODS)
@page(WRITE)
def hours_new(request: HttpRequest, ref: int) -> HttpResponse:
    """Note the time one day took."""
    held = held_project(request, ref, edit=True)
    sources = [one for one in held.project.sources.order_by("pk") if one.kind not in SELF_BROUGHT]
    form = HoursForm(
        request.POST or None, sources=sources, initial={"day": legal_day(timezone.now())}
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.note_hours(
                project_id=ref, task=given["task"], spent_on=given["day"], minutes=form.minutes(),
                source_id=int(given["source"]) if given["source"] else None,
                is_pooled=given["is_pooled"], **act(request),
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error(None, say.told(refusal))
        else:
            messages.success(request, _("Noted."))
            return redirect("project_effort", ref=ref)
    context = {"held": held, "project": held.project, "form": form}
    return render(request, "plan/hours.html", context, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@page(WRITE)
def hours_removed(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Take away time noted by mistake, once it was shown again."""
    held = held_project(request, ref, edit=True)
    noted = HoursSpent.objects.filter(pk=pk, project=held.project).first()
    if noted is None:
        raise NotFound(reference=pk)
    words = {
        "title": _("Take these %(time)s of %(day)s away?")
        % {"time": hours(noted.minutes), "day": date_words(noted.spent_on)},
        "consequence": _("They will count no more in what looking for money takes."),
        "label": _("Take it away"),
        "danger": True,
        "back_url": reverse("project_effort", args=[ref]),
    }
    return ask_then_act(
        request,
        words,
        lambda: services.remove_hours(hours=noted, **act(request)),
        done=_("Noted."),
    )
