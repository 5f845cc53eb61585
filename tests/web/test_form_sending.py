"""A request sent with its form: frozen, too late, read again, reworded; a funder's own document."""

import datetime
import io
import json

import docx
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from jsonschema import Draft202012Validator

from filiere.projects import services
from filiere.projects.models import Attachment, FundingSource, Submission
from filiere.rules.funder_forms.awards import SCHEMA
from tests.conftest import AT
from tests.projects.factories import ACT, TODAY, project, source
from tests.web.project_scene import carrier
from tests.web.test_form_pages import address, own, text
from tests.web.test_money_pages import heading

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
__all__ = ["own"]  # a fixture


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


def send(client, asked, **fields):
    where = address(asked, name="project_form_send")
    return client.post(where, {"amount": "6 000,00 €", "read": "on"} | fields)


def test_project_form_send_freezes_the_form_with_its_own_answers(own):
    made, asked, client = own
    services.save_form_answers(
        source_id=asked.pk, form_key="foundation", answers={"sponsor_inside": "Léa"}, editions={},
        **ACT,
    )  # fmt: skip
    assert "still to be answered" in text(client.get(address(asked, name="project_form_send")))
    done = send(client, asked)
    sent = Submission.objects.get()
    assert done.headers["Location"] == reverse("project_sent", args=[made.pk, sent.pk])
    assert (sent.form_key, sent.asked_cents) == ("foundation", 600_000)
    assert sent.content["own_answers"] == {"sponsor_inside": "Léa"}
    assert FundingSource.objects.get(pk=asked.pk).state == "asked"
    assert "Nothing more can be sent" not in text(
        client.get(address(asked, name="project_form_send"))
    )
    send(client, asked)
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("amount", ["", "6 k€", "-5", "six mille", "6 000 TTC", "0"])
def test_project_form_send_refuses_an_amount_it_cannot_read_and_keeps_it(own, amount):
    _made, asked, client = own
    page = send(client, asked, amount=amount)
    assert page.status_code == 422
    assert f'value="{amount}"' in text(page) or not amount
    assert not Submission.objects.exists()


def test_project_form_send_says_when_the_deadline_passed_while_typing_and_loses_nothing(own):
    _made, asked, client = own
    typed = {"amount": "5 500", "deadline_on": str(TODAY), "deadline_hour": "06:00"}
    page = send(client, asked, **typed)
    assert page.status_code == 409
    assert "It is too late for this call" in text(page)
    assert 'value="5 500"' in text(page)
    assert 'value="06:00"' in text(page)
    assert not Submission.objects.exists()
    assert send(client, asked, deadline_hour="06:00").status_code == 422
    assert send(client, asked, deadline_on=str(TODAY)).status_code == 302
    assert Submission.objects.get().deadline_at > AT


def test_project_form_send_is_refused_once_the_funder_has_answered(own):
    _made, asked, client = own
    send(client, asked)
    services.record_reply(
        submission_id=Submission.objects.get().pk, reply="refused", replied_on=TODAY, **ACT
    )
    assert "Nothing more can be sent" in text(client.get(address(asked, name="project_form_send")))
    assert send(client, asked).status_code == 409
    assert Submission.objects.count() == 1


def test_project_sent_shows_what_was_sent_then_and_what_changed_since(own):
    made, asked, client = own
    mapping_page = address(asked, name="project_form_field", field="summary")
    services.save_answer(
        project_id=made.pk, question="summary", length="short", text="Avant.", number=0, **ACT
    )
    client.post(mapping_page, {"text": "Pour vous.", "edition": 0})
    send(client, asked)
    sent = Submission.objects.get()
    services.save_answer(
        project_id=made.pk, question="summary", length="short", text="Après.", number=1, **ACT
    )
    where = reverse("project_sent", args=[made.pk, sent.pk])
    page = text(client.get(where))
    assert "Pour vous." in page
    assert "Worded otherwise than in the project file" in page
    assert "<del>Avant.</del>" in page
    assert "<ins>Après.</ins>" in page
    assert reverse("project_source_answer", args=[made.pk, asked.pk]) in page
    file = client.get(reverse("project_sent_file", args=[made.pk, sent.pk, "json"]))
    assert json.loads(file.content)["values"]["summary"] == "Pour vous."
    _other, stranger = carrier()
    assert stranger.get(where).status_code == 404


def test_project_sent_without_a_form_of_ours_says_so(own):
    made, asked, client = own
    services.submit(source_id=asked.pk, **ACT)
    sent = Submission.objects.get()
    where = reverse("project_sent", args=[made.pk, sent.pk])
    assert "Sent without one of our forms" in text(client.get(where))
    kind = reverse("project_sent_file", args=[made.pk, sent.pk, "docx"])
    assert client.get(kind).status_code == 404


def document(*paragraphs):
    made = docx.Document()
    for one in paragraphs:
        made.add_paragraph(one)
    stream = io.BytesIO()
    made.save(stream)
    return SimpleUploadedFile("Formulaire été.docx", stream.getvalue())


def test_project_templates_reads_marks_then_gives_the_document_filled(own):
    made, asked, client = own
    where = reverse("project_templates", args=[made.pk, asked.pk])
    assert "{{ project.title }}" in text(client.get(where))
    file = document("Titre : {{ project.title }}", "{{ project.titel }}", "{{ question.need }}")
    done = client.post(where, {"file": file}, follow=True)
    assert heading(done) == "1 mark of 3 is unknown"
    assert "project.title" in text(done)
    kept = Attachment.objects.get()
    given = client.get(reverse("project_template_filled", args=[made.pk, asked.pk, kept.pk]))
    assert given.headers["Content-Disposition"] == (
        'attachment; filename="formulaire-ete-rempli.docx"'
    )
    assert given.headers["Cache-Control"] == "no-store, private"
    lines = [one.text for one in docx.Document(io.BytesIO(given.content)).paragraphs]
    assert lines == ["Titre : Atelier mobile", "{{ project.titel }}", "À compléter"]


def test_project_templates_refuses_a_file_too_large_before_it_is_read(own):
    made, asked, client = own
    where = reverse("project_templates", args=[made.pk, asked.pk])
    large = SimpleUploadedFile("formulaire.docx", b"PK" + b"x" * 5_000_000)
    answer = client.post(where, {"file": large})
    assert (answer.status_code, Attachment.objects.count()) == (422, 0)
    assert "This file is larger than 5 MB." in text(answer)


def test_project_templates_refuses_what_is_no_document_and_keeps_nothing(own):
    made, asked, client = own
    where = reverse("project_templates", args=[made.pk, asked.pk])
    wrong = SimpleUploadedFile("faux.docx", b"PK\x03\x04 not a zip")
    assert client.post(where, {"file": wrong}).status_code == 422
    assert client.post(where, {"else": "x"}).status_code == 422
    assert not Attachment.objects.exists()
    pdf = services.attach(
        project_id=made.pk, kind="other", name="a.pdf", content=b"%PDF-1.4 x", **ACT
    )
    assert (
        client.get(reverse("project_template", args=[made.pk, asked.pk, pdf.pk])).status_code == 404
    )


SCHEMA_OF = {
    "demarche": {"activeRevision": {"champDescriptors": [
        {"id": "AA", "label": "Intitulé du projet", "__typename": "TextChampDescriptor",
         "required": True},
        {"id": "BB", "label": "RIB", "__typename": "PieceJustificativeChampDescriptor",
         "required": True},
    ]}}
}  # fmt: skip
START = "https://demarche.numerique.gouv.fr/commencer/aide"


def test_project_form_prefill_suggests_pairs_then_follows_those_one_chooses(own):
    _made, asked, client = own
    where = address(asked, name="project_form_prefill")
    given = {"start_url": START, "schema": json.dumps(SCHEMA_OF)}
    page = client.post(where, given)
    assert heading(page) == "The link carries 1 answer"
    assert page.context["link"].url == f"{START}?champ_AA=Atelier+mobile"
    assert "RIB" in text(page)
    page = client.post(where, given | {"pair_0": "", "pair_1": "title"})
    assert page.context["link"].url == START
    assert "never put in a link" in text(page)


@pytest.mark.parametrize(
    "wrong",
    [{"schema": "[1, 2]"}, {"schema": "{"}, {"schema": ""}, {"schema": "[" * 100_000},
     {"schema": '{"champDescriptors": []}'}, {"schema": '{"demarche": "x"}'},
     {"start_url": "http://exemple.fr/a"}, {"start_url": "javascript:alert(1)"},
     {"start_url": f"{START}?a=1"}],
)  # fmt: skip
def test_project_form_prefill_refuses_what_is_no_procedure(own, wrong):
    _made, asked, client = own
    where = address(asked, name="project_form_prefill")
    given = {"start_url": START, "schema": json.dumps(SCHEMA_OF)} | wrong
    page = client.post(where, given)
    assert page.status_code == 422
    assert page.context["link"] is None


def test_project_awards_shows_and_gives_what_was_granted(own):
    made, asked, client = own
    where = reverse("project_awards", args=[made.pk])
    assert heading(client.get(where)) == "Nothing was granted yet"
    send(client, asked)
    services.record_award(source_id=asked.pk, granted_cents=400_050, answered_on=TODAY, **ACT)
    assert heading(client.get(where)) == "1 grant to publish, €4,000.50"
    given = client.get(reverse("project_awards_file", args=[made.pk]))
    found = json.loads(given.content)
    assert not list(Draft202012Validator(SCHEMA).iter_errors(found))
    grant = found["grants"][0]
    assert (grant["id"], grant["amountAwarded"]) == (f"filiere-{asked.pk}", 4000.5)
    assert grant["fundingOrganization"] == [
        {"id": "filiere-financeur-fondation-du-fil", "name": "Fondation du fil"}
    ]
    assert grant["description"] == "Un besoin."
    _other, stranger = carrier()
    assert stranger.get(where).status_code == 404


def test_project_awards_leaves_out_what_the_project_brings_itself():
    organisation, client = carrier()
    made = project(carrier_id=organisation.pk)
    own_money = source(made, 100_000, kind="own", funder_name="Fonds propres")
    services.record_award(source_id=own_money.pk, granted_cents=100_000, answered_on=TODAY, **ACT)
    where = reverse("project_awards", args=[made.pk])
    assert heading(client.get(where)) == "Nothing was granted yet"
