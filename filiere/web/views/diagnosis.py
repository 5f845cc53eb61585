"""A few optional questions, and where they lead. Nothing is stored."""

from dataclasses import asdict, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from filiere.pathways.queries import explain_result
from filiere.rules.diagnosis import DiagnosisResult, load_questionnaire, score
from filiere.rules.links import ServiceKind
from filiere.rules.needs import need as need_of
from filiere.rules.procedures import procedure as procedure_of
from filiere.web.access import public
from filiere.web.answers import Answers, read_answers
from filiere.web.forms.diagnosis import DiagnosisForm


@require_http_methods(["GET", "POST"])
@public
def diagnosis(request: HttpRequest) -> HttpResponse:
    """Ask, then explain: today's answer and a next step."""
    answers = read_answers(request.GET)
    form = DiagnosisForm(
        request.POST if request.method == "POST" else None,
        questionnaire=load_questionnaire(),
        language=get_language() or "fr",
        initial={"procedure": answers.procedure.key if answers.procedure else ""},
    )
    if request.method == "POST" and form.is_valid():
        result = score(form.questionnaire, form.answers, request=form.request)
        return render(request, "diagnosis/result.html", _conclusion(result, form, answers))
    unsure = replace(answers, need=need_of("unsure"))
    context = {"form": form, "skip_url": unsure.url(_following(answers))}
    return render(request, "diagnosis/ask.html", context, status=422 if form.errors else 200)


def _following(answers: Answers) -> str:
    """Name the page that follows: the results when the commune is known."""
    return "results" if answers.commune else "finder_commune"


def _conclusion(
    result: DiagnosisResult, form: DiagnosisForm, answers: Answers
) -> dict[str, object]:
    """Explain the result, and lead to the places that answer it."""
    stuck = procedure_of(form.request.procedure or "")
    if stuck and stuck.service == "employment":
        key = "work"
    else:
        key = "procedure" if result.today is ServiceKind.EMERGENCY else "learn"
    today = replace(answers, need=need_of(key), procedure=stuck)
    later = replace(answers, need=need_of("learn"), procedure=None)
    return {
        "explanation": explain_result(asdict(result)),
        "answered": result.answered,
        "find_url": today.url(_following(answers)),
        "later_url": later.url(_following(answers)) if key != "learn" else "",
    }
