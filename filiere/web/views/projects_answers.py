"""The question bank of a project: one page a question, three lengths side by side."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiere.kernel.errors import FiliereError, NotFound
from filiere.projects import queries, services
from filiere.projects.errors import AnswerChanged
from filiere.projects.forms import question_bank
from filiere.projects.queries import PresentAnswer
from filiere.rules.funder_forms.shape import Question
from filiere.web import project_words as say
from filiere.web.access import page, user_of
from filiere.web.money_words import actor_names
from filiere.web.numbers import whole
from filiere.web.project_access import (
    SEE,
    WRITE,
    HeldProject,
    held_project,
    my_projects,
)

MOST_PROJECTS = 50


@require_safe
@page(SEE)
def project_questions(request: HttpRequest, ref: int) -> HttpResponse:
    """List the questions funders ask, by theme, and what is answered; ``?reste=1``: the others."""
    held = held_project(request, ref)
    answers = queries.answers_of(ref)
    left_only = bool(request.GET.get("reste"))
    themes = []
    for key, label in say.THEMES.items():
        asked = [one for one in question_bank().values() if one.theme == key]
        rows = [
            (one, say.said(one.label), _lengths(one, answers.get(one.key, {})))
            for one in asked
            if not (left_only and one.key in answers)
        ]
        done = sum(one.key in answers for one in asked)
        themes.append((label, rows, done, len(asked)))
    every = list(question_bank())
    context = {
        "held": held,
        "project": held.project,
        "themes": [one for one in themes if one[1]],
        "answered": len([key for key in every if key in answers]),
        "asked": len(every),
        "left_only": left_only,
        "first_left": next((key for key in every if key not in answers), ""),
        "others": my_projects(request).exclude(pk=ref)[:MOST_PROJECTS] if held.can_edit else [],
    }  # fmt: skip
    return render(request, "projects/questions.html", context)


def _lengths(question: Question, texts: Any) -> list[tuple[str, bool]]:
    """Name the lengths a question is asked in, and whether each is written."""
    return [(str(say.LENGTHS[length]), length in texts) for length in question.limits]


@dataclass(frozen=True, slots=True)
class Box:
    """One length of one answer, as the page shows it.

    Attributes:
        text: what is in the box: what is saved, or what was typed and refused.
        over: how many characters more than funders take.
    """

    length: str
    label: str
    limit: int
    text: str
    number: int
    author: str
    answer: PresentAnswer | None

    @property
    def size(self) -> int:
        """Count its characters."""
        return len(self.text)

    @property
    def over(self) -> int:
        """Count the characters funders would cut."""
        return max(0, self.size - self.limit)


@require_http_methods(["GET", "HEAD", "POST"])
@page(SEE)
def project_question(request: HttpRequest, ref: int, key: str) -> HttpResponse:
    """Show one question in its three lengths; save one of them."""
    held = held_project(request, ref, edit=request.method == "POST")
    question = question_bank().get(key)
    if question is None:
        raise NotFound(reference=key)
    length, typed = request.POST.get("length", ""), request.POST.get("text", "")
    refusal, status = None, 200
    if request.method == "POST":
        try:
            _save(request, ref, question, length=length, text=typed)
        except AnswerChanged as conflict:
            return _conflict(request, held, question, length, conflict)
        except FiliereError as found:
            refusal, status = found, found.http_status
        else:
            return redirect("project_question", ref=ref, key=key)
    boxes = boxes_of(ref, question, typed={length: typed} if refusal else {})
    context = _around(key) | {
        "held": held,
        "project": held.project,
        "question": question,
        "label": say.said(question.label),
        "help": say.said(question.help),
        "theme": say.THEMES[question.theme],
        "boxes": boxes,
        "now": next((one.length for one in boxes if not one.text), ""),
        "history": _history(ref, key),
        "refusal": refusal,
    }
    return render(request, "projects/question.html", context, status=status)


def _save(request: HttpRequest, ref: int, question: Question, *, length: str, text: str) -> None:
    services.save_answer(
        project_id=ref,
        question=question.key,
        length=length,
        text=text,
        number=whole(request.POST.get("number", "")) or 0,
        at=timezone.now(),
        actor=user_of(request).actor,
    )
    over = len(text.replace("\r\n", "\n").strip()) - question.limits.get(length, 0)  # type: ignore[call-overload]
    if over > 0:
        words = ngettext(
            "It is saved, with %(over)s character too many: forms will cut it or say so.",
            "It is saved, with %(over)s characters too many: forms will cut it or say so.",
            over,
        )
        messages.warning(request, words % {"over": over})
    else:
        messages.success(request, _("It is saved."))


def boxes_of(ref: int, question: Question, *, typed: dict[str, str]) -> list[Box]:
    """Give the boxes of a question, each with what is saved or what was typed."""
    present = queries.present_answers(ref, question.key)
    names = actor_names(one.author for one in present.values())
    boxes = []
    for length, limit in question.limits.items():
        answer = present.get(length)
        boxes.append(
            Box(
                length=length,
                label=str(say.LENGTHS[length]),
                limit=limit,
                text=typed.get(length, answer.text if answer else ""),
                number=answer.number if answer else 0,
                author=names[answer.author] if answer else "",
                answer=answer,
            )
        )
    return boxes


def _around(key: str) -> dict[str, str]:
    """Give the questions before and after one, blank at the ends."""
    keys = list(question_bank())
    at = keys.index(key)
    return {
        "before": keys[at - 1] if at else "",
        "after": keys[at + 1] if at + 1 < len(keys) else "",
    }


def _history(ref: int, key: str) -> list[tuple[Any, str, str]]:
    """Give what an answer said before, who wrote it and in which length."""
    versions = queries.answer_versions(ref, key)
    names = actor_names(one.author for one in versions)
    return [(one, names[one.author], str(say.LENGTHS[one.answer.length])) for one in versions]


def _conflict(
    request: HttpRequest,
    held: HeldProject,
    question: Question,
    length: str,
    conflict: AnswerChanged,
) -> HttpResponse:
    """Show both texts and keep both: theirs in the history, yours in the box to be saved."""
    yours = conflict.yours
    context = {
        "held": held,
        "project": held.project,
        "question": question,
        "label": say.said(question.label),
        "length": length,
        "length_words": say.LENGTHS[length],
        "limit": question.limits.get(length, 0),  # type: ignore[call-overload]
        "theirs": conflict.theirs,
        "yours": yours,
        "joined": f"{conflict.theirs}\n\n{yours}",
        "author": actor_names([conflict.author])[conflict.author],
        "number": conflict.number,
        "refusal": conflict,
    }
    return render(request, "projects/answer_conflict.html", context, status=conflict.http_status)


@require_POST
@page(WRITE)
def project_answers_copy(request: HttpRequest, ref: int) -> HttpResponse:
    """Copy the answers of another of one's projects; what is already written stays."""
    held_project(request, ref, edit=True)
    other = whole(request.POST.get("projet", "")) or 0
    from_ = held_project(request, other).project
    done = services.copy_answers(
        from_id=from_.pk, to_id=ref, at=timezone.now(), actor=user_of(request).actor
    )
    words = ngettext(
        "%(count)s answer copied from “%(title)s”.",
        "%(count)s answers copied from “%(title)s”.",
        len(done.copied),
    ) % {"count": len(done.copied), "title": from_.title}
    if done.kept:
        kept = ngettext(
            "%(count)s was already written here and stays.",
            "%(count)s were already written here and stay.",
            len(done.kept),
        ) % {"count": len(done.kept)}
        words = f"{words} {kept}"
    messages.success(request, words)
    return redirect("project_questions", ref=ref)
