"""What a place still waits for from third parties, in what is told and in the journal."""

import pytest

from filiere.agreements import services as agreements
from filiere.billing import services
from filiere.billing.queries import awaited_from_third_parties
from filiere.billing.queries.direct import paid_to_places
from filiere.billing.services.refunding import refund_charge
from filiere.ledger import queries as ledger
from filiere.observatory.queries import provider_statement
from tests.billing.factories import AT, DAY, commitment, receive, world
from tests.billing.invoice_scene import LATER, customer, give_back, issuer

pytestmark = pytest.mark.django_db


def awaited(here):
    """Cents and sessions by third party; the statement and the journal tell the same sum."""
    found = awaited_from_third_parties(here.provider.pk)
    total = sum(one.amount_cents for one in found)
    assert provider_statement(here.provider.pk).awaited_cents == total
    assert sum(ledger.balances(f"due:{here.provider.pk}:").values()) == total
    return {one.organisation_id: (one.amount_cents, one.sessions) for one in found}


def asked(of, here, promise, key="parts"):
    to = customer(of, promise.agreement.promiser)
    return services.invoice_shares(
        issuer=of, organisation_id=to.organisation_id, issued_on=DAY, until=LATER, key=key,
        at=AT, actor="test",
    )  # fmt: skip


def put_on(invoice, cents, key="pay"):
    return services.record_payment(
        issuer_id=invoice.issuer_id, organisation_id=invoice.recipient_id, amount_cents=cents,
        received_on=DAY, means="transfer", key=key, at=AT, actor="test",
    )  # fmt: skip


@pytest.fixture
def scene():
    """Two third parties owe 15 € of each of two sessions; the first is invoiced by the place."""
    here, first, second = world(price=3000), commitment(), commitment()
    charges = [here.split(commitment=one) for one in (first, first, second, second)]
    return here, first, second, charges, asked(issuer(here), here, first)


def test_awaited_from_third_parties_leaves_out_what_was_paid_straight_to_the_place(scene):
    here, first, second, _charges, invoice = scene
    one, two = first.agreement.promiser_id, second.agreement.promiser_id
    assert awaited(here) == {one: (3000, 2), two: (3000, 2)}
    payment = put_on(invoice, 1700)
    assert awaited(here) == {one: (1300, 2), two: (3000, 2)}
    put_on(invoice, 1300, key="rest")
    assert awaited(here) == {two: (3000, 2)}
    services.bounce_payment(
        payment=payment, bounced_on=DAY, reason="Sans provision", at=AT, actor="test"
    )
    assert awaited(here) == {one: (1700, 2), two: (3000, 2)}


def test_awaited_from_third_parties_leaves_out_what_the_operator_received_and_refunds(scene):
    here, first, second, charges, _invoice = scene
    receive(second, 1500)
    refund_charge(charge=charges[0], reason="Erreur", at=AT, actor="test")
    assert awaited(here) == {
        first.agreement.promiser_id: (1500, 1),
        second.agreement.promiser_id: (1500, 1),
    }


def test_awaited_from_third_parties_counts_a_share_invoiced_twice_once(scene):
    here, first, _second, _charges, invoice = scene
    give_back(invoice)
    again = asked(invoice.issuer, here, first, key="again")
    assert awaited(here)[first.agreement.promiser_id] == (3000, 2)
    put_on(again, 3000)
    assert first.agreement.promiser_id not in awaited(here)


def test_awaited_from_third_parties_asks_two_questions(scene, django_assert_num_queries):
    here = scene[0]
    with django_assert_num_queries(2):
        awaited_from_third_parties(here.provider.pk)


def journal(here, promise):
    """What the journal awaits of one agreement, in cents."""
    return ledger.balance(f"due:{here.provider.pk}:commitment:{promise.pk}")


def mixed():
    """One payer, two agreements, 10 € each of one session; both on one invoice."""
    here, first = world(price=2000), commitment()
    second = agreements.sign(
        kind="third_party", title="Autre accord", promiser_id=first.agreement.promiser_id,
        starts_on=first.agreement.starts_on, at=AT, actor="test",
        commitments=[agreements.Promise("part", 500_000)],
    ).commitments.get()  # fmt: skip
    charges = [here.split(commitment=one) for one in (first, second)]
    return here, first, second, charges, asked(issuer(here), here, first)


@pytest.mark.parametrize("refunded", [0, 1])
@pytest.mark.parametrize("paid", [400, 1000, 1400, 2000])
def test_refund_on_an_invoice_of_two_agreements_clears_its_own_account(refunded, paid):
    here, first, second, charges, invoice = mixed()
    put_on(invoice, paid)
    refund_charge(charge=charges[refunded], reason="Erreur", at=AT, actor="test")
    gone, other = (first, second) if refunded == 0 else (second, first)
    assert journal(here, gone) == 0
    assert journal(here, other) == max(0, 1000 - paid)
    assert paid_to_places([first.pk, second.pk]) == {other.pk: min(1000, paid)}
    awaited(here)
    give_back(invoice, net_by_line={invoice.lines.get().pk: 1000})
    assert (journal(here, gone), journal(here, other)) == (0, max(0, 1000 - paid))
    payer = first.agreement.promiser_id
    assert -ledger.balance(f"thirdparty:{payer}") == max(0, 1000 - paid)
    awaited(here)


def test_refund_then_bounce_awaits_the_other_agreement_again():
    here, first, second, charges, invoice = mixed()
    payment = put_on(invoice, 1000)
    refund_charge(charge=charges[0], reason="Erreur", at=AT, actor="test")
    services.bounce_payment(
        payment=payment, bounced_on=DAY, reason="Sans provision", at=AT, actor="test"
    )
    assert (journal(here, first), journal(here, second)) == (0, 1000)
    assert paid_to_places([first.pk, second.pk]) == {}


def test_paid_to_places_asks_three_questions_at_most(django_assert_max_num_queries):
    _here, first, second, _charges, invoice = mixed()
    put_on(invoice, 1500)
    with django_assert_max_num_queries(3):
        assert paid_to_places([first.pk, second.pk]) == {first.pk: 1000, second.pk: 500}
