import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules import signed_codes
from filiere.rules.signed_codes import SignedVoucher, from_base45, sign, to_base45, verify

OURS = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEYS = {7: (3, OURS.public_key().public_bytes_raw())}

vouchers = st.builds(
    SignedVoucher,
    key_id=st.just(7),
    programme_id=st.just(3),
    serial=st.integers(0, 2**48 - 1),
    value_cents=st.integers(0, 2**32 - 1),
    last_day=st.dates(datetime.date(2020, 1, 1), datetime.date(2199, 1, 1)),
    rule=st.binary(min_size=6, max_size=6),
    nonce=st.binary(min_size=8, max_size=8),
)
ONE = SignedVoucher(7, 3, 42, 1000, datetime.date(2026, 12, 31), b"rule06", b"nonce008")


@given(st.binary(max_size=200))
def test_base45_comes_back(content):
    assert from_base45(to_base45(content)) == content


@pytest.mark.parametrize("text", ["A", "ABCD", ":::", "aB1", "AB\u00a0", "::"])
def test_from_base45_refuses_what_no_bytes_give(text):
    with pytest.raises(ValueError, match="base45"):
        from_base45(text)


@given(vouchers)
def test_sign_then_verify_gives_the_voucher_back(voucher):
    text = sign(voucher, signer=OURS.sign)

    assert len(text) == 153
    assert verify(text, public_keys=KEYS) == voucher


@given(vouchers, st.integers(0, 98), st.integers(1, 255))
def test_attack_26_any_altered_byte_is_refused(voucher, place, change):
    content = bytearray(from_base45(sign(voucher, signer=OURS.sign)[4:]))
    content[place] ^= change

    assert verify(signed_codes.PREFIX + to_base45(bytes(content)), public_keys=KEYS) is None


@given(st.text(max_size=200))
def test_attack_25_no_text_is_taken_for_ours(text):
    assert verify(text, public_keys=KEYS) is None
    assert verify(signed_codes.PREFIX + text, public_keys=KEYS) is None


def test_attack_25_a_forged_code_is_refused():
    good = sign(ONE, signer=OURS.sign)
    content = from_base45(good[4:])
    forged = {
        "another's key": sign(ONE, signer=OTHER.sign),
        "cut": signed_codes.PREFIX + to_base45(content[:-1]),
        "extra bytes": signed_codes.PREFIX + to_base45(content + b"\x00\x00"),
        "older version": signed_codes.PREFIX + to_base45(b"\x00" + content[1:]),
        "lower case": good.lower(),
        "an address": "https://example.org/?c=" + good,
    }
    assert verify(good, public_keys=KEYS) == ONE
    for name, text in forged.items():
        assert verify(text, public_keys=KEYS) is None, name


def test_attack_25_a_key_signs_for_its_programme_only():
    elsewhere = {7: (4, KEYS[7][1])}

    assert verify(sign(ONE, signer=OURS.sign), public_keys=elsewhere) is None


def test_attack_27_a_revoked_key_opens_nothing():
    assert verify(sign(ONE, signer=OURS.sign), public_keys={}) is None


def test_sign_refuses_what_does_not_fit():
    for change in ({"serial": 2**48}, {"value_cents": -1}, {"rule": b"short"}):
        fields = {name: getattr(ONE, name) for name in SignedVoucher.__slots__}
        with pytest.raises(ValueError, match=r"bytes|layout"):
            sign(SignedVoucher(**fields | change), signer=OURS.sign)
