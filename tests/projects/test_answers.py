"""Answers written by several people: versions, conflicts that lose nothing, copies."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from filiere.projects import queries, services
from filiere.projects.errors import AnswerChanged, ProjectEnded, QuestionNotPossible
from filiere.projects.models import Answer, AnswerVersion
from tests.projects.factories import ACT, project

pytestmark = pytest.mark.django_db
REAL = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
QUESTION = "purpose"


def answer(of, text, *, number=0, length="medium", question=QUESTION, actor="user:1"):
    return services.save_answer(
        project_id=of.pk, question=question, length=length, text=text, number=number,
        actor=actor, at=ACT["at"],
    )  # fmt: skip


def at_once(calls):
    barrier = threading.Barrier(len(calls), timeout=60)

    def run(call):
        try:
            barrier.wait()
            return call()
        except Exception as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_save_answer_adds_a_version_and_shows_the_last():
    made = project()
    first = answer(made, "Un texte")
    answer(made, "  Un texte plus long\r\n", number=first.number)
    answer(made, "Court", length="short")
    assert queries.answers_of(made.pk) == {
        QUESTION: {"medium": "Un texte plus long", "short": "Court"}
    }
    history = Answer.objects.get(length="medium").versions.order_by("-number")
    assert [(one.number, one.text) for one in history] == [
        (2, "Un texte plus long"), (1, "Un texte"),
    ]  # fmt: skip


def test_save_answer_of_the_same_text_writes_nothing_even_from_an_old_page():
    made = project()
    answer(made, "Un texte")
    assert answer(made, "Un texte", number=0).number == 1
    assert AnswerVersion.objects.count() == 1


def test_save_answer_refuses_an_old_version_with_both_texts():
    made = project()
    answer(made, "Premier")
    answer(made, "Le leur", number=1, actor="user:2")
    with pytest.raises(AnswerChanged) as refused:
        answer(made, "Le vôtre", number=1)
    error = refused.value
    assert (error.number, error.theirs, error.yours, error.author) == (
        2, "Le leur", "Le vôtre", "user:2",
    )  # fmt: skip
    assert answer(made, "Les deux", number=error.number).number == 3


@REAL
def test_two_editors_on_one_answer_lose_no_text():
    made = project()
    answer(made, "Premier")
    answers = at_once([lambda n=n: answer(made, f"Texte {n}", number=1) for n in range(4)])
    refused = [one for one in answers if isinstance(one, AnswerChanged)]
    saved = [one for one in answers if isinstance(one, Answer)]
    assert (len(saved), len(refused)) == (1, 3)
    kept = queries.answers_of(made.pk)[QUESTION]["medium"]
    assert {one.theirs for one in refused} == {kept}
    assert {one.yours for one in refused} | {kept} == {f"Texte {n}" for n in range(4)}


@REAL
def test_two_editors_on_an_answer_nobody_wrote_yet_lose_no_text():
    made = project()
    answers = at_once([lambda n=n: answer(made, f"Texte {n}") for n in range(3)])
    assert sum(isinstance(one, AnswerChanged) for one in answers) == 2
    assert AnswerVersion.objects.count() == 1


def test_save_answer_of_nothing_takes_it_away_and_keeps_its_versions():
    made = project()
    assert answer(made, "").pk is None
    answer(made, "Un texte")
    answer(made, "", number=1)
    assert queries.answers_of(made.pk) == {}
    assert AnswerVersion.objects.count() == 2


@pytest.mark.parametrize(
    "fields", [{"question": "aliens"}, {"length": "huge"}, {"text": "x" * 20_001}, {"text": "a\0b"}]
)
def test_save_answer_refuses_what_cannot_be_kept(fields):
    with pytest.raises(QuestionNotPossible):
        answer(project(), **{"text": "Un texte"} | fields)


def test_copy_answers_keeps_what_is_already_written():
    old, new = project(), project()
    answer(old, "Ancien moyen")
    answer(old, "Ancien court", length="short")
    answer(old, "Activités", question="activities", length="short")
    answer(new, "Déjà écrit")
    answer(new, "Effacé", length="short")
    answer(new, "", length="short", number=1)
    done = services.copy_answers(from_id=old.pk, to_id=new.pk, **ACT)
    assert done.kept == (f"{QUESTION}:medium",)
    assert done.copied == ("activities:short", f"{QUESTION}:short")
    assert queries.answers_of(new.pk) == {
        "activities": {"short": "Activités"},
        QUESTION: {"medium": "Déjà écrit", "short": "Ancien court"},
    }
    again = services.copy_answers(from_id=old.pk, to_id=new.pk, **ACT)
    assert again.copied == ()


def test_copy_answers_may_take_some_questions_only_and_refuses_an_ended_file():
    old, new = project(), project()
    answer(old, "Ancien")
    assert services.copy_answers(
        from_id=old.pk, to_id=new.pk, questions=["activities"], **ACT
    ) == services.Copied((), ())
    services.move_project(project_id=new.pk, state="abandoned", **ACT)
    with pytest.raises(ProjectEnded):
        services.copy_answers(from_id=old.pk, to_id=new.pk, **ACT)


def test_a_version_of_an_answer_is_never_changed():
    made = project()
    answer(made, "Un texte")
    with pytest.raises(DatabaseError), transaction.atomic():
        AnswerVersion.objects.update(text="Autre")
