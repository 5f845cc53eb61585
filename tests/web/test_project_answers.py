"""The question bank page by page: lengths, limits, two editors on one answer, copies."""

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Membership, Role
from filiere.projects import queries, services
from filiere.projects.forms import question_bank
from filiere.projects.models import Answer, AnswerVersion
from tests.conftest import AT
from tests.projects.factories import ACT, project
from tests.web.project_scene import carrier
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db
QUESTION = "purpose"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def own():
    organisation, client = carrier()
    return project(carrier_id=organisation.pk, need="Un besoin."), client


def text(page):
    return page.content.decode()


def address(made, key=QUESTION):
    return reverse("project_question", args=[made.pk, key])


def said(words, *, number=0, length="short"):
    return {"length": length, "text": words, "number": number}


def test_project_questions_lists_all_of_them_and_those_left(own, django_assert_max_num_queries):
    made, client = own
    services.save_answer(
        project_id=made.pk, question=QUESTION, length="short", text="Aider", number=0, **ACT
    )
    listing = reverse("project_questions", args=[made.pk])
    with django_assert_max_num_queries(12):
        shown = client.get(listing)
    assert heading(shown) == f"1 of {len(question_bank())} questions answered"
    assert all(address(made, key) in text(shown) for key in question_bank())
    left = text(client.get(listing + "?reste=1"))
    assert f'"{address(made)}"' not in left
    assert address(made, "activities") in left


def test_project_question_saves_each_length_by_itself(own):
    made, client = own
    assert client.post(address(made), said("Aider")).status_code == 302
    assert client.post(address(made), said("Aider chacun.", length="long")).status_code == 302
    assert queries.answers_of(made.pk) == {QUESTION: {"short": "Aider", "long": "Aider chacun."}}
    shown = text(client.get(address(made)))
    assert "At most 250 characters; 5 now." in shown
    assert "Written by Léa Roy" in shown
    assert "What was written before" in shown


def test_project_question_saves_a_text_too_long_for_funders_and_says_so(own):
    made, client = own
    done = client.post(address(made), said("a" * 253), follow=True)
    assert "3 characters too many" in text(done)
    assert "<strong>" in text(done)
    assert queries.answers_of(made.pk)[QUESTION]["short"] == "a" * 253


def test_project_question_refuses_what_cannot_be_kept_without_losing_it(own):
    made, client = own
    shown = client.post(address(made), said("b" * 20_001, length="long"))
    assert shown.status_code == 422
    assert "b" * 20_001 in text(shown)
    assert client.post(address(made), said("x", length="enormous")).status_code == 422
    assert client.get(address(made, "martians")).status_code == 404
    assert not Answer.objects.exists()


def test_project_question_shows_both_texts_to_the_second_of_two_editors_and_keeps_both(own):
    made, client = own
    other = signed_in(Role.CARRIER, made.carrier)
    other.post(address(made), said("Le texte de l’autre"))
    late = client.post(address(made), said("Mon texte"))
    assert late.status_code == 409
    page = text(late)
    assert heading(late) == "Léa Roy wrote this answer at the same time"
    assert "Le texte de l’autre" in page
    assert "Mon texte" in page
    assert "Le texte de l’autre\n\nMon texte" in page
    assert 'name="number" value="1"' in page
    assert client.post(address(made), said("Mon texte", number=1)).status_code == 302
    assert queries.answers_of(made.pk)[QUESTION]["short"] == "Mon texte"
    texts = AnswerVersion.objects.order_by("number").values_list("text", flat=True)
    assert list(texts) == ["Le texte de l’autre", "Mon texte"]


def test_project_question_is_no_conflict_when_both_wrote_the_same(own):
    made, client = own
    client.post(address(made), said("Aider"))
    assert client.post(address(made), said("Aider")).status_code == 302
    assert AnswerVersion.objects.count() == 1


def test_project_answers_copy_keeps_what_is_written_here(own):
    made, client = own
    other = project(carrier_id=made.carrier_id, title="Avant")
    for key, words in ((QUESTION, "Ancien"), ("activities", "Ateliers")):
        services.save_answer(
            project_id=other.pk, question=key, length="short", text=words, number=0, **ACT
        )
    client.post(address(made), said("Neuf"))
    copy = reverse("project_answers_copy", args=[made.pk])
    done = text(client.post(copy, {"projet": other.pk}, follow=True))
    assert "1 answer copied from “Avant”. 1 was already written here and stays." in done
    assert queries.answers_of(made.pk) == {
        QUESTION: {"short": "Neuf"}, "activities": {"short": "Ateliers"}
    }  # fmt: skip
    strange = project(title="D’autres")
    assert client.post(copy, {"projet": strange.pk}).status_code == 404
    assert client.post(copy, {"projet": "deux"}).status_code == 404


def test_project_question_needs_a_right_to_write(own):
    made, _client = own
    reader = signed_in(Role.MEDIATOR, made.carrier)
    services.share_project(
        project_id=made.pk, organisation_id=made.carrier_id, user_id=reader.user.pk,
        right="reader", **ACT,
    )  # fmt: skip
    assert "<textarea" not in text(reader.get(address(made)))
    assert reader.post(address(made), said("x")).status_code == 403
    Membership.objects.filter(user=reader.user).update(ended_on=AT.date())
    assert reader.get(address(made)).status_code == 403
