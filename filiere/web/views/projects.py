"""The project files one works on: the list, a new one, the home of one, its start and its end."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.kernel.calendar import add_months, legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.projects import queries, services
from filiere.projects.models import ProjectFile, ProjectState
from filiere.web import project_words as say
from filiere.web.access import page, user_of
from filiere.web.acting import acting_for
from filiere.web.forms.projects import DescriptionForm
from filiere.web.project_access import (
    OPEN,
    RUN,
    SEE,
    carried_ids,
    held_project,
    may_open,
    my_projects,
)
from filiere.web.project_home import next_step, parts_of, tools_of
from filiere.web.steps import ask_then_act

ROWS = 20
WARN_MONTHS = 2


@require_safe
@page(SEE)
def projects(request: HttpRequest) -> HttpResponse:
    """List the files one works on; ``?tous=1`` shows those that have ended too."""
    every = bool(request.GET.get("tous"))
    mine = my_projects(request)
    open_ones = mine.filter(state__in=[ProjectState.DRAFT, ProjectState.RUNNING])
    shown = Paginator(mine if every else open_ones, ROWS).get_page(request.GET.get("page"))
    today = legal_day(timezone.now())
    rows = queries.rows_of(list(shown), on=today)
    context = {
        "shown": shown,
        "rows": [(row, say.STATES[row.project.state], say.STATE_TONES[row.project.state])
                 for row in rows],
        "every": every,
        "has_ended": mine.count() > open_ones.count(),
        "may_open": may_open(request) and bool(carried_ids(request)),
    }  # fmt: skip
    return render(request, "projects/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(OPEN)
def project_new(request: HttpRequest) -> HttpResponse:
    """Open a file for the organisation acted for: a title and two days are enough."""
    organisation = acting_for(request)
    require(request.user, OPEN, organisation)
    form = DescriptionForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.open_project(
                carrier_id=organisation.pk,
                **form.terms(),
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error(None, say.told(refusal))
        else:
            return redirect("project", ref=made.pk)
    context = {"form": form, "organisation": organisation}
    return render(request, "projects/new.html", context, status=422 if form.errors else 200)


@require_safe
@page(SEE)
def project(request: HttpRequest, ref: int) -> HttpResponse:
    """Show where a file stands: its cost and gap, what is missing, the one next step."""
    held = held_project(request, ref)
    one, today = held.project, legal_day(timezone.now())
    progress = queries.progress_of(one)
    ending = queries.ending(ref, on=today, until=add_months(today, WARN_MONTHS))
    territories = one.territories.order_by("folded", "code").values_list("name", flat=True)
    context = {
        "held": held,
        "project": one,
        "state": say.STATES[one.state],
        "tone": say.STATE_TONES[one.state],
        "progress": progress,
        "parts": parts_of(one, progress),
        "tools": tools_of(one),
        "next": next_step(one, progress) if held.can_edit else None,
        "ending": [(late, late.expires_on < today, say.ATTACHMENTS[late.kind])
                   for late in ending if late.expires_on],
        "ending_tone": "error" if any(one.expires_on and one.expires_on < today for one in ending) else "info",
        "calls": queries.calls_of(ref, on=today)[:3],
        "members": one.members.select_related("organisation", "user").order_by("-is_lead", "pk"),
        "territories": list(territories),
        "publics": say.public_words(one.publics),
        "versions": one.versions.defer("content").order_by("-number")[:3],
        "moves": _moves(one) if held.can_run else [],
    }  # fmt: skip
    return render(request, "projects/project.html", context)


def _moves(project: ProjectFile) -> list[tuple[str, str]]:
    """Give the states one may ask for, each with the words of its link."""
    words = {
        ProjectState.RUNNING.value: _("Start the project"),
        ProjectState.CLOSED.value: _("Close the project"),
        ProjectState.ABANDONED.value: _("Give the project up"),
    }
    after = services.next_states(project.state)
    return [(state, label) for state, label in words.items() if state in after]


@require_http_methods(["GET", "HEAD", "POST"])
@page(RUN)
def project_move(request: HttpRequest, ref: int, state: str) -> HttpResponse:
    """Say what starting, closing or giving up means, then do it."""
    held = held_project(request, ref, run=True)
    words = _move_words(held.project, state)
    act = partial(
        services.move_project,
        project_id=ref,
        state=state,
        at=timezone.now(),
        actor=user_of(request).actor,
    )
    return ask_then_act(request, words, act, done=_("It is noted."))


def _move_words(project: ProjectFile, state: str) -> dict[str, Any]:
    consequences = {
        ProjectState.RUNNING.value: (
            _("Start “%(title)s”?"),
            _("Its money is spent from now on. The file can still be written in."),
            _("Start the project"),
        ),
        ProjectState.CLOSED.value: (
            _("Close “%(title)s”?"),
            _("The file changes no more. Payments still to come can be noted."),
            _("Close the project"),
        ),
        ProjectState.ABANDONED.value: (
            _("Give “%(title)s” up?"),
            _("The file changes no more, and stays to be read or copied. This is not undone."),
            _("Give the project up"),
        ),
    }
    if state not in consequences:
        raise NotFound(reference=state)
    title, consequence, label = consequences[state]
    return {
        "title": title % {"title": project.title},
        "consequence": consequence,
        "label": label,
        "danger": state == ProjectState.ABANDONED,
        "back_url": reverse("project", args=[project.pk]),
    }
