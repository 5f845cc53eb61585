"""Answers that one form alone asks: kept before it is sent, two editors, what is refused."""

import pytest
from django.db import IntegrityError, transaction

from filiere.projects import queries, services
from filiere.projects.errors import FormAnswerNotPossible, FormAnswersChanged, ProjectEnded
from filiere.projects.models import FormAnswer, Submission
from tests.conftest import AT
from tests.projects.factories import ACT, line, project, source

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    made = project()
    line(made, 2_000_000)
    return source(made, 600_000, kind="foundation")


def save(of, answers, *, editions=None, form_key="foundation"):
    return services.save_form_answers(
        source_id=of.pk, form_key=form_key, answers=answers, editions=editions or {}, **ACT
    )


def kept(of, form_key="foundation"):
    return queries.own_values(queries.form_answers(of.pk, form_key))


def test_save_form_answers_keeps_texts_and_ticks_and_a_second_click_changes_nothing(asked):
    assert save(asked, {"why_this_foundation": " Elle aide\r\nles villes. "}) == 1
    assert save(asked, {"why_this_foundation": "Elle aide\nles villes."}) == 0
    assert kept(asked) == {"why_this_foundation": "Elle aide\nles villes."}
    assert save(asked, {"true_statement": True}, form_key="departement") == 1
    assert kept(asked, "departement") == {"true_statement": True}
    assert FormAnswer.objects.get(form_key="foundation").edition == 1


def test_save_form_answers_takes_away_what_is_emptied(asked):
    save(asked, {"why_this_foundation": "Parce que."})
    assert save(asked, {"why_this_foundation": "  "}, editions={"why_this_foundation": 1}) == 1
    assert kept(asked) == {}


def test_save_form_answers_gives_theirs_and_saves_none_when_somebody_wrote_one_since(asked):
    save(asked, {"why_this_foundation": "Le premier."})
    with pytest.raises(FormAnswersChanged) as refusal:
        save(asked, {"why_this_foundation": "Le second.", "sponsor_inside": "Léa"})
    assert refusal.value.theirs["why_this_foundation"].value == "Le premier."
    assert kept(asked) == {"why_this_foundation": "Le premier."}
    save(asked, {"why_this_foundation": "Le second."}, editions={"why_this_foundation": 1})
    assert kept(asked) == {"why_this_foundation": "Le second."}


def test_save_form_answers_says_that_somebody_took_one_away(asked):
    with pytest.raises(FormAnswersChanged) as refusal:
        save(asked, {"why_this_foundation": "Encore."}, editions={"why_this_foundation": 3})
    assert refusal.value.theirs == {"why_this_foundation": None}


@pytest.mark.parametrize(
    ("form_key", "answers"),
    [
        ("martians", {"why_this_foundation": "x"}),
        ("foundation", {"martian": "x"}),
        ("foundation", {"asked": "100000"}),
        ("foundation", {"why_this_foundation": True}),
        ("foundation", {"why_this_foundation": "x" * 20_001}),
        ("foundation", {"why_this_foundation": "a\0b"}),
        ("departement", {"true_statement": "oui"}),
    ],
)
def test_save_form_answers_refuses_what_the_form_does_not_ask(asked, form_key, answers):
    with pytest.raises(FormAnswerNotPossible):
        save(asked, answers, form_key=form_key)
    assert not FormAnswer.objects.exists()


def test_save_form_answers_refuses_an_ended_project(asked):
    services.move_project(project_id=asked.project_id, state="abandoned", **ACT)
    with pytest.raises(ProjectEnded):
        save(asked, {"why_this_foundation": "x"})


@pytest.mark.parametrize("wrong", [{"field": "Why?"}, {"form_key": ""}, {"edition": 0}])
def test_postgresql_refuses_an_answer_without_shape(asked, wrong):
    given = {"source": asked, "form_key": "epci", "field": "name", "value": "x",
             "written_at": AT, "author": "user:1"} | wrong  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        FormAnswer.objects.create(**given)


def test_forms_of_fills_each_form_with_its_own_request_and_answers(
    asked, django_assert_max_num_queries
):
    other = source(asked.project, 250_000, kind="commune", funder_name="Vitry")
    source(asked.project, 100_000, kind="own", funder_name="Fonds propres")
    save(asked, {"why_this_foundation": "Parce que."})
    with django_assert_max_num_queries(17):
        found = queries.forms_of(asked.project_id, at=AT)
    assert [one.filled.spec.key for one in found] == ["foundation", "commune"]
    assert found[0].filled.values["why_this_foundation"] == "Parce que."
    assert [one.filled.values["asked"] for one in found] == [600_000, 250_000]
    assert [one.sent for one in found] == [None, None]
    services.submit(source_id=other.pk, form_key="epci", **ACT)
    sent = Submission.objects.get()
    assert queries.form_of(other, sent=sent) == "epci"
    assert queries.forms_of(asked.project_id, at=AT)[1].sent == sent
