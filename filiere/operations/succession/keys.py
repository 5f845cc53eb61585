"""The keys that leave with an operator, in one file that a passphrase opens.

Without them printed vouchers would not be recognised, codes not made again, identities not read.
The file also carries the digest of the manifest: whoever alters the export and its digests cannot
make the keys say so without the passphrase.
"""

import json
import os
import secrets as random
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings

from filiere.operations.errors import KeyFromEnvironment, KeysNotOpened, PassphraseTooShort
from filiere.operations.succession.files import write

SECRETS = {
    "FILIERE_IDENTITY_KEY": "IDENTITY_KEY",
    "FILIERE_VOUCHER_PEPPER": "VOUCHER_PEPPER",
    "FILIERE_VOUCHER_ISSUE_KEY": "VOUCHER_ISSUE_KEY",
    "FILIERE_VOUCHER_FORMER_ISSUE_KEY": "VOUCHER_FORMER_ISSUE_KEY",
}
"""Variables whose values leave, with the setting that holds each; the last may be blank."""

NEEDED = ("FILIERE_IDENTITY_KEY", "FILIERE_VOUCHER_PEPPER", "FILIERE_VOUCHER_ISSUE_KEY")

KEPT_BACK = {
    "SECRET_KEY": "signs sessions and links of one site: the successor has its own",
    "FILIERE_DATABASE_KEY": "opens one database server",
}
"""Secrets that stay, and why."""

MINIMUM = 12
PURPOSE = b"filiere operator export 1"
# 2^17 × 8 × 128 bytes: 128 MiB and about half a second for each guess.
COST, BLOCKS, LANES, KEY_BYTES = 2**17, 8, 1, 32


def require_passphrase(passphrase: str) -> None:
    """Refuse one that is too short to protect what is worth every voucher.

    Raises:
        PassphraseTooShort: under 12 characters.
    """
    if len(passphrase) < MINIMUM:
        raise PassphraseTooShort(minimum=MINIMUM)


def current() -> dict[str, str]:
    """The secrets of this installation that leave; a blank one is left out."""
    held = {name: str(getattr(settings, setting)) for name, setting in SECRETS.items()}
    return {name: value for name, value in held.items() if value}


def seal(*, passphrase: str, manifest_sha256: str) -> dict[str, Any]:
    """Encrypt the keys and the digest of the manifest: scrypt, then AES-256-GCM."""
    salt, nonce = random.token_bytes(16), random.token_bytes(12)
    told = json.dumps({"manifest_sha256": manifest_sha256, "keys": current()}).encode()
    box = AESGCM(_drawn(passphrase, salt, COST))
    return {
        "format": 1,
        "kdf": {"name": "scrypt", "n": COST, "r": BLOCKS, "p": LANES, "salt": _text(salt)},
        "cipher": {"name": "AES-256-GCM", "nonce": _text(nonce), "purpose": PURPOSE.decode()},
        "sealed": _text(box.encrypt(nonce, told, PURPOSE)),
    }


def unseal(sealed: Any, *, passphrase: str) -> tuple[dict[str, str], str]:
    """Give the keys and the digest of the manifest they came with.

    Raises:
        KeysNotOpened: another passphrase, or the file was altered.
    """
    try:
        kdf, cipher = sealed["kdf"], sealed["cipher"]
        if (kdf["n"], kdf["r"], kdf["p"]) != (COST, BLOCKS, LANES):
            raise KeysNotOpened  # a file that would take all the memory, or none
        box = AESGCM(_drawn(passphrase, b64decode(kdf["salt"]), COST))
        told = json.loads(
            box.decrypt(b64decode(cipher["nonce"]), b64decode(sealed["sealed"]), PURPOSE)
        )
        keys = {name: str(told["keys"].get(name, "")) for name in SECRETS}
        if not all(keys[name] for name in NEEDED):
            raise KeysNotOpened
        return keys, str(told["manifest_sha256"])
    except (InvalidTag, KeyError, TypeError, ValueError) as wrong:
        raise KeysNotOpened from wrong


def require_installable(keys: dict[str, str]) -> None:
    """Refuse keys that the environment of this installation would overrule.

    Raises:
        KeyFromEnvironment: a variable is set to something else.
    """
    overruled = [
        name for name in SECRETS if os.environ.get(name) not in (None, "", keys.get(name, ""))
    ]
    if overruled:
        raise KeyFromEnvironment(names=", ".join(overruled))


def install(keys: dict[str, str]) -> None:
    """Write the keys where this installation reads them, in place of those it made for itself."""
    for name in SECRETS:
        path = Path(settings.STATE) / "secrets" / name.lower()
        if value := keys.get(name):
            write(path, [value.encode()], compressed=False)
        else:
            path.unlink(missing_ok=True)


def write_for_environment(path: Path, keys: dict[str, str]) -> None:
    """Write the keys as ``NAME=value`` lines, for whoever keeps them in the environment."""
    lines = "".join(f"{name}={value}\n" for name, value in sorted(keys.items()) if value)
    write(path, [lines.encode()], compressed=False)


def _drawn(passphrase: str, salt: bytes, cost: int) -> bytes:
    """Draw the key of a passphrase (RFC 7914)."""
    return Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=BLOCKS, p=LANES).derive(
        passphrase.encode()
    )


def _text(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")
