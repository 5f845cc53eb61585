"""What people would pay: the question, on screen and on paper, and what they answered."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.billing import services
from filiere.billing.models import WillingnessSurvey
from filiere.billing.queries import willingness
from filiere.billing.queries.willingness import KindDemand
from filiere.billing.services.willingness import elsewhere_than
from filiere.directory import queries as directory
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.rules import parameters
from filiere.web import observed_words as say
from filiere.web import price_charts
from filiere.web.access import page, public, user_of
from filiere.web.acting import acting_for
from filiere.web.bookings import qr
from filiere.web.formats import euros, percent
from filiere.web.forms.willingness import AnswerForm, SheetsForm, SurveyForm, price_choices
from filiere.web.rates import refuse_too_many
from filiere.web.steps import ask_then_act
from filiere.web.views.my_places import own_place

RUN = "billing.run_surveys"
METHODS = ["GET", "HEAD", "POST"]
# The price at which the first sentence compares kinds of place, in cents.
COMPARED_CENTS = 1_000


@dataclass(frozen=True, slots=True)
class KindLine:
    """The answers about one kind of place, drawn and in a table."""

    title: str
    demand: KindDemand
    curve: price_charts.Curve | None
    rows: list[list[str]]
    most: str


@require_safe
@public
def results(request: HttpRequest) -> HttpResponse:
    """Show who would pay each price in each kind of place, and who would be left out."""
    today = legal_day(timezone.now())
    found = willingness.demand_by_kind(on=today)
    context = {
        "kinds": [_kind_line(one) for one in found],
        "compared": _compared(found),
        "threshold": parameters.whole("small_cells.threshold", today),
        "few": parameters.whole("willingness.few_answers", today),
        "columns": [
            _("Price"), _("Would pay"), _("Left out"), _("Takings for 100 people"),
        ],
    }  # fmt: skip
    return render(request, "willingness/results.html", context)


def _kind_line(one: KindDemand) -> KindLine:
    words = say.kind_words(one.kind)
    title = _("%(kind)s, imagined from elsewhere") % {"kind": words} if one.imagined else words
    rows = [
        [
            say.amount_words(point.price_cents),
            percent(point.accepting / (point.accepting + point.excluded)),
            percent(point.excluded / (point.accepting + point.excluded)),
            euros(point.takings_cents),
        ]
        for point in one.points
    ]
    return KindLine(title, one, price_charts.curve(one.points), rows, _most(one))


def _most(one: KindDemand) -> str:
    """Say at which price takings are highest, and what is lost there: people."""
    if not one.points:
        return ""
    best = max(one.points, key=lambda point: point.takings_cents)
    if not best.takings_cents:
        return _("At any price asked, nothing would come in.")
    return _(
        "The most money comes in at %(price)s: %(takings)s for 100 people, and %(share)s of them"
        " would go without help."
    ) % {
        "price": euros(best.price_cents, short=True),
        "takings": euros(best.takings_cents, short=True),
        "share": percent(best.excluded / (best.accepting + best.excluded)),
    }


def _compared(found: list[KindDemand]) -> str:
    """Compare, at one price, the kinds of place where people were asked."""
    told = [
        _("%(share)s (%(kind)s)")
        % {
            "share": percent(point.accepting / (point.accepting + point.excluded)),
            "kind": say.kind_words(one.kind, short=True).lower(),
        }
        for one in found
        for point in one.points
        if not one.imagined and point.price_cents == COMPARED_CENTS
    ]
    if not told:
        return ""
    return _("%(amount)s would be accepted by %(shares)s") % {
        "amount": euros(COMPARED_CENTS, short=True),
        "shares": ", ".join(told),
    }


def _survey(ref: str) -> WillingnessSurvey:
    found = willingness.survey_by_ref(ref)
    if found is None:
        raise NotFound(reference=ref)
    return found


def _questions(survey: WillingnessSurvey) -> dict[str, str]:
    """Word both questions: here, and in the other kind of place."""
    if survey.procedure:
        help_words = _("help with “%(name)s”") % {"name": say.procedure_words(survey.procedure)}
    else:
        help_words = _("help with an online procedure")
    other = say.kind_words(elsewhere_than(survey.place_kind))
    return {
        "here": _("Up to how much would you pay here for %(help)s?") % {"help": help_words},
        "elsewhere": _("And for the same help in another kind of place: %(kind)s?")
        % {"kind": other[:1].lower() + other[1:]},
    }


@require_http_methods(METHODS)
@public
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask the two questions; nothing of who answers is kept."""
    survey, at = _survey(ref), timezone.now()
    form = AnswerForm(request.POST or None, **_questions(survey))
    is_open = survey.starts_on <= legal_day(at) <= survey.ends_on
    if form.is_valid():
        refuse_too_many(request, "willingness", at=at)
        here, elsewhere = form.cents()
        try:
            services.answer_survey(
                survey_id=survey.pk, here_cents=here, elsewhere_cents=elsewhere, at=at
            )
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(reverse("willingness_answer", args=[ref]) + "?merci")
    context = {
        "survey": survey, "form": form, "is_open": is_open, "thanks": "merci" in request.GET,
    }  # fmt: skip
    return render(request, "willingness/answer.html", context, status=422 if form.errors else 200)


@require_safe
@public
def paper(request: HttpRequest, ref: str) -> HttpResponse:
    """Give the same questions on one sheet, to tick with a pen."""
    survey = _survey(ref)
    address = request.build_absolute_uri(reverse("willingness_answer", args=[ref]))
    context = {
        "survey": survey,
        "questions": _questions(survey),
        "prices": [words for _value, words in price_choices()],
        "large": "grand" in request.GET,
        "address": address,
        "qr": qr(address),
    }
    return render(request, "willingness/paper.html", context)


@require_http_methods(METHODS)
@page(RUN)
def surveys(request: HttpRequest) -> HttpResponse:
    """List the surveys of the places of one's organisation; open another."""
    at = timezone.now()
    today = legal_day(at)
    organisation = acting_for(request)
    places = [
        (str(one.pk), one.name)
        for one in directory.places_of(organisation.pk)
        if one.closed_on is None
    ]
    form = SurveyForm(request.POST or None, places=places, today=today)
    if form.is_valid():
        typed = form.cleaned_data
        place = own_place(request, int(typed["place"]), RUN)
        try:
            services.open_survey(
                place_id=place.pk, place_kind=typed["place_kind"], procedure=typed["procedure"],
                starts_on=typed["starts_on"], ends_on=typed["ends_on"], at=at,
                actor=user_of(request).actor,
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The survey is ready. Print its sheet, or give its address.")
            )
            return redirect("willingness_surveys")
    context = {
        "organisation": organisation,
        "form": form,
        "has_place": bool(places),
        "rows": [_row(one, today) for one in willingness.surveys_of(organisation.pk)],
    }
    return render(request, "willingness/surveys.html", context, status=422 if form.errors else 200)


def _row(survey: WillingnessSurvey, today: Any) -> dict[str, Any]:
    last_paper = survey.ends_on + services.PAPER_DELAY
    return {
        "survey": survey,
        "about": say.procedure_words(survey.procedure) if survey.procedure else _("any procedure"),
        "is_open": survey.starts_on <= today <= survey.ends_on,
        "is_coming": survey.starts_on > today,
        "takes_paper": survey.starts_on <= today <= last_paper,
        "may_end": survey.ends_on > today,
    }


def _own_survey(request: HttpRequest, pk: int) -> WillingnessSurvey:
    found = WillingnessSurvey.objects.select_related("place").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, RUN, found.place)
    return found


@require_http_methods(METHODS)
@page(RUN)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End a survey before its last day."""
    found, at = _own_survey(request, pk), timezone.now()
    context = {
        "title": _("End this survey today?"),
        "consequence": _(
            "Nobody answers it on screen from tomorrow on. Sheets of paper can still be entered"
            " for 30 days. Its answers are counted from tomorrow on."
        ),
        "label": _("End it today"),
        "danger": True,
        "back_url": reverse("willingness_surveys"),
    }
    return ask_then_act(
        request,
        context,
        lambda: services.close_survey(survey_id=found.pk, at=at, actor=user_of(request).actor),
        done=_("The survey ends today."),
    )


@require_http_methods(METHODS)
@page(RUN)
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a pile of paper sheets, counted price by price."""
    found = _own_survey(request, pk)
    form = SheetsForm(request.POST or None)
    if form.is_valid():
        try:
            kept = services.enter_paper_answers(
                survey_id=found.pk, here=form.counts("here"), elsewhere=form.counts("elsewhere"),
                at=timezone.now(), actor=user_of(request).actor,
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(many)s answers are kept.") % {"many": kept})
            return redirect("willingness_surveys")
    context = {
        "survey": found, "form": form, "questions": _questions(found),
        "here": form.bound("here"), "elsewhere": form.bound("elsewhere"),
    }  # fmt: skip
    return render(request, "willingness/enter.html", context, status=422 if form.errors else 200)
