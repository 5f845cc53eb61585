"""Keys that sign the QR codes of vouchers, one per programme and year, and reading those codes.

Signatures are made when a voucher is printed, not when it is issued. A private key is stored
sealed under a key drawn from the issue key, which is a setting and never enters the database.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from filiere.kernel import services as kernel
from filiere.rules import signed_codes
from filiere.vouchers.errors import SignedCodeRefused
from filiere.vouchers.models import Lot, SigningKey, Voucher
from filiere.vouchers.secret import current_issue_key


@transaction.atomic
def signing_key(*, programme_id: int, year: int, at: datetime, actor: str) -> SigningKey:
    """Give the live key of a programme for a year; make it on first use."""
    with_key = SigningKey.objects.filter(programme_id=programme_id, year=year, revoked_at=None)
    if found := with_key.first():
        return found
    private = Ed25519PrivateKey.generate()
    key, is_new = with_key.get_or_create(
        defaults={
            "programme_id": programme_id,
            "year": year,
            "public_key": private.public_key().public_bytes_raw(),
            "sealed_private_key": _box().encrypt(private.private_bytes_raw()),
            "created_at": at,
        }
    )
    if is_new:
        kernel.record(
            actor=actor, action="vouchers.signing_key_made", subject=f"key:{key.pk}", at=at
        )
    return key


@transaction.atomic
def revoke_signing_key(*, key_id: int, at: datetime, actor: str) -> SigningKey:
    """Refuse what this key signed from now on; the next print uses a new one. Twice is once."""
    key = SigningKey.objects.select_for_update().get(pk=key_id)
    if key.revoked_at is None:
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])
        kernel.record(
            actor=actor, action="vouchers.signing_key_revoked", subject=f"key:{key.pk}", at=at
        )
    return key


def sign_vouchers(
    *, lot: Lot, vouchers: Iterable[Voucher], at: datetime, actor: str
) -> dict[int, str]:
    """Give the text of the signed QR code of vouchers of one lot, by number.

    Printing twice gives the same text, until its key is revoked.
    """
    key = signing_key(programme_id=lot.programme_id, year=lot.use_until.year, at=at, actor=actor)
    private = Ed25519PrivateKey.from_private_bytes(_box().decrypt(bytes(key.sealed_private_key)))
    secret, rule = private.private_bytes_raw(), rule_digest(lot)
    return {
        voucher.serial: signed_codes.sign(
            signed_codes.SignedVoucher(
                key_id=key.pk,
                programme_id=lot.programme_id,
                serial=voucher.serial,
                value_cents=voucher.face_cents,
                last_day=lot.use_until,
                rule=rule,
                nonce=hmac.digest(secret, str(voucher.serial).encode(), hashlib.sha256)[
                    : signed_codes.NONCE_BYTES
                ],
            ),
            signer=private.sign,
        )
        for voucher in vouchers
    }


def rule_digest(lot: Lot) -> bytes:
    """Name the rule a lot was prepared with, in 6 bytes: two lots of one rule share it."""
    rule: tuple[object, ...] = (
        sorted(lot.services),
        sorted(lot.territory_ids),
        sorted(lot.provider_ids),
        sorted(lot.publics),
    )
    if lot.place_ids:
        rule = (*rule, sorted(lot.place_ids))
    return hashlib.sha256(repr(rule).encode()).digest()[: signed_codes.RULE_BYTES]


def public_keys() -> dict[int, tuple[int, bytes]]:
    """Give the keys whose signatures are believed: id → (programme id, public key)."""
    rows = SigningKey.objects.filter(revoked_at=None).order_by("pk")
    return {
        pk: (programme_id, bytes(public))
        for pk, programme_id, public in rows.values_list("pk", "programme_id", "public_key")
    }


def read_signed(
    text: str, *, keys: dict[int, tuple[int, bytes]] | None = None
) -> signed_codes.SignedVoucher:
    """Read the text of a signed QR code.

    Args:
        keys: result of ``public_keys`` when many are read.

    Raises:
        SignedCodeRefused: forged, altered, cut, or signed by a key that was revoked.
    """
    found = signed_codes.verify(text, public_keys=public_keys() if keys is None else keys)
    if found is None:
        raise SignedCodeRefused
    return found


def _box() -> Fernet:
    key = hmac.digest(current_issue_key(), b"filiere voucher signing keys", hashlib.sha256)
    return Fernet(urlsafe_b64encode(key))
