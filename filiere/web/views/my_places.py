"""The places of the organisation one acts for: hours, telephone, ways in, team, closing."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiere.accounts import queries as accounts
from filiere.accounts.models import Membership, Role
from filiere.agenda import queries as agenda
from filiere.directory import queries as directory
from filiere.directory import services, stating
from filiere.directory.models import ClosingReason, Fact, Place, Worker
from filiere.kernel.calendar import bounds_of_day, legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.operations import staffing
from filiere.web.access import page, user_of
from filiere.web.acting import acting_for
from filiere.web.forms.my_places import ClosePlaceForm, FactsForm
from filiere.web.hours import hours_words
from filiere.web.numbers import whole
from filiere.web.place_words import labels
from filiere.web.steps import ask_then_act

RUN, CLOSE = "directory.run_place", "directory.close_place"
ROWS = 20
RECEIVING = (Role.MEDIATOR, Role.MANAGER)


def own_place(request: HttpRequest, pk: int, action: str = RUN) -> Place:
    """Find a place, if one may do ``action`` with it."""
    found = Place.objects.select_related("organisation", "commune").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, action, found)
    return found


@require_safe
@page(RUN)
def my_places(request: HttpRequest) -> HttpResponse:
    """List the places of the organisation one acts for."""
    organisation = acting_for(request)
    found = directory.places_of(organisation.pk)
    context = {
        "organisation": organisation,
        "shown": Paginator(found, ROWS).get_page(request.GET.get("page")),
    }
    return render(request, "my_places/list.html", context)


@require_safe
@page(RUN)
def my_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a place says of itself, who receives people there, and what to do."""
    place = own_place(request, pk)
    workers = list(directory.workers_of(pk))
    there = {one.user_id for one in workers}
    team = {
        one.user_id: one.user
        for one in accounts.members_of(place.organisation_id)
        if one.role in RECEIVING and one.user_id not in there
    }
    context = {
        "place": place,
        "hours": hours_words(place.opening_hours, legal_day(timezone.now())),
        "access_modes": labels("modalites_acces", place.access_modes),
        "stated": _stated(place),
        "workers": workers,
        "team": list(team.values()),
        "decisions": directory.decisions_on(pk)[:ROWS],
    }
    return render(request, "my_places/place.html", context)


def _stated(place: Place) -> dict[str, dict[str, Any]]:
    """Give, for each fact, what the place states of it, if it does, and what its source says."""
    found: dict[str, dict[str, Any]] = {fact: {"one": None, "said": ""} for fact in Fact.values}
    for one in place.statements.order_by("fact"):
        said = one.imported
        if one.fact == Fact.ACCESS_MODES:
            said = ", ".join(labels("modalites_acces", said))
        found[one.fact] = {"one": one, "said": said}
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@page(RUN)
def my_place_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """State hours, telephone and ways in; the source's words are kept beside."""
    place = own_place(request, pk)
    form = FactsForm(place, request.POST or None, language=get_language() or "fr")
    if request.method == "POST" and form.is_valid():
        try:
            changed = stating.state_facts(
                place=place, facts=form.facts(), at=timezone.now(), actor=user_of(request).actor
            )
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            words = _("It is noted and shown to everyone.") if changed else _("Nothing changed.")
            messages.success(request, words)
            return redirect("my_place", pk=pk)
    context = {"place": place, "form": form}
    return render(request, "my_places/facts.html", context, status=422 if form.errors else 200)


@require_POST
@page(RUN)
def statement_withdraw(request: HttpRequest, pk: int, fact: str) -> HttpResponse:
    """Show the source's word again."""
    place = own_place(request, pk)
    if fact not in Fact.values:
        raise NotFound(reference=fact)
    stating.withdraw_statement(
        place=place, fact=Fact(fact), at=timezone.now(), actor=user_of(request).actor
    )
    messages.success(request, _("What the source says is shown again."))
    return redirect("my_place", pk=pk)


@require_POST
@page(RUN)
def worker_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a member of the team receive people at this place."""
    place = own_place(request, pk)
    held = Membership.objects.select_related("user").filter(
        organisation=place.organisation_id, ended_on=None, role__in=RECEIVING,
        user=whole(request.POST.get("user", "")) or 0,
    ).order_by("pk").first()  # fmt: skip
    if held is None:
        messages.error(request, _("Nothing was saved. Choose someone of the team."))
        return redirect("my_place", pk=pk)
    try:
        staffing.receive_at(
            place=place, user=held.user, at=timezone.now(), actor=user_of(request).actor,
            profession=request.POST.get("profession", "").strip()[:80],
        )  # fmt: skip
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is noted. This person can now open hours here."))
    return redirect("my_place", pk=pk)


@require_POST
@page(RUN)
def worker_remove(request: HttpRequest, pk: int, worker: int) -> HttpResponse:
    """Say that someone receives people here no more."""
    place = own_place(request, pk)
    found = Worker.objects.filter(pk=worker, place=place).first()
    if found is None:
        raise NotFound(reference=worker)
    at = timezone.now()
    services.remove_worker(
        worker_id=found.pk, on=legal_day(at), at=at, actor=user_of(request).actor
    )
    messages.success(
        request, _("It is noted. Hours already open stay: close those you do not keep.")
    )
    return redirect("my_place", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@page(CLOSE)
def place_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how many hours and people it touches, then close."""
    place, at = own_place(request, pk, CLOSE), timezone.now()
    today = legal_day(at)
    form = ClosePlaceForm(request.POST or None, today=today, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        services.close_place(
            place=place, on=form.cleaned_data["on"],
            because=ClosingReason(form.cleaned_data["because"]), at=at,
            actor=user_of(request).actor,
        )  # fmt: skip
        messages.success(request, _("The place is closed. Nobody is sent there any more."))
        return redirect("place", pk=pk)
    first, _after = bounds_of_day(today)
    context = {
        "place": place, "form": form, "hours": agenda.open_hours_of(pk, start=first),
    }  # fmt: skip
    return render(request, "my_places/close.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(CLOSE)
def place_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then open a closed place again; the cancelled hours do not come back."""
    place = own_place(request, pk, CLOSE)
    context = {
        "title": _("Open “%(place)s” again?") % {"place": place.name},
        "consequence": _(
            "It is found again by everyone. The hours cancelled by the closing do not come back."
        ),
        "label": _("Open this place again"),
        "danger": False,
        "back_url": reverse("place", args=[pk]),
    }
    reopen = partial(
        services.reopen_place, place=place, at=timezone.now(), actor=user_of(request).actor
    )
    done = _("The place is open again. Open hours so that people can book.")
    return ask_then_act(request, context, reopen, done=done)
