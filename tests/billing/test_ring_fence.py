"""Credit balances on the ring-fenced account are owed, to the cent, on the day of its statement."""

import datetime

import pytest

from filiere.billing import services
from filiere.billing.models import InvoicePayment
from filiere.billing.queries.ring_fence import ring_fence_cover, ring_fenced_credit
from filiere.programmes.models import BankLine
from filiere.programmes.queries import Verdict
from tests.billing.invoice_scene import customer, identity, issuer, written
from tests.billing.test_receivables import bounce, pay, refund
from tests.conftest import AT
from tests.programmes.factories import ring_fence, statement

pytestmark = pytest.mark.django_db
TODAY = AT.date()
DAY = datetime.timedelta(days=1)
RECEIVED = datetime.date(2026, 11, 20)


@pytest.fixture
def to():
    """A client of the operator, which paid 40,00 € to the ring-fenced account; 25,01 € are asked."""
    account = ring_fence()
    statement(account, (RECEIVED.isoformat(), 4_000, "VIR-1"), to=RECEIVED.isoformat())
    operator = services.save_issuer(
        organisation_id=account.operator_id, identity=identity(), at=AT, actor="test"
    )
    client = customer(operator)
    written(operator, client, 2_501)
    line = BankLine.objects.get(reference="VIR-1")
    pay(client, 4_000, received_on=RECEIVED, bank_line_id=line.pk)
    return client


def owed():
    cover = ring_fence_cover(at=AT)
    return cover.owed.credits_cents, cover.owed_now.credits_cents


def test_ring_fence_cover_owes_the_credit_that_the_bank_shows(to):
    cover = ring_fence_cover(at=AT)
    assert cover.owed_now.credits_cents == cover.owed_now.total_cents == 1_499
    # On the statement's day the payment was there; it was put on its invoice on the day it was typed.
    assert cover.dated_on == RECEIVED
    assert (cover.owed.credits_cents, cover.bank_cents) == (4_000, 4_000)
    assert (cover.surplus_cents, cover.verdict) == (0, Verdict.ENOUGH)


def test_ring_fenced_credit_leaves_out_what_came_to_another_account(to):
    pay(to, 700, key="cheque", means="cheque")
    elsewhere = customer(issuer(siren="552100554", siret=""))
    pay(elsewhere, 900, key="there")
    assert ring_fenced_credit(None) == 1_499


def test_ring_fenced_credit_follows_what_is_given_back_used_and_bounced(to):
    payment = InvoicePayment.objects.get()
    refund(payment.debtor_id, 500)
    assert ring_fenced_credit(None) == 999
    written(to.issuer, to, 300, key="next")
    services.use_credit(debtor_id=payment.debtor_id, at=AT, actor="test")
    assert ring_fenced_credit(None) == 699
    assert owed() == (4_000, 699)
    assert ring_fenced_credit(AT - 9 * DAY) == 0


def test_ring_fenced_credit_of_a_payment_that_bounced_is_nothing(to):
    bounce(InvoicePayment.objects.get(), bounced_on=TODAY)
    assert ring_fenced_credit(None) == 0
    assert ring_fenced_credit(AT) == 0
    assert owed() == (4_000, 0)
