"""Secret codes: derived from a key kept outside the database, recognised by keyed digests.

Two secrets, neither in the database. The *issue key* makes a voucher's code from its lot's salt
and its number, so that it can be shown to its holder again and is stored nowhere. The *pepper*
makes the digests that recognise it. See docs/decisions/0012-codes-are-derived.md.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator

from django.conf import settings

from filiere.rules import codes

type_random = Callable[[int], bytes]
SALT_BYTES = 16
PIN_SYMBOLS = 8
_CODE_BYTES = 10
_MAC_BYTES = 16


def current_issue_key() -> bytes:
    """Key that makes the codes of the lots generated from now on."""
    return str(settings.VOUCHER_ISSUE_KEY).encode()


def key_id_of(issue_key: bytes) -> str:
    """Name a key without telling it: eight hexadecimal digits of its digest."""
    return hashlib.sha256(b"filiere voucher issue key " + issue_key).hexdigest()[:8]


def find_issue_key(key_id: str) -> bytes | None:
    """Give the key that bears this name, current or former; None when it is no longer kept."""
    for kept in (settings.VOUCHER_ISSUE_KEY, settings.VOUCHER_FORMER_ISSUE_KEY):
        if kept and key_id_of(kept.encode()) == key_id:
            return str(kept).encode()
    return None


def derive_code(issue_key: bytes, salt: bytes, serial: int) -> str:
    """Make the code of one voucher: 80 bits and a check symbol, without separators.

    Args:
        salt: the lot's, 16 bytes.
        serial: the voucher's public number, 1 to 2^63 - 1.
    """
    digest = hmac.digest(issue_key, salt + serial.to_bytes(8, "big"), hashlib.sha256)
    return codes.voucher_code(digest[:_CODE_BYTES])


def mac_of(code: str) -> bytes:
    """Digest stored instead of the code: HMAC-SHA256 under the voucher pepper, 16 bytes."""
    return hmac.digest(_pepper(), code.encode("ascii"), hashlib.sha256)[:_MAC_BYTES]


def pin_of(code: str) -> str:
    """The eight symbols typed or said with the number: the last of the sixteen secret ones."""
    return code[-1 - PIN_SYMBOLS : -1]


def pin_mac(serial: int, pin: str) -> bytes:
    """Digest that recognises a number and its eight symbols, 16 bytes."""
    told = serial.to_bytes(8, "big") + pin.encode("ascii")
    return hmac.digest(_pepper(), told, hashlib.sha256)[:_MAC_BYTES]


def digests(issue_key: bytes, salt: bytes, serials: range) -> Iterator[tuple[str, bytes, bytes]]:
    """Give the code, its digest and that of its short form, for many numbers at once.

    The same as ``derive_code``, ``mac_of`` and ``pin_mac``, without their calls: a lot may hold a
    million vouchers, so each key is put in place once (RFC 2104) and copied.
    """
    make = codes.voucher_code
    within, around = _keyed(issue_key)
    within.update(salt)
    pepper_within, pepper_around = _keyed(_pepper())
    for serial in serials:
        number = serial.to_bytes(8, "big")
        inner, outer = within.copy(), around.copy()
        inner.update(number)
        outer.update(inner.digest())
        code = make(outer.digest()[:_CODE_BYTES])
        said = code.encode("ascii")
        inner, outer = pepper_within.copy(), pepper_around.copy()
        inner.update(said)
        outer.update(inner.digest())
        mac = outer.digest()[:_MAC_BYTES]
        inner, outer = pepper_within.copy(), pepper_around.copy()
        inner.update(number + said[-1 - PIN_SYMBOLS : -1])
        outer.update(inner.digest())
        yield code, mac, outer.digest()[:_MAC_BYTES]


def _keyed(key: bytes) -> "tuple[hashlib._Hash, hashlib._Hash]":
    """Begin the two digests of an HMAC-SHA256 under a key: what is inside, what goes around."""
    block = hashlib.sha256().block_size
    whole = (hashlib.sha256(key).digest() if len(key) > block else key).ljust(block, b"\0")
    return (
        hashlib.sha256(bytes(one ^ 0x36 for one in whole)),
        hashlib.sha256(bytes(one ^ 0x5C for one in whole)),
    )


def _pepper() -> bytes:
    return str(settings.VOUCHER_PEPPER).encode()
