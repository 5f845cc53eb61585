import datetime

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiere.agenda import services as agenda
from filiere.billing import queries, services
from filiere.billing.errors import (
    ChargeAlreadySplit,
    ChargeCancelled,
    ReceiptConflict,
    ReceiptNotPossible,
)
from filiere.billing.models import Charge, ChargeState, PayerShare
from filiere.kernel import checks
from filiere.ledger import queries as ledger
from filiere.vouchers import services as vouchers
from filiere.vouchers.errors import (
    ProviderNotQualified,
    VoucherBlocked,
    VoucherExpired,
    VoucherWrongTerritory,
)
from filiere.vouchers.models import Movement
from tests.billing.factories import AT, DAY, check_now, commitment, lot_for, receive, world
from tests.vouchers.factories import active

pytestmark = pytest.mark.django_db


def shares(charge):
    return {share.kind: share.amount_cents for share in charge.shares.order_by("id")}


def broken():
    return [
        (v.name, v.first) for v in checks.run() if not v.holds and v.name.startswith("billing.")
    ]


def test_attack_58_the_person_pays_what_voucher_and_third_party_do_not():
    here = world(price=3000)
    code = lot_for(here, face=1000).issued[0].code
    payer = commitment(rate_ppm=333_333)
    charge = here.split(code, commitment=payer)
    assert shares(charge) == {"voucher": 1000, "third_party": 667, "person": 1333}
    assert charge.state == ChargeState.SPLIT
    assert ledger.balance(f"due:{here.provider.pk}:commitment:{payer.pk}") == 667
    assert ledger.balance(f"thirdparty:{payer.agreement.promiser_id}") == -667
    assert ledger.balance(f"till:{here.provider.pk}") == 1333
    assert sum(ledger.balances(f"payable:{here.provider.pk}:tranche").values()) == 1000
    assert broken() == []


def test_split_charge_twice_is_once():
    here = world(price=3000)
    code = lot_for(here, face=5000).issued[0].code
    charge = here.charge()
    first = services.split_charge(charge=charge, voucher_code=code, at=AT, actor="test")
    second = services.split_charge(charge=charge, voucher_code=None, at=AT, actor="other")
    assert (first.pk, shares(second)) == (second.pk, {"voucher": 3000})
    assert Movement.objects.count() == 1
    assert first.posting_group_id is None


@given(
    price=st.integers(1, 100_000),
    face=st.integers(0, 100_000),
    rate=st.integers(0, 1_000_000),
    cap=st.none() | st.integers(0, 50_000),
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_split_charge_adds_up_to_the_price(db, price, face, rate, cap):
    with transaction.atomic():
        here = world(price=price)
        code = lot_for(here, face=face, count=1).issued[0].code if face else None
        charge = here.split(code, commitment=commitment(rate_ppm=rate, cap=cap))
        found = shares(charge)
        assert sum(found.values()) == price
        assert found.get("voucher", 0) == min(price, face)
        assert found.get("third_party", 0) <= (price if cap is None else cap)
        check_now()
        transaction.set_rollback(True)


def test_split_charge_leaves_everything_to_the_person_without_payer():
    assert shares(world(price=1500).split()) == {"person": 1500}


def test_split_charge_ignores_an_agreement_that_ended():
    ended = commitment(ends_on=datetime.date(2026, 11, 23))
    assert shares(world(price=1000).split(commitment=ended)) == {"person": 1000}
    last_day = commitment(ends_on=DAY)
    assert shares(world(price=1000).split(commitment=last_day)) == {
        "third_party": 500,
        "person": 500,
    }


def test_split_charge_ignores_an_agreement_nobody_signed():
    unsigned = commitment()
    type(unsigned.agreement).objects.update(signed_at=None)
    assert shares(world(price=1000).split(commitment=unsigned)) == {"person": 1000}


def test_split_charge_stops_at_the_third_partys_envelope():
    here = world(price=1000)
    payer = commitment(rate_ppm=1_000_000, envelope=1700)
    taken = [shares(here.split(commitment=payer)) for _ in range(3)]
    assert taken == [{"third_party": 1000}, {"third_party": 700, "person": 300}, {"person": 1000}]
    assert queries.commitment_account(payer.pk, envelope_cents=1700).left_cents == 0
    assert broken() == []


def test_split_charge_asks_an_operator_only_for_its_own_procedures():
    here = world(price=1000)
    payer = commitment(operator="impots")
    assert shares(here.split(commitment=payer, procedure="tax_return")) == {
        "third_party": 500,
        "person": 500,
    }
    assert shares(here.split(commitment=payer, procedure="")) == {"person": 1000}


def test_split_charge_refuses_a_voucher_at_a_place_not_qualified():
    here = world()
    here.offer.place.qualified_on = None
    here.offer.place.save()
    code = lot_for(here).issued[0].code
    with pytest.raises(ProviderNotQualified):
        here.split(code)
    assert Charge.objects.get().state == ChargeState.OPEN


def test_split_charge_refused_by_the_voucher_writes_nothing():
    here = world()
    elsewhere = active().issued[0].code
    payer = commitment()
    charge = here.charge(commitment=payer)
    with pytest.raises(VoucherWrongTerritory), transaction.atomic():
        services.split_charge(charge=charge, voucher_code=elsewhere, at=AT, actor="test")
    charge.refresh_from_db()
    assert (charge.state, charge.shares.count()) == (ChargeState.OPEN, 0)


def test_attack_19_refused_then_asked_again_is_judged_anew_and_pays_once():
    here = world()
    issued = lot_for(here).issued[0]
    charge = here.charge()
    by = {"at": AT, "actor": "test"}
    vouchers.block(serial=issued.serial, reason="doute", **by)
    with pytest.raises(VoucherBlocked), transaction.atomic():
        services.split_charge(charge=charge, voucher_code=issued.code, **by)
    vouchers.unblock(serial=issued.serial, reason="levé", **by)

    first = services.split_charge(charge=charge, voucher_code=issued.code, **by)
    again = services.split_charge(charge=charge, voucher_code=issued.code, **by)

    assert first == again
    assert sum(shares(charge).values()) == 3000


def test_split_charge_judges_expiry_on_the_day_of_the_session():
    here = world()
    code = lot_for(here, use_until=DAY).issued[0].code
    late = AT + datetime.timedelta(days=5)
    assert shares(here.split(code, at=late)) == {"voucher": 3000}
    after = here.charge(on=DAY + datetime.timedelta(days=1))
    with pytest.raises(VoucherExpired):
        services.split_charge(charge=after, voucher_code=code, at=late, actor="test")


def test_preview_split_tells_and_writes_nothing():
    here = world(price=3000)
    code = lot_for(here, face=1000).issued[0].code
    payer = commitment()
    charge = here.charge(commitment=payer)
    preview = services.preview_split(charge=charge, voucher_code=code, at=AT)
    assert preview.split.voucher_cents == 1000
    assert preview.split.person_cents == 1000
    assert preview.third_party_id == payer.agreement.promiser_id
    assert not PayerShare.objects.exists()
    assert not Movement.objects.exists()


def test_split_charge_refuses_a_cancelled_charge():
    here = world()
    charge = here.charge()
    agenda.undo_attendance(
        registration_id=charge.registration_id,
        at=charge.raised_at + datetime.timedelta(minutes=5),
        actor="test",
    )
    with pytest.raises(ChargeCancelled):
        services.split_charge(charge=charge, voucher_code=None, at=AT, actor="test")


def test_undo_attendance_is_refused_once_the_session_is_paid():
    charge = world().split()
    with pytest.raises(ChargeAlreadySplit), transaction.atomic():
        agenda.undo_attendance(
            registration_id=charge.registration_id, at=charge.raised_at, actor="test"
        )
    charge.registration.refresh_from_db()
    assert charge.registration.state == "present"


def test_receive_third_party_releases_the_oldest_shares_covered_whole():
    here = world(price=1000)
    payer = commitment(rate_ppm=1_000_000)
    for _ in range(3):
        here.split(commitment=payer)
    receive(payer, 2300)
    assert ledger.balance(f"payable:{here.provider.pk}:commitment:{payer.pk}") == 2000
    assert ledger.balance(f"due:{here.provider.pk}:commitment:{payer.pk}") == 1000
    assert list(queries.payable_shares().values_list("amount_cents", flat=True)) == [1000, 1000]
    receive(payer, 700)
    assert queries.payable_shares().count() == 3
    assert broken() == []


def test_release_covered_shares_uses_cash_received_before_the_session():
    here = world(price=1000)
    payer = commitment(rate_ppm=1_000_000)
    receive(payer, 1500)
    here.split(commitment=payer)
    assert queries.payable_shares().count() == 0
    assert services.release_covered_shares(at=AT, actor="test") == 1
    assert services.release_covered_shares(at=AT, actor="test") == 0
    assert queries.payable_shares().count() == 1


def test_receive_third_party_twice_is_once_and_another_amount_is_refused():
    payer = commitment()
    first = receive(payer, 500, "REF-1")
    assert receive(payer, 500, "REF-1").pk == first.pk
    assert ledger.balance(f"bankin:{payer.pk}") == -500
    with pytest.raises(ReceiptConflict):
        receive(payer, 501, "REF-1")
    with pytest.raises(ReceiptNotPossible):
        receive(payer, 0, "REF-2")


def test_the_database_refuses_shares_that_do_not_add_up():
    charge = world(price=1000).split()
    PayerShare.objects.create(charge=charge, kind="person", amount_cents=1)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        check_now()
    PayerShare.objects.filter(charge=charge, amount_cents=1).delete()
    assert refused.value.__cause__.diag.constraint_name == "charge_shares_add_up"
