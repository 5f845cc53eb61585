"""What a public till adds to receipts, and packages sold there."""

import re

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Role
from filiere.billing import services
from filiere.billing.models import Package, TillReceipt
from filiere.billing.queries import tills as queries
from filiere.billing.services import tills
from tests.agenda.factories import new_person
from tests.billing.factories import AT
from tests.billing.test_packages import JANUARY
from tests.billing.test_tills import NOVEMBER, balance, opened, town
from tests.web.test_money_pages import signed_in
from tests.web.test_paper_pages import texts
from tests.web.test_till_pages import Hall

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


def printed(client, ref, language="en") -> str:
    page = client.get(
        reverse("session_receipt_pdf", args=[ref]), headers={"accept-language": language}
    )
    return re.sub(r"\s+", " ", " ".join(texts(page.content)))


def selling_packages():
    """Give a town hall that sells packages of five sessions, and its till."""
    here = town(price=None)
    services.set_price(
        offer_id=here.offer.pk, kind="pack", amount_cents=5_000, from_on=JANUARY, actor="test",
        at=AT, package=services.Package(valid_days=90, sessions=5),
    )  # fmt: skip
    return here, opened(here)


def sold(here, person=None):
    """Sell a package with its first session, paid in cash."""
    charge = here.split(person=person)
    return tills.record_receipt(charge=charge, means="cash", at=AT, actor="user:1")


def test_the_printed_receipt_bears_the_till_its_act_number_and_means():
    hall = Hall()
    charge = hall.session()
    ref = charge.registration.ref
    before = printed(hall.deputy, ref)
    assert "This sheet is not a receipt" in before
    assert "Till receipt" not in before
    tills.record_receipt(charge=charge, means="card", at=AT, actor="user:1")
    said = printed(hall.deputy, ref)
    for words in (
        "Paid at the till", "You paid €30.00 at the till", "Régie de la médiathèque", "no. 2026-14 of Monday 5 January 2026",
        "no. 1", "bank card", "Tuesday 24 November 2026", "€30.00",
    ):  # fmt: skip
        assert words in said
    assert "This sheet is not a receipt" not in said
    french = printed(hall.deputy, ref, "fr")
    assert "Encaissé à la régie" in french
    assert "n° 2026-14 du lundi 5 janvier 2026" in french


def test_the_printed_receipt_of_a_place_without_till_says_nothing_of_one():
    here = town()
    client = signed_in(Role.MEDIATOR, here.provider)
    assert "till" not in printed(client, here.split().registration.ref).lower()


def test_a_receipt_undone_is_no_receipt_any_more():
    hall = Hall()
    charge = hall.session()
    receipt = tills.record_receipt(charge=charge, means="cash", at=AT, actor="user:1")
    tills.reverse_receipt(receipt=receipt, reason="erreur", at=AT, actor="user:1")
    assert "This sheet is not a receipt" in printed(hall.deputy, charge.registration.ref)


def test_a_package_is_sold_at_the_till_once_and_each_page_names_it():
    here, till = selling_packages()
    person = new_person(commune_id=here.commune.pk)
    charge = here.split(person=person)
    client = signed_in(Role.MANAGER, here.provider)
    name = "Package of 5 sessions, valid for 90 days"
    page = reverse("till", args=[till.pk])
    assert name in client.get(page).content.decode()
    receipt = tills.record_receipt(charge=charge, means="cash", at=AT, actor="user:1")
    assert (receipt.amount_cents, balance(till, "cash")) == (5_000, 5_000)
    assert name in client.get(page).content.decode()
    mediator = signed_in(Role.MEDIATOR, here.provider)
    assert name in printed(mediator, charge.registration.ref)
    month = [till.pk, "2026-11"]
    assert name in client.get(reverse("till_month", args=month)).content.decode()
    assert name in client.get(reverse("till_month_csv", args=month)).content.decode()
    # The next session is taken from it: nothing more to record.
    assert here.charge(person=person).price_cents == 0
    assert list(queries.to_record(till)) == []
    assert TillReceipt.objects.count() == 1
    (line,) = queries.journal(till, NOVEMBER).lines
    assert "5" in line.sold


def test_refunding_the_session_that_bought_a_package_undoes_its_receipt():
    here, till = selling_packages()
    receipt = sold(here)
    services.refund_charge(charge=receipt.share.charge, reason="erreur", at=AT, actor="test")
    assert balance(till, "cash") == 0
    assert TillReceipt.objects.get(number=2).reverses == receipt
    assert Package.objects.get().cancelled_at == AT


def test_whoever_opens_or_closes_a_month_reads_where_the_money_goes():
    here, till = selling_packages()
    sold(here)
    client = signed_in(Role.MANAGER, here.provider)
    sentence = "This money cannot be kept for digital help"
    for name, args in (
        ("till", [till.pk]), ("till_month", [till.pk, "2026-11"]),
        ("till_month_paper", [till.pk, "2026-11"]), ("till_new", []),
    ):  # fmt: skip
        assert sentence in client.get(reverse(name, args=args)).content.decode()
