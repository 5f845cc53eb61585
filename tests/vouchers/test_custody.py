import datetime
import uuid

import pytest

from filiere.kernel import checks
from filiere.kernel.models import AuditEntry
from filiere.ledger import queries as ledger
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.vouchers import errors, queries, services
from filiere.vouchers.models import RecallScope, Voucher, VoucherPart
from tests.programmes.factories import AT, organisation, tranche
from tests.vouchers.factories import active, draft, entrust, person

pytestmark = pytest.mark.django_db

LATE = datetime.datetime(2027, 1, 2, 9, 0, tzinfo=datetime.UTC)


def broken():
    wanted = {"ledger", "programmes", "vouchers"}
    return [v for v in checks.run() if not v.holds and v.name.split(".")[0] in wanted]


def hand_out(scene, to, serial=None, at=AT):
    return services.hand_out(
        voucher_serial=serial or scene.issued[0].serial,
        person_id=to.pk,
        organisation_id=scene.provider.pk,
        at=at,
        actor="test",
    )


def lose(scene, serial=None, at=AT):
    return services.declare_lost(serial=serial or scene.issued[0].serial, at=at, actor="test")


def test_hand_out_gives_the_voucher_to_the_person():
    scene, odile = active(), person()

    voucher = hand_out(scene, odile)

    assert (voucher.state, voucher.holder_id) == ("handed_out", odile.pk)
    assert voucher.handed_out_at == AT
    assert [held.serial for held in queries.vouchers_of(odile.pk)] == [voucher.serial]
    assert scene.redeem().taken_cents == 1000


def test_hand_out_twice_to_the_same_person_is_once():
    scene, odile = active(), person()
    hand_out(scene, odile)

    assert hand_out(scene, odile, at=LATE).handed_out_at == AT


def test_hand_out_refuses_a_second_holder():
    scene = active()
    hand_out(scene, person())

    with pytest.raises(errors.VoucherAlreadyHandedOut):
        hand_out(scene, person())


def test_hand_out_refuses_what_cannot_be_used():
    with pytest.raises(errors.VoucherNotActive):
        hand_out(draft(), person())
    with pytest.raises(errors.VoucherExpired):
        hand_out(active(seed=8), person(), at=LATE)
    with pytest.raises(errors.VoucherUnknown):
        hand_out(active(seed=9), person(), serial=999_999)


def test_hand_out_many_is_all_or_nothing():
    scene, odile, karim = active(), person(), person()
    serials = [issued.serial for issued in scene.issued]
    order = {"organisation_id": scene.provider.pk, "at": AT, "actor": "test"}

    with pytest.raises(errors.VoucherUnknown):
        services.hand_out_many(holders={serials[0]: odile.pk, 999_999: karim.pk}, **order)
    assert queries.vouchers_of(odile.pk) == []

    given = {serials[0]: odile.pk, serials[1]: karim.pk}
    assert services.hand_out_many(holders=given, **order) == 2
    assert services.hand_out_many(holders=given, **order) == 0
    assert services.hand_out_many(holders={}, **order) == 0


def test_hand_out_refuses_a_voucher_kept_by_others():
    scene, other = active(), organisation()
    order = {"voucher_serial": scene.issued[0].serial, "at": AT, "actor": "test"}

    with pytest.raises(errors.VoucherNotInCustody):
        services.hand_out(person_id=person().pk, organisation_id=other.pk, **order)
    entrust(scene.lot, None)
    with pytest.raises(errors.VoucherNotInCustody):
        services.hand_out(person_id=person().pk, organisation_id=scene.provider.pk, **order)


def test_entrust_moves_whole_booklets_and_records_it():
    scene, other = active(count=5, lot_terms={"booklet_size": 2}), organisation()
    first = scene.issued[0].serial

    with pytest.raises(errors.BookletsUnknown):
        entrust(scene.lot, other.pk, serial_from=first + 1)
    with pytest.raises(errors.BookletsUnknown):
        entrust(scene.lot, other.pk, serial_from=first, serial_to=first + 2)
    with pytest.raises(errors.BookletsUnknown):
        entrust(active(seed=8).lot, other.pk, serial_from=first, serial_to=first + 1)

    moved = {"serial_from": first, "serial_to": first + 3}
    assert entrust(scene.lot, other.pk, **moved) == 2
    assert entrust(scene.lot, other.pk, **moved) == 0
    serials = [issued.serial for issued in scene.issued]
    assert queries.custodians_of(serials) == dict(
        zip(serials, [other.pk] * 4 + [scene.provider.pk], strict=True)
    )
    written = AuditEntry.objects.filter(action="vouchers.entrusted").order_by("pk").last()
    assert written.detail == moved | {
        "booklets": 2, "before": scene.provider.pk, "after": other.pk,
    }  # fmt: skip


def test_entrust_leaves_a_started_booklet_where_it_is():
    scene, other = active(count=4, lot_terms={"booklet_size": 2}), organisation()
    hand_out(scene, person(), scene.issued[3].serial)

    with pytest.raises(errors.BookletStarted):
        entrust(scene.lot, other.pk)
    assert entrust(scene.lot, other.pk, serial_to=scene.issued[1].serial) == 1


def test_hand_out_to_the_bearer_needs_no_person():
    scene = active(lot_terms={"mode": "bearer"})

    voucher = services.hand_out(
        voucher_serial=scene.issued[0].serial,
        person_id=None,
        organisation_id=scene.provider.pk,
        at=AT,
        actor="test",
    )

    assert (voucher.state, voucher.holder_id) == ("handed_out", None)
    assert scene.redeem().taken_cents == 1000


def test_attack_41_a_nominal_voucher_is_given_to_a_named_holder_only():
    scene, odile = active(lot_terms={"mode": "nominal"}), person()
    with pytest.raises(errors.HolderNotNamed):
        hand_out(scene, odile)
    persons.record_consent(
        person_id=odile.pk, purpose=Purpose.KEEP_IDENTITY, given=True, at=AT, actor="test"
    )
    persons.seal_identity(person_id=odile.pk, name="Odile", at=AT, actor="test")

    assert hand_out(scene, odile).holder_id == odile.pk

    with pytest.raises(errors.VoucherNeedsHolder):
        services.hand_out(
            voucher_serial=scene.issued[1].serial,
            person_id=None,
            organisation_id=scene.provider.pk,
            at=AT,
            actor="test",
        )


def test_attack_08_declare_lost_is_for_whoever_handed_it_out():
    scene, other = active(), organisation()
    serial = scene.issued[0].serial

    with pytest.raises(errors.VoucherNotYours):
        services.declare_lost(serial=serial, organisation_id=other.pk, at=AT, actor="test")
    hand_out(scene, person())
    with pytest.raises(errors.VoucherNotYours):
        services.declare_lost(serial=serial, organisation_id=other.pk, at=AT, actor="test")

    heir = services.declare_lost(
        serial=serial, organisation_id=scene.provider.pk, at=AT, actor="test"
    )
    assert queries.custodians_of([heir.serial]) == {heir.serial: scene.provider.pk}


def test_declare_lost_derives_the_code_of_the_replacement():
    scene = active()

    heir = lose(scene)

    assert services.code_of(Voucher.objects.get(serial=heir.serial)) == heir


def test_attack_29_a_booklet_photographed_is_called_back():
    scene = active(count=4, lot_terms={"booklet_size": 2})
    booklet = scene.lot.booklets.get(number=1)
    order = {"reason": "photo publiée", "at": AT, "actor": "operator"}
    called = services.recall(scope=RecallScope.BOOKLET, target=booklet.pk, **order)

    assert services.recall(scope=RecallScope.BOOKLET, target=booklet.pk, **order) == called
    for issued in scene.issued[:2]:
        with pytest.raises(errors.VoucherRecalled):
            scene.redeem(issued.code)
    with pytest.raises(errors.VoucherRecalled):
        lose(scene)
    assert scene.redeem(scene.issued[2].code, reference="R-2").taken_cents == 1000

    services.lift_recall(recall_id=called.pk, at=LATE, actor="operator")
    assert services.lift_recall(recall_id=called.pk, at=LATE, actor="x").lifted_by == "operator"
    assert scene.redeem().taken_cents == 1000
    assert broken() == []


@pytest.mark.parametrize("scope", ["unit", "lot", "provider"])
def test_recall_refuses_what_it_names(scope):
    scene = active()
    target = {
        "unit": scene.issued[0].serial, "lot": scene.lot.pk, "provider": scene.provider.pk,
    }[scope]  # fmt: skip

    called = services.recall(
        scope=RecallScope(scope), target=target, reason="fraude", at=AT, actor="operator"
    )

    with pytest.raises(errors.VoucherRefused) as refusal:
        scene.redeem()
    assert refusal.value.code == "vouchers.recalled"
    services.lift_recall(recall_id=called.pk, at=AT, actor="operator")
    assert scene.redeem().taken_cents == 1000


def test_recall_says_why_and_of_what():
    order = {"at": AT, "actor": "operator"}
    with pytest.raises(errors.ReasonMissing):
        services.recall(scope=RecallScope.LOT, target=1, reason=" ", **order)
    for scope in RecallScope:
        with pytest.raises(errors.RecallTargetUnknown):
            services.recall(scope=scope, target=0, reason="vol", **order)
    with pytest.raises(errors.RecallTargetUnknown):
        services.lift_recall(recall_id=0, **order)


def test_attack_34_self_prescription_is_counted():
    scene = active()
    hand_out(scene, person())
    hand_out(scene, person(), scene.issued[1].serial)
    scene.redeem()
    scene.redeem(scene.issued[1].code, provider_id=organisation().pk)

    assert queries.self_prescribed_cents(scene.lot) == 1000
    assert queries.self_prescribed_cents(scene.lot.programme) == 1000


def test_declare_lost_gives_a_new_voucher_with_all_that_was_left():
    scene, odile = active(parts=[10_000, 5_000]), person()
    hand_out(scene, odile)
    scene.redeem(wanted_cents=1000)

    heir = lose(scene)

    new = Voucher.objects.get(serial=heir.serial)
    assert (new.face_cents, new.remaining_cents, new.state) == (4000, 4000, "handed_out")
    assert new.holder_id == odile.pk
    assert new.replaces.serial == scene.issued[0].serial
    parts = VoucherPart.objects.filter(voucher=new).order_by("tranche_id")
    assert [part.face_cents for part in parts] == [2667, 1333]
    assert [held.serial for held in queries.vouchers_of(odile.pk)] == [heir.serial]
    assert sum(ledger.balances("pocket:").values()) == 14_000
    assert broken() == []


def test_declare_lost_refuses_the_old_code_with_its_own_reason():
    scene = active()
    heir = lose(scene)

    with pytest.raises(errors.VoucherLost):
        scene.redeem()
    assert scene.redeem(heir.code).taken_cents == 1000


def test_declare_lost_keeps_the_chain_of_a_voucher_lost_again():
    scene = active()
    scene.redeem(wanted_cents=1000)
    second = lose(scene)
    scene.redeem(second.code, reference="R-2", wanted_cents=1500)
    third = lose(scene, second.serial)

    assert scene.redeem(third.code, reference="R-3", wanted_cents=9000).taken_cents == 2500
    assert broken() == []


def test_declare_lost_twice_is_refused():
    scene = active()
    lose(scene)

    with pytest.raises(errors.VoucherLost):
        lose(scene)

    assert Voucher.objects.count() == 4


def test_declare_lost_refuses_when_nothing_is_to_replace():
    scene = active()
    scene.redeem(wanted_cents=5000)
    with pytest.raises(errors.VoucherSpent):
        lose(scene)
    with pytest.raises(errors.VoucherUnknown):
        lose(scene, 999_999)
    with pytest.raises(errors.VoucherExpired):
        lose(scene, scene.issued[1].serial, at=LATE)
    with pytest.raises(errors.VoucherNotActive):
        lose(draft(seed=8))


def test_block_stops_a_voucher_until_unblocked():
    scene, odile = active(), person()
    hand_out(scene, odile)
    order = {"serial": scene.issued[0].serial, "reason": "photo online", "at": AT, "actor": "test"}

    services.block(**order)
    assert services.block(**order).state == "blocked"
    with pytest.raises(errors.VoucherBlocked):
        scene.redeem()
    with pytest.raises(errors.VoucherBlocked):
        lose(scene)

    services.unblock(**order)
    assert services.unblock(**order).state == "handed_out"
    assert scene.redeem().taken_cents == 1000


def test_block_refuses_an_unknown_voucher():
    with pytest.raises(errors.VoucherUnknown):
        services.block(serial=999_999, reason="", at=AT, actor="test")


def test_funnel_counts_each_stage_and_a_replaced_voucher_once():
    scene, odile = active(count=4), person()
    scene.redeem(wanted_cents=1000)
    hand_out(scene, odile)
    heir = lose(scene)
    scene.redeem(heir.code, reference="R-2", wanted_cents=500)
    hand_out(scene, odile, scene.issued[1].serial)
    tranche(scene.lot.programme, cash=5000)
    services.create_lot(
        programme=scene.lot.programme,
        count=1,
        face_cents=5000,
        use_until=scene.lot.use_until,
        at=AT,
        actor="test",
    )

    assert queries.funnel(scene.lot.programme) == queries.Funnel(
        ordered=queries.Stage(5, 25_000),
        activated=queries.Stage(4, 20_000),
        handed_out=queries.Stage(2, 10_000),
        used=queries.Stage(1, 1500),
    )
    assert queries.funnel(scene.lot).ordered == queries.Stage(4, 20_000)
    assert [lot.count for lot in queries.lots_of(scene.lot.programme)] == [1, 4]


def test_vouchers_of_nobody_is_nothing():
    assert queries.vouchers_of(uuid.uuid4()) == []


def test_parts_of_movements_name_each_funder():
    scene = active(parts=[10_000, 5_000])
    paid = scene.redeem(provider_id=organisation().pk)

    shares = queries.parts_of_movements([paid.movement_id])

    assert [(share.tranche_id, share.amount_cents) for share in shares] == paid.parts
