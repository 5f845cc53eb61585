"""Devices that may record redemptions without network."""

from base64 import b64decode
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, transaction

from filiere.directory.models import Place
from filiere.kernel import services as kernel
from filiere.kernel.errors import constraint_of
from filiere.kernel.wording import Euros
from filiere.vouchers.errors import (
    ClaimsRefused,
    DeviceKeyRefused,
    DeviceLimitsRefused,
    DeviceUnknown,
)
from filiere.vouchers.models import Device

KEY_BYTES = 32
# Vouchers and euro cents of one day: the most a place may set, and the most the operator may.
PLACE_LIMITS, OPERATOR_LIMITS = (50, 100_000), (1_000, 2_000_000)
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


@transaction.atomic
def set_limits(
    *,
    device_id: int,
    vouchers_per_day: int,
    cents_per_day: int,
    at: datetime,
    actor: str,
    by_operator: bool = False,
) -> Device:
    """Bound what a device takes on one day without network; it reads it when it is next connected.

    What was recorded before is judged by the limits in force when it is received. The same limits
    again change nothing and leave no trace.

    Args:
        vouchers_per_day: 1 to 50; the operator, who bears the risk for funders, up to 1,000.
        cents_per_day: 1 to 100,000 euro cents; the operator, up to 2,000,000.

    Raises:
        DeviceUnknown: no device bears this id, or it was taken off.
        DeviceLimitsRefused: a limit is out of range.
    """
    most_vouchers, most_cents = OPERATOR_LIMITS if by_operator else PLACE_LIMITS
    if not (1 <= vouchers_per_day <= most_vouchers and 1 <= cents_per_day <= most_cents):
        raise DeviceLimitsRefused(vouchers=most_vouchers, amount=Euros(most_cents))
    device = Device.objects.select_for_update().filter(pk=device_id, revoked_at=None).first()
    if device is None:
        raise DeviceUnknown
    before = (device.max_vouchers_per_day, device.max_cents_per_day)
    if before == (vouchers_per_day, cents_per_day):
        return device
    device.max_vouchers_per_day, device.max_cents_per_day = vouchers_per_day, cents_per_day
    device.save(update_fields=["max_vouchers_per_day", "max_cents_per_day"])
    kernel.record(
        actor=actor,
        action="vouchers.device_limits_set",
        subject=f"device:{device.pk}",
        at=at,
        vouchers_before=before[0],
        cents_before=before[1],
        vouchers=vouchers_per_day,
        cents=cents_per_day,
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
