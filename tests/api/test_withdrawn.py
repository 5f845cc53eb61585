"""What a device keeps to refuse vouchers without network: blocked, lost, called back."""

import json

import pytest

from filiere.rules.codes import read_code
from filiere.vouchers import services as vouchers
from filiere.vouchers.models import RecallScope
from filiere.vouchers.queries.withdrawals import check_of
from tests.agenda.factories import AT
from tests.api.conftest import signed_in
from tests.api.scenes import shop
from tests.api.test_devices import Phone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def asked(phone, since=0):
    status, got = phone.of.mediator.get(f"devices/{phone.device['id']}/withdrawn?since={since}")
    assert status == 200, got
    return got


def row(issued, word):
    code = read_code(issued.code, length=17)
    return {"serial": issued.serial, "check": check_of(code), "word": word}


def ready():
    of = shop()
    return of, Phone(of), of.vouchers.issued


def test_device_withdrawn_tells_only_what_changed_since():
    _of, phone, issued = ready()
    assert asked(phone)["withdrawn"] == []
    vouchers.block(serial=issued[0].serial, reason="doute", at=AT, actor="t")
    first = asked(phone)
    vouchers.declare_lost(serial=issued[1].serial, at=AT, actor="t")
    then = asked(phone, first["version"])

    assert first["withdrawn"] == [row(issued[0], "blocked")]
    assert then["withdrawn"] == [row(issued[1], "lost")]
    assert (then["more"], then["refuses_all"]) == (False, False)
    assert asked(phone, then["version"]) == then | {"withdrawn": []}


def test_device_withdrawn_tells_what_may_pay_again():
    _of, phone, issued = ready()
    vouchers.block(serial=issued[0].serial, reason="doute", at=AT, actor="t")
    before = asked(phone)
    vouchers.unblock(serial=issued[0].serial, reason="levé", at=AT, actor="t")

    after = asked(phone, before["version"])
    assert (after["withdrawn"], after["restored"]) == ([], [issued[0].serial])
    assert asked(phone)["withdrawn"] == []


def test_device_withdrawn_names_recalled_vouchers_until_it_is_lifted():
    _of, phone, issued = ready()
    made = vouchers.recall(
        scope=RecallScope.UNIT, target=issued[0].serial, reason="vol", at=AT, actor="t"
    )
    assert asked(phone)["recalled"] == [row(issued[0], "recalled")]
    vouchers.lift_recall(recall_id=made.pk, at=AT, actor="t")
    assert asked(phone)["recalled"] == []


def test_device_withdrawn_gives_a_recalled_lot_as_a_range():
    of, phone, issued = ready()
    vouchers.recall(
        scope=RecallScope.LOT, target=of.vouchers.lot.pk, reason="vol", at=AT, actor="t"
    )
    serials = [one.serial for one in issued]
    assert asked(phone)["ranges"] == [[min(serials), max(serials)]]


@pytest.mark.parametrize("scope", [RecallScope.DEVICE, RecallScope.PROVIDER])
def test_device_withdrawn_refuses_all_when_the_place_or_device_is_called_back(scope):
    of, phone, _issued = ready()
    of_place = of.offer.place.organisation_id
    target = phone.device["id"] if scope == RecallScope.DEVICE else of_place
    vouchers.recall(scope=scope, target=target, reason="doute", at=AT, actor="t")

    assert asked(phone)["refuses_all"] is True


@pytest.mark.parametrize("count", [1, 3])
def test_device_withdrawn_asks_as_much_for_one_voucher_as_for_three(
    count, django_assert_num_queries
):
    _of, phone, issued = ready()
    for one in issued[:count]:
        vouchers.block(serial=one.serial, reason="doute", at=AT, actor="t")

    with django_assert_num_queries(10):
        got = asked(phone)

    assert len(got["withdrawn"]) == count


def test_attack_78_device_withdrawn_holds_no_name_and_is_for_its_place():
    _of, phone, issued = ready()
    vouchers.block(serial=issued[0].serial, reason="Madame Untel", at=AT, actor="t")

    assert "Untel" not in json.dumps(asked(phone))
    assert issued[0].code not in json.dumps(asked(phone))
    other = signed_in("mediator")
    assert other.get(f"devices/{phone.device['id']}/withdrawn")[0] == 403
