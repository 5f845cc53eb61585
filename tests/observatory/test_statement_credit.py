"""What was paid that no invoice asks for, in the statement of each party; a person's invoices."""

import datetime

import pytest

from filiere.agenda.models import Registration
from filiere.billing import services
from filiere.billing.models import Debtor, InvoicePayment
from filiere.billing.queries import receivables
from filiere.observatory import statements
from filiere.observatory.statements import LineKind, Party, Period
from tests.agenda.factories import new_person
from tests.billing.factories import AT, DAY, commitment, world
from tests.billing.invoice_scene import (
    LATER,
    TODAY,
    customer,
    give_back,
    identity,
    issuer,
    written,
)
from tests.observatory.test_statement_years import hours
from tests.observatory.test_statements import adds_up

pytestmark = pytest.mark.django_db
YEAR = Period(datetime.date(2026, 1, 1), datetime.date(2027, 12, 31))
ON = datetime.date(2027, 12, 31)


def read(party, organisation_id):
    return adds_up(statements.statement_of(party, organisation_id, YEAR, on=ON))


def pay(of, cents, key="pay", **party):
    return services.record_payment(
        issuer_id=of.pk, amount_cents=cents, received_on=DAY, means="transfer", key=key, at=AT,
        actor="test", **party,
    )  # fmt: skip


def credit_of(found):
    """What the lines of credit of a statement come to."""
    kinds = (LineKind.CREDIT, LineKind.CREDIT_USED, LineKind.CREDIT_BACK, LineKind.BOUNCE)
    return sum(line.paid_cents for line in found.lines if line.kind in kinds)


def credit(**party):
    return sum(receivables.credit_cents(one.pk) for one in Debtor.objects.filter(**party))


def test_statement_of_a_client_tells_what_it_paid_too_much_and_what_became_of_it():
    of = issuer()
    client = customer(of)
    to = client.organisation_id
    written(of, client, 10_000)
    payment = pay(of, 13_000, organisation_id=to)
    found = read(Party.CLIENT, to)
    assert (found.closing_cents, credit_of(found)) == (-3_000, 3_000)
    line = next(line for line in found.lines if line.kind == LineKind.CREDIT)
    assert (line.about.on, line.about.agreement) == (DAY, of.organisation.name)
    services.bounce_payment(
        payment=payment, bounced_on=DAY, reason="Sans provision", at=AT, actor="test"
    )
    found = read(Party.CLIENT, to)
    assert (found.closing_cents, credit_of(found)) == (10_000, credit(organisation_id=to))
    assert found.paid_cents == 0


def test_statement_of_a_client_that_paid_before_any_invoice_has_its_credit():
    of = issuer()
    to = customer(of).organisation_id
    pay(of, 2_500, organisation_id=to)
    assert statements.parties_of(to) == [Party.CLIENT]
    found = read(Party.CLIENT, to)
    assert (found.count, found.closing_cents) == (1, -2_500)


def test_statement_of_a_client_gets_its_money_back_as_credit_with_a_credit_note():
    of = issuer()
    to = customer(of)
    invoice = written(of, to, 10_000)
    pay(of, 10_000, organisation_id=to.organisation_id)
    give_back(invoice)
    found = read(Party.CLIENT, to.organisation_id)
    assert found.closing_cents == -credit(organisation_id=to.organisation_id) == -10_000
    assert credit_of(found) == 10_000


def test_statement_of_a_third_party_and_of_its_place_tell_what_was_paid_too_much():
    here, promise = world(price=3000), commitment()
    here.split(commitment=promise)
    of, payer = issuer(here), promise.agreement.promiser
    customer(of, payer)
    services.invoice_shares(
        issuer=of, organisation_id=payer.pk, issued_on=DAY, until=LATER, key="parts", at=AT,
        actor="test",
    )  # fmt: skip
    pay(of, 2_000, organisation_id=payer.pk)
    for party, organisation_id in (
        (Party.THIRD_PARTY, payer.pk),
        (Party.PROVIDER, here.provider.pk),
    ):
        found = read(party, organisation_id)
        assert (found.closing_cents, credit_of(found)) == (-500, 500)
    assert credit(organisation_id=payer.pk) == 500
    assert statements.parties_of(payer.pk) == [Party.THIRD_PARTY]


@pytest.fixture
def odile():
    """She paid a session at the counter, then more than a computer of 90 € costs."""
    here, person = world(price=3000), new_person()
    here.split(person=person)
    of = issuer(here)
    services.issue_invoice(
        issuer=of, person_id=person, issued_on=TODAY, key="pc", at=AT, actor="test",
        lines=[services.LineWanted(wording="Ordinateur", unit_price_cents=9_000)],
    )  # fmt: skip
    return here, person, of


def year(person, **where):
    return adds_up(statements.year_of_help(person, year=2026, **where))


def test_year_of_help_holds_invoices_what_was_paid_on_them_and_the_credit(odile):
    _here, person, of = odile
    assert year(person).closing_cents == 9_000
    pay(of, 4_000, person_id=person)
    assert year(person).closing_cents == 5_000
    pay(of, 6_250, key="second", person_id=person)
    found = year(person)
    assert found.closing_cents == -1_250 == -credit(person_id=person)
    sent = InvoicePayment.objects.filter(debtor__person=person)
    of_invoices = [one for one in found.totals if one.kind not in statements.OF_SESSIONS]
    assert sum(one.paid_cents for one in of_invoices) == sum(one.amount_cents for one in sent)
    assert found.paid_cents == 3_000 + 10_250
    assert Registration.objects.get().ref in {line.about.session_ref for line in found.lines}


def test_year_of_help_tells_a_credit_given_back(odile):
    _here, person, of = odile
    payment = pay(of, 12_000, person_id=person)
    services.refund_credit(
        debtor_id=payment.debtor_id, amount_cents=1_000, means="transfer", given_on=DAY, key="back",
        at=AT, actor="test",
    )  # fmt: skip
    found = year(person)
    assert found.closing_cents == -2_000 == -credit(person_id=person)
    assert [line.paid_cents for line in found.lines if line.kind == LineKind.CREDIT_BACK] == [
        -1_000
    ]


def test_year_of_help_of_one_place_holds_its_invoices_only(odile):
    here, person, of = odile
    pay(of, 10_000, person_id=person)
    elsewhere = world(price=1000)
    assert year(person, provider_id=here.provider.pk).closing_cents == -1_000
    assert statements.year_of_help(person, year=2026, provider_id=elsewhere.provider.pk).count == 0
    assert statements.years_of_help(person) == [2026]
    assert statements.years_of_help(person, provider_id=elsewhere.provider.pk) == []


def test_statement_of_an_employer_tells_what_it_paid_too_much():
    promise = hours(6)
    organisation_id = promise.agreement.promiser_id
    here = Registration.objects.first().slot.offer.place.organisation
    of = services.save_issuer(organisation_id=here.pk, identity=identity(), at=AT, actor="test")
    customer(of, promise.agreement.promiser)
    services.invoice_shares(
        issuer=of, organisation_id=organisation_id, issued_on=DAY, until=LATER, key="hours", at=AT,
        actor="test",
    )  # fmt: skip
    pay(of, 6_700, organisation_id=organisation_id)
    found = read(Party.EMPLOYER, organisation_id)
    assert (found.closing_cents, credit_of(found)) == (-700, 700)
    assert statements.parties_of(organisation_id) == [Party.EMPLOYER]
