"""Pages of invoices: who reads which, what is typed, what is refused, what is printed."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Membership, Role
from filiere.billing import services
from filiere.billing.models import Invoice, InvoiceKind, Issuer
from filiere.kernel.models import AuditEntry
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from tests.agenda.factories import OrganisationFactory, new_person
from tests.billing.factories import AT, commitment, world
from tests.billing.invoice_scene import POST_SIRET, TODAY, customer, give_back, issuer, written
from tests.pdf_reading import texts
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db
NOW = AT + datetime.timedelta(days=60)
IDENTITY = {
    "legal_name": "Médiathèque du fil",
    "legal_form": "Association loi 1901",
    "siren": "732 829 320",
    "street": "1 rue du Fil",
    "postcode": "23000",
    "city": "Guéret",
    "vat_regime": "association",
    "size": "micro",
    "payment_days": "30",
    "late_rate": "12",
}
ADDRESS = {
    "legal_name": "Caisse de la Creuse",
    "street": "2 place du Pont",
    "postcode": "23000",
    "city": "Guéret",
    "key": "a key of the page",
}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def text(page):
    return page.content.decode()


def test_a_manager_writes_what_its_invoices_bear_then_issues_one_of_sessions():
    here = world(price=3000)
    promise = commitment(rate_ppm=500_000)
    payer = promise.agreement.promiser
    here.split(commitment=promise)
    client = signed_in(Role.MANAGER, here.provider)
    assert "No invoice yet" in text(client.get(reverse("invoices")))
    assert client.get(reverse("invoice_new")).url == reverse("invoice_issuer")

    wrong = client.post(reverse("invoice_issuer"), IDENTITY | {"siren": "123456789"})
    assert wrong.status_code == 422
    assert "123456789" in text(wrong)
    assert client.post(reverse("invoice_issuer"), IDENTITY).url == reverse("invoices")
    assert Issuer.objects.get().late_rate_bp == 1200
    listed = text(client.get(reverse("invoices")))
    assert payer.name in listed
    assert "Receive electronic invoices" in listed
    address = reverse("invoice_new") + f"?organisation={payer.pk}"
    assert "1 session it agreed to pay waits" in text(client.get(address))

    made = client.post(address, ADDRESS | {"what": "sessions"}, follow=True)
    again = client.post(address, ADDRESS | {"what": "sessions"}, follow=True)

    assert heading(made).startswith("€15.00, to pay before")
    assert heading(again) == heading(made)
    assert Invoice.objects.get().number == "F-2026-000001" or Invoice.objects.get().rank == 1


def test_a_written_line_needs_its_words_and_its_price():
    firm = issuer()
    to = OrganisationFactory(siret=POST_SIRET)
    client = signed_in(Role.MANAGER, firm.organisation)
    chosen = client.get(reverse("invoice_new") + f"?siret={POST_SIRET}")
    assert to.name in text(chosen)
    assert "No organisation known" in text(client.get(reverse("invoice_new") + "?siret=1"))
    address = reverse("invoice_new") + f"?organisation={to.pk}"

    short = client.post(address, ADDRESS | {"what": "line", "quantity": "1"})
    assert short.status_code == 422
    assert "the invoice needs it" in text(short)
    assert "2 place du Pont" in text(short)
    none = client.post(address, ADDRESS | {"what": "sessions"})
    assert none.status_code == 422
    assert "nothing to invoice" in text(none)
    line = {"what": "line", "wording": "Atelier", "quantity": "1.5", "price": "100"}
    made = client.post(address, ADDRESS | line, follow=True)
    assert heading(made).startswith("€150.00")


def test_a_credit_note_gives_back_a_part_then_the_rest_and_no_more():
    firm = issuer()
    made = written(firm, customer(firm), 5000)
    line = made.lines.get()
    client = signed_in(Role.MANAGER, firm.organisation)
    address = reverse("invoice_credit", args=[made.pk])
    assert "At most €50.00" in text(client.get(address))

    too_much = client.post(address, {"reason": "Erreur", "key": "k1", f"line_{line.pk}": "51"})
    assert too_much.status_code == 422
    part = client.post(
        address, {"reason": "Erreur", "key": "k1", f"line_{line.pk}": "20"}, follow=True
    )
    assert heading(part).startswith("€20.00")
    rest = client.post(address, {"reason": "Erreur", "key": "k2"}, follow=True)
    assert heading(rest).startswith("€30.00")
    assert Invoice.objects.filter(kind=InvoiceKind.CREDIT_NOTE).count() == 2
    sheet = client.get(reverse("invoice", args=[made.pk]))
    assert "wholly given back" in heading(sheet)
    assert reverse("invoice_credit", args=[made.pk]) not in text(sheet)
    assert client.post(address, {"reason": "Encore", "key": "k3"}).status_code == 422


def test_an_invoice_is_read_by_its_two_parties_and_the_auditor_only():
    firm = issuer()
    to = customer(firm)
    made = written(firm, to, 5000)
    pages = [reverse(name, args=[made.pk]) for name in ("invoice", "invoice_pdf", "invoice_xml")]
    for role, organisation, status in (
        (Role.MANAGER, firm.organisation, 200),
        (Role.COMMISSIONER, to.organisation, 200),
        (Role.AUDITOR, None, 200),
        (Role.MANAGER, OrganisationFactory(), 403),
        (Role.MEDIATOR, firm.organisation, 403),
    ):
        client = signed_in(role, *([organisation] if organisation else []))
        assert [client.get(page).status_code for page in pages] == [status] * 3
    received = signed_in(Role.COMMISSIONER, to.organisation).get(
        reverse("invoices") + "?sens=recues"
    )
    assert made.number in text(received)
    credit = reverse("invoice_credit", args=[made.pk])
    assert signed_in(Role.MANAGER, to.organisation).get(credit).status_code == 403
    assert signed_in(Role.MANAGER).get(reverse("invoice", args=[0])).status_code == 404


def test_the_list_of_invoices_is_closed_to_a_mediator_who_manages_elsewhere():
    firm = issuer()
    client = signed_in(Role.MANAGER, OrganisationFactory())
    Membership.objects.create(user=client.user, organisation=firm.organisation, role=Role.MEDIATOR)
    for organisation, status in ((firm.organisation, 403), (None, 200)):
        other = client.user.memberships.exclude(organisation=firm.organisation).get().organisation
        session = client.session
        session["acting_for"] = (organisation or other).pk
        session.save()
        assert client.get(reverse("invoices")).status_code == status


def test_the_name_of_a_person_is_printed_for_the_issuer_alone():
    here = world(price=3000)
    firm = issuer(here)
    person = new_person(Purpose.KEEP_IDENTITY, commune_id=here.commune.pk)
    persons.seal_identity(person_id=person, name="Odile Marchand", at=AT, actor="test")
    here.split(person=person)
    made = services.invoice_shares(
        issuer=firm, person_id=person, issued_on=TODAY, until=NOW, key="p", at=AT, actor="test"
    )
    address = reverse("invoice_pdf", args=[made.pk])
    manager = signed_in(Role.MANAGER, here.provider)

    assert "Odile Marchand" not in text(manager.get(reverse("invoice", args=[made.pk])))
    assert not AuditEntry.objects.filter(action="persons.identity_read").exists()
    assert "Odile Marchand" in texts(manager.get(address).content)[0]
    assert "Odile Marchand" not in texts(signed_in(Role.AUDITOR).get(address).content)[0]
    assert AuditEntry.objects.filter(action="persons.identity_read").count() == 1


def test_an_invoice_of_a_refunded_session_asks_for_a_credit_note():
    here = world(price=3000)
    firm = issuer(here)
    person = new_person(commune_id=here.commune.pk)
    charge = here.split(person=person)
    here.split(person=person)
    made = services.invoice_shares(
        issuer=firm, person_id=person, issued_on=TODAY, until=NOW, key="p", at=AT, actor="test"
    )
    client = signed_in(Role.MANAGER, here.provider)
    asked = f"{made.number}: write a credit note of €30.00"
    assert asked not in text(client.get(reverse("invoices")))
    services.refund_charge(charge=charge, reason="Absence", at=AT, actor="test")

    assert asked in text(client.get(reverse("invoices")))
    give_back(made, net_by_line={made.lines.order_by("position")[0].pk: 3000})
    assert asked not in text(client.get(reverse("invoices")))


def test_invoices_is_read_in_a_fixed_number_of_queries(django_assert_max_num_queries):
    firm = issuer()
    to = customer(firm)
    for turn in range(12):
        written(firm, to, 100, key=str(turn))
    client = signed_in(Role.MANAGER, firm.organisation)
    client.get(reverse("invoices"))
    with django_assert_max_num_queries(14):
        client.get(reverse("invoices"))
