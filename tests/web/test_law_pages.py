"""What the law allows, through the pages: questions, answers with reasons, notes, figures, signing."""

import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Membership, Role
from filiere.kernel.models import ParameterSignature
from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Kind
from tests.agenda.factories import OrganisationFactory, UserFactory
from tests.conftest import AT

pytestmark = pytest.mark.django_db
UNDER = {
    "disinterested": "oui", "preponderant": "oui", "tax": "corporate", "closed_on": "2025-06-30",
    "receipts": "80 011,00 €",
}  # fmt: skip
FRANCHISE = "association.franchise_cents@2026"


@pytest.fixture(autouse=True)
def _english(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


def sign_in(client, role):
    user = UserFactory(display_name="Aïcha")
    Membership.objects.create(user=user, organisation=OrganisationFactory(), role=role)
    client.force_login(user)
    return client


def read(client, key, answers=None, status=200):
    answer = client.get(reverse("rule", args=[key]), answers or {})
    assert answer.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_list_names_every_aid_by_theme_without_account(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        shown = client.get(reverse("rules")).content.decode()
    for key, one in all_assistants().items():
        assert reverse("rule", args=[key]) in shown
        assert one.sheet.title.en in shown.replace("&#x27;", "'")
    assert shown.index("Taxes") < shown.index("Public money") < shown.index("Posts and people")


@pytest.mark.parametrize("key", all_assistants())
def test_every_aid_opens_in_both_languages_and_asks_something(client, key):
    sheet = all_assistants()[key].sheet
    shown = client.get(reverse("rule", args=[key])).content.decode()
    assert sheet.questions[0].label.en.split("?")[0][:30] in shown.replace("&#x27;", "'")
    client.cookies["django_language"] = "fr"
    french = client.get(reverse("rule", args=[key]), headers={"accept-language": "fr"})
    assert french.status_code == 200


@pytest.mark.parametrize("key", all_assistants())
def test_every_aid_survives_what_people_type(client, key):
    typed = {one.key: "n’importe quoi" for one in all_assistants()[key].sheet.questions}
    assert client.get(reverse("rule", args=[key]), typed).status_code == 422
    usual = {
        Kind.YES_NO: "oui", Kind.AMOUNT: "12 000", Kind.COUNT: "2025", Kind.DATE: "2025-03-31",
    }  # fmt: skip
    for choice in (0, -1):
        answers = {
            one.key: usual.get(one.kind) or one.options[choice].key
            for one in all_assistants()[key].sheet.questions
        }
        page = client.get(reverse("rule", args=[key]), answers)
        assert page.status_code == 200


def test_an_aid_that_does_not_exist_is_not_found(client):
    assert client.get(reverse("rule", args=["rien"])).status_code == 404
    assert client.get(reverse("rule_note", args=["rien"])).status_code == 404


def test_the_answer_gives_verdict_path_figures_and_whom_to_check_with(client):
    shown = read(client, "franchise", UNDER)
    assert "Nothing stands against it" in shown
    assert "€80,011" in shown
    assert "The path taken" in shown
    assert "What would change the answer" in shown
    assert "in force since 1 January 2025" in shown
    assert "CGI, art. 206, 1 bis" in shown
    assert all_assistants()["franchise"].sheet.check_with.en in shown
    over = read(client, "franchise", UNDER | {"receipts": "80 011,01"})
    assert "Something stands in the way" in over
    assert "In favour" in over
    assert "Against" in over


def test_questions_come_when_the_answers_make_them_useful(client):
    first = read(client, "franchise")
    assert "questions left" not in first
    assert (
        'name="closed_on"' not in client.get(reverse("rule", args=["franchise"])).content.decode()
    )
    begun = {"disinterested": "oui", "preponderant": "oui", "tax": "corporate"}
    answer = client.get(reverse("rule", args=["franchise"]), begun).content.decode()
    assert "2 questions left" in answer
    assert 'name="closed_on"' in answer
    assert 'name="receipts_before"' not in answer


def test_what_was_typed_is_kept_and_the_correction_is_said(client):
    answer = client.get(
        reverse("rule", args=["franchise"]),
        UNDER | {"receipts": "80 k€", "closed_on": "31/02/2026"},
    )
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "not in thousands" in shown
    assert 'value="80 k€"' in shown
    assert 'value="31/02/2026"' in shown
    assert "Nothing stands against it" not in shown
    for typed, words in [
        ("-5", "above zero"), ("douze", "is no amount"), ("100 HT", "Type the amount alone"),
    ]:  # fmt: skip
        again = client.get(reverse("rule", args=["franchise"]), UNDER | {"receipts": typed})
        assert again.status_code == 422
        assert words in again.content.decode()


def test_a_past_day_is_judged_by_its_own_rules(client):
    given = {
        "economic": "oui", "local": "non", "amount": "250 000", "is_grant": "oui",
        "linked_counted": "oui", "received": "0",
    }  # fmt: skip
    before = read(client, "de_minimis", given | {"granted_on": "2023-12-31", "le": "2023-12-31"})
    after = read(client, "de_minimis", given | {"granted_on": "2024-01-01", "le": "2024-01-01"})
    assert "€200,000" in before
    assert "31 December 2023, a past day" in before
    assert "€300,000" in after
    assert read(client, "de_minimis", {"le": "1066-01-01"}, status=422)


def test_the_year_nobody_published_is_never_green_until_two_people_sign(client):
    this_year = UNDER | {"closed_on": "2026-06-30", "receipts": "1"}
    shown = read(client, "franchise", this_year)
    assert "Look closer before you decide" in shown
    assert "to verify" in shown
    assert "none published for this year" in shown
    for name in ("a", "b"):
        sign_in(client, Role.STEWARD)
        page = reverse("rule_sign", args=[FRANCHISE])
        hidden = re.search(r'name="reading" value="([^"]*)"', client.get(page).content.decode())
        given = {"reading": hidden[1], "source_read": f"BOFiP {name}", "is_right": "1"}
        assert client.post(page, given).status_code == 302
    client.logout()
    shown = read(client, "franchise", this_year)
    assert "Nothing stands against it" in shown
    values = client.get(reverse("rule_values")).content.decode()
    assert "verified" in values
    assert "BOFiP a" in values
    assert "Aïcha" not in values


def test_the_note_is_a_pdf_and_nothing_is_stored(client):
    answer = client.get(reverse("rule_note", args=["franchise"]), UNDER)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert answer["Cache-Control"] == "no-store, private"
    unfinished = client.get(reverse("rule_note", args=["franchise"]), {"tax": "vat"})
    assert unfinished["Content-Type"].startswith("text/html")


def test_values_lists_every_figure_with_its_history_and_filters(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get(reverse("rule_values"))
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "€300,000" in shown
    assert "no longer in force" in shown
    assert "I read the source" not in shown
    past = client.get(reverse("rule_values"), {"le": "2019-06-30"}).content.decode()
    assert "none on this day" in past
    few = client.get(reverse("rule_values"), {"a_verifier": "on"}).content.decode()
    assert len(few) < len(shown)
    assert "Ceiling of aid over three years" not in few
    assert client.get(reverse("rule_values"), {"le": "hier"}).status_code == 422


def test_signing_refuses_a_blank_source_and_what_does_not_wait(client):
    sign_in(client, Role.STEWARD)
    page = reverse("rule_sign", args=[FRANCHISE])
    assert client.post(page, {"reading": "x"}).status_code == 422
    moved = {"reading": "ancien", "source_read": "BOFiP", "is_right": "1"}
    answer = client.post(page, moved)
    assert answer.status_code == 409
    assert "changed while you read" in answer.content.decode()
    assert 'value="BOFiP"' in answer.content.decode()
    assert client.get(reverse("rule_sign", args=["vat.normal_rate"])).status_code == 404
    assert not ParameterSignature.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.STEWARD])
def test_only_stewards_sign(client, role):
    sign_in(client, role)
    assert client.get(reverse("rule_sign", args=[FRANCHISE])).status_code == 403


def test_a_reader_who_disagrees_leaves_it_contested(client):
    sign_in(client, Role.STEWARD)
    page = reverse("rule_sign", args=[FRANCHISE])
    hidden = re.search(r'name="reading" value="([^"]*)"', client.get(page).content.decode())[1]
    given = {"reading": hidden, "source_read": "Légifrance", "is_right": "0"}
    answer = client.post(page, given, follow=True)
    assert "contested" in answer.content.decode()
    assert ParameterSignature.objects.get().is_right is False
    assert AT.date() > date(2026, 1, 1)
