"""Money of one debtor moved by many at once; random histories; corruptions that are seen."""

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiere.billing import services
from filiere.billing.errors import CreditTooSmall, PaymentGivenBack, PaymentOverInvoice
from filiere.billing.models import Allocation, InvoicePayment, PaymentPlan
from filiere.billing.queries import receivables as queries
from filiere.ledger import queries as ledger
from tests.billing.factories import commitment, receive, world
from tests.billing.invoice_scene import LATER, TODAY, customer, give_back, issuer, written
from tests.billing.test_invoice_races import at_once, broken
from tests.billing.test_receivables import bounce, pay, refund
from tests.conftest import AT

REAL = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@REAL
def test_many_payments_a_credit_note_and_a_bounce_at_once_add_up():
    to = customer(issuer())
    invoice = written(to.issuer, to, 10_000, 5_000)
    first = pay(to, 9_000, key="first")
    line = invoice.lines.get(position=2).pk

    answers = at_once(
        [lambda n=n: pay(to, 3_000, key=str(n)) for n in range(5)]
        + [lambda: give_back(invoice, net_by_line={line: 5_000}), lambda: bounce(first)]
    )

    assert [one for one in answers if isinstance(one, Exception)] == []
    position = queries.position_of(invoice)
    held = queries.credit_cents(first.debtor_id)
    assert (position.due_cents, position.open_cents >= 0) == (10_000, True)
    assert position.settled_cents + held == 15_000
    assert broken() == []


@REAL
def test_one_payment_recorded_eight_times_at_once_is_one():
    to = customer(issuer())
    invoice = written(to.issuer, to, 10_000)
    answers = at_once([lambda: pay(to, 4_000) for _n in range(8)])
    assert len({one.pk for one in answers}) == 1
    assert queries.position_of(invoice).settled_cents == 4_000


@REAL
def test_credit_given_back_by_many_at_once_is_given_back_once():
    to = customer(issuer())
    debtor = pay(to, 3_000).debtor_id
    answers = at_once([lambda n=n: refund(debtor, 2_000, key=str(n)) for n in range(6)])
    assert sum(isinstance(one, list) for one in answers) == 1
    assert sum(isinstance(one, CreditTooSmall) for one in answers) == 5
    assert queries.credit_cents(debtor) == 1_000
    assert broken() == []


CORRUPTIONS = {
    "billing.invoice_paid_within": (Allocation, "amount_cents = amount_cents + 90000"),
    "billing.payment_used_within": (InvoicePayment, "amount_cents = 1"),
    "billing.receivables_are_in_the_ledger": (InvoicePayment, "amount_cents = amount_cents + 1"),
    "billing.plan_is_its_instalments": (PaymentPlan, "amount_cents = amount_cents + 1"),
}


@REAL
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_planted_corruption_turns_its_invariant_false(name):
    to = customer(issuer())
    invoice = written(to.issuer, to, 10_000)
    pay(to, 4_000)
    services.agree_plan(invoice=invoice, instalments=[(TODAY, 6_000)], at=AT, actor="test")
    assert broken() == []
    model, change = CORRUPTIONS[name]
    table = model._meta.db_table
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {change}")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    assert name in broken()


@REAL
def test_a_third_party_that_pays_the_place_is_no_longer_awaited_by_the_operator():
    here = world(price=3_000)
    payer = commitment(envelope=50_000)
    here.split(commitment=payer)
    firm = issuer(here)
    to = customer(firm, organisation=payer.agreement.promiser)
    invoice = services.invoice_shares(
        issuer=firm, organisation_id=to.organisation_id, issued_on=TODAY, until=LATER, key="s",
        at=AT, actor="test",
    )  # fmt: skip
    owed = invoice.total_cents
    third, due = (
        f"thirdparty:{to.organisation_id}",
        f"due:{here.provider.pk}:commitment:{payer.pk}",
    )
    assert (ledger.balance(third), ledger.balance(due)) == (-owed, owed)

    payment = pay(to, owed)
    assert (ledger.balance(third), ledger.balance(due)) == (0, 0)
    receive(payer, owed)
    assert not here.provider.charges.filter(shares__released_group__isnull=False).exists()

    bounce(payment)
    assert (ledger.balance(due), queries.position_of(invoice).open_cents) == (owed, owed)
    services.release_covered_shares(at=AT, actor="test")
    assert queries.position_of(invoice).open_cents == 0
    assert broken() == []


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("invoice"), st.integers(1, 9_000)),
        st.tuples(st.just("pay"), st.integers(1, 12_000)),
        st.tuples(st.just("give_back"), st.integers(0, 4)),
        st.tuples(st.just("bounce"), st.integers(0, 4)),
        st.tuples(st.just("refund"), st.integers(1, 6_000)),
        st.tuples(st.just("use"), st.just(0)),
    ),
    max_size=12,
)


class History:
    """One debtor, and what we believe of its money."""

    def __init__(self):
        self.to = customer(issuer())
        self.invoices, self.payments = [], []
        self.received = self.given = 0
        self.count = 0

    def step(self, what, how):
        self.count += 1
        try:
            with transaction.atomic():
                getattr(self, what)(how)
        except (CreditTooSmall, PaymentGivenBack, PaymentOverInvoice):
            assert what in {"refund", "bounce"}

    def invoice(self, cents):
        self.invoices.append(written(self.to.issuer, self.to, cents, key=f"i{self.count}"))

    def pay(self, cents):
        self.payments.append(pay(self.to, cents, key=f"p{self.count}"))
        self.received += cents

    def give_back(self, which):
        if which < len(self.invoices):
            give_back(self.invoices.pop(which), key=f"n{self.count}")

    def bounce(self, which):
        if which < len(self.payments):
            bounce(self.payments[which])
            self.received -= self.payments.pop(which).amount_cents

    def refund(self, cents):
        if self.payments:
            refund(self.payments[0].debtor_id, cents, key=f"r{self.count}")
            self.given += cents

    def use(self, _how):
        if self.payments:
            services.use_credit(debtor_id=self.payments[0].debtor_id, at=AT, actor="test")


@given(steps=STEPS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_history_keeps_every_cent_on_an_invoice_or_in_the_credit_balance(db, steps):
    with transaction.atomic():
        story = History()
        for what, how in steps:
            story.step(what, how)
            known = queries.positions(one.pk for one in story.invoices)
            settled = sum(one.settled_cents for one in known.values())
            debtor = story.payments[0].debtor_id if story.payments else None
            held = queries.credit_cents(debtor) if debtor else 0
            assert settled + held == story.received - story.given
            assert all(0 <= one.settled_cents <= one.due_cents for one in known.values())
            if debtor:
                assert ledger.balance(f"advance:{debtor}") == held
        assert broken() == []
        transaction.set_rollback(True)
