"""A voucher given up closes its session: the place bears it, the person is asked nothing."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from filiere.agenda.models import Registration
from filiere.billing import queries, services
from filiere.billing.errors import ChargeAlreadySplit, SessionNotToPay
from filiere.billing.models import Charge, ChargeState
from filiere.ledger import queries as ledger
from filiere.vouchers import services as vouchers
from filiere.vouchers.errors import ClaimClosed, ClaimUnknown
from filiere.vouchers.models import ClaimStep
from tests.billing.factories import commitment
from tests.billing.test_guarantees import fund, pay
from tests.billing.test_offline import LATER, PRICE, Shop, broken
from tests.vouchers.test_disputes import NOBODY, contest, disputed, refused, uphold

pytestmark = pytest.mark.django_db


def give_up(claim, actor="user:2"):
    return services.give_up_claim(claim_id=claim.pk, at=LATER, actor=actor)


def charge_of(claim) -> Charge:
    return Charge.objects.get(registration__ref=claim.reference)


def test_give_up_claim_closes_the_session_at_the_cost_of_the_place():
    shop = Shop(count=1, face=PRICE)
    claim = disputed(shop)
    contest(claim)

    charge = give_up(claim)

    assert (charge.state, charge.price_cents, charge.waived_cents) == ("split", 0, PRICE)
    assert charge.split_at == LATER
    assert not charge.shares.exists()
    assert ledger.balance(f"till:{shop.place.organisation_id}") == 0
    receipt = queries.receipt_lines(charge)
    assert (receipt.person_cents, receipt.offer_cents) == (0, PRICE)
    assert [cents for _label, cents in receipt.deductions()] == [PRICE]
    assert broken() == []


def test_give_up_claim_twice_is_once():
    claim = disputed()
    assert give_up(claim) == give_up(claim, "user:3")
    assert ClaimStep.objects.get().by == "user:2"
    assert charge_of(claim).waived_cents == PRICE


def test_give_up_claim_lets_third_parties_pay_what_they_promised():
    shop = Shop(count=1, face=PRICE)
    claim, promise = disputed(shop), commitment()
    Registration.objects.filter(ref=claim.reference).update(commitment=promise)

    charge = give_up(claim)

    (share,) = charge.shares.all()
    assert (share.kind, share.amount_cents) == ("third_party", PRICE // 2)
    assert (charge.price_cents, charge.waived_cents) == (PRICE // 2, PRICE // 2)
    assert ledger.balance(f"due:{charge.provider_id}:commitment:{promise.pk}") == PRICE // 2
    services.refund_charge(charge=charge, reason="erreur", at=LATER, actor="t")
    assert ledger.balance(f"due:{charge.provider_id}:commitment:{promise.pk}") == 0
    assert broken() == []


def claim_on_another_place():
    """A device names the open session of another place, its clock wrong: set aside unread."""
    shop, other = Shop(count=1, face=PRICE), Shop(count=1, face=PRICE)
    victim = other.seat()
    services.raise_charge(
        registration_id=Registration.objects.get(ref=victim).pk, at=LATER, actor="t"
    )
    wrong = shop.claim(reference=victim, occurred_at=LATER + datetime.timedelta(days=3))
    (claim,) = shop.send(wrong).claims
    assert (claim.state, claim.outcome) == ("disputed", "clock")
    return claim


def test_give_up_claim_settles_nothing_of_another_place():
    claim = claim_on_another_place()
    assert give_up(claim) is None
    assert (charge_of(claim).state, charge_of(claim).waived_cents) == ("open", 0)
    assert queries.claimed_charges(claim).first() is None


def test_pay_from_guarantee_pays_nothing_of_another_place():
    claim = claim_on_another_place()
    with pytest.raises(SessionNotToPay):
        pay(claim, fund())
    assert charge_of(claim).state == "open"


def test_give_up_claim_refused_by_a_rule_leaves_the_session_to_the_counter():
    claim = refused(Shop())
    assert give_up(claim).state == ChargeState.OPEN
    assert charge_of(claim).waived_cents == 0


def test_give_up_claim_leaves_what_was_settled_since():
    claim = disputed()
    services.split_charge(charge=charge_of(claim), voucher_code=None, at=LATER, actor="t")
    assert give_up(claim).waived_cents == 0
    assert charge_of(claim).price_cents == PRICE


def test_give_up_claim_after_the_refusal_was_confirmed_bears_the_session():
    claim = disputed()
    uphold(claim)
    assert give_up(claim).waived_cents == PRICE
    assert [one.kind for one in claim.steps.all()] == ["upheld"]
    assert give_up(claim).waived_cents == PRICE


def test_give_up_claim_paid_by_a_fund_or_unknown_is_refused():
    claim = disputed()
    pay(claim, fund())
    with pytest.raises(ClaimClosed):
        give_up(claim)
    with pytest.raises(ClaimUnknown):
        services.give_up_claim(claim_id=NOBODY, at=LATER, actor="t")


def test_a_session_borne_by_its_place_is_not_priced_nor_asked_again():
    claim = disputed()
    charge = give_up(claim)
    with pytest.raises(ChargeAlreadySplit):
        services.reprice_charge(charge=charge, at=LATER, actor="t")
    again = services.split_charge(charge=charge, voucher_code=None, at=LATER, actor="t")
    assert (again.waived_cents, again.shares.count()) == (PRICE, 0)


def test_the_attendance_of_a_session_borne_can_be_undone():
    charge = give_up(disputed())
    services.cancel_charge(registration_id=charge.registration_id, at=LATER, actor="t")
    charge.refresh_from_db()
    assert (charge.state, charge.waived_cents) == ("cancelled", 0)
    again = services.raise_charge(registration_id=charge.registration_id, at=LATER, actor="t")
    assert (again.state, again.price_cents) == ("open", PRICE)


@pytest.mark.parametrize("change", [{"waived_cents": 0}, {"state": "open"}, {"off_cents": 5}])
def test_postgresql_refuses_a_session_borne_for_nothing(change):
    charge = give_up(disputed())
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.filter(pk=charge.pk).update(**change)


def test_a_session_a_fund_paid_then_refunded_gives_the_fund_its_money_once():
    shop = Shop(count=1, face=PRICE)
    claim, one = disputed(shop), fund()
    charge = pay(claim, one)
    promiser = f"thirdparty:{one.agreement.promiser_id}"
    for _again in range(2):
        services.refund_charge(charge=charge, reason="Séance annulée", at=LATER, actor="t")
    charge.refresh_from_db()
    assert charge.state == ChargeState.REFUNDED
    assert ledger.balance(promiser) == 0
    assert ledger.balance(f"due:{charge.provider_id}:commitment:{one.pk}") == 0
    (money,) = queries.guarantee_funds()
    assert (money.given_cents, money.left_cents, money.owed_cents) == (0, 10_000, 0)
    assert pay(claim, one).state == ChargeState.REFUNDED
    assert ledger.balance(promiser) == 0
    assert broken() == []


def test_a_session_a_fund_paid_in_cash_then_refunded_leaves_its_cash_for_others():
    shop = Shop(count=1, face=PRICE)
    one = fund()
    charge = pay(disputed(shop), one)
    services.receive_third_party(
        commitment_id=one.pk, amount_cents=PRICE, received_on=LATER.date(),
        bank_reference="VIR 9", at=LATER, actor="user:9",
    )  # fmt: skip
    services.refund_charge(charge=charge, reason="Séance annulée", at=LATER, actor="t")
    provider = shop.place.organisation_id
    assert ledger.balance(f"payable:{provider}:commitment:{one.pk}") == 0
    assert not queries.payable_shares().filter(commitment=one).exists()
    (money,) = queries.guarantee_funds()
    assert (money.given_cents, money.received_cents, money.left_cents) == (0, PRICE, 10_000)
    vouchers_left = vouchers.is_upheld(ClaimStep.objects.get().claim_id)
    assert not vouchers_left
    assert broken() == []
