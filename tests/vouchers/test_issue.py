import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import translation

from filiere.kernel import checks
from filiere.ledger import queries as ledger
from filiere.ledger.errors import AmountRefused
from filiere.programmes import queries as programmes
from filiere.rules.codes import VOUCHER_LENGTH, is_well_formed
from filiere.vouchers import services
from filiere.vouchers.errors import (
    LotAlreadyGenerated,
    LotCountRefused,
    LotNotFunded,
    LotNotGenerated,
    LotOutsideProgramme,
    LotOverPromised,
    LotPartsWrong,
    VoucherNotActive,
)
from filiere.vouchers.models import Lot, LotState, Voucher, VoucherPart
from tests.programmes.factories import AT, programme, receipt, tranche
from tests.vouchers.factories import active, answer_for_reach, draft, seeded

pytestmark = pytest.mark.django_db


def broken():
    return [
        v
        for v in checks.run()
        if not v.holds and v.name.split(".")[0] in {"ledger", "programmes", "vouchers"}
    ]


def create(of, **overrides):
    defaults = {
        "programme": of,
        "count": 10,
        "face_cents": 5000,
        "use_until": datetime.date(2026, 12, 31),
        "parts": None,
        "at": AT,
        "actor": "test",
    }
    return services.create_lot(**defaults | overrides)


def parts_of(lot):
    return list(lot.parts.order_by("tranche_id").values_list("amount_cents", flat=True))


def test_create_lot_shares_in_proportion_to_the_cash():
    made = programme()
    for cash in (60_000, 30_000, 10_000):
        tranche(made, cash=cash)

    assert parts_of(create(made)) == [30_000, 15_000, 5_000]


def test_create_lot_shares_by_promise_while_cash_is_short():
    made = programme()
    tranche(made, cap=75_000)
    tranche(made, cap=25_000, cash=1_000)

    assert parts_of(create(made)) == [37_500, 12_500]


def test_create_lot_refuses_more_than_is_promised():
    made = programme()
    tranche(made, cap=49_999)

    with pytest.raises(LotOverPromised) as refusal:
        create(made)

    with translation.override("en"):
        assert "promised €0.01 less" in refusal.value.sentence


@pytest.mark.parametrize("total", [49_999, 50_001])
def test_create_lot_refuses_parts_that_do_not_add_up(total):
    made = programme()
    paid = tranche(made)

    with pytest.raises(LotPartsWrong):
        create(made, parts={paid.pk: total})


def test_create_lot_refuses_the_tranche_of_another_programme():
    with pytest.raises(LotPartsWrong):
        create(programme(), parts={tranche(programme()).pk: 50_000})


@pytest.mark.parametrize("count", [0, -1, 1_000_001, 2.5])
def test_create_lot_refuses_a_strange_number_of_vouchers(count):
    with pytest.raises(LotCountRefused):
        create(programme(), count=count)


@pytest.mark.parametrize("face", [0, -1, 10.0, 10**15])
def test_attack_55_create_lot_refuses_a_strange_face(face):
    with pytest.raises(AmountRefused):
        create(programme(), face_cents=face)


def test_create_lot_refuses_vouchers_that_outlive_the_programme():
    with pytest.raises(LotOutsideProgramme):
        create(programme(), use_until=datetime.date(2028, 1, 1))


def test_generate_vouchers_gives_well_formed_codes_and_stores_none():
    scene = draft(count=50)

    assert len({issued.code for issued in scene.issued}) == 50
    assert all(is_well_formed(issued.code, VOUCHER_LENGTH) for issued in scene.issued)
    assert scene.issued[0].printed.count("-") == 4
    stored = Voucher.objects.get(serial=scene.issued[0].serial)
    assert scene.issued[0].code.encode() not in bytes(stored.code_mac)


def test_generate_vouchers_numbers_follow_without_a_gap():
    first, second = draft(count=5), draft(count=4, seed=8)

    serials = [issued.serial for scene in (first, second) for issued in scene.issued]
    assert serials == list(range(serials[0], serials[0] + 9))
    assert broken() == []


def test_attack_49_odd_shares_sum_to_the_cent_for_each_funder():
    scene = draft(count=7, face=1000, parts=[2334, 2333, 2333])

    issued = VoucherPart.objects.filter(voucher__lot=scene.lot)
    by_tranche = issued.values_list("tranche_id").annotate(Sum("face_cents")).order_by("tranche_id")
    assert [cents for _tranche, cents in by_tranche] == [2334, 2333, 2333]
    by_voucher = issued.values_list("voucher_id").annotate(Sum("face_cents")).order_by("voucher_id")
    assert {cents for _voucher, cents in by_voucher} == {1000}


def test_generate_vouchers_tells_its_progress():
    made = programme()
    tranche(made, cap=50_000)
    told = []

    services.generate_vouchers(
        lot=create(made), at=AT, actor="t", progress=lambda *step: told.append(step)
    )

    assert told == [(10, 10)]


def test_generate_vouchers_twice_is_refused():
    scene = draft()

    with pytest.raises(LotAlreadyGenerated):
        services.generate_vouchers(lot=scene.lot, at=AT, actor="t", random_bytes=seeded(9))

    assert Voucher.objects.count() == 3


def test_activate_lot_moves_each_part_to_the_pocket():
    scene = active(parts=[10_000, 5_000])

    first, second = scene.tranches
    assert ledger.balances("pocket:") == {
        f"pocket:{scene.lot.pk}:{first.pk}": 10_000,
        f"pocket:{scene.lot.pk}:{second.pk}": 5_000,
    }
    assert programmes.available_cents(first) == programmes.available_cents(second) == 0
    assert set(Voucher.objects.values_list("state", flat=True)) == {"active"}
    assert broken() == []


def test_activate_lot_twice_is_once():
    scene = active()

    assert services.activate_lot(lot=scene.lot, at=AT, actor="t").activated_at == AT
    assert programmes.available_cents(scene.tranches[0]) == 0


def test_attack_35_an_unfunded_lot_is_not_activated():
    scene = draft(parts=[10_000, 5_000], cash=[10_000, 0])

    with pytest.raises(LotNotFunded) as refusal:
        services.activate_lot(lot=scene.lot, at=AT, actor="t")

    assert refusal.value.parameters["missing_cents"] == 5_000
    with translation.override("en"):
        assert refusal.value.sentence.startswith(
            "This lot cannot be activated: €50.00 from Financeur"
        )
    assert ledger.balances("pocket:") == {}
    with pytest.raises(VoucherNotActive):
        scene.redeem()


def test_attack_35_sql_cannot_add_vouchers_to_a_lot_already_paid():
    scene = active()
    row = Voucher.objects.first()
    for fields in (
        {"state": "active"},
        {"state": "active", "replaces": row},
        {"state": "created"},
    ):
        with pytest.raises(IntegrityError, match="voucher must be new"), transaction.atomic():
            Voucher.objects.create(
                lot=scene.lot,
                serial=10_000,
                code_mac=b"0" * 16,
                face_cents=5000,
                remaining_cents=5000,
                tranche_ids=row.tranche_ids,
                face_parts=row.face_parts,
                left_parts=row.face_parts,
                **fields,
            )


def test_attack_35_sql_cannot_add_orphans_or_move_what_exists():
    scene, other = draft(), draft(seed=8)
    row = scene.lot.vouchers.order_by("serial").first()
    born = {
        "lot": row.lot,
        "serial": 10_000,
        "code_mac": b"0" * 16,
        "face_cents": 5000,
        "remaining_cents": 5000,
        "tranche_ids": row.tranche_ids,
        "face_parts": row.face_parts,
        "left_parts": row.face_parts,
    }
    stranger = tranche(scene.lot.programme).pk
    first, *others = row.tranche_ids
    for fields in (
        {"tranche_ids": [stranger, *others]},
        {"tranche_ids": [10**9, *others]},
        {"tranche_ids": others},
        {"tranche_ids": [*others, first]} if others else {"tranche_ids": []},
        {"tranche_ids": [first] * 2, "face_parts": [2500] * 2, "left_parts": [2500] * 2},
    ):
        with pytest.raises(IntegrityError, match="must be whole"), transaction.atomic():
            Voucher.objects.create(**born | fields)
    for fields in (
        {"face_parts": [4999], "left_parts": [4999]},
        {"face_parts": [5001], "left_parts": [5000]},
        {"left_parts": [4999]},
        {"left_parts": [5000, 0]},
        {"tranche_ids": [], "face_parts": [], "left_parts": []},
    ):
        with (
            pytest.raises(IntegrityError, match=r"voucher_parts_hold|must be"),
            transaction.atomic(),
        ):
            Voucher.objects.create(**born | fields)
    with pytest.raises(IntegrityError, match="voucher must be new"), transaction.atomic():
        Voucher.objects.create(**born | {"lot": None, "lot_id": 10**9})
    for statement in (
        f"UPDATE vouchers_voucher SET lot_id = {other.lot.pk}",
        "UPDATE vouchers_voucher SET tranche_ids = tranche_ids",
        "UPDATE vouchers_voucher SET face_parts = face_parts",
        "DELETE FROM vouchers_voucher",
        "DELETE FROM vouchers_lot",
    ):
        with (
            pytest.raises(DatabaseError, match=r"Cannot|denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_attack_35_sql_cannot_activate_a_lot_without_its_posting():
    scene = draft(cash=[0])

    with pytest.raises(IntegrityError, match="lot_active_is_funded"), transaction.atomic():
        Lot.objects.filter(pk=scene.lot.pk).update(state=LotState.ACTIVE)


def test_attack_39_the_application_cannot_raise_a_voucher():
    scene = active()
    scene.redeem()
    for statement in (
        "UPDATE vouchers_voucher SET remaining_cents = face_cents",
        "UPDATE vouchers_voucher SET face_cents = 1, code_mac = ''",
        "DELETE FROM vouchers_voucher",
        "UPDATE vouchers_voucher SET left_parts = face_parts",
        "DELETE FROM vouchers_movement",
        "UPDATE vouchers_movement SET amount_cents = 1",
        "UPDATE vouchers_movement SET given_parts = '{1}'",
    ):
        with (
            pytest.raises(DatabaseError, match=r"permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_attack_39_a_spent_voucher_does_not_come_back():
    scene = active()
    scene.redeem(wanted_cents=5000)

    with pytest.raises(DatabaseError, match="voucher_spent_is_empty"), transaction.atomic():
        Voucher.objects.filter(state="spent").update(state="active")


def test_attack_48_terms_of_a_lot_cannot_be_changed():
    scene = active()

    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Lot.objects.filter(pk=scene.lot.pk).update(use_until=datetime.date(2027, 1, 1))


def test_attack_36_cash_received_later_activates_the_lot():
    scene = draft(cash=[0])
    receipt(scene.tranches[0], 14_999)
    with pytest.raises(LotNotFunded):
        services.activate_lot(lot=scene.lot, at=AT, actor="t")

    receipt(scene.tranches[0], 1)

    assert services.activate_lot(lot=scene.lot, at=AT, actor="t").state == LotState.ACTIVE


def test_attack_50_a_tranche_used_up_by_another_lot_is_refused():
    made = programme()
    paid = tranche(made, cash=50_000)
    lots = [create(made, parts={paid.pk: 50_000}) for _ in range(2)]
    for seed, lot in enumerate(lots):
        services.generate_vouchers(lot=lot, at=AT, actor="t", random_bytes=seeded(seed))
        answer_for_reach(lot)
    services.activate_lot(lot=lots[0], at=AT, actor="t")

    with pytest.raises(LotNotFunded) as refusal:
        services.activate_lot(lot=lots[1], at=AT, actor="t")

    assert refusal.value.parameters["missing_cents"] == 50_000
    assert programmes.available_cents(paid) == 0


def test_activate_lot_refuses_a_lot_without_vouchers():
    made = programme()
    tranche(made, cash=50_000)

    with pytest.raises(LotNotGenerated):
        services.activate_lot(lot=create(made), at=AT, actor="t")
