"""Funders' forms page by page: how far each is, its own questions, another wording, its files."""

import io
import json
import zipfile

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Role
from filiere.projects import queries, services
from filiere.projects.forms import catalogue
from filiere.projects.models import FormAnswer, MemberRight
from tests.conftest import AT
from tests.projects.factories import ACT, project, source
from tests.web.project_scene import carrier, costed
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def own():
    organisation, client = carrier()
    made = costed(organisation)
    asked = source(made, 600_000, kind="foundation", funder_name="Fondation du fil")
    return made, asked, client


def text(page):
    return page.content.decode()


def address(asked, key="foundation", name="project_form", **more):
    kwargs = {"ref": asked.project_id, "pk": asked.pk, "key": key} | more
    return reverse(name, kwargs=kwargs)


def typed(client, where, **answers):
    """The form as a browser sends it: what was read, with what somebody changed."""
    shown = client.get(where).context["form"]
    sent = {}
    for name, field in shown.fields.items():
        value = shown.initial.get(name)
        hidden = shown[name].html_initial_name
        if value not in (None, False, ""):
            sent[name] = value
            if field.show_hidden_initial:
                sent[hidden] = value
    return sent | answers


def test_project_forms_lists_each_form_with_how_far_it_is(own, django_assert_max_num_queries):
    made, asked, client = own
    for number in range(6):
        source(made, 100_000, kind="commune", funder_name=f"Ville {number}")
    with django_assert_max_num_queries(28):
        page = client.get(reverse("project_forms", args=[made.pk]))
    assert heading(page) == "0 of 8 forms to send are complete"
    assert address(asked) in text(page)
    assert "questions are left" in text(page)
    assert "Go on with Région" in text(page)


def test_project_forms_of_an_empty_project_says_what_to_do():
    organisation, client = carrier()
    made = project(carrier_id=organisation.pk)
    page = client.get(reverse("project_forms", args=[made.pk]))
    assert heading(page) == "Funders' forms"
    assert reverse("project_schemes", args=[made.pk]) in text(page)


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_project_form_shows_every_form_with_where_each_value_comes_from(own, key):
    made, asked, client = own
    page = client.get(address(asked, key))
    assert page.status_code == 200
    assert "% filled:" in heading(page)
    assert reverse("project_budget", args=[made.pk]) in text(page)
    assert 'id="ask"' in text(page)
    captions = [block.caption for part in page.context["parts"] for block in part.blocks]
    assert len(set(captions)) == len(captions)


def test_project_form_keeps_its_own_answers_and_leaves_others_alone(own):
    _made, asked, client = own
    where = address(asked)
    services.save_form_answers(
        source_id=asked.pk, form_key="foundation", answers={"sponsor_inside": "Léa"}, editions={},
        **ACT,
    )  # fmt: skip
    sent = typed(client, where, why_this_foundation="Elle aide les villes.")
    services.save_form_answers(
        source_id=asked.pk, form_key="foundation", answers={"sponsor_inside": "Ali"},
        editions={"sponsor_inside": 1}, **ACT,
    )  # fmt: skip
    assert client.post(where, sent).status_code == 302
    assert queries.own_values(queries.form_answers(asked.pk, "foundation")) == {
        "sponsor_inside": "Ali", "why_this_foundation": "Elle aide les villes.",
    }  # fmt: skip
    assert "Elle aide les villes." in text(client.get(where))


def test_project_form_shows_both_texts_to_the_second_of_two_editors(own):
    _made, asked, client = own
    where = address(asked)
    sent = typed(client, where, why_this_foundation="La mienne.")
    services.save_form_answers(
        source_id=asked.pk, form_key="foundation", answers={"why_this_foundation": "La leur."},
        editions={}, **ACT,
    )  # fmt: skip
    page = client.post(where, sent)
    assert page.status_code == 409
    assert "La leur." in text(page)
    assert "La mienne." in text(page)
    assert FormAnswer.objects.get().value == "La leur."
    again = sent | {
        "edition_why_this_foundation": page.context["form"].data["edition_why_this_foundation"]
    }
    assert client.post(where, again).status_code == 302
    assert FormAnswer.objects.get().value == "La mienne."


def test_project_form_ticks_and_refuses_an_answer_that_is_not_offered(own):
    _made, asked, client = own
    where = address(asked, "sponsor")
    assert client.post(where, {"receipt": "peut-être"}).status_code == 422
    assert client.post(where, {"receipt": "oui"}).status_code == 302
    ticked = address(asked, "departement")
    assert client.post(ticked, {"true_statement": "on"}).status_code == 302
    assert "checked" in text(client.get(ticked))
    untick = {"edition_true_statement": 1, "initial-true_statement": "True"}
    assert client.post(ticked, untick).status_code == 302
    assert not queries.form_answers(asked.pk, "departement")


def test_project_form_field_words_a_text_otherwise_for_one_form_alone(own):
    made, asked, client = own
    mapping = catalogue()["foundation"].mapping
    field, question = next(
        (key, node["answer"]) for key, node in mapping.items() if "answer" in node
    )
    services.save_answer(
        project_id=made.pk, question=question, length="short", text="Aider.", number=0, **ACT
    )
    where = address(asked, name="project_form_field", field=field)
    assert "Aider." in text(client.get(where))
    assert client.post(where, {"text": "Aider autrement.", "edition": 0}).status_code == 302
    page = text(client.get(address(asked)))
    assert "Worded otherwise than in the project file" in page
    assert "Aider autrement." in page
    assert queries.answers_of(made.pk)[question] == {"short": "Aider."}
    assert client.post(where, {"text": "Trop tard.", "edition": 0}).status_code == 409
    assert client.post(where, {"text": "Aider.", "edition": 1}).status_code == 302
    assert not FormAnswer.objects.exists()


@pytest.mark.parametrize("field", ["asked", "why_this_foundation", "martian"])
def test_project_form_field_is_not_for_amounts_nor_for_what_the_form_asks(own, field):
    _made, asked, client = own
    where = address(asked, name="project_form_field", field=field)
    assert client.get(where).status_code == 404


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pdf", "json"])
def test_project_form_file_gives_a_file_no_cache_keeps(own, kind):
    _made, asked, client = own
    answer = client.get(address(asked, name="project_form_file", kind=kind))
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="foundation-{AT:%Y-%m-%d}.{kind}"'
    )
    if kind == "json":
        assert json.loads(answer.content)["values"]["asked"] == 600_000
    elif kind != "pdf":
        assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    else:
        assert answer.content.startswith(b"%PDF-")


def test_project_form_is_not_there_for_others_and_only_read_by_readers(own):
    made, asked, client = own
    assert client.get(address(asked, "martian")).status_code == 404
    assert client.get(address(asked, name="project_form_file", kind="exe")).status_code == 404
    own_money = source(made, 100_000, kind="own", funder_name="Fonds propres")
    assert client.get(address(own_money)).status_code == 404
    other, stranger = carrier()
    for name in ("project_form", "project_form_send", "project_form_prefill"):
        assert stranger.get(address(asked, name=name)).status_code == 404
    services.share_project(
        project_id=made.pk, organisation_id=other.pk, right=MemberRight.READER, **ACT
    )
    reader = signed_in(Role.CARRIER, other)
    assert reader.get(address(asked)).status_code == 200
    assert reader.post(address(asked), {"sponsor_inside": "x"}).status_code == 403
    assert reader.get(address(asked, name="project_form_send")).status_code == 403
    assert not FormAnswer.objects.exists()
