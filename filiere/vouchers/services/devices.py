"""Devices that may record redemptions without network."""

from base64 import b64decode
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, transaction

from filiere.directory.models import Place
from filiere.kernel import services as kernel
from filiere.kernel.errors import constraint_of
from filiere.vouchers.errors import ClaimsRefused, DeviceKeyRefused, DeviceUnknown
from filiere.vouchers.models import Device

KEY_BYTES = 32
_DOMAIN = b"filiere offline claims 1\n"


@transaction.atomic
def register_device(
    *, place: Place, name: str, public_key: str, at: datetime, actor: str
) -> Device:
    """Let a device of a place record redemptions offline. The same key again is the same device.

    Args:
        name: what people call it, at most 80 characters; never a person's name.
        public_key: its Ed25519 public key, 32 bytes in base64.

    Raises:
        DeviceKeyRefused: not such a key, or the key of another place or of a device taken off.
    """
    try:
        key = b64decode(public_key, validate=True)
        Ed25519PublicKey.from_public_bytes(key)
    except ValueError as error:
        raise DeviceKeyRefused from error
    known = Device.objects.filter(public_key=key).first()
    if known is not None:
        if known.place_id != place.pk or known.revoked_at is not None:
            raise DeviceKeyRefused
        return known
    try:
        with transaction.atomic():
            device = Device.objects.create(
                organisation_id=place.organisation_id,
                place=place,
                name=name[:80],
                public_key=key,
                registered_at=at,
                registered_by=actor,
            )
    except IntegrityError as error:
        if "public_key" in (constraint_of(error) or ""):
            raise DeviceKeyRefused from error
        raise
    kernel.record(
        actor=actor, action="vouchers.device_registered", subject=f"device:{device.pk}", at=at
    )
    return device


@transaction.atomic
def revoke_device(*, device_id: int, at: datetime, actor: str) -> Device:
    """Take off a device, lost or replaced: nothing more of it is received. Twice is once.

    Raises:
        DeviceUnknown: no device bears this id.
    """
    device = Device.objects.select_for_update().filter(pk=device_id).first()
    if device is None:
        raise DeviceUnknown
    if device.revoked_at is None:
        device.revoked_at = at
        device.save(update_fields=["revoked_at"])
        kernel.record(
            actor=actor, action="vouchers.device_revoked", subject=f"device:{device.pk}", at=at
        )
    return device


def require_signature(*, device: Device, content: bytes, signature: str) -> None:
    """Check that a device signed the whole of what it sends, with one signature.

    Args:
        content: the body of the request, byte for byte.
        signature: Ed25519 over ``filiere offline claims 1``, a line feed, and the content; base64.

    Raises:
        ClaimsRefused: the signature is another's, or the content was altered.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes(device.public_key))
        key.verify(b64decode(signature, validate=True), _DOMAIN + content)
    except (InvalidSignature, ValueError) as error:
        raise ClaimsRefused from error
