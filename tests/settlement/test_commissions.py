"""The operator's commission: beside what providers are paid, never out of it."""

import pytest

from filiere.billing.services import refund_charge
from filiere.kernel import checks
from filiere.ledger import queries as ledger
from filiere.programmes import queries as programmes
from filiere.programmes import services as funding
from filiere.programmes.errors import (
    BankLineMismatch,
    BankLineTaken,
    FeesNotPromised,
    PartsRefused,
    ReturnTooMuch,
    TermsRefused,
)
from filiere.programmes.models import BankLine, Commission
from filiere.settlement.commissions import commission_of, take_commission
from filiere.settlement.errors import NothingEarned
from tests.billing.factories import bank_account, lot_for, world
from tests.programmes.factories import programme, receipt, ring_fence, statement, tranche
from tests.settlement.test_services import LATER, approve, emit, freeze, pay

pytestmark = pytest.mark.django_db
BY = {"at": LATER, "actor": "user:9"}
TERMS = {"commission_basis_points": 400, "commission_cents_per_use": 10}


def broken():
    return [(verdict.name, verdict.first) for verdict in checks.run() if not verdict.holds]


def paid(*prices: int, **terms):
    """A programme whose vouchers paid these sessions, all of them settled by the bank."""
    scene = None
    for number, price in enumerate(prices):
        here = world(price=price)
        if scene is None:
            first = here
            scene = lot_for(here, count=len(prices), face=5000, **TERMS | terms)
        if number:
            here = first
        charge = here.split(scene.issued[number].code)
    bank_account(first)
    pay(emit(approve(freeze())))
    return scene.lot.programme, first, charge


def test_attack_54_a_commission_is_beside_the_face_and_never_out_of_it():
    made, where, _charge = paid(3000, 3000)
    fees = tranche(made, cap=10_000, cash=10_000, pays_fees=True)

    (taken,) = take_commission(programme=made, **BY)

    assert taken.amount_cents == 6000 * 4 // 100 + 2 * 10
    assert sum(ledger.balances(f"payable:{where.provider.pk}").values()) == 0
    assert ledger.balance(f"commission:{fees.pk}") == 260
    assert programmes.available_cents(fees) == 9_740
    account = commission_of(made)
    assert (account.settled_cents, account.uses, account.due_cents) == (6000, 2, 0)
    assert programmes.ring_fence_cover(at=LATER).owed_now.commissions_cents == 260
    assert broken() == []


def test_take_commission_again_is_refused_until_more_is_settled():
    made, _where, _charge = paid(3000)
    tranche(made, cap=10_000, cash=10_000, pays_fees=True)
    take_commission(programme=made, **BY)

    with pytest.raises(NothingEarned):
        take_commission(programme=made, **BY)
    assert Commission.objects.count() == 1


def test_take_commission_takes_what_cash_covers_and_the_rest_stays_due():
    made, _where, _charge = paid(3000)
    with pytest.raises(FeesNotPromised):
        take_commission(programme=made, **BY)
    first = tranche(made, cap=1_000, cash=100, pays_fees=True)
    second = tranche(made, cap=1_000, cash=20, pays_fees=True, rank=2)

    taken = take_commission(programme=made, **BY)

    assert [(one.tranche_id, one.amount_cents) for one in taken] == [
        (first.pk, 100),
        (second.pk, 20),
    ]
    assert commission_of(made).due_cents == 10
    receipt(first, 500)
    take_commission(programme=made, **BY)
    assert commission_of(made).due_cents == 0
    assert broken() == []


def test_commission_of_forgets_what_was_refunded_since():
    made, _where, charge = paid(3000, 3000)
    tranche(made, cap=10_000, cash=10_000, pays_fees=True)
    take_commission(programme=made, **BY)

    refund_charge(charge=charge, reason="erreur", **BY)

    account = commission_of(made)
    assert (account.earned_cents, account.taken_cents, account.due_cents) == (130, 260, 0)
    with pytest.raises(NothingEarned):
        take_commission(programme=made, **BY)


def test_a_promise_that_pays_fees_never_pays_vouchers():
    made = programme(**TERMS)
    fees = tranche(made, cap=10_000, cash=10_000, pays_fees=True)
    own = tranche(made, cap=10_000, cash=10_000)

    assert programmes.parts_for_lot(made, 10_000) == {own.pk: 10_000}
    with pytest.raises(PartsRefused):
        programmes.require_parts(made, {fees.pk: 100})
    with pytest.raises(FeesNotPromised):
        funding.set_commission_aside(
            tranche=own, amount_cents=1, settled_cents=100_000, uses=1, **BY
        )
    with pytest.raises(ReturnTooMuch):
        funding.set_commission_aside(
            tranche=fees, amount_cents=10_001, settled_cents=10**9, uses=1, **BY
        )


def test_confirm_commission_takes_one_bank_line_of_its_amount():
    made, _where, _charge = paid(3000)
    tranche(made, cap=10_000, cash=10_000, pays_fees=True)
    (taken,) = take_commission(programme=made, **BY)
    statement(ring_fence(), ("2026-11-20", 90_000, "A"), ("2026-11-28", -130, "COM"),
              ("2026-11-28", -131, "X"))  # fmt: skip
    line = {one.reference: one for one in BankLine.objects.all()}

    with pytest.raises(BankLineMismatch):
        funding.confirm_commission(commission=taken, bank_line=line["X"], **BY)
    paid_now = funding.confirm_commission(commission=taken, bank_line=line["COM"], **BY)
    assert funding.confirm_commission(commission=taken, bank_line=line["COM"], **BY) == paid_now
    assert ledger.balance("operators") == 130
    other = funding.set_commission_aside(
        tranche=taken.tranche, amount_cents=130, settled_cents=10**6, uses=9, **BY
    )
    with pytest.raises(BankLineTaken):
        funding.confirm_commission(commission=other, bank_line=line["COM"], **BY)
    assert broken() == []


@pytest.mark.parametrize(
    "wrong", [{"commission_basis_points": 2001}, {"commission_cents_per_use": -1}]
)
def test_create_programme_refuses_a_commission_out_of_range(wrong):
    with pytest.raises(TermsRefused):
        programme(**wrong)
