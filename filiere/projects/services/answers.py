"""Answers written by several people at once, without anybody's text being lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from filiere.kernel import services as kernel
from filiere.projects.errors import AnswerChanged, QuestionNotPossible
from filiere.projects.forms import question_bank
from filiere.projects.models import Answer, AnswerLength, AnswerVersion
from filiere.projects.services.locking import hold_project

MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Copied:
    """Keys ``question:length`` that were copied, and those kept because they were already written."""

    copied: tuple[str, ...]
    kept: tuple[str, ...]


@transaction.atomic
def save_answer(
    *,
    project_id: int,
    question: str,
    length: str,
    text: str,
    number: int,
    actor: str,
    at: datetime,
) -> Answer:
    """Write a new version of an answer. The same text again writes nothing.

    Args:
        question: key of the question bank.
        length: one of ``AnswerLength``.
        text: at most 20,000 characters; empty takes the answer away, its versions stay.
        number: the version that was read, 0 when there was none: optimistic lock.

    Raises:
        ProjectEnded: the file changes no more.
        QuestionNotPossible: a key, a length or a text that cannot be kept.
        AnswerChanged: another version was saved since; it carries both texts.
    """
    text = text.replace("\r\n", "\n").strip()
    _require_sound(question, length, text)
    project = hold_project(project_id)
    answer = project.answers.filter(question=question, length=length).first()
    if answer is None:
        if not text:
            return Answer(project=project, question=question, length=length, number=0)
        answer = Answer.objects.create(project=project, question=question, length=length)
    else:
        last = answer.versions.get(number=answer.number)
        if last.text == text:
            return answer
        if number != answer.number:
            raise AnswerChanged(
                number=answer.number, theirs=last.text, yours=text, author=last.author
            )
        answer.number += 1
        answer.save(update_fields=["number"])
    AnswerVersion.objects.create(
        answer=answer, number=answer.number, text=text, written_at=at, author=actor
    )
    kernel.record(
        actor=actor, action="projects.answered", subject=f"project:{project.pk}", at=at,
        question=question, number=answer.number,
    )  # fmt: skip
    return answer


@transaction.atomic
def copy_answers(
    *,
    from_id: int,
    to_id: int,
    actor: str,
    at: datetime,
    questions: Sequence[str] | None = None,
) -> Copied:
    """Copy the answers of one project to another; what is already written there is kept.

    Args:
        questions: keys to copy; None: all.

    Raises:
        ProjectEnded: the file they would be copied to changes no more.
    """
    project = hold_project(to_id)
    texts = AnswerVersion.objects.filter(
        answer__project=from_id, number=F("answer__number")
    ).exclude(text="")
    if questions is not None:
        texts = texts.filter(answer__question__in=questions)
    present = {(one.question, one.length): one for one in project.answers.order_by("pk")}
    empty = set(
        AnswerVersion.objects.filter(
            answer__project=project, number=F("answer__number"), text=""
        ).values_list("answer", flat=True)
    )
    copied, kept = [], []
    found = texts.select_related("answer").order_by("answer__question", "answer__length")
    for one in found:
        key = (one.answer.question, one.answer.length)
        there = present.get(key)
        if there is not None and there.pk not in empty:
            kept.append(":".join(key))
            continue
        save_answer(
            project_id=project.pk, question=key[0], length=key[1], text=one.text,
            number=there.number if there else 0, actor=actor, at=at,
        )  # fmt: skip
        copied.append(":".join(key))
    return Copied(tuple(copied), tuple(kept))


def _require_sound(question: str, length: str, text: str) -> None:
    known = question in question_bank() and length in AnswerLength.values
    if not known or len(text) > MOST_CHARACTERS or "\0" in text:
        raise QuestionNotPossible(most=MOST_CHARACTERS)
