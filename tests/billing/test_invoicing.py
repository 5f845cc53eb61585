"""Invoices and credit notes: numbers without gap, sums that add up, nothing changed afterwards."""

import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from filiere.billing import services
from filiere.billing.errors import (
    CreditNoteNotPossible,
    CreditReasonMissing,
    CustomerMissing,
    InvoiceDateNotPossible,
    InvoiceKeyReused,
    IssuerNotPossible,
    LineNotPossible,
    NothingToInvoice,
)
from filiere.billing.models import Invoice, InvoicedShare, InvoiceSeries
from filiere.billing.queries import invoices as queries
from filiere.kernel import checks
from tests.agenda.factories import OrganisationFactory, new_person
from tests.billing.factories import AT, check_now, commitment, receive, world
from tests.billing.invoice_scene import (
    LATER,
    POST_SIRET,
    TODAY,
    customer,
    give_back,
    identity,
    issuer,
    written,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def broken():
    return [
        (v.name, v.first)
        for v in checks.run()
        if not v.holds and v.name.startswith("billing.invoice")
    ]


def test_issue_invoice_numbers_from_one_and_taxes_each_group_once():
    firm = issuer(vat_regime="standard")
    to = customer(firm)

    first = written(firm, to, 1002, 1003)
    second = written(firm, to, 50_00, key="other")

    assert (first.number, second.number) == ("F-2026-000001", "F-2026-000002")
    # 20 % of 20.05 is 4.01; line by line it would have been 2.00 + 2.01.
    assert (first.net_cents, first.vat_cents, first.total_cents) == (2005, 401, 2406)
    assert first.due_on == TODAY + 30 * DAY
    assert [note[0] for note in first.notes] == ["AAB", "PMD", "PMT"]
    check_now()
    assert broken() == []


def test_issue_invoice_twice_with_one_key_is_one_invoice():
    firm = issuer()
    to = customer(firm)
    first = written(firm, to, 5000)

    assert written(firm, to, 5000) == first
    assert Invoice.objects.count() == 1
    with pytest.raises(InvoiceKeyReused):
        written(firm, to, 6000)


def test_issue_invoice_keeps_what_it_said_when_the_issuer_moves():
    firm = issuer()
    to = customer(firm)
    made = written(firm, to, 5000)

    issuer_again = services.save_issuer(
        organisation_id=firm.organisation_id,
        identity=identity(legal_name="Autre nom", city="Limoges"),
        at=AT,
        actor="test",
    )

    assert issuer_again == firm
    made.refresh_from_db()
    assert (made.seller["name"], made.seller["city"]) == ("Médiathèque du fil", "Guéret")


def test_issue_invoice_refuses_what_cannot_be():
    firm = issuer()
    to = customer(firm)

    with pytest.raises(NothingToInvoice):
        written(firm, to)
    with pytest.raises(LineNotPossible):
        written(firm, to, 0)
    with pytest.raises(CustomerMissing):
        written(firm, type(to)(organisation=OrganisationFactory()), 100)
    with pytest.raises(InvoiceDateNotPossible):
        written(firm, to, 100, issued_on=TODAY + DAY)
    written(firm, to, 100)
    with pytest.raises(InvoiceDateNotPossible):
        written(firm, to, 100, key="late", issued_on=TODAY - DAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"siren": "123456789"},
        {"siret": POST_SIRET},
        {"iban": "FR7630006000011234567890188"},
        {"payment_days": 61},
        {"vat_regime": "standard", "vat_number": ""},
    ],
)
def test_save_issuer_refuses_numbers_and_terms_that_cannot_be(wrong):
    with pytest.raises(IssuerNotPossible):
        issuer(**wrong)


def test_save_customer_wants_the_siret_of_a_public_body():
    firm = issuer()
    with pytest.raises(IssuerNotPossible):
        customer(firm, is_public=True)
    found = customer(firm, is_public=True, siret=POST_SIRET, service_code="SOCIAL")
    made = written(firm, found, 5000, order_reference="ENG-42")
    assert (made.recipient_kind, made.buyer_reference, made.order_reference) == (
        "public_body",
        "SOCIAL",
        "ENG-42",
    )


def test_invoice_shares_counts_sessions_and_tells_what_is_paid():
    here = world(price=3000)
    firm = issuer(here)
    promise = commitment(rate_ppm=500_000)
    payer = promise.agreement.promiser
    for _turn in range(3):
        here.split(commitment=promise)
    receive(promise, 1500)
    customer(firm, payer)
    asked = {"issuer": firm, "issued_on": TODAY, "until": LATER, "at": AT, "actor": "test"}

    made = services.invoice_shares(organisation_id=payer.pk, key="november", **asked)

    line = made.lines.get()
    assert (made.total_cents, made.paid_cents) == (4500, 1500)
    assert (line.quantity_hundredths, line.unit_price_cents, line.net_cents) == (300, 1500, 4500)
    assert "novembre 2026" in line.detail
    # Whole months, up to the day of the invoice: nobody reads the day of a session.
    assert (made.delivered_from, made.delivered_to) == (TODAY.replace(day=1), TODAY)
    assert line.shares.count() == 3
    # Nothing is invoiced twice; the same demand is the same invoice.
    assert services.invoice_shares(organisation_id=payer.pk, key="november", **asked) == made
    with pytest.raises(NothingToInvoice):
        services.invoice_shares(organisation_id=payer.pk, key="again", **asked)
    check_now()
    assert broken() == []


def test_invoice_shares_of_a_person_keeps_no_name_and_is_already_paid():
    here = world(price=3000)
    firm = issuer(here, vat_regime="standard")
    person = new_person(commune_id=here.commune.pk)
    here.split(person=person)

    made = services.invoice_shares(
        issuer=firm, person_id=person, issued_on=TODAY, until=LATER, key="p", at=AT, actor="test"
    )

    assert (made.net_cents, made.vat_cents, made.total_cents) == (2500, 500, 3000)
    assert (made.paid_cents, made.buyer, made.due_on) == (3000, {}, TODAY)
    assert queries.documents([made], names={})[0].buyer.name.startswith("Client n°")


def test_invoice_shares_again_after_a_whole_credit_note():
    here = world(price=3000)
    firm = issuer(here)
    person = new_person(commune_id=here.commune.pk)
    here.split(person=person)
    asked = {"issuer": firm, "issued_on": TODAY, "until": LATER, "at": AT, "actor": "test"}
    first = services.invoice_shares(person_id=person, key="one", **asked)

    give_back(first, net_by_line={first.lines.get().pk: 1000})
    with pytest.raises(NothingToInvoice):
        services.invoice_shares(person_id=person, key="two", **asked)
    give_back(first, key="rest")
    second = services.invoice_shares(person_id=person, key="two", **asked)

    assert second.number == "F-2026-000002"
    assert list(InvoicedShare.objects.order_by("turn").values_list("turn", flat=True)) == [1, 2]
    check_now()
    assert broken() == []


def test_issue_credit_note_never_exceeds_its_invoice_and_the_last_gives_back_the_rest():
    firm = issuer(vat_regime="standard")
    made = written(firm, customer(firm), 1002, 1003)
    one, two = made.lines.order_by("position")

    part = give_back(made, net_by_line={one.pk: 500})
    assert (part.number, part.total_cents, part.corrects) == ("A-2026-000001", 600, made)
    with pytest.raises(CreditNoteNotPossible):
        give_back(made, key="more", net_by_line={one.pk: 503})
    rest = give_back(made, key="rest")
    assert part.total_cents + rest.total_cents == made.total_cents
    assert queries.credited_cents(made) == made.total_cents
    assert [left for _line, left in queries.left_by_line(made)] == [0, 0]
    with pytest.raises(CreditNoteNotPossible):
        give_back(made, key="again")
    with pytest.raises(CreditNoteNotPossible):
        give_back(part, key="of a credit note")
    with pytest.raises(CreditReasonMissing):
        give_back(made, key="no reason", reason=" ")
    assert two.credited_by.get().net_cents == 1003
    check_now()
    assert broken() == []


def test_issue_credit_note_twice_with_one_key_is_one_credit_note():
    firm = issuer()
    made = written(firm, customer(firm), 5000)
    part = give_back(made, net_by_line={made.lines.get().pk: 100})

    assert give_back(made, net_by_line={made.lines.get().pk: 100}) == part
    with pytest.raises(InvoiceKeyReused):
        give_back(made, net_by_line={made.lines.get().pk: 200})


@pytest.mark.parametrize("table", ["invoice", "invoiceline", "invoicevat", "invoicedshare"])
@pytest.mark.parametrize("change", ["UPDATE {0} SET id = id + 1", "DELETE FROM {0}"])
def test_invoice_is_never_changed_nor_deleted(table, change):
    here = world(price=3000)
    firm = issuer(here)
    person = new_person(commune_id=here.commune.pk)
    here.split(person=person)
    services.invoice_shares(
        issuer=firm, person_id=person, issued_on=TODAY, until=LATER, key="p", at=AT, actor="test"
    )
    check_now()

    with (
        pytest.raises(DatabaseError, match=r"annot|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(f"billing_{table}"))


FACTS = {
    "invoice_follows": "UPDATE {0} SET rank = rank + 1, number = 'F-2026-000099'",
    "invoice_adds_up": "UPDATE {0} SET net_cents = 4000, total_cents = 4000",
    "invoice_total_adds_up": "UPDATE {0} SET total_cents = 4999",
    "invoice_due_not_before_issue": "UPDATE {0} SET due_on = issued_on - 1",
    "invoice_keeps_no_name": "UPDATE {0} SET recipient_kind = 'person'",
    "invoice_credit_note_names_its_invoice": "UPDATE {0} SET kind = 'credit_note'",
    "invoice_paid_within_total": "UPDATE {0} SET paid_cents = 5001",
}


COPIED = {
    "invoiceline": "position, wording, detail, unit, quantity_hundredths, unit_price_cents,"
    " net_cents, vat_treatment, vat_rate_bp, credits_id",
    "invoicevat": "vat_treatment, vat_rate_bp, base_cents, vat_cents",
}


def plant(original, change: str) -> None:
    """Write a copy of an invoice, its lines and its tax, made false in one way; judge it at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(
            "CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT * FROM billing_invoice WHERE id = %s",
            [original.pk],
        )
        cursor.execute(
            "UPDATE copied SET id = id + 1000, rank = 2, request_key = 'x',"
            " number = series_id || '-2'"
        )
        cursor.execute("UPDATE billing_invoiceseries SET last_rank = 2")
        cursor.execute(change.format("copied"))
        cursor.execute("INSERT INTO billing_invoice SELECT * FROM copied")
        for table, columns in COPIED.items():
            cursor.execute(
                f"INSERT INTO billing_{table} (invoice_id, {columns})"
                f" SELECT invoice_id + 1000, {columns} FROM billing_{table} WHERE invoice_id = %s",
                [original.pk],
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("name", FACTS)
def test_database_refuses_an_invoice_that_is_false(name):
    firm = issuer()
    made = written(firm, customer(firm), 5000)
    check_now()

    with pytest.raises(IntegrityError) as refused:
        plant(made, FACTS[name])
    assert refused.value.__cause__.diag.constraint_name == name


def test_database_refuses_credit_notes_that_exceed_their_invoice():
    firm = issuer()
    made = written(firm, customer(firm), 5000)
    part = give_back(made, net_by_line={made.lines.get().pk: 3000})
    check_now()

    with pytest.raises(IntegrityError) as refused:
        plant(part, "UPDATE {0} SET reason = 'encore'")
    assert refused.value.__cause__.diag.constraint_name == "invoice_credit_within"


def test_invoice_series_of_another_issuer_counts_by_itself():
    one, two = issuer(), issuer()
    assert written(one, customer(one), 100).number == written(two, customer(two), 100).number
    assert InvoiceSeries.objects.count() == 2
