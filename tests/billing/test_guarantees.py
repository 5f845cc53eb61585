"""A capped fund pays what a place took in good faith without network."""

import datetime

import pytest
from django.db import connections

from filiere.billing import queries, services
from filiere.billing.errors import GuaranteeTooSmall, GuaranteeUnknown, SessionNotToPay
from filiere.billing.models import Charge
from filiere.ledger import queries as ledger
from filiere.vouchers import services as vouchers
from filiere.vouchers.errors import ClaimClosed, ClaimNotInGoodFaith, ReasonMissing
from filiere.vouchers.models import ClaimStep
from tests.billing.invoice_scene import customer, identity
from tests.billing.test_offline import AT, LATER, PRICE, Shop, broken
from tests.programmes.factories import organisation
from tests.vouchers.test_concurrency import at_once
from tests.vouchers.test_disputes import disputed, refused

pytestmark = pytest.mark.django_db
FIRST = datetime.date(2026, 1, 1)


def fund(envelope=10_000, **changes):
    given = {
        "title": "Fonds de garantie", "promiser_id": organisation().pk, "starts_on": FIRST,
        "envelope_cents": envelope, "at": AT, "actor": "user:7",
    } | changes  # fmt: skip
    return services.open_guarantee_fund(**given).commitments.get()


def pay(claim, commitment, words="Utilisé ailleurs une heure avant.", actor="user:9"):
    return services.pay_from_guarantee(
        claim_id=claim.pk, commitment_id=commitment.pk, words=words, at=LATER, actor=actor
    )


def test_pay_from_guarantee_gives_what_the_voucher_would_have_given():
    shop = Shop(count=1, face=PRICE)
    claim, one = disputed(shop), fund()

    charge = pay(claim, one)

    assert (charge.state, charge.price_cents) == ("split", PRICE)
    assert [(s.kind, s.amount_cents, s.commitment_id) for s in charge.shares.all()] == [
        ("third_party", PRICE, one.pk)
    ]
    due = f"due:{shop.place.organisation_id}:commitment:{one.pk}"
    assert ledger.balance(due) == PRICE
    (money,) = queries.guarantee_funds()
    assert (money.given_cents, money.left_cents, money.owed_cents) == (PRICE, 7_500, PRICE)
    assert broken() == []


def test_guarantee_funds_owe_no_more_what_went_straight_to_the_place():
    shop, one = Shop(count=1, face=PRICE), fund()
    pay(disputed(shop), one)
    asked = {"at": LATER, "actor": "test"}
    of = services.save_issuer(
        organisation_id=shop.place.organisation_id, identity=identity(), **asked
    )
    payer = customer(of, one.agreement.promiser).organisation_id
    services.invoice_shares(
        issuer=of, organisation_id=payer, issued_on=LATER.date(), key="fund",
        until=LATER + datetime.timedelta(days=1), **asked,
    )  # fmt: skip
    services.record_payment(
        issuer_id=of.pk, organisation_id=payer, amount_cents=PRICE - 1, received_on=LATER.date(),
        means="transfer", key="pay", **asked,
    )  # fmt: skip
    (money,) = queries.guarantee_funds()
    assert (money.given_cents, money.received_cents, money.direct_cents) == (PRICE, 0, PRICE - 1)
    assert money.owed_cents == 1
    account = queries.commitment_account(one.pk, envelope_cents=10_000)
    assert (account.owed_cents, account.left_cents) == (1, 10_000 - PRICE)


def test_pay_from_guarantee_twice_is_once():
    claim, one = disputed(), fund()

    assert pay(claim, one) == pay(claim, one, "Autre motif")
    assert ClaimStep.objects.get().paid_cents == PRICE
    assert ledger.balance(f"thirdparty:{one.agreement.promiser_id}") == -PRICE


def test_pay_from_guarantee_leaves_the_person_what_beside_a_voucher_was_due():
    shop = Shop(count=1, face=1_000)
    claim = disputed(shop)

    charge = pay(claim, fund())

    shares = {one.kind: one.amount_cents for one in charge.shares.all()}
    assert shares == {"third_party": 1_000, "person": 1_500}
    assert broken() == []


def test_pay_from_guarantee_is_payable_once_the_cash_came():
    shop = Shop(count=1, face=PRICE)
    one = fund()
    pay(disputed(shop), one)
    provider = shop.place.organisation_id
    before = set(queries.payable_shares().values_list("commitment", flat=True))

    services.receive_third_party(
        commitment_id=one.pk, amount_cents=5_000, received_on=FIRST, bank_reference="VIR 1",
        at=LATER, actor="user:9",
    )  # fmt: skip

    assert one.pk not in before
    assert queries.payable_shares().filter(commitment=one).get().amount_cents == PRICE
    assert ledger.balance(f"payable:{provider}:commitment:{one.pk}") == PRICE
    assert broken() == []


@pytest.mark.parametrize(
    "limits", [{"envelope": 2_499}, {"envelope": 9_000, "most_per_session_cents": 2_499}]
)
def test_pay_from_guarantee_never_passes_the_cap_of_the_fund(limits):
    claim = disputed()

    with pytest.raises(GuaranteeTooSmall, match="24,99"):
        pay(claim, fund(limits.pop("envelope"), **limits))
    assert not ClaimStep.objects.exists()
    assert broken() == []


def test_pay_from_guarantee_refuses_a_fund_of_other_days():
    claim = disputed()

    with pytest.raises(GuaranteeUnknown):
        pay(claim, fund(starts_on=datetime.date(2027, 1, 1)))
    with pytest.raises(GuaranteeUnknown):
        pay(claim, fund(ends_on=datetime.date(2026, 1, 2)))


def test_pay_from_guarantee_is_for_good_faith_only():
    with pytest.raises(ClaimNotInGoodFaith):
        pay(refused(Shop()), fund())


def test_pay_from_guarantee_refuses_a_session_settled_since():
    claim = disputed()
    charge = Charge.objects.get(registration__ref=claim.reference)
    services.split_charge(charge=charge, voucher_code=None, at=LATER, actor="t")

    with pytest.raises(SessionNotToPay):
        pay(claim, fund())
    assert not ClaimStep.objects.exists()


def test_pay_from_guarantee_refuses_a_session_never_noted():
    shop = Shop()
    late = shop.claim(reference=shop.seat(), occurred_at=AT + datetime.timedelta(days=400))
    claim = shop.send(late).claims[0]

    with pytest.raises(SessionNotToPay):
        pay(claim, fund())


def test_pay_from_guarantee_says_why_and_keeps_what_was_closed():
    claim, one = disputed(), fund()
    with pytest.raises(ReasonMissing):
        pay(claim, one, " ")
    vouchers.give_up_claim(claim_id=claim.pk, at=LATER, actor="t")
    with pytest.raises(ClaimClosed):
        pay(claim, one)
    assert broken() == []


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
@pytest.mark.parametrize(
    ("name", "table", "change"),
    [
        ("billing.guarantee_is_a_share", "vouchers_claimstep", "paid_cents = paid_cents + 1"),
        ("vouchers.withdrawn_is_told", "vouchers_withdrawal", "kind = 'restored'"),
    ],
)
def test_a_planted_corruption_turns_its_invariant_false(name, table, change):
    shop = Shop(count=2, face=PRICE)
    one, two = shop.seat(), shop.seat()
    shop.send(shop.claim(reference=one))
    pay(shop.send(shop.claim(2, reference=two)).claims[0], fund())
    vouchers.block(serial=shop.scene.issued[1].serial, reason="doute", at=LATER, actor="t")
    assert broken() == []

    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {change}")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    assert broken() == [name]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_pay_from_guarantee_of_the_last_euros_at_once_pays_one():
    claims = [disputed(Shop(count=1, face=PRICE)) for _ in range(3)]
    one = fund(PRICE)

    got = at_once([lambda claim=claim: pay(claim, one) for claim in claims])

    assert sum(isinstance(answer, Charge) for answer in got) == 1
    assert sum(isinstance(answer, GuaranteeTooSmall) for answer in got) == 2
    assert broken() == []
