import datetime
import uuid

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from filiere.kernel import checks
from filiere.ledger import queries as ledger
from filiere.vouchers import errors, services
from filiere.vouchers.models import Movement, Reversal, Voucher, VoucherPart
from tests.programmes.factories import AT
from tests.vouchers.factories import active, person

pytestmark = pytest.mark.django_db


def broken():
    wanted = {"ledger", "programmes", "vouchers"}
    return [v for v in checks.run() if not v.holds and v.name.split(".")[0] in wanted]


def undo(movement_id, reason="session refunded"):
    return services.reverse_movement(movement=movement_id, reason=reason, at=AT, actor="user:1")


def left(scene, number=0):
    voucher = Voucher.objects.get(serial=scene.issued[number].serial)
    parts = VoucherPart.objects.filter(voucher=voucher).order_by("tranche_id")
    return voucher.state, voucher.remaining_cents, [part.remaining_cents for part in parts]


def test_attack_52_reverse_movement_gives_each_part_back_exactly():
    scene = active(parts=[10_000, 5_000])
    before = left(scene)
    paid = scene.redeem(wanted_cents=1000)

    undone = undo(paid.movement_id)

    assert left(scene) == before
    assert (undone.amount_cents, undone.reason) == (1000, "session refunded")
    assert set(ledger.balances("payable:").values()) == {0}
    assert broken() == []


def test_attack_52_reversed_twice_is_once():
    scene = active()
    paid = scene.redeem()

    assert undo(paid.movement_id) == undo(paid.movement_id, "again")
    assert Reversal.objects.get().reason == "session refunded"
    assert left(scene)[1] == 5000


def test_reverse_movement_refuses_what_does_not_exist():
    with pytest.raises(errors.MovementUnknown):
        undo(uuid.uuid4())


@pytest.mark.parametrize("handed_out", [True, False])
def test_a_spent_voucher_can_be_used_again(handed_out):
    scene = active()
    if handed_out:
        services.hand_out(
            voucher_serial=scene.issued[0].serial,
            person_id=person().pk,
            organisation_id=scene.provider.pk,
            at=AT,
            actor="t",
        )
    undo(scene.redeem(wanted_cents=5000).movement_id)

    assert left(scene)[:2] == ("handed_out" if handed_out else "active", 5000)
    assert scene.redeem(reference="R-2", wanted_cents=5000).taken_cents == 5000
    assert broken() == []


def test_the_same_act_is_not_paid_again_by_a_retry_after_its_reversal():
    scene = active()
    undo(scene.redeem().movement_id)

    with pytest.raises(errors.VoucherReversed):
        scene.redeem()
    assert left(scene)[1] == 5000


def test_attack_53_a_lost_voucher_keeps_the_money_for_its_lot():
    scene = active()
    paid = scene.redeem()
    services.declare_lost(serial=paid.serial, at=AT, actor="t")

    undo(paid.movement_id)

    assert left(scene)[:2] == ("void", 1000)
    with pytest.raises(errors.VoucherLost):
        scene.redeem(reference="R-2")
    assert broken() == []


def test_declare_lost_after_a_reversal_passes_the_whole_on():
    scene = active()
    undo(scene.redeem().movement_id)

    heir = services.declare_lost(serial=scene.issued[0].serial, at=AT, actor="t")

    assert Voucher.objects.get(serial=heir.serial).remaining_cents == 5000
    assert broken() == []


def test_attack_53_an_expired_voucher_gets_its_money_back_and_still_cannot_pay():
    scene = active()
    undo(scene.redeem().movement_id)

    with pytest.raises(errors.VoucherExpired):
        scene.redeem(reference="R-2", on=datetime.date(2027, 1, 1))
    assert left(scene)[1] == 5000


@pytest.mark.slow
@settings(max_examples=10, deadline=None, derandomize=True)
@given(
    wanted=st.lists(st.integers(1, 900), min_size=1, max_size=8),
    order=st.randoms(use_true_random=False),
)
def test_uses_undone_in_any_order_leave_the_voucher_as_issued(wanted, order):
    with transaction.atomic():
        scene = active(count=1, face=2003, parts=[1001, 701, 301])
        issued = left(scene)
        paid = []
        for n, cents in enumerate(wanted):
            try:
                paid.append(scene.redeem(reference=f"R-{n}", wanted_cents=cents).movement_id)
            except errors.VoucherSpent:
                break
        order.shuffle(paid)
        for movement_id in paid:
            undo(movement_id)
        assert left(scene) == issued
        assert broken() == []
        transaction.set_rollback(True)


def test_a_movement_is_kept_when_it_is_undone():
    scene = active()
    paid = scene.redeem()
    undo(paid.movement_id)

    assert Movement.objects.get().pk == paid.movement_id
