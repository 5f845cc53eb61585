"""A proposal for the plan: whom to ask, for how much, what stands in the way; taken in one tap."""

import hashlib
from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError
from filiere.projects import queries, services
from filiere.projects.models import ProjectFile, SourceState
from filiere.rules.financing.optimum import Objective, Optimum, Problem, optimise
from filiere.rules.financing.wording import Rule
from filiere.web import plan_words as say
from filiere.web.access import page
from filiere.web.project_access import WRITE, held_project
from filiere.web.views.plan_sources import act

METHODS = ["GET", "HEAD", "POST"]


class AimForm(forms.Form):
    """What is sought first."""

    but = forms.ChoiceField(
        label=gettext_lazy("What do you look for first?"),
        choices=list(say.OBJECTIVES.items()),
        widget=forms.RadioSelect,
    )


@require_http_methods(METHODS)
@page(WRITE)
def optimum(request: HttpRequest, ref: int) -> HttpResponse:
    """Propose a plan for the aim chosen (``?but=``); POST takes it, if it is still the same."""
    held = held_project(request, ref, edit=True)
    asked = (request.POST if request.method == "POST" else request.GET).get("but", "")
    aim = Objective(asked) if asked in set(Objective) else None
    rows = queries.sources_of(ref, on=legal_day(timezone.now()))
    context: dict[str, Any] = {
        "held": held,
        "project": held.project,
        "form": AimForm(initial={"but": aim.value if aim else ""}),
        "aims": {value: ("", str(words)) for value, words in say.OBJECTIVE_EXAMPLES.items()},
        "aim": aim.value if aim else "",
        "has_sources": any(not row.is_lost for row in rows) and held.project.lines.exists(),
    }  # fmt: skip
    status = 200
    if aim and context["has_sources"]:
        found, lacks = _best(held.project, aim)
        context |= _told(held.project, found, rows, lacks=lacks)
        if request.method == "POST" and found.plan:
            if request.POST.get("mark") != context["mark"]:
                context["refused"], status = (
                    _("The plan changed since: here is a new proposal."),
                    409,
                )
            else:
                try:
                    return _take(request, held.project, found)
                except FiliereError as refusal:
                    context["refused"], status = say.told(refusal), refusal.http_status
    return render(request, "plan/optimum.html", context, status=status)


def _best(project: ProjectFile, aim: Objective) -> tuple[Optimum, bool]:
    """Solve; when these funders cannot pay everything, solve for what they can."""
    today = legal_day(timezone.now())
    plan = queries.plan_of(project.pk, headroom=queries.free_aid(project.carrier_id, on=today))
    problem = Problem(
        lines=plan.lines, sources=plan.sources, on=today, objective=aim, headroom=plan.headroom,
        pace=queries.cash_book(project, on=today).pace(),
    )  # fmt: skip
    found = optimise(problem)
    if found.plan is not None:
        return found, False
    covered = _coverable(problem, found)
    if covered is None:
        return found, True
    again = optimise(
        Problem(
            lines=problem.lines, sources=problem.sources, on=today, objective=aim,
            headroom=problem.headroom, pace=problem.pace, cover_min=covered,
        )
    )  # fmt: skip
    return (again if again.plan is not None else found), True


def _coverable(problem: Problem, found: Optimum) -> Fraction | None:
    """Give the share of the costs these funders can pay, None when that is not what is missing."""
    for way in found.ways_out:
        if way.rules == (Rule.COSTS_UNCOVERED,):
            kinds = [one == "in_kind" for one in way.sources]
            costs = [sum(one.amount_cents for one in problem.lines if one.is_in_kind == kind)
                     for kind in kinds]  # fmt: skip
            left = min((Fraction(max(0, cost - way.cents), cost) for cost in costs if cost),
                       default=Fraction(0))  # fmt: skip
            return Fraction(int(left * 1000), 1000)
    return None


def _told(
    project: ProjectFile, found: Optimum, rows: list[queries.SourceRow], *, lacks: bool
) -> dict[str, Any]:
    """Say a proposal: each funder with its amount, what binds, what is left out, what to loosen."""
    by_key = {str(row.source.pk): row.source for row in rows}
    names = {key: one.funder_name for key, one in by_key.items()}
    lines = {str(one.pk): one.label for one in project.lines.all()}
    plan = found.plan
    amounts = found.amounts
    chosen = [(by_key[key], cents, say.state_words(by_key[key].state, by_key[key].kind))
              for key, cents in amounts.items()]  # fmt: skip
    left = [
        row.source
        for row in rows
        if str(row.source.pk) not in amounts and row.source.state == SourceState.ENVISAGED
    ]
    cost = plan.cost_cents() if plan else 0
    parts = plan.allocations if plan else ()
    return {
        "found": found,
        "chosen": chosen,
        "total": sum(amounts.values()),
        "missing": max(0, cost - sum(amounts.values())) if lacks else 0,
        "left_out": [(names[one.source], say.LIMITS.get(one.rule, "")) for one in found.left_out],
        "set_aside": [one.funder_name for one in left] if plan else [],
        "binding": [
            (names.get(one.source, say.REGIMES.get(one.source, one.source)),
             say.LIMITS.get(one.rule, one.rule.value), one)
            for one in found.binding
        ],
        "ways": [
            ([say.sentence(words.remedy) for words in way.words], way.cents,
             [names[key] for key in way.sources if key in names])
            for way in found.ways_out
        ] if plan is None else [],
        "parts": [(lines[one.line], names[one.source], one.cents) for one in parts],
        "mark": _mark(found),
    }  # fmt: skip


def _mark(found: Optimum) -> str:
    """Name a proposal by what it says."""
    parts = (
        sorted((one.source, one.line, one.cents) for one in found.plan.allocations)
        if found.plan
        else []
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _take(request: HttpRequest, project: ProjectFile, found: Optimum) -> HttpResponse:
    plan = found.plan
    assert plan is not None  # noqa: S101 - the caller checked it
    aside = services.take_proposal(
        project_id=project.pk,
        amounts={int(key): cents for key, cents in found.amounts.items()},
        parts={(int(one.source), int(one.line)): one.cents for one in plan.allocations},
        sets_aside="aside" in request.POST,
        **act(request),
    )
    words = _("The proposal is now the plan.")
    if aside:
        words += " " + ngettext(
            "%(n)s funder was set aside.", "%(n)s funders were set aside.", len(aside)
        ) % {"n": len(aside)}
    messages.success(request, words)
    return redirect("project_plan", ref=project.pk)
