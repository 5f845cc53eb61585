"""Pages of the devices that take vouchers without network, and of the counter they keep."""

import base64

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.urls import reverse

from filiere.billing import services as billing
from filiere.vouchers import services as vouchers
from filiere.vouchers.errors import VoucherRefused
from filiere.vouchers.models import Device
from filiere.vouchers.services.counter import REFUSALS
from filiere.vouchers.services.offline import IN_GOOD_FAITH
from filiere.web import claim_words
from filiere.web.views import offline
from tests.agenda.factories import AT, PlaceFactory
from tests.api.conftest import signed_in
from tests.api.scenes import PRICE, shop

pytestmark = pytest.mark.django_db
FRENCH = {"accept-language": "fr"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


def key():
    made = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return base64.b64encode(made).decode()


def registered(of, place=None):
    return vouchers.register_device(
        place=place or of.offer.place,
        name="Tablette du bus",
        public_key=key(),
        at=AT,
        actor="user:1",
    )


def form(of, **changes):
    return {"place": of.offer.place_id, "name": "Tablette", "public_key": key()} | changes


def test_device_new_registers_the_device_that_asks():
    of = shop()

    answer = of.mediator.client.post(reverse("device_new"), form(of))

    assert (answer.status_code, answer.url) == (302, "/comptoir/")
    device = Device.objects.get()
    assert (device.place, device.registered_by) == (of.offer.place, of.mediator.user.actor)


def test_device_new_keeps_what_was_typed_when_the_browser_made_no_key():
    of = shop()

    answer = of.mediator.client.post(reverse("device_new"), form(of, public_key=""), headers=FRENCH)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="Tablette"' in page
    assert "La clé de cet appareil" in page
    assert not Device.objects.exists()


def test_device_new_refuses_a_place_of_others():
    of, other = shop(), PlaceFactory()

    answer = of.mediator.client.post(reverse("device_new"), form(of, place=other.pk))

    assert answer.status_code == 422
    assert not Device.objects.exists()


def test_devices_lists_those_of_the_organisation_acted_for():
    of = shop()
    registered(of)
    registered(of, PlaceFactory())

    page = of.mediator.client.get(reverse("devices"), headers=FRENCH).content.decode()

    assert page.count("Tablette du bus") == 1
    assert "1 appareil peut encaisser sans réseau" in page


def test_device_says_why_each_refused_claim_was_and_what_to_do():
    of = shop()
    device = registered(of)
    claim = vouchers.Claim(
        seq=1, code="nonsense", reference="", wanted_cents=PRICE, slot_id=of.slot.pk,
        outcome="", occurred_at=AT,
    )  # fmt: skip
    billing.upload_sessions(device_id=device.pk, claims=[claim], at=AT)

    page = of.mediator.client.get(reverse("device", args=[device.pk]), headers=FRENCH)

    said = page.content.decode()
    assert "Ce n’est pas le code d’un chèque." in said
    assert "La séance est notée. Réglez-la au comptoir" in said
    assert "refusé" in said


def test_device_of_another_organisation_is_refused():
    device = registered(shop())
    other = signed_in("manager").client
    for name in ("device", "device_revoke"):
        assert other.get(reverse(name, args=[device.pk])).status_code == 403
        assert other.get(reverse(name, args=[0])).status_code == 404


def test_device_revoke_asks_then_takes_off():
    of = shop()
    device = registered(of)
    address = reverse("device_revoke", args=[device.pk])

    asked = of.mediator.client.get(address, headers=FRENCH).content.decode()
    assert "sera perdu" in asked
    assert of.mediator.client.post(address).status_code == 302

    device.refresh_from_db()
    assert device.revoked_at == AT


def test_offline_counter_is_the_same_for_everyone_and_keeps_what_it_needs():
    page = Client(headers=FRENCH).get(reverse("offline_counter")).content.decode()
    worker = Client().get(reverse("offline_worker"))
    manifest = Client(headers=FRENCH).get(reverse("offline_manifest")).json()

    assert "Cette page a besoin de scripts" in page
    for address in offline.assets():
        assert f'"{address}"' in worker.content.decode().replace("\\u002D", "-")
    for name in offline.SCRIPTS:
        assert f"filiere/js/{name}.js" in page
    for name in offline.STYLES:
        assert f"filiere/css/{name}.css" in page
    assert worker["Content-Type"].startswith("text/javascript")
    assert "script-src 'self'" in worker["Content-Security-Policy"]
    assert manifest["scope"] == manifest["start_url"] == "/comptoir/"


def test_claim_words_has_a_reason_for_every_answer_a_device_can_get():
    known = {one.word for one in claim_words.reasons()}
    refusals = {*REFUSALS.values(), *VoucherRefused.__subclasses__()}
    words = {one.code.removeprefix("vouchers.") for one in refusals}
    online_only = {"number_or_pin_wrong", "typing_locked"}
    assert (words | IN_GOOD_FAITH) - online_only - known == set()
