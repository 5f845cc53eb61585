"""The finder: need, where, when, how to come, then the places, ranked and explained.

A step is answered when the address says ``etape`` with its number; the answers stay in the address.
"""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from filiere.orientation import services as orientation
from filiere.orientation.models import UnmetCause
from filiere.web.access import public
from filiere.web.answers import Answers, read_answers
from filiere.web.finder_words import page_of
from filiere.web.forms.finder import ComingForm, CommuneForm, MomentsForm, NeedForm, initial_of
from filiere.web.guessing import guess

SHEET_PLACES = 4
COUNTED = "unmet_counted"


@dataclass(frozen=True, slots=True)
class Step:
    """One question: its page, its title on the thread, its form, and the answers it gives."""

    name: str
    title: str | Promise
    form: type[Form]
    template: str
    gives: tuple[str, ...]


STEPS = (
    Step("finder_need", gettext_lazy("Your need"), NeedForm, "finder/need.html",
         ("besoin", "demarche")),
    Step("finder_commune", gettext_lazy("Your commune"), CommuneForm, "finder/commune.html",
         ("commune",)),
    Step("finder_moments", gettext_lazy("Your free moments"), MomentsForm, "finder/moments.html",
         ("quand", "moment")),
    Step("finder_coming", gettext_lazy("How to come"), ComingForm, "finder/coming.html",
         ("venir", "acces")),
)  # fmt: skip


@require_safe
@public
def need(request: HttpRequest) -> HttpResponse:
    """Step 1: what for. Words typed on the front page may already say it."""
    written = request.GET.get("q", "").strip()[:120]
    found = guess(written)
    if found:
        if found.need.key == "unsure":
            return redirect("diagnosis")
        answers = Answers(need=found.need, procedure=found.procedure)
        return redirect(answers.url("finder_commune"))
    if written:
        words = _("We did not recognise “%(text)s”. Choose what comes closest.")
        messages.info(request, words % {"text": written})
    return _step(request, 1)


@require_safe
@public
def commune(request: HttpRequest) -> HttpResponse:
    """Step 2: where."""
    return _step(request, 2)


@require_safe
@public
def moments(request: HttpRequest) -> HttpResponse:
    """Step 3: when."""
    return _step(request, 3)


@require_safe
@public
def coming(request: HttpRequest) -> HttpResponse:
    """Step 4: how."""
    return _step(request, 4)


def _step(request: HttpRequest, number: int) -> HttpResponse:
    """Ask one question, or go on when it is answered; what comes before is asked first."""
    step, answers = STEPS[number - 1], read_answers(request.GET)
    if _first_missing(answers) < number:
        return redirect(answers.url(STEPS[_first_missing(answers) - 1].name))
    editing = request.GET.get("modifier") == "1"
    answered = request.GET.get("etape") == str(number)
    form = step.form(request.GET if answered else None, initial=initial_of(answers))
    if answered and form.is_valid():
        return redirect(_next(number, answers, form, editing=editing))
    context = {
        "form": form,
        "number": number,
        "steps": [{"label": one.title, "url": answers.url(one.name)} for one in STEPS],
        "kept": answers.pairs(*step.gives),
        "editing": editing,
    }
    return render(request, step.template, context, status=422 if answered else 200)


def _first_missing(answers: Answers) -> int:
    """Number of the first step nobody can skip, 5 when both answers are there."""
    if answers.need is None:
        return 1
    return 2 if answers.commune is None else len(STEPS) + 1


def _next(number: int, answers: Answers, form: Form, *, editing: bool) -> str:
    """Give the address that follows an answer: the next step, or the results when editing."""
    given = QueryDict(mutable=True)
    for name, value in answers.pairs(*STEPS[number - 1].gives):
        given.appendlist(name, value)
    for name in STEPS[number - 1].gives:
        value = form.cleaned_data.get(name, "")
        given.setlist(name, value if isinstance(value, list) else [value])
    changed = read_answers(given)
    if answers.need == changed.need:
        changed = replace(changed, procedure=answers.procedure)
    if number == 1 and changed.need and changed.need.key == "unsure" and not editing:
        return replace(changed, need=None).url("diagnosis")
    if _first_missing(changed) > len(STEPS) and (editing or number == len(STEPS)):
        return changed.url("results")
    return changed.url(STEPS[number].name)


@require_safe
@public
def results(request: HttpRequest) -> HttpResponse:
    """The places, ranked, with the reason of each rank; or the soonest elsewhere."""
    answers, at = read_answers(request.GET), timezone.now()
    if _first_missing(answers) <= len(STEPS):
        return redirect(answers.url(STEPS[_first_missing(answers) - 1].name))
    page = page_of(answers, at)
    if page.finding.reason_if_none:
        _count_unmet(request, answers, page.finding.reason_if_none)
    context = {"page": page, "territory_name": page.territory}
    return render(request, "finder/results.html", context)


@require_safe
@public
def sheet(request: HttpRequest) -> HttpResponse:
    """The first places on one sheet of paper, or only the one asked for."""
    answers = read_answers(request.GET)
    if _first_missing(answers) <= len(STEPS):
        return redirect(answers.url(STEPS[_first_missing(answers) - 1].name))
    page = page_of(answers, timezone.now(), with_map=False)
    wanted = request.GET.get("lieu", "")
    cards = [card for card in page.cards if str(card.option.place_id) == wanted]
    context = {
        "page": page,
        "cards": cards or page.cards[:SHEET_PLACES],
        "back_url": answers.url("results"),
    }
    return render(request, "finder/sheet.html", context)


@require_POST
@public
def unmet(request: HttpRequest) -> HttpResponse:
    """Count a need that no place shown meets."""
    answers = read_answers(request.POST)
    if _first_missing(answers) <= len(STEPS):
        return redirect(answers.url(STEPS[_first_missing(answers) - 1].name))
    _count_unmet(request, answers, UnmetCause.NONE_SUITS)
    messages.success(request, _("It is counted: it helps to show where help is missing."))
    return redirect(answers.url("results"))


def _count_unmet(request: HttpRequest, answers: Answers, cause: UnmetCause) -> None:
    """Count a need without answer once for a visitor, a need and a commune."""
    if answers.need is None or answers.commune is None:
        return
    mark = f"{answers.need.key}:{answers.commune.code}"
    counted = list(request.session.get(COUNTED, []))
    if mark not in counted:
        orientation.record_unmet(
            commune_id=answers.commune.pk, need=answers.need.key, cause=cause, at=timezone.now()
        )
        request.session[COUNTED] = [*counted, mark]
