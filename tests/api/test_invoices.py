"""Invoices read by a program: those issued, those received, their file."""

import facturx
import pytest

from filiere.accounts.models import Membership
from tests.agenda.factories import OrganisationFactory
from tests.api.conftest import signed_in
from tests.billing.invoice_scene import customer, give_back, issuer, written
from tests.billing.test_receivables import pay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_invoices_are_listed_to_both_parties():
    firm = issuer()
    to = customer(firm)
    made = written(firm, to, 5000)
    note = give_back(made, net_by_line={made.lines.get().pk: 2000})

    status, issued = signed_in("manager", firm.organisation).get("invoices")
    _status, received = signed_in("commissioner", to.organisation).get(
        "invoices", direction="received"
    )

    assert status == 200
    assert issued["items"] == received["items"]
    assert [(one["number"], one["total_cents"], one["credited_cents"], one["corrects_id"])
            for one in issued["items"]] == [
        (note.number, 2000, 0, made.pk),
        (made.number, 5000, 2000, None),
    ]  # fmt: skip


def test_invoices_of_an_organisation_are_not_listed_to_its_mediator_who_manages_another():
    firm, own = issuer(), OrganisationFactory()
    written(firm, customer(firm), 5000)
    person = signed_in("manager", own)
    Membership.objects.create(user=person.user, organisation=firm.organisation, role="mediator")

    assert person.get("invoices")[1]["items"] == []
    assert person.get("invoices", organisation_id=firm.organisation_id)[0] == 404


def test_invoice_is_given_line_by_line_to_its_parties_only():
    firm = issuer()
    made = written(firm, customer(firm), 5000, 2500)

    status, answer = signed_in("manager", firm.organisation).get(f"invoices/{made.pk}")

    assert status == 200
    assert [line["net_cents"] for line in answer["lines"]] == [5000, 2500]
    assert answer["lines"][0]["vat_treatment"] == "association"
    assert signed_in("manager", OrganisationFactory()).get(f"invoices/{made.pk}")[0] == 403
    assert signed_in("manager", OrganisationFactory()).get("invoices/0")[0] == 404
    stranger = signed_in("manager", OrganisationFactory())
    assert stranger.get("invoices", organisation_id=firm.organisation_id)[0] == 404


def test_invoice_file_is_factur_x():
    firm = issuer()
    made = written(firm, customer(firm), 5000)
    client = signed_in("manager", firm.organisation).client

    answer = client.get(f"/api/v1/invoices/{made.pk}/factur-x.pdf")
    inside = client.get(f"/api/v1/invoices/{made.pk}/factur-x.xml")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert facturx.get_facturx_xml_from_pdf(answer.content)[1] == inside.content


def test_invoice_says_where_its_money_stands():
    firm = issuer()
    made = written(firm, to := customer(firm), 5000)
    pay(to, 2000)
    note = give_back(made, net_by_line={made.lines.get().pk: 1000})
    client = signed_in("manager", firm.organisation)

    _status, answer = client.get(f"invoices/{made.pk}")
    _status, given = client.get(f"invoices/{note.pk}")

    told = (answer["state"], answer["settled_cents"], answer["open_cents"])
    assert told == ("partly", 2000, 2000)
    assert (given["state"], given["open_cents"]) == (None, None)
