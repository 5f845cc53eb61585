"""Signed vouchers: what a QR code says without network, and how it is known to be ours.

A signature proves that a voucher was issued, never that it is unspent.

Layout: version (1 byte), key (4), programme (4), number (6), value in cents (4), last day (2, days
since 1 January 2020), digest of the rule (6), nonce (8), then the Ed25519 signature (64). These 99
bytes are written in base45 after ``FL1:``: 153 characters, a QR code of version 6, level M.

Source: RFC 8032 (Ed25519), RFC 9285 (base45); the layout is our own choice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PREFIX = "FL1:"
VERSION = 1
BODY_BYTES = 35
SIGNATURE_BYTES = 64
RULE_BYTES = 6
NONCE_BYTES = 8
_EPOCH = date(2020, 1, 1)
_DOMAIN = b"filiere signed voucher 1\n"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {symbol: value for value, symbol in enumerate(_ALPHABET)}


@dataclass(frozen=True, slots=True)
class SignedVoucher:
    """What a signed code says. ``key_id`` and ``programme_id`` fit 4 bytes, ``serial`` 6."""

    key_id: int
    programme_id: int
    serial: int
    value_cents: int
    last_day: date
    rule: bytes
    nonce: bytes


def to_base45(content: bytes) -> str:
    """Write bytes with the 45 symbols that QR codes hold best.

    Source: RFC 9285, section 4.

    >>> to_base45(b"AB"), to_base45(b"ietf!")
    ('BB8', 'QED8WEX0')
    """
    written = []
    for start in range(0, len(content), 2):
        pair = content[start : start + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, value = divmod(number, 45)
            written.append(_ALPHABET[value])
    return "".join(written)


def from_base45(text: str) -> bytes:
    """Read what ``to_base45`` wrote.

    Raises:
        ValueError: a symbol, a length or a group that no bytes give.

    Source: RFC 9285, section 4.

    >>> from_base45("QED8WEX0")
    b'ietf!'
    """
    read = bytearray()
    for start in range(0, len(text), 3):
        group = text[start : start + 3]
        if len(group) == 1 or any(symbol not in _VALUE for symbol in group):
            raise ValueError("not base45")
        number = sum(_VALUE[symbol] * 45**place for place, symbol in enumerate(group))
        if number >= 256 ** (len(group) - 1):
            raise ValueError("not base45")
        read += number.to_bytes(len(group) - 1, "big")
    return bytes(read)


def sign(voucher: SignedVoucher, *, signer: Callable[[bytes], bytes]) -> str:
    """Write a signed code.

    Args:
        signer: gives the 64-byte Ed25519 signature of its argument.

    Raises:
        ValueError: a value does not fit the layout.
    """
    body = _body(voucher)
    return PREFIX + to_base45(body + signer(_DOMAIN + body))


def verify(text: str, *, public_keys: Mapping[int, tuple[int, bytes]]) -> SignedVoucher | None:
    """Read a scanned text as a voucher that one of our keys signed; None for anything else.

    Nothing of the text is believed before its signature: not its version, not its length.

    Args:
        public_keys: key id → (programme id, 32-byte public key); a key signs for its programme
            only. Revoked keys are left out by the caller.
    """
    if not text.startswith(PREFIX):
        return None
    try:
        content = from_base45(text[len(PREFIX) :])
    except ValueError:
        return None
    if len(content) != BODY_BYTES + SIGNATURE_BYTES or content[0] != VERSION:
        return None
    body, signature = content[:BODY_BYTES], content[BODY_BYTES:]
    voucher = _read(body)
    programme_id, public_key = public_keys.get(voucher.key_id, (None, b""))
    if programme_id != voucher.programme_id:
        return None
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, _DOMAIN + body)
    except InvalidSignature:
        return None
    return voucher


def _body(voucher: SignedVoucher) -> bytes:
    if len(voucher.rule) != RULE_BYTES or len(voucher.nonce) != NONCE_BYTES:
        raise ValueError(f"a rule has {RULE_BYTES} bytes and a nonce {NONCE_BYTES}")
    numbers = (
        (VERSION, 1),
        (voucher.key_id, 4),
        (voucher.programme_id, 4),
        (voucher.serial, 6),
        (voucher.value_cents, 4),
        ((voucher.last_day - _EPOCH).days, 2),
    )
    try:
        head = b"".join(number.to_bytes(size, "big") for number, size in numbers)
    except OverflowError as error:
        raise ValueError("a number does not fit the layout") from error
    return head + voucher.rule + voucher.nonce


def _read(body: bytes) -> SignedVoucher:
    def number(start: int, size: int) -> int:
        return int.from_bytes(body[start : start + size], "big")

    return SignedVoucher(
        key_id=number(1, 4),
        programme_id=number(5, 4),
        serial=number(9, 6),
        value_cents=number(15, 4),
        last_day=_EPOCH + timedelta(days=number(19, 2)),
        rule=body[21:27],
        nonce=body[27:35],
    )
