"""Encryption of identities. The key is a setting and never enters the database.

Two keys are drawn from it, one to seal (Fernet) and one for the mark of a name (HMAC), so that
neither weakens the other.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from functools import cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from filiere.rules.text import fold

MARK_BYTES = 16


@dataclass(frozen=True, slots=True)
class Identity:
    """Who someone is and how to reach them; blank when not given."""

    name: str
    phone: str = ""
    email: str = ""


@cache
def _key(secret: str, purpose: bytes) -> bytes:
    """Draw one 32-byte key from the installation's secret."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"filiere:" + purpose).derive(
        secret.encode()
    )


def _box() -> Fernet:
    return Fernet(urlsafe_b64encode(_key(settings.IDENTITY_KEY, b"identity")))


def seal(identity: Identity) -> bytes:
    """Encrypt an identity; two seals of the same identity differ."""
    return _box().encrypt(json.dumps(asdict(identity), ensure_ascii=False).encode())


def unseal(sealed: bytes | memoryview) -> Identity:
    """Decrypt an identity.

    Raises:
        cryptography.fernet.InvalidToken: sealed with another key, or altered.
    """
    return Identity(**json.loads(_box().decrypt(bytes(sealed))))


def name_mark(name: str) -> bytes:
    """Give the 16-byte mark of a name, for an exact search blind to case and accents."""
    key = _key(settings.IDENTITY_KEY, b"name")
    return hmac.new(key, fold(name).encode(), hashlib.sha256).digest()[:MARK_BYTES]
