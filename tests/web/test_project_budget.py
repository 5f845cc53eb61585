"""Budget lines as people type them, and the documents of a project."""

import datetime

import pytest
import time_machine
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from filiere.projects import services
from filiere.projects.models import Attachment, BudgetLine
from filiere.web.project_amounts import AmountField, read_cents, typed_cents
from tests.conftest import AT
from tests.projects.factories import ACT, project
from tests.web.project_scene import carrier, costed
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 statuts"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def own():
    organisation, client = carrier()
    return costed(organisation), client


def text(page):
    return page.content.decode()


def typed(**fields):
    return {
        "label": "Camion",
        "nature": "61",
        "year": "2027",
        "amount": "1 234,56 €",
        "quantity": "",
        "unit": "",
        "unit_price": "",
        "vat": "none",
        "without_vat": "",
        "with_vat": "",
    } | fields


@pytest.mark.parametrize(
    ("words", "cents"),
    [
        ("1 234,56 €", 123_456),
        ("1\u202f234,56\u00a0€", 123_456),
        ("1234.5", 123_450),
        ("1.234,56", 123_456),
        ("1,234.56", 123_456),
        ("12 345 678", 1_234_567_800),
        ("1.234.567", 123_456_700),
        ("12 euros", 1_200),
        ("0", 0),
    ],
)
def test_read_cents_reads_what_people_write(words, cents):
    assert read_cents(words) == cents


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("12 k€", "not in thousands"),
        ("12K", "not in thousands"),
        ("12 milliers d’euros", "not in thousands"),
        ("1,5 M€", "not in thousands"),
        ("-5", "above zero"),
        ("−5", "above zero"),
        ("1 000 HT", "with or without VAT"),
        ("1 000 € TTC", "with or without VAT"),
        ("1.234", "1234 or 1,23"),
        ("mille", "is no amount"),
        ("1,234,5", "is no amount"),
        ("١٢", "is no amount"),
        ("99999999999", "check the zeros"),
        ("1e9", "is no amount"),
    ],
)
def test_read_cents_refuses_in_words(words, told):
    with translation.override("en"), pytest.raises(forms.ValidationError) as refusal:
        read_cents(words)
    assert told in refusal.value.messages[0]


def test_amount_field_refuses_nothing_and_writes_back_what_it_read():
    field = AmountField(required=False)
    assert field.clean("") is None
    with pytest.raises(forms.ValidationError):
        field.clean("0,00")
    assert AmountField(zero_is_possible=True).clean("0") == 0
    assert field.prepare_value(123_456) == typed_cents(123_456) == "1234,56"


def test_project_budget_adds_up_by_account_and_says_what_nobody_pays(
    own, django_assert_max_num_queries
):
    made, client = own
    with django_assert_max_num_queries(14):
        shown = client.get(reverse("project_budget", args=[made.pk]))
    assert heading(shown) == "The project costs €50,000"
    assert "64 Staff" in text(shown)
    assert "€15,000" in text(shown)
    empty = project(carrier_id=made.carrier_id)
    assert "No cost yet" in text(client.get(reverse("project_budget", args=[empty.pk])))


def test_project_line_new_adds_what_was_typed(own):
    made, client = own
    address = reverse("project_line_new", args=[made.pk])
    assert client.post(address, typed()).status_code == 302
    again = client.post(
        address,
        typed(label="Heures", nature="86", amount="", quantity="250", unit="h", unit_price="16"),
    )
    assert again.status_code == 302
    assert client.post(address, typed(then="again"))["Location"] == address
    camion = BudgetLine.objects.filter(label="Camion").first()
    assert (camion.amount_cents, camion.with_vat_cents, camion.without_vat_cents) == (123_456,) * 3
    hours = BudgetLine.objects.get(label="Heures")
    assert (hours.amount_cents, hours.is_in_kind) == (400_000, True)


@pytest.mark.parametrize(
    ("vat", "given", "kept"),
    [
        ("paid", {"without_vat": "1 000"}, (120_000, 120_000, 100_000)),
        ("recovered", {"with_vat": "1 440"}, (120_000, 144_000, 120_000)),
        ("partly", {"without_vat": "1 100", "with_vat": "1 320"}, (120_000, 132_000, 110_000)),
    ],
)
def test_project_line_new_knows_what_it_costs_with_and_without_vat(own, vat, given, kept):
    made, client = own
    address = reverse("project_line_new", args=[made.pk])
    assert client.post(address, typed(amount="1 200", vat=vat, **given)).status_code == 302
    line = BudgetLine.objects.get(label="Camion")
    assert (line.amount_cents, line.with_vat_cents, line.without_vat_cents) == kept


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"amount": "-500"}, "above zero"),
        ({"amount": "12 k€"}, "not in thousands"),
        ({"amount": "cent"}, "is no amount"),
        ({"amount": ""}, "Write what it costs"),
        ({"amount": "0"}, "above 0"),
        ({"quantity": "3"}, "Give both"),
        ({"quantity": "-3", "unit_price": "4"}, "quantity above 0"),
        ({"quantity": "3", "unit_price": "4"}, "is not this amount"),
        ({"vat": "paid"}, "Give this amount too"),
        ({"vat": "recovered"}, "Give this amount too"),
        ({"vat": "none", "without_vat": "1 000"}, "does not go with your answer"),
        ({"vat": "paid", "without_vat": "2 000"}, "not dearer"),
        ({"vat": "recovered", "with_vat": "1 000"}, "not cheaper"),
        ({"year": "2031"}, "2031"),
        ({"nature": "99"}, "99"),
        ({"nature": "86", "is_investment": "on"}, "no investment"),
        ({"amount": "", "quantity": "99999999", "unit_price": "999999999"}, "What the project pays"),
    ],
)  # fmt: skip
def test_project_line_new_refuses_in_words_and_keeps_what_was_typed(own, fields, told):
    made, client = own
    shown = client.post(reverse("project_line_new", args=[made.pk]), typed(**fields))
    assert shown.status_code == 422
    assert told in text(shown)
    assert 'value="Camion"' in text(shown)
    assert made.lines.count() == 2


def test_project_line_is_changed_once_and_shown_to_who_comes_second(own):
    made, client = own
    line = made.lines.get(label="Loyer")
    address = reverse("project_line", args=[made.pk, line.pk])
    change = typed(label="Loyer", amount="9 000", year="2028", edition="1")
    assert client.post(address, change).status_code == 302
    late = client.post(address, change | {"amount": "8 000"})
    assert late.status_code == 409
    assert "Loyer, 2028, €9,000.00" in text(late)
    assert 'value="8 000"' in text(late)
    assert client.post(address, change | {"amount": "8 000", "edition": "2"}).status_code == 302
    line.refresh_from_db()
    assert line.amount_cents == 800_000


def test_project_line_is_not_lowered_under_what_funders_pay_nor_removed(own):
    made, client = own
    line = made.lines.get(label="Médiateur")
    address = reverse("project_line", args=[made.pk, line.pk])
    shown = client.post(address, typed(label="Médiateur", nature="64", amount="100", edition="1"))
    assert shown.status_code == 422
    assert "€25,000.00" in text(shown)
    remove = reverse("project_line_remove", args=[made.pk, line.pk])
    assert client.post(remove).status_code == 409
    free = made.lines.get(label="Loyer")
    assert client.post(reverse("project_line_remove", args=[made.pk, free.pk])).status_code == 302
    assert list(made.lines.all()) == [line]


def test_project_line_of_another_project_is_not_there(own):
    made, client = own
    strange = costed(project().carrier)
    line = strange.lines.first()
    assert client.get(reverse("project_line", args=[made.pk, line.pk])).status_code == 404
    assert client.post(reverse("project_line_remove", args=[made.pk, line.pk])).status_code == 404


def test_project_line_says_which_member_of_a_consortium_bears_it(own):
    made, client = own
    partner = signed_in("carrier").user.memberships.get().organisation
    services.share_project(project_id=made.pk, organisation_id=partner.pk, right="editor", **ACT)
    address = reverse("project_line_new", args=[made.pk])
    assert partner.name in text(client.get(address))
    assert client.post(address, typed(borne_by=partner.pk)).status_code == 302
    assert client.post(address, typed(label="B", borne_by=made.carrier_id)).status_code == 302
    assert client.post(address, typed(label="C", borne_by="9999")).status_code == 422
    assert BudgetLine.objects.get(label="Camion").borne_by == partner
    assert BudgetLine.objects.get(label="B").borne_by is None


def test_project_attachments_keeps_a_file_and_warns_before_it_expires(own):
    made, client = own
    address = reverse("project_attachments", args=[made.pk])
    given = {"kind": "statutes", "file": SimpleUploadedFile("statuts é.pdf", PDF),
             "expires_on": "2026-12-20"}  # fmt: skip
    assert client.post(address, given).status_code == 302
    shown = client.get(address)
    assert heading(shown) == "1 document goes out of date within two months"
    kept = Attachment.objects.get()
    file = client.get(reverse("project_attachment", args=[made.pk, kept.pk]))
    assert (file.content, file["Content-Type"]) == (PDF, "application/pdf")
    assert file["Content-Disposition"] == 'attachment; filename="statuts _.pdf"'
    with time_machine.travel(datetime.datetime(2027, 1, 2, 9, tzinfo=datetime.UTC), tick=False):
        again = signed_in("carrier", made.carrier).get(address)
    assert heading(again) == "1 document is out of date"


def test_project_attachments_refuses_what_is_not_kept(own):
    made, client = own
    address = reverse("project_attachments", args=[made.pk])
    for content in (b"MZ program", b"<script>alert(1)</script>"):
        given = {"kind": "other", "file": SimpleUploadedFile("a.pdf", content)}
        shown = client.post(address, given)
        assert shown.status_code == 422
        assert "cannot be attached" in text(shown)
    large = SimpleUploadedFile("a.pdf", b"%PDF-" + b"0" * 5_000_000)
    assert "larger than 5 MB" in text(client.post(address, {"kind": "other", "file": large}))
    assert not Attachment.objects.exists()


def test_project_attachment_of_another_project_is_not_there(own):
    made, client = own
    strange = project()
    kept = services.attach(project_id=strange.pk, kind="other", name="a.pdf", content=PDF, **ACT)
    assert client.get(reverse("project_attachment", args=[made.pk, kept.pk])).status_code == 404
    assert client.get(reverse("project_attachment", args=[strange.pk, kept.pk])).status_code == 404


def test_project_attachment_remove_asks_first(own):
    made, client = own
    kept = services.attach(project_id=made.pk, kind="other", name="a.pdf", content=PDF, **ACT)
    address = reverse("project_attachment_remove", args=[made.pk, kept.pk])
    assert "a.pdf" in heading(client.get(address))
    assert client.post(address).status_code == 302
    assert not Attachment.objects.exists()
