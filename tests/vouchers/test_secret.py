import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.kernel.models import AuditEntry
from filiere.rules.codes import code_from_random, is_well_formed, voucher_code
from filiere.vouchers import secret, services
from filiere.vouchers.errors import CodeNotKept
from filiere.vouchers.models import Lot, Voucher
from tests.vouchers.factories import active, draft

SALT = bytes(range(16))


@given(st.binary(min_size=10, max_size=10))
def test_voucher_code_is_the_code_of_its_bytes(drawn):
    assert voucher_code(drawn) == code_from_random(drawn)


def test_voucher_code_refuses_another_length():
    with pytest.raises(ValueError, match="10 bytes"):
        voucher_code(b"123456789")


def test_derive_code_changes_with_key_salt_and_number():
    codes = {
        secret.derive_code(key, salt, serial)
        for key in (b"one", b"two")
        for salt in (SALT, SALT[::-1])
        for serial in (1, 2, 2**62)
    }

    assert len(codes) == 12
    assert all(is_well_formed(code, 17) for code in codes)
    assert secret.derive_code(b"one", SALT, 1) in codes


@pytest.mark.parametrize("key", [b"key", b"k" * 64, b"longer than a block " * 5])
def test_digests_are_those_of_each_code(key, settings):
    settings.VOUCHER_PEPPER = key[::-1].decode()
    for serial, (code, mac, pin) in zip(
        range(5, 8), secret.digests(key, SALT, range(5, 8)), strict=True
    ):
        assert code == secret.derive_code(key, SALT, serial)
        assert mac == secret.mac_of(code)
        assert pin == secret.pin_mac(serial, secret.pin_of(code))


def test_pin_of_is_the_last_eight_secret_symbols():
    assert secret.pin_of("0123456789ABCDEFX") == "89ABCDEF"


@pytest.mark.django_db
def test_code_of_gives_the_code_again():
    scene = active()

    for issued in scene.issued:
        voucher = Voucher.objects.get(serial=issued.serial)
        assert services.code_of(voucher) == issued
        assert bytes(voucher.pin_mac) == secret.pin_mac(issued.serial, issued.code[8:16])


@pytest.mark.django_db
def test_attack_28_the_database_alone_opens_no_voucher(settings):
    scene = active()
    settings.VOUCHER_ISSUE_KEY = "what a thief would guess"
    voucher = Voucher.objects.select_related("lot").get(serial=scene.issued[0].serial)

    with pytest.raises(CodeNotKept):
        services.code_of(voucher)
    guess = secret.derive_code(b"what a thief would guess", bytes(voucher.lot.salt), voucher.serial)
    assert guess != scene.issued[0].code
    assert secret.mac_of(guess) != bytes(voucher.code_mac)


@pytest.mark.django_db
def test_attack_28_a_key_is_rotated_without_losing_printed_vouchers(settings):
    before = active()
    settings.VOUCHER_FORMER_ISSUE_KEY = settings.VOUCHER_ISSUE_KEY
    settings.VOUCHER_ISSUE_KEY = "the next key"
    after = active(seed=8)

    assert before.lot.pk != after.lot.pk
    names = {Lot.objects.get(pk=one.lot.pk).key_id for one in (before, after)}
    assert len(names) == 2
    for scene in (before, after):
        voucher = Voucher.objects.get(serial=scene.issued[0].serial)
        assert services.code_of(voucher) == scene.issued[0]
        assert scene.redeem().taken_cents == 1000


@pytest.mark.django_db
def test_attack_30_no_code_is_written_in_the_audit_trail():
    scene = active()
    heir = services.declare_lost(serial=scene.issued[0].serial, at=scene.lot.created_at, actor="t")

    written = " ".join(f"{one.subject} {one.detail}" for one in AuditEntry.objects.order_by("pk"))
    for issued in (*scene.issued, heir):
        assert issued.code not in written
        assert issued.printed not in written
        assert secret.pin_of(issued.code) not in written


@pytest.mark.django_db
def test_code_of_refuses_a_lot_older_than_derived_codes():
    scene = draft()
    voucher = Voucher.objects.select_related("lot").get(serial=scene.issued[0].serial)
    voucher.lot.salt = None

    with pytest.raises(CodeNotKept):
        services.code_of(voucher)
