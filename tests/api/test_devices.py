"""Devices through the API: registered by members of their place, heard by their signature."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filiere.kernel import checks
from filiere.vouchers import services as vouchers
from filiere.vouchers.models import Device, Movement
from tests.agenda.factories import AT, hours, new_slot
from tests.api.conftest import signed_in
from tests.api.scenes import PRICE, booked, shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


class Phone:
    """A registered device of a shop, and what it sends."""

    def __init__(self, of):
        self.of, self.key = of, Ed25519PrivateKey.generate()
        self.public = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()
        status, self.device = of.mediator.post("devices", self.asked())
        assert status == 200, self.device

    def asked(self, **changes):
        place = self.of.offer.place_id
        return {"place_id": place, "name": "Tablette", "public_key": self.public} | changes

    def claim(self, seq=1, number=0, **changes):
        defaults = {
            "seq": seq,
            "code": self.of.vouchers.issued[number].code,
            "wanted_cents": PRICE,
            "occurred_at": AT.isoformat(),
        }
        return defaults | changes

    def send(self, caller, *claims, signature=None):
        body = json.dumps({"claims": claims})
        signed = self.key.sign(b"filiere offline claims 1\n" + body.encode())
        answer = caller.client.post(
            f"/api/v1/devices/{self.device['id']}/claims",
            body,
            content_type="application/json",
            headers={"X-Device-Signature": signature or base64.b64encode(signed).decode()},
        )
        return answer.status_code, answer.json()


def test_device_register_is_for_members_of_the_place_and_twice_is_once():
    of = shop()
    phone = Phone(of)

    assert phone.device["max_vouchers_per_day"] == 50
    assert of.mediator.post("devices", phone.asked())[1]["id"] == phone.device["id"]
    assert of.mediator.get("devices")[1]["devices"] == [phone.device]
    other = signed_in("mediator")
    assert other.post("devices", phone.asked())[0] == 403
    assert other.get("devices") == (200, {"devices": []})
    assert other.post(f"devices/{phone.device['id']}/revoke")[0] == 403
    assert of.mediator.post("devices", phone.asked(public_key="AAAA"))[1]["code"] == (
        "vouchers.device_key_refused"
    )
    assert of.mediator.post("devices", phone.asked(place_id=0))[0] == 404


def test_device_day_keeps_hours_and_references_and_names_nobody(clock):
    of = shop()
    ref = booked(of)
    phone = Phone(of)

    status, day = of.mediator.get(f"devices/{phone.device['id']}/day")

    assert status == 200
    (hour,) = day["hours"]
    assert (hour["slot_id"], hour["free"], hour["price_cents"]) == (of.slot.pk, 2, PRICE)
    assert hour["seats"] == [
        {"ref": ref, "state": "confirmed", "price_cents": PRICE, "is_paid": False}
    ]
    assert "name" not in json.dumps(day)


@pytest.mark.parametrize("more", [0, 5])
def test_device_day_asks_as_much_for_one_hour_as_for_six(more, django_assert_num_queries):
    of = shop()
    phone = Phone(of)
    for number in range(more):
        new_slot(of.offer, starts_at=of.slot.starts_at + hours(2 + number))

    with django_assert_num_queries(12):
        _status, day = of.mediator.get(f"devices/{phone.device['id']}/day")

    assert len(day["hours"]) == 1 + more


def test_device_claims_are_paid_once_without_session(anyone):
    of = shop()
    ref = booked(of)
    phone = Phone(of)
    claims = [phone.claim(reference=ref), phone.claim(2, 1, slot_id=of.slot.pk)]

    status, got = phone.send(anyone, *claims)
    again = phone.send(anyone, *claims)

    assert status == 200
    assert again == (200, got)
    assert [(one["state"], one["taken_cents"]) for one in got["claims"]] == [
        ("accepted", 1_500)
    ] * 2
    assert got["claims"][0]["reference"] == ref
    assert got["claims"][0]["voucher_serial"] == of.vouchers.issued[0].serial
    assert (got["missing"], got["renumber"]) == ([], [])
    assert Movement.objects.count() == 2
    assert [verdict.name for verdict in checks.run() if not verdict.holds] == []


def test_device_claims_say_why_one_is_refused_and_what_is_missing(anyone):
    of = shop()
    phone = Phone(of)

    _status, got = phone.send(anyone, phone.claim(3, code="nonsense", slot_id=of.slot.pk))

    assert (got["claims"][0]["state"], got["claims"][0]["outcome"]) == ("refused", "mistyped")
    assert got["missing"] == [1, 2]


def test_attack_25_device_claims_of_another_key_or_of_nobody_are_refused(anyone):
    of = shop()
    phone, stranger = Phone(of), Phone(of)
    stranger.device = phone.device

    assert stranger.send(anyone, phone.claim())[1]["code"] == "vouchers.claims_refused"
    assert phone.send(anyone, phone.claim(), signature="AAAA")[1]["code"] == (
        "vouchers.claims_refused"
    )
    phone.device = {"id": 999_999}
    assert phone.send(anyone, phone.claim())[1]["code"] == "vouchers.device_unknown"
    assert not Movement.objects.exists()


def test_attack_78_device_revoke_is_heard_at_once(anyone):
    of = shop()
    phone = Phone(of)
    revoke = f"devices/{phone.device['id']}/revoke"

    assert of.mediator.post(revoke)[1]["revoked_at"] is not None
    assert of.mediator.post(revoke)[0] == 200
    assert phone.send(anyone, phone.claim())[0] == 403
    assert Device.objects.get().revoked_at == AT


@pytest.mark.parametrize(
    "changes",
    [{"wanted_cents": 0}, {"seq": 0}, {"occurred_at": "2026-11-24T10:00:00"}, {"outcome": "x"}],
)
def test_device_claims_of_a_wrong_shape_write_nothing(anyone, changes):
    of = shop()
    phone = Phone(of)

    assert phone.send(anyone, phone.claim(**changes))[1]["code"] == "api.request_wrong"
    assert not Movement.objects.exists()


def test_voucher_keys_are_published_until_revoked(anyone):
    of = shop()
    lot = of.vouchers.lot
    key = vouchers.signing_key(programme_id=lot.programme_id, year=2026, at=AT, actor="t")

    assert anyone.get("voucher-keys")[1]["keys"] == [
        {
            "id": key.pk,
            "programme_id": lot.programme_id,
            "public_key": base64.b64encode(bytes(key.public_key)).decode(),
        }
    ]
    vouchers.revoke_signing_key(key_id=key.pk, at=AT, actor="t")
    assert anyone.get("voucher-keys")[1]["keys"] == []
