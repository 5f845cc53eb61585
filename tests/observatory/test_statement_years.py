"""An employer's hours told without anybody to recognise; a person's year of help."""

import datetime

import pytest

from filiere.agreements import cards
from filiere.agreements import services as agreements
from filiere.billing import services
from filiere.billing.services.refunding import refund_charge
from filiere.ledger import queries as ledger
from filiere.observatory import statements
from filiere.observatory.statements import LineKind, Party, Period
from filiere.persons import services as persons
from filiere.vouchers import services as vouchers
from tests.agenda.factories import OrganisationFactory, new_person
from tests.billing.factories import AT, DAY, commitment, lot_for, receive, world
from tests.billing.invoice_scene import LATER, customer, give_back, issuer, written
from tests.observatory.test_statements import adds_up

pytestmark = pytest.mark.django_db
YEAR = Period(datetime.date(2026, 1, 1), datetime.date(2027, 12, 31))
JANUARY = datetime.date(2026, 1, 1)
ENDS_ON = datetime.date(2026, 12, 31)


def hours(count, *, ends_on=None, price=1000):
    """An employer whose staff took that many sessions of one hour, on the day of the tests."""
    here = world(price=price)
    agreement = agreements.sign(
        kind="employer", title="Heures offertes", promiser_id=OrganisationFactory().pk,
        starts_on=JANUARY, ends_on=ends_on, at=AT, actor="test",
        commitments=[agreements.Promise("heures", quota_minutes=6000)],
    )  # fmt: skip
    promise = agreement.commitments.get()
    code = cards.issue_cards(commitment_id=promise.pk, count=1, at=AT, actor="test")[0]
    for _one in range(count):
        services.split_charge(
            charge=here.charge(), voucher_code=None, card_code=code, at=AT, actor="test"
        )
    return promise


def employer(promise, on):
    promiser = promise.agreement.promiser_id
    return adds_up(statements.statement_of(Party.EMPLOYER, promiser, YEAR, on=on))


def test_statement_of_an_employer_waits_for_the_end_of_the_month_and_five_sessions():
    promise = hours(6)
    assert [line.kind for line in employer(promise, DAY).lines] == [LineKind.HOURS_BOUGHT]
    found = employer(promise, datetime.date(2026, 12, 1))
    line = found.lines[-1]
    assert (line.kind, line.about.sessions, line.about.minutes) == (LineKind.HOURS_USED, 6, 360)
    assert found.closing_cents == 6000
    assert found.closing_cents == -ledger.balance(f"thirdparty:{promise.agreement.promiser_id}")
    receive(promise, 4000)
    assert employer(promise, datetime.date(2026, 12, 1)).closing_cents == 2000
    assert line.about.session_ref == ""


def test_statement_of_an_employer_tells_few_sessions_only_when_all_is_over():
    promise = hours(2, ends_on=ENDS_ON)
    assert employer(promise, ENDS_ON).closing_cents == 0
    over = employer(promise, datetime.date(2027, 1, 1))
    assert (over.closing_cents, over.lines[-1].about.sessions) == (2000, 2)


def test_statement_of_an_employer_is_in_no_third_party_statement():
    promise = hours(6)
    organisation_id = promise.agreement.promiser_id
    assert statements.parties_of(organisation_id) == [Party.EMPLOYER]
    found = statements.statement_of(Party.THIRD_PARTY, organisation_id, YEAR, on=ENDS_ON)
    assert found.count == 0


@pytest.fixture
def helped():
    """Odile paid 10 € of a session of 30 €, then a whole one of 50 € elsewhere."""
    here, elsewhere, person = world(price=3000), world(price=5000), new_person()
    lot = lot_for(here, face=1000)
    first = here.split(lot.issued[0].code, commitment=commitment(), person=person)
    elsewhere.split(person=person)
    return here, elsewhere, person, first, lot


def test_year_of_help_says_who_paid_what(helped, django_assert_max_num_queries):
    _here, _elsewhere, person, first, _lot = helped
    with django_assert_max_num_queries(4):
        found = adds_up(statements.year_of_help(person, year=2026))
    assert (found.count, found.paid_cents, found.closing_cents) == (2, 6000, 0)
    line = next(line for line in found.lines if line.about.session_ref == first.registration.ref)
    assert (line.about.amount_cents, line.paid_cents) == (3000, 1000)
    assert [cents for _name, cents in line.about.parts] == [1000, 1000]
    assert sum(cents for _name, cents in line.about.parts) + line.paid_cents == 3000


def test_year_of_help_of_one_place_holds_nothing_of_another(helped):
    here, _elsewhere, person, _first, _lot = helped
    found = statements.year_of_help(person, year=2026, provider_id=here.provider.pk)
    assert (found.count, found.paid_cents) == (1, 1000)
    assert {line.about.place for line in found.lines} == {here.offer.place.name}


def test_year_of_help_gives_back_what_was_refunded(helped):
    _here, _elsewhere, person, first, _lot = helped
    refund_charge(charge=first, reason="Erreur", at=AT, actor="test")
    found = adds_up(statements.year_of_help(person, year=2026))
    assert found.paid_cents == 5000
    assert [line.kind for line in found.lines].count(LineKind.REFUND) == 1


def test_year_of_help_of_nobody_is_empty(helped):
    stranger = persons.open_file(at=AT, actor="test")
    assert statements.year_of_help(stranger, year=2026).count == 0
    assert statements.years_of_help(stranger) == []
    _here, _elsewhere, person, _first, _lot = helped
    assert statements.years_of_help(person) == [2026]
    assert statements.year_of_help(person, year=2025).count == 0


def test_what_is_left_adds_up_vouchers_still_valid():
    here, person = world(price=600), new_person()
    lot = lot_for(here, count=2, face=1000)
    vouchers.hand_out(
        voucher_serial=lot.issued[0].serial, person_id=person, organisation_id=lot.provider.pk,
        at=AT, actor="test",
    )  # fmt: skip
    here.split(lot.issued[0].code, person=person)
    left = statements.what_is_left(person, on=DAY)
    assert [one.remaining_cents for one in left.vouchers] == [400]
    assert left.vouchers_cents == 400
    late = statements.what_is_left(person, on=datetime.date(2099, 1, 1))
    assert (late.vouchers, late.packages) == ((), ())
    assert statements.what_is_left(person, on=DAY, provider_id=here.provider.pk).vouchers == ()


def asked_of_a_third_party():
    """A third party owes 15 € of a session, and receives the invoice of the place for it."""
    here, promise = world(price=3000), commitment()
    here.split(commitment=promise)
    of = issuer(here)
    to = customer(of, promise.agreement.promiser)
    invoice = services.invoice_shares(
        issuer=of, organisation_id=to.organisation_id, issued_on=DAY, until=LATER, key="parts",
        at=AT, actor="test",
    )  # fmt: skip
    return here, promise, invoice


def put_on(invoice, cents, key="pay"):
    return services.record_payment(
        issuer_id=invoice.issuer_id, organisation_id=invoice.recipient_id, amount_cents=cents,
        received_on=DAY, means="transfer", key=key, at=AT, actor="test",
    )  # fmt: skip


def test_statement_counts_what_a_third_party_paid_straight_to_the_place():
    here, promise, invoice = asked_of_a_third_party()
    payer, provider = promise.agreement.promiser_id, here.provider.pk

    def read(party, organisation_id):
        return adds_up(statements.statement_of(party, organisation_id, YEAR, on=ENDS_ON))

    assert read(Party.THIRD_PARTY, payer).closing_cents == 1500
    payment = put_on(invoice, 600)
    for party, organisation_id in ((Party.THIRD_PARTY, payer), (Party.PROVIDER, provider)):
        found = read(party, organisation_id)
        assert found.closing_cents == 900
        line = next(line for line in found.lines if line.kind == LineKind.DIRECT)
        assert (line.paid_cents, line.about.number) == (600, invoice.number)
    kinds = [line.kind for line in read(Party.THIRD_PARTY, payer).lines]
    assert kinds.count(LineKind.INVOICE) == 1
    services.bounce_payment(
        payment=payment, bounced_on=DAY, reason="Sans provision", at=AT, actor="test"
    )
    assert read(Party.PROVIDER, provider).closing_cents == 1500
    assert read(Party.THIRD_PARTY, payer).closing_cents == 1500
    assert statements.parties_of(payer) == [Party.THIRD_PARTY]


def test_statement_of_a_client_is_what_its_invoices_still_ask():
    of = issuer()
    to = customer(of)
    invoice = written(of, to, 10_000, 5_000)
    put_on(invoice, 4_000)
    give_back(invoice)
    assert statements.parties_of(to.organisation_id) == [Party.CLIENT]
    found = adds_up(statements.statement_of(Party.CLIENT, to.organisation_id, YEAR, on=ENDS_ON))
    kinds = {total.kind: total for total in found.totals}
    assert kinds[LineKind.INVOICE].charged_cents == invoice.total_cents == 15_000
    assert kinds[LineKind.CREDIT_NOTE].charged_cents == -15_000
    # What was paid on it is owed back to the client.
    assert found.closing_cents == -4_000
