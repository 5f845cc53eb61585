"""Payments on invoices: parts, credit balances, bounces, money given back, positions and ages."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from filiere.billing import services
from filiere.billing.errors import (
    BankLineElsewhere,
    CreditTooSmall,
    PaymentGivenBack,
    PaymentKeyReused,
    PaymentKnown,
    PaymentNotPossible,
    PaymentOverInvoice,
    PaymentPartsTooLarge,
)
from filiere.billing.models import Allocation, AllocationCause, CreditRefund, InvoicePayment
from filiere.billing.queries import receivables as queries
from filiere.billing.queries.receivables import InvoiceState
from filiere.ledger import queries as ledger
from filiere.programmes.errors import BankLineMismatch, BankLineTaken
from filiere.programmes.models import BankLine, BankLineUse
from tests.billing.invoice_scene import customer, give_back, identity, issuer, written
from tests.conftest import AT
from tests.programmes.factories import ring_fence, statement

pytestmark = pytest.mark.django_db
TODAY = AT.date()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def of():
    return issuer()


@pytest.fixture
def to(of):
    return customer(of)


def pay(to, cents, key="pay", **fields):
    return services.record_payment(
        **{
            "issuer_id": to.issuer_id,
            "organisation_id": to.organisation_id,
            "amount_cents": cents,
            "received_on": TODAY,
            "means": "transfer",
            "key": key,
            "at": AT,
            "actor": "test",
        }
        | fields
    )


def bounce(payment, **fields):
    return services.bounce_payment(
        **{
            "payment": payment,
            "bounced_on": TODAY,
            "reason": "Provision insuffisante",
            "at": AT,
            "actor": "test",
        }
        | fields
    )


def refund(debtor_id, cents, key="back"):
    return services.refund_credit(
        debtor_id=debtor_id, amount_cents=cents, means="transfer", given_on=TODAY, key=key, at=AT,
        actor="test",
    )  # fmt: skip


def left(invoice):
    return queries.position_of(invoice).open_cents


def held(debtor_id):
    """What the ledger says a debtor has in advance."""
    return ledger.balance(f"advance:{debtor_id}")


def test_record_payment_pays_what_is_due_first_first(of, to):
    first, second = written(of, to, 10_000, key="1"), written(of, to, 5_000, key="2")
    payment = pay(to, 12_000)
    assert (left(first), left(second)) == (0, 3_000)
    assert held(payment.debtor_id) == 0
    assert ledger.balance(f"invoice:{second.pk}") == 2_000
    state = queries.position_of(second).state(due_on=second.due_on, on=TODAY)
    assert state == InvoiceState.PARTLY


def test_record_payment_keeps_what_is_too_much_as_a_credit_balance(of, to):
    written(of, to, 10_000)
    payment = pay(to, 11_500)
    assert queries.credit_cents(payment.debtor_id) == 1_500 == held(payment.debtor_id)
    assert ledger.balance(f"paidin:{of.pk}") == -11_500


def test_record_payment_follows_the_parts_written(of, to):
    first, second = written(of, to, 10_000, key="1"), written(of, to, 5_000, key="2")
    payment = pay(to, 6_000, parts={second.pk: 5_000})
    assert (left(first), left(second)) == (10_000, 0)
    assert queries.credit_cents(payment.debtor_id) == 1_000


def test_record_payment_twice_is_one_payment(of, to):
    written(of, to, 10_000)
    assert pay(to, 4_000) == pay(to, 4_000)
    assert InvoicePayment.objects.count() == 1
    with pytest.raises(PaymentKeyReused):
        pay(to, 4_100)


def test_record_payment_refuses_parts_beyond_the_payment_or_the_invoice(of, to):
    invoice = written(of, to, 10_000)
    with pytest.raises(PaymentPartsTooLarge):
        pay(to, 500, parts={invoice.pk: 600})
    with pytest.raises(PaymentOverInvoice) as refusal:
        pay(to, 20_000, parts={invoice.pk: 10_001})
    assert invoice.number in str(refusal.value)
    other = written(of, customer(of), 1_000, key="other")
    with pytest.raises(PaymentOverInvoice):
        pay(to, 500, parts={other.pk: 500})
    assert not InvoicePayment.objects.exists()


def test_record_payment_refuses_tomorrow_and_an_unknown_means(of, to):
    with pytest.raises(PaymentNotPossible):
        pay(to, 500, received_on=TODAY + DAY)
    with pytest.raises(PaymentNotPossible):
        pay(to, 500, means="barter")


def test_record_payment_refuses_a_reference_already_recorded(of, to):
    written(of, to, 10_000)
    known = pay(to, 500, reference="VIR 118")
    with pytest.raises(PaymentKnown):
        pay(to, 500, key="again", reference=" VIR 118 ")
    bounce(known)
    assert pay(to, 500, key="again", reference="VIR 118").amount_cents == 500


def test_bounce_payment_opens_its_invoices_again(of, to):
    invoice = written(of, to, 10_000)
    payment = pay(to, 12_000)
    assert bounce(payment) == bounce(payment)
    assert left(invoice) == 10_000
    assert queries.credit_cents(payment.debtor_id) == 0 == held(payment.debtor_id)
    assert ledger.balance(f"paidin:{of.pk}") == 0
    assert queries.payments_of(payment.debtor_id).get().bounce.reason == "Provision insuffisante"


def test_bounce_payment_leaves_other_payments_in_place(of, to):
    invoice = written(of, to, 10_000)
    pay(to, 4_000)
    bounce(pay(to, 6_000, key="second"))
    assert left(invoice) == 6_000


def test_bounce_payment_refuses_what_was_given_back_and_a_wrong_day(of, to):
    payment = pay(to, 3_000)
    with pytest.raises(PaymentNotPossible):
        bounce(payment, bounced_on=TODAY - DAY)
    with pytest.raises(PaymentNotPossible):
        bounce(payment, reason="  ")
    refund(payment.debtor_id, 1_000)
    with pytest.raises(PaymentGivenBack):
        bounce(payment)


def test_use_credit_pays_the_next_invoice_from_the_oldest_payment(of, to):
    old = pay(to, 1_000)
    pay(to, 2_000, key="second")
    invoice = written(of, to, 2_500)
    made = services.use_credit(debtor_id=old.debtor_id, at=AT, actor="test")
    assert [one.amount_cents for one in made] == [1_000, 1_500]
    assert left(invoice) == 0
    assert queries.credit_cents(old.debtor_id) == 500
    assert services.use_credit(debtor_id=old.debtor_id, at=AT, actor="test") == []


def test_refund_credit_gives_back_at_most_the_balance_once(of, to):
    payment = pay(to, 3_000)
    with pytest.raises(CreditTooSmall):
        refund(payment.debtor_id, 3_001)
    assert refund(payment.debtor_id, 2_000) == refund(payment.debtor_id, 2_000)
    assert CreditRefund.objects.count() == 1
    assert queries.credit_cents(payment.debtor_id) == 1_000
    assert ledger.balance(f"paidout:{of.pk}") == 2_000
    with pytest.raises(PaymentKeyReused):
        refund(payment.debtor_id, 500)


def test_issue_credit_note_on_a_paid_invoice_gives_a_credit_balance(of, to):
    invoice = written(of, to, 10_000, 3_550)
    payment = pay(to, 13_550)
    line = invoice.lines.get(position=2)
    give_back(invoice, net_by_line={line.pk: 3_550})
    position = queries.position_of(invoice)
    assert (position.due_cents, position.settled_cents) == (10_000, 10_000)
    assert queries.credit_cents(payment.debtor_id) == 3_550 == held(payment.debtor_id)
    freed = Allocation.objects.get(amount_cents__lt=0)
    assert (freed.cause, freed.amount_cents) == (AllocationCause.CREDITED, -3_550)


def test_issue_credit_note_on_a_partly_paid_invoice_only_lowers_what_is_left(of, to):
    invoice = written(of, to, 10_000, 3_550)
    payment = pay(to, 8_000)
    line = invoice.lines.get(position=2)
    give_back(invoice, net_by_line={line.pk: 3_550})
    assert left(invoice) == 2_000
    assert queries.credit_cents(payment.debtor_id) == 0
    give_back(invoice, key="whole")
    assert queries.position_of(invoice).state(due_on=TODAY, on=TODAY) == InvoiceState.GIVEN_BACK
    assert queries.credit_cents(payment.debtor_id) == 8_000


def test_allocation_beyond_the_invoice_is_refused_by_the_database(of, to):
    invoice = written(of, to, 1_000)
    payment = pay(to, 5_000)
    with pytest.raises(IntegrityError, match="more than it asks"):
        _put(payment, invoice, 1)


def test_allocation_of_another_debtors_money_is_refused_by_the_database(of, to):
    invoice = written(of, customer(of), 1_000, key="other")
    payment = pay(to, 5_000)
    with pytest.raises(IntegrityError, match="debtor of invoice"):
        _put(payment, invoice, 1_000)


def test_allocation_beyond_the_payment_is_refused_by_the_database(of, to):
    invoice = written(of, to, 9_000)
    payment = pay(to, 5_000)
    with pytest.raises(IntegrityError, match="more than it holds"):
        _put(payment, invoice, 1)


def _put(payment, invoice, cents):
    with transaction.atomic():
        Allocation.objects.create(
            payment=payment, invoice=invoice, amount_cents=cents, cause="paid", allocated_at=AT,
            allocated_by="test", posting_group_id=payment.posting_group_id,
        )  # fmt: skip
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_ages_add_up_what_is_due_by_days_late(of, to):
    for days, cents in ((0, 100), (31, 200), (62, 400), (130, 800)):
        written(of, to, cents, key=str(days))
    day = written(of, to, 1_600, key="late").due_on
    rows = queries.due_rows(issuer_id=of.pk, on=day + 45 * DAY)
    assert [row.days_late for row in rows] == [45] * 5
    assert [age.cents for age in queries.ages(rows)] == [0, 3_100, 0, 0, 0]
    early = queries.due_rows(issuer_id=of.pk, on=day)
    assert [age.cents for age in queries.ages(early)] == [0, 0, 0, 0, 3_100]


def test_due_rows_is_one_query_whatever_the_number(of, to, django_assert_num_queries):
    for rank in range(12):
        written(of, to, 100 + rank, key=str(rank))
    with django_assert_num_queries(1):
        assert len(queries.due_rows(issuer_id=of.pk, on=TODAY)) == 12


def test_a_bank_line_stands_for_one_payment_of_its_own_account():
    account = ring_fence()
    statement(account, ("2026-11-20", 4_000, "VIR-1"), ("2026-11-20", -4_000, "REJ"), opening=9_000)
    paid, taken = (BankLine.objects.get(reference=name) for name in ("VIR-1", "REJ"))
    operator = services.save_issuer(
        organisation_id=account.operator_id, identity=identity(), at=AT, actor="test"
    )
    to, elsewhere = customer(operator), customer(issuer(siren="552100554", siret=""))
    written(operator, to, 10_000)

    with pytest.raises(BankLineElsewhere):
        pay(elsewhere, 4_000, bank_line_id=paid.pk)
    with pytest.raises(BankLineMismatch):
        pay(to, 3_999, bank_line_id=paid.pk)
    payment = pay(to, 4_000, bank_line_id=paid.pk)
    assert BankLineUse.objects.get(line=paid).kind == "invoice_payment"
    with pytest.raises(BankLineTaken):
        pay(to, 4_000, key="again", bank_line_id=paid.pk)
    bounce(payment, bank_line_id=taken.pk)
    assert BankLineUse.objects.get(line=taken).kind == "invoice_bounce"
