"""Secret codes: only their keyed digest is stored, so the database alone opens no voucher."""

import hashlib
import hmac
from collections.abc import Callable

from django.conf import settings

from filiere.rules import codes

type_random = Callable[[int], bytes]
CODE_BYTES = 10


def new_code(random_bytes: type_random) -> str:
    """Draw one code: 80 random bits and a check symbol, without separators."""
    return codes.code_from_random(random_bytes(CODE_BYTES))


def mac_of(code: str) -> bytes:
    """Digest stored instead of the code: HMAC-SHA256 under the voucher pepper, 16 bytes."""
    key = settings.VOUCHER_PEPPER.encode()
    return hmac.digest(key, code.encode("ascii"), hashlib.sha256)[:16]
