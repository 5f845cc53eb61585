"""The finder: four short steps by GET, the results, the sheet to print, the need that is not met."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from filiere.orientation.models import UnmetCause
from filiere.orientation.services import record_unmet
from filiere.web.access import public
from filiere.web.answers import Answers, read_answers
from filiere.web.finder_words import Page, page_of
from filiere.web.forms.finder import CommuneForm, ComingForm, MomentsForm, NeedForm
from filiere.web.guessing import guess

COUNTED = "needs_counted"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: where it lives, what it asks, which answers it holds, what follows."""

    name: str
    label: str | Promise
    form: type[forms.Form]
    holds: tuple[str, ...]
    following: str


STEPS = (
    Step("finder_need", _("Your need"), NeedForm, ("besoin", "demarche"), "finder_commune"),
    Step("finder_commune", _("Your commune"), CommuneForm, ("commune",), "finder_moments"),
    Step("finder_moments", _("Your free time"), MomentsForm, ("quand", "moment"), "finder_coming"),
    Step("finder_coming", _("Coming"), ComingForm, ("venir", "acces"), "results"),
)


def _step(request: HttpRequest, number: int) -> HttpResponse:
    """Ask one question; a right answer leads to the next, or back to the results."""
    step, answers = STEPS[number - 1], read_answers(request.GET)
    sent = "etape" in request.GET
    initial = {
        "besoin": answers.need.key if answers.need else "",
        "lieu": answers.commune.name if answers.commune else "",
        "quand": answers.when,
        "moment": answers.moment,
        "venir": answers.mode.value,
        "acces": list(answers.access),
    }
    form = step.form(request.GET if sent else None, initial=initial)
    if sent and form.is_valid():
        return redirect(_next(request, step, answers, form))
    context = {
        "form": form,
        "number": number,
        "kept": answers.pairs(*step.holds),
        "steps": [{"label": one.label, "url": answers.url(one.name)} for one in STEPS],
        "editing": "modifier" in request.GET,
    }
    return render(
        request, f"finder/{step.name[7:]}.html", context, status=422 if form.errors else 200
    )


def _next(request: HttpRequest, step: Step, answers: Answers, form: forms.Form) -> str:
    """Give the address that follows, with the answers and this one."""
    address = request.GET.copy()
    for name in ("etape", "lieu", "modifier", *step.holds):
        address.pop(name, None)
    if answers.procedure and form.cleaned_data.get("besoin") == getattr(answers.need, "key", ""):
        address["demarche"] = answers.procedure.key
    for name in step.holds:
        value = form.cleaned_data.get(name) or []
        address.setlist(name, value if isinstance(value, list) else [value])
    if form.cleaned_data.get("besoin") == "unsure":
        return f"{reverse('diagnosis')}?{address.urlencode()}"
    following = "results" if "modifier" in request.GET else step.following
    return f"{reverse(following)}?{address.urlencode()}"


@require_safe
@public
def need(request: HttpRequest) -> HttpResponse:
    """Ask what for; words typed on the home page choose a first answer."""
    words = request.GET.get("q", "").strip()
    if words:
        found = guess(words)
        if found.need is None:
            messages.info(
                request, _now("We did not recognise “%(words)s”. Choose below.") % {"words": words}
            )
            return redirect("finder_need")
        return redirect(Answers(need=found.need, procedure=found.procedure).url("finder_need"))
    return _step(request, 1)


@require_safe
@public
def commune(request: HttpRequest) -> HttpResponse:
    """Ask where."""
    return _step(request, 2)


@require_safe
@public
def moments(request: HttpRequest) -> HttpResponse:
    """Ask when."""
    return _step(request, 3)


@require_safe
@public
def coming(request: HttpRequest) -> HttpResponse:
    """Ask how the person comes."""
    return _step(request, 4)


def _missing(answers: Answers) -> str:
    """Name the step whose answer the results cannot do without; blank when none is missing."""
    if answers.need is None:
        return "finder_need"
    return "" if answers.commune else "finder_commune"


@require_safe
@public
def results(request: HttpRequest) -> HttpResponse:
    """Answer who, how far, when, at what price, how to come, and why in this order."""
    answers = read_answers(request.GET)
    if missing := _missing(answers):
        return redirect(answers.url(missing))
    page = page_of(answers, timezone.now())
    if page.finding.reason_if_none:
        _count_once(request, page)
    return render(request, "finder/results.html", {"page": page, "territory_name": page.territory})


@require_safe
@public
def sheet(request: HttpRequest) -> HttpResponse:
    """Print the places found, or one of them, on one page."""
    answers = read_answers(request.GET)
    if missing := _missing(answers):
        return redirect(answers.url(missing))
    page = page_of(answers, timezone.now(), with_map=False)
    wanted = request.GET.get("lieu", "")
    cards = [card for card in page.cards if not wanted or str(card.option.place_id) == wanted]
    context = {"page": page, "cards": cards[:5], "back_url": answers.url("results")}
    return render(request, "finder/sheet.html", context)


@require_POST
@public
def unmet(request: HttpRequest) -> HttpResponse:
    """Count a need that no place found meets, once per visit."""
    answers = read_answers(request.POST)
    if missing := _missing(answers):
        return redirect(answers.url(missing))
    page = page_of(answers, timezone.now(), with_map=False)
    _count_once(request, page)
    messages.success(
        request,
        _now(
            "It is counted. Whoever organises help in your territory reads these counts, never names."
        ),
    )
    return redirect(answers.url("results"))


def _count_once(request: HttpRequest, page: Page) -> None:
    """Count the need of this visitor, unless this visit already did."""
    finding, asked = page.finding, page.answers.need
    mark = f"{asked.key if asked else ''}:{finding.commune.code}"
    counted = request.session.get(COUNTED, [])
    if mark in counted:
        return
    cause = finding.reason_if_none or UnmetCause.ALL_REFUSED
    record_unmet(
        commune_id=finding.commune.pk, need=mark.split(":")[0], cause=cause, at=timezone.now()
    )
    request.session[COUNTED] = [*counted, mark]
