"""Who may print what, and what the printed twins of pages say."""

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from filiere.accounts.models import Role
from filiere.billing import queries as billing
from filiere.kernel.models import AuditEntry
from filiere.observatory import queries as observatory
from filiere.settlement.models import PaymentOrder
from filiere.vouchers import services as vouchers
from tests.observatory.test_euro import scenario
from tests.pdf_reading import texts
from tests.settlement.test_services import LATER, approve, emit, freeze, pay
from tests.vouchers.factories import active, person
from tests.web.test_money_pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def kept():
    """An active lot of twelve: the first booklet is entrusted, the second stays."""
    scene = active(count=12)
    client = signed_in(Role.PRESCRIBER)
    organisation = client.user.memberships.get().organisation
    vouchers.entrust(
        lot=scene.lot,
        organisation_id=organisation.pk,
        serial_from=scene.issued[0].serial,
        serial_to=scene.issued[9].serial,
        at=LATER,
        actor="test",
    )
    return scene, client, organisation


def booklet_numbers(scene):
    return list(scene.lot.booklets.order_by("number").values_list("pk", flat=True))


def pdf_of(response) -> list[str]:
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store, private"
    return texts(response.content)


def test_booklets_lists_those_entrusted_to_one_s_organisation(kept):
    scene, client, _organisation = kept
    mine, other = booklet_numbers(scene)
    page = client.get(reverse("booklets")).content.decode()
    assert "1 booklet to print" in page
    assert reverse("booklet_pdf", args=[mine]) in page
    assert reverse("booklet_pdf", args=[other]) not in page
    everything = signed_in(Role.OPERATOR).get(reverse("booklets")).content.decode()
    assert "2 booklets to print" in everything


def test_booklets_does_not_grow_queries_with_its_rows(kept, django_assert_max_num_queries):
    client = signed_in(Role.OPERATOR)
    client.get(reverse("booklets"))
    active(count=60, seed=9)
    with django_assert_max_num_queries(9):
        assert client.get(reverse("booklets")).status_code == 200


def test_booklet_pdf_is_for_its_custodian_and_the_operator(kept):
    scene, client, _organisation = kept
    mine, other = booklet_numbers(scene)
    answer = client.post(reverse("booklet_pdf", args=[mine]))
    assert "Booklet of 10 vouchers" in pdf_of(answer)[0]
    assert client.post(reverse("booklet_pdf", args=[other])).status_code == 403
    assert signed_in(Role.PRESCRIBER).post(reverse("booklet_pdf", args=[mine])).status_code == 403
    assert signed_in(Role.OPERATOR).post(reverse("booklet_pdf", args=[other])).status_code == 200
    assert client.get(reverse("booklet_pdf", args=[mine])).status_code == 405
    assert client.post(reverse("booklet_pdf", args=[0])).status_code == 404


def test_attack_30_a_printed_booklet_leaves_no_code_outside_the_file(kept):
    scene, client, _organisation = kept
    answer = client.post(reverse("booklet_pdf", args=[booklet_numbers(scene)[0]]))
    written = str(answer.headers) + str(list(AuditEntry.objects.order_by("pk").values()))
    assert not any(issued.code in written.replace("-", "") for issued in scene.issued)
    entry = AuditEntry.objects.get(action="vouchers.printed")
    assert entry.actor == client.user.actor


def test_booklet_pdf_with_nothing_left_says_so(kept):
    scene, client, _organisation = kept
    for issued in scene.issued[:10]:
        vouchers.block(serial=issued.serial, reason="test", at=LATER, actor="test")
    answer = client.post(reverse("booklet_pdf", args=[booklet_numbers(scene)[0]]), follow=True)
    assert "None of these vouchers can be printed" in answer.content.decode()


def test_voucher_letter_is_for_who_handed_it_out(kept):
    scene, client, organisation = kept
    serial = scene.issued[0].serial
    vouchers.hand_out(
        voucher_serial=serial,
        person_id=person().pk,
        organisation_id=organisation.pk,
        at=LATER,
        actor="test",
    )
    address = reverse("voucher_letter", args=[serial])
    assert address in client.get(reverse("booklets")).content.decode()
    (letter,) = pdf_of(client.post(address))
    assert "Here is your digital help voucher" in letter
    assert organisation.name in letter
    assert signed_in(Role.PRESCRIBER).post(address).status_code == 403
    assert client.post(reverse("voucher_letter", args=[serial + 1])).status_code == 404


def test_session_receipt_pdf_names_each_funder_and_adds_up():
    _lot, _payer, places = scenario()
    client = signed_in(Role.MEDIATOR, places[0].provider)
    charge = billing.charges_of_provider(places[0].provider.pk).first()
    address = reverse("session_receipt_pdf", args=[charge.registration.ref])
    said = " ".join(pdf_of(client.get(address)))
    funders = [p.name for line in observatory.trace_charge(charge.pk) for p in line.payers]
    assert funders
    assert all(funder in said for funder in funders)
    assert charge.registration.ref in said
    assert signed_in(Role.MEDIATOR).get(address).status_code == 403


def test_payment_pdf_lists_sessions_and_who_paid():
    scenario()
    pay(emit(approve(freeze())))
    order = PaymentOrder.objects.order_by("pk").first()
    client = signed_in(Role.MANAGER, order.provider)
    address = reverse("payment_pdf", args=[order.pk])
    said = " ".join(pdf_of(client.get(address)))
    assert order.end_to_end_id in said.replace("\ufffe", "-").replace(" ", "")
    assert order.provider.name in said
    assert all(payer.name in said for payer in observatory.who_paid(order.pk))
    assert signed_in(Role.MANAGER).get(address).status_code == 403


def test_receipt_reads_in_french():
    _lot, _payer, places = scenario()
    client = signed_in(Role.MEDIATOR, places[0].provider)
    charge = billing.charges_of_provider(places[0].provider.pk).first()
    address = reverse("session_receipt_pdf", args=[charge.registration.ref])
    with translation.override("fr"):
        said = texts(client.get(address, headers={"accept-language": "fr"}).content)[0]
    assert "Qui paie cette séance" in said
    assert "Reste pour vous" in said
