"""One funder of a project: added, changed, moved on, what it answered."""

from functools import partial
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
from filiere.projects.models import FundingSource, Reply, Scheme, SourceState
from filiere.web import plan_words as say
from filiere.web.access import page, user_of
from filiere.web.formats import euros
from filiere.web.forms.plan import REFUSED, AnswerForm, SourceForm, from_scheme, typed_source
from filiere.web.numbers import whole
from filiere.web.plan_steps import steps_of
from filiere.web.project_access import SEE, WRITE, HeldProject, held_project
from filiere.web.steps import ask_then_act

METHODS = ["GET", "HEAD", "POST"]
# Moves noted in one tap; asking, answers and money have their own pages.
STEPS = (SourceState.COMPLETE, SourceState.EXAMINED, SourceState.CONTRACTED, SourceState.SETTLED,
         SourceState.WITHDRAWN)  # fmt: skip


def source_of(held: HeldProject, pk: int) -> FundingSource:
    """Find a funder of a project.

    Raises:
        NotFound: none of this project has this number.
    """
    found = FundingSource.objects.filter(pk=pk, project=held.project)
    source = found.select_related("scheme", "funder").first()
    if source is None:
        raise NotFound(reference=pk)
    source.project = held.project
    return source


def act(request: HttpRequest) -> dict[str, Any]:
    """Say who acts, and when."""
    return {"actor": user_of(request).actor, "at": timezone.now()}


@require_http_methods(METHODS)
@page(WRITE)
def source_new(request: HttpRequest, ref: int) -> HttpResponse:
    """Add somebody who may pay, by hand or under a scheme (``?dispositif=``)."""
    held = held_project(request, ref, edit=True)
    scheme = Scheme.objects.filter(pk=whole(request.GET.get("dispositif", "")) or 0).first()
    initial = from_scheme(scheme) if scheme else {}
    form = SourceForm(request.POST or None, initial=initial)
    if form.is_valid():
        terms = form.terms()
        if scheme:
            terms |= {"scheme_id": scheme.pk, "funder_id": scheme.funder_id}
        try:
            made = services.add_source(project_id=ref, **terms, **act(request))
        except FiliereError as refusal:
            form.add_error(None, say.told(refusal))
        else:
            messages.success(request, _("Noted. Nobody is asked yet."))
            return redirect("project_source", ref=ref, pk=made.pk)
    context = {"held": held, "project": held.project, "form": form, "scheme": scheme}
    return render(request, "plan/source_form.html", context, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@page(WRITE)
def source_edit(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Change a funder nobody was asked for yet; its chances and its rule, until it answers."""
    held = held_project(request, ref, edit=True)
    source = source_of(held, pk)
    form = SourceForm(
        request.POST or None, initial=typed_source(source),
        only_later=source.state != SourceState.ENVISAGED,
    )  # fmt: skip
    if form.is_valid():
        edition = form.cleaned_data["edition"]
        try:
            services.edit_source(source_id=pk, edition=edition, **form.terms(), **act(request))
        except FiliereError as refusal:
            form.add_error(None, say.told(refusal))
        else:
            messages.success(request, _("Noted."))
            return redirect("project_source", ref=ref, pk=pk)
    context = {"held": held, "project": held.project, "form": form, "source": source,
               "scheme": source.scheme}  # fmt: skip
    return render(request, "plan/source_form.html", context, status=422 if form.errors else 200)


@require_safe
@page(SEE)
def source(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Show where a funder stands, what it pays, when, and the one thing to do next."""
    held = held_project(request, ref)
    one, today = source_of(held, pk), legal_day(timezone.now())
    schedule = queries.schedule_of(pk, on=today)
    parts = one.allocations.select_related("line").order_by("line__position")
    paid = queries.paid_cents(pk)
    context = {
        "held": held,
        "project": held.project,
        "source": one,
        "state": say.state_words(
            one.state, one.kind, left_cents=(one.granted_cents or 0) - paid
        ),
        "tone": say.STATE_TONES[one.state],
        "kind": say.KINDS[one.kind],
        "regime": say.REGIMES[one.regime],
        "parts": list(parts),
        "free": one.amount_cents - sum(part.cents for part in parts),
        "schedule": [(due, say.DUES[due.due.kind]) for due in schedule],
        "payments": list(one.payments.order_by("received_on", "pk")),
        "paid": paid,
        "left": (one.granted_cents or 0) - paid,
        "requests": list(one.submissions.defer("content").order_by("-number")),
        "steps": steps_of(held, one, paid=paid),
    }  # fmt: skip
    return render(request, "plan/source.html", context)


@require_http_methods(METHODS)
@page(WRITE)
def source_ask(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Note that a funder was asked: the file is frozen as it was sent."""
    held = held_project(request, ref, edit=True)
    one = source_of(held, pk)
    words = {
        "title": _("Note that %(funder)s was asked for %(amount)s?")
        % {"funder": one.funder_name, "amount": euros(one.asked_cents, short=True)},
        "consequence": _("The file is kept as it is now, as it was sent. The amount asked changes"
                         " no more."),
        "label": _("It was asked"),
        "back_url": reverse("project_source", args=[ref, pk]),
    }  # fmt: skip
    send = partial(services.submit, source_id=pk, **act(request))
    return ask_then_act(request, words, send, done=_("Noted, with the file as it was sent."))


@require_http_methods(METHODS)
@page(WRITE)
def source_move(request: HttpRequest, ref: int, pk: int, state: str) -> HttpResponse:
    """Note that a file is complete, examined, signed, settled; or set it aside."""
    held = held_project(request, ref, edit=True)
    one = source_of(held, pk)
    if state not in STEPS:
        raise NotFound(reference=state)
    label, consequence = {
        SourceState.COMPLETE: (_("Its file is complete"),
                               _("It says it has everything it needs to decide.")),
        SourceState.EXAMINED: (_("It is examining the file"),
                               _("Nothing changes in the plan until it answers.")),
        SourceState.CONTRACTED: (_("The agreement is signed"),
                                 _("Say next when it pays: cash is counted from it.")),
        SourceState.SETTLED: (_("Everything is settled"),
                              _("Its report was accepted and nothing more is awaited.")),
        SourceState.WITHDRAWN: (_("Set it aside"),
                                _("It pays no line any more, and the gap shows in the plan. This is"
                                  " not undone; it can be added again.")),
    }[SourceState(state)]  # fmt: skip
    words = {
        "title": f"{one.funder_name} · {label}",
        "consequence": consequence,
        "label": label,
        "danger": state == SourceState.WITHDRAWN,
        "back_url": reverse("project_source", args=[ref, pk]),
    }
    move = partial(services.move_source, source_id=pk, state=state, **act(request))
    return ask_then_act(request, words, move, done=_("Noted."))


@require_http_methods(METHODS)
@page(WRITE)
def source_answer(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Note what a funder answered: all, less, more with a reason, nothing."""
    held = held_project(request, ref, edit=True)
    one = source_of(held, pk)
    form = AnswerForm(request.POST or None, initial={"day": legal_day(timezone.now())})
    if form.is_valid():
        try:
            gap = _answered(request, one, form.cleaned_data)
        except FiliereError as refusal:
            form.add_error(None, say.told(refusal))
        else:
            if gap:
                messages.warning(
                    request, _("Noted. The plan now lacks %(amount)s.")
                    % {"amount": euros(gap, short=True)},
                )  # fmt: skip
                return redirect("project_plan", ref=ref)
            messages.success(request, _("Noted."))
            return redirect("project_source", ref=ref, pk=pk)
    context = {"held": held, "project": held.project, "source": one, "form": form}
    return render(request, "plan/answer.html", context, status=422 if form.errors else 200)


def _answered(request: HttpRequest, one: FundingSource, given: dict[str, Any]) -> int:
    """Record an answer on the last request it was sent, or on the source itself."""
    sent = one.submissions.filter(reply=Reply.WAITING).order_by("-number").first()
    refused, cents = given["answer"] == REFUSED, given["amount"]
    if sent is None:
        if refused:
            return services.refuse_source(
                source_id=one.pk, answered_on=given["day"], **act(request)
            )
        return services.record_award(
            source_id=one.pk, granted_cents=cents, answered_on=given["day"],
            raised_because=given["raised_because"], **act(request),
        )  # fmt: skip
    reply = Reply.REFUSED
    if not refused:
        reply = Reply.ACCEPTED if cents >= sent.asked_cents else Reply.REDUCED
    return services.record_reply(
        submission_id=sent.pk, reply=reply, replied_on=given["day"], text=given["text"],
        granted_cents=None if refused else cents, raised_because=given["raised_because"],
        **act(request),
    )  # fmt: skip
