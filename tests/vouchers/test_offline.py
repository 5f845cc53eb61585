import base64
import datetime
import random
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filiere.directory.models import Place
from filiere.kernel import checks
from filiere.kernel.calendar import legal_day
from filiere.ledger import queries as ledger
from filiere.ledger.errors import AmountRefused
from filiere.vouchers import errors, services
from filiere.vouchers.models import (
    Device,
    Movement,
    MovementChannel,
    OfflineClaim,
    SigningKey,
    Voucher,
)
from tests.programmes.factories import AT
from tests.vouchers.factories import active as active_lot

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
active = partial(active_lot, offline_use=True)
LATER = AT + 8 * HOUR


def broken():
    wanted = {"ledger", "programmes", "vouchers"}
    return [v for v in checks.run() if not v.holds and v.name.split(".")[0] in wanted]


def device_of(scene, organisation=None, **fields):
    place = Place.objects.create(
        organisation=organisation or scene.provider,
        commune=scene.commune,
        name="Lieu",
        source="essai",
        source_id=str(Place.objects.count()),
        qualified_on=AT.date(),
        is_invented=True,
    )
    key = Ed25519PrivateKey.generate()
    device = services.register_device(
        place=place,
        name="Tablette",
        public_key=base64.b64encode(key.public_key().public_bytes_raw()).decode(),
        at=AT,
        actor="user:1",
    )
    if fields:
        Device.objects.filter(pk=device.pk).update(**fields)
    return device


def claim(scene, seq=1, number=0, **changes):
    defaults = {
        "seq": seq,
        "code": scene.issued[number].code,
        "reference": f"D-{seq}",
        "wanted_cents": 1000,
        "slot_id": None,
        "outcome": "done_together",
        "occurred_at": AT + seq * datetime.timedelta(minutes=1),
    }
    return services.Claim(**defaults | changes)


def pay(device, asked, at):
    """Pay without sessions, which this app knows nothing of; billing does it with them."""
    acts = [
        services.Act(
            voucher=one.voucher,
            reference=one.claim.reference,
            provider_id=device.organisation_id,
            wanted_cents=one.claim.wanted_cents,
            service="Aider aux démarches administratives",
            commune_id=device.place.commune_id,
            on=legal_day(one.claim.occurred_at),
            occurred_at=one.claim.occurred_at,
            place_id=device.place_id,
        )
        for one in asked
        if one.voucher is not None
    ]
    got = iter(
        services.redeem_many(
            acts=acts, at=at, actor="t", channel=MovementChannel.OFFLINE, device_id=device.pk
        )
    )
    return [answer_of(one, None if one.voucher is None else next(got)) for one in asked]


def answer_of(asked, got):
    if isinstance(got, errors.VoucherRefused):
        return services.Answer(asked.claim.reference, None, got.code.removeprefix("vouchers."))
    return services.Answer(asked.claim.reference, got)


def send(device, *claims, at=LATER):
    return services.upload_claims(device_id=device.pk, claims=claims, pay=pay, at=at)


def told(upload):
    return [(one.state, one.outcome, one.taken_cents) for one in upload.claims]


def signed(scene, number=0):
    voucher = Voucher.objects.get(serial=scene.issued[number].serial)
    return services.sign_vouchers(lot=scene.lot, vouchers=[voucher], at=AT, actor="t")[
        voucher.serial
    ]


def test_upload_claims_pays_what_a_device_recorded():
    scene = active(parts=[10_000, 5_000])
    device = device_of(scene)

    got = send(device, claim(scene), claim(scene, 2, 1, code=signed(scene, 1)))

    assert told(got) == [("accepted", "paid", 1000)] * 2
    assert (got.missing, got.renumber) == ([], [])
    kept = Movement.objects.get(reference="D-1")
    assert (kept.channel, kept.device_id, kept.received_at) == ("offline", device.pk, LATER)
    assert kept.occurred_at == AT + datetime.timedelta(minutes=1)
    assert sum(ledger.balances("payable:").values()) == 2000
    assert broken() == []


def test_attack_17_an_old_queue_sent_again_moves_nothing():
    scene = active()
    device = device_of(scene)
    first = send(device, claim(scene))

    again = send(device, claim(scene), at=AT + datetime.timedelta(days=240))

    assert told(again) == told(first)
    assert Movement.objects.count() == 1


def test_attack_03_used_online_before_its_offline_use_is_received():
    scene = active()
    device = device_of(scene)
    scene.redeem(reference="ONLINE", wanted_cents=5000)

    assert told(send(device, claim(scene))) == [("disputed", "spent", 0)]
    assert broken() == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_attack_04_two_devices_the_first_received_is_paid(order):
    scene = active(count=1)
    devices = [device_of(scene), device_of(scene)]
    sent = [claim(scene, reference=f"D-{n}", wanted_cents=5000) for n in range(2)]

    first, second = (told(send(devices[n], sent[n])) for n in order)

    assert first == [("accepted", "paid", 5000)]
    assert second == [("disputed", "spent", 0)]
    assert sum(ledger.balances("payable:").values()) == 5000


def test_attack_20_gaps_are_named_and_late_numbers_still_received():
    scene = active()
    device = device_of(scene)

    assert send(device, claim(scene, 4), claim(scene, 1)).missing == [2, 3]
    late = send(device, claim(scene, 3), claim(scene, 2))

    assert [one.seq for one in late.claims] == [2, 3]
    assert late.missing == []


def test_attack_20_another_claim_under_a_number_already_received():
    scene = active()
    device = device_of(scene)
    send(device, claim(scene))

    got = send(device, claim(scene, 1, 1, reference="OTHER"))

    assert got.renumber == [1]
    assert Movement.objects.get().reference == "D-1"


@pytest.mark.parametrize("hours", [24 * 365, -24 * 365])
def test_attack_20_a_clock_years_away_is_set_aside(hours):
    scene = active()
    device = device_of(scene)

    got = send(device, claim(scene, occurred_at=AT + hours * HOUR))

    assert told(got) == [("disputed", "clock", 0)]
    assert not Movement.objects.exists()


def test_attack_45_an_expired_voucher_cannot_be_moved_back_in_time():
    scene = active()
    device = device_of(scene)
    january = datetime.datetime(2027, 1, 4, 9, tzinfo=datetime.UTC)

    got = send(
        device,
        claim(scene, 1, occurred_at=january),
        claim(scene, 2, 1, occurred_at=AT + HOUR),
        at=january + HOUR,
    )

    assert told(got) == [("refused", "expired", 0), ("disputed", "clock", 0)]


def test_a_device_has_limits_each_day():
    scene = active()
    device = device_of(scene, max_vouchers_per_day=2, max_cents_per_day=2500)

    got = send(device, claim(scene), claim(scene, 2, wanted_cents=2000), claim(scene, 3, 1))
    tomorrow = AT + 24 * HOUR
    more = send(
        device,
        claim(scene, 4, 1),
        claim(scene, 5, 1, occurred_at=tomorrow),
        at=tomorrow + HOUR,
    )

    assert [outcome for _s, outcome, _c in told(got)] == ["paid", "device_limit", "paid"]
    assert [outcome for _s, outcome, _c in told(more)] == ["device_limit", "paid"]


def test_attack_78_a_device_taken_off_is_not_heard_and_holds_no_name():
    scene = active()
    device = device_of(scene)
    services.revoke_device(device_id=device.pk, at=AT, actor="user:1")

    with pytest.raises(errors.DeviceUnknown):
        send(device, claim(scene))
    assert not OfflineClaim.objects.exists()
    assert "person" not in {field.name for field in OfflineClaim._meta.get_fields()}


def test_attack_27_a_revoked_key_opens_nothing_offline():
    scene = active()
    device = device_of(scene)
    code = signed(scene)
    services.revoke_signing_key(key_id=SigningKey.objects.get().pk, at=AT, actor="t")

    assert told(send(device, claim(scene, code=code))) == [("refused", "signed_code_refused", 0)]
    with pytest.raises(errors.SignedCodeRefused):
        scene.redeem(code)


def test_redeem_takes_a_signed_code_and_refuses_one_altered():
    scene = active()
    code = signed(scene)

    assert scene.redeem(code).serial == scene.issued[0].serial
    with pytest.raises(errors.SignedCodeRefused):
        scene.redeem(code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert Movement.objects.get().channel == "qr"
    assert signed(scene) == code


def test_attack_32_an_address_in_a_square_is_no_code():
    scene = active()

    with pytest.raises(errors.VoucherMistyped):
        scene.redeem("https://example.org/FL1:" + scene.issued[0].code)


def test_upload_claims_words_what_is_wrong_with_each_code():
    scene = active()
    device = device_of(scene)

    got = send(
        device,
        claim(scene, 1, code="nonsense"),
        claim(scene, 2, code="0" * 17),
        claim(scene, 3, code="FL1:ABC"),
    )

    assert [one.outcome for one in got.claims] == ["mistyped", "unknown", "signed_code_refused"]
    assert {one.state for one in got.claims} == {"refused"}


def test_upload_claims_refuses_strange_amounts_and_too_many():
    scene = active()
    device = device_of(scene)

    with pytest.raises(AmountRefused):
        send(device, claim(scene, wanted_cents=0))
    with pytest.raises(errors.TooManyRows):
        send(device, *[claim(scene)] * 10_001)


def test_upload_claims_of_a_programme_that_does_not_allow_it_is_disputed():
    scene = active_lot()

    got = send(device_of(scene), claim(scene))

    assert told(got) == [("disputed", "offline_not_allowed", 0)]
    assert got.claims[0].voucher.serial == scene.issued[0].serial


def test_require_signature_hears_the_device_only():
    scene = active()
    key = Ed25519PrivateKey.generate()
    device = device_of(scene)
    device.public_key = key.public_key().public_bytes_raw()
    body = b'{"claims": []}'
    good = base64.b64encode(key.sign(b"filiere offline claims 1\n" + body)).decode()

    services.require_signature(device=device, content=body, signature=good)
    for content, signature in ((body + b" ", good), (body, "AAAA"), (body, "é")):
        with pytest.raises(errors.ClaimsRefused):
            services.require_signature(device=device, content=content, signature=signature)


def test_register_device_twice_is_one_and_refuses_what_is_no_key():
    scene = active()
    device = device_of(scene)
    again = {"place": device.place, "name": "x", "at": AT, "actor": "t"}
    key = base64.b64encode(bytes(device.public_key)).decode()

    assert services.register_device(public_key=key, **again) == device
    services.revoke_device(device_id=device.pk, at=AT, actor="t")
    for wrong in (key, "AAAA", "not base64"):
        with pytest.raises(errors.DeviceKeyRefused):
            services.register_device(public_key=wrong, **again)


@pytest.mark.slow
def test_attack_72_ten_thousand_claims_sent_twice_are_paid_once():
    scene = active(count=500, face=4000)
    device = device_of(scene, max_vouchers_per_day=100_000, max_cents_per_day=10**9)
    rng = random.Random(7)
    claims = [
        claim(scene, seq, seq % 500, wanted_cents=rng.randint(1, 400), occurred_at=AT)
        for seq in range(1, 2001)
    ]

    first = send(device, *claims)
    again = send(device, *reversed(claims))

    assert told(first) == told(again)
    assert {one.state for one in first.claims} <= {"accepted", "disputed"}
    assert Movement.objects.count() == sum(one.state == "accepted" for one in first.claims)
    assert broken() == []
