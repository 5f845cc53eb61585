"""What the law allows, for everyone: decision aids by theme, one aid, its note to print.

Nothing is stored: the answers stand in the address, which can be kept or sent.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.signatures import verified_keys
from filiere.rules.assistants.case import Assistant
from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Advice, Theme, Verdict
from filiere.web import law_words as say
from filiere.web.access import public
from filiere.web.forms.law import DAY, QuestionsForm
from filiere.web.law_papers import note_pdf


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the path taken, ready to read."""

    words: str
    side: str | Promise
    tone: str
    source: str
    trust: str | Promise
    since: date
    is_to_verify: bool
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One reading of an address: the form, and the advice when what was typed can be read."""

    assistant: Assistant
    form: QuestionsForm
    on: date
    today: date
    advice: Advice | None

    @property
    def is_answered(self) -> bool:
        """Tell whether there is an answer to show."""
        return self.advice is not None and self.advice.verdict != Verdict.UNKNOWN


def _assistant(key: str) -> Assistant:
    found = all_assistants().get(key)
    if found is None:
        raise NotFound(reference=key)
    return found


def asked(request: HttpRequest, key: str) -> Asked:
    """Read the answers of an address and judge them by the rules of the day asked.

    Raises:
        NotFound: no assistant has this name.
    """
    assistant = _assistant(key)
    today = legal_day(timezone.now())
    data = request.GET.dict() if request.GET else None
    form = QuestionsForm(data, sheet=assistant.sheet, language=say.language())
    if data is None or not form.is_valid():
        return Asked(assistant, form, today, today, None)
    on = form.cleaned_data.get(DAY) or today
    answers = form.answers()
    advice = assistant.judge(answers, on, verified_keys(on)) if answers else None
    return Asked(assistant, form, on, today, advice)


@require_safe
@public
def rules(request: HttpRequest) -> HttpResponse:
    """List the decision aids by theme."""
    here = say.language()
    themes = [
        (
            words,
            [
                (key, one.sheet.title.words(here), one.sheet.intro.words(here))
                for key, one in all_assistants().items()
                if one.sheet.theme == theme
            ],
        )
        for theme, words in ((one, say.THEME_WORDS[one]) for one in Theme)
    ]
    return render(request, "law/list.html", {"themes": themes, "count": len(all_assistants())})


@require_safe
@public
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """Ask the questions of one aid, and answer as soon as they are enough."""
    found = asked(request, key)
    context = _words_of(found) | _answer(found) | {"address": request.get_full_path()}
    context["query"] = request.GET.urlencode()
    status = 422 if found.form.is_bound and found.form.errors else 200
    return render(request, "law/assistant.html", context, status=status)


@require_safe
@public
def rule_note(request: HttpRequest, key: str) -> HttpResponse:
    """Print the answer with its path and sources, for a board or an accountant."""
    found = asked(request, key)
    if found.advice is None or not found.is_answered:
        return rule(request, key)
    content = note_pdf(found.assistant.sheet, found.advice, at=timezone.now())
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="note-{key}-{found.on}.pdf"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def _words_of(found: Asked) -> dict[str, Any]:
    sheet, here = found.assistant.sheet, say.language()
    answers = found.form.answers() if found.form.is_bound else {}
    return {
        "key": sheet.key,
        "title": sheet.title.words(here),
        "intro": sheet.intro.words(here),
        "theme": say.THEME_WORDS[sheet.theme],
        "check_with": sheet.check_with.words(here),
        "form": found.form,
        "fields": [(one, sheet.question(one.name)) for one in found.form.shown(answers)],
        "day_field": found.form[DAY],
        "on": found.on,
        "is_past": found.on != found.today,
    }


def _answer(found: Asked) -> dict[str, Any]:
    advice = found.advice
    if advice is None:
        return {"advice": None, "is_answered": False, "still": [], "headline": "", "verdict": ""}
    here = say.language()
    return {
        "advice": advice,
        "is_answered": found.is_answered,
        "verdict": say.VERDICT_WORDS[advice.verdict],
        "tone": say.VERDICT_TONES[advice.verdict],
        "headline": advice.headline.words(here),
        "still": [(found.form[one.key], one.label.words(here)) for one in advice.still],
        "path": steps_of(advice),
        "would_change": [one.words(here) for one in advice.would_change],
        "figures": [say.figure_of(one) for one in advice.used],
        "to_verify": len(advice.to_verify),
    }


def steps_of(advice: Advice) -> list[Step]:
    """Write the path of an advice."""
    here = say.language()
    return [
        Step(
            words=one.words.words(here),
            side=say.PASSED_WORDS[one.passed][0],
            tone=say.PASSED_WORDS[one.passed][1],
            source=say.source_words(one.source),
            trust=say.CONFIDENCE_WORDS[one.confidence],
            since=one.words.since,
            is_to_verify=one.is_to_verify,
            is_signed=one.is_signed,
        )
        for one in advice.path
    ]
