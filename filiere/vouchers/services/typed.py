"""The typed channel: public number and short code, with tries counted for each number."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from filiere.kernel import services as kernel
from filiere.rules import codes
from filiere.vouchers.errors import VoucherMistyped, VoucherTypingLocked
from filiere.vouchers.models import PinAttempt
from filiere.vouchers.secret import PIN_SYMBOLS, pin_mac

MAX_ATTEMPTS = 10
"""Wrong tries in a row before a number can no longer be typed: 40 secret bits, 10 guesses."""

_MAX_SERIAL = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Typed:
    """A number and the digest of what was typed with it; made by ``count_try`` only."""

    serial: int
    mac: bytes


@transaction.atomic(durable=True)
def count_try(*, serial: int, pin: str, at: datetime) -> Typed:
    """Count one try of this number before its answer is known, and give what ``redeem`` takes.

    Kept whatever happens next: it commits by itself, so it cannot be called inside another
    transaction. Numbers that no voucher bears are counted alike, so that nothing tells them apart.
    Other channels never count and are never shut: nobody can lock a voucher of someone else.

    Raises:
        VoucherMistyped: this cannot be a number and a short code; nothing is counted.
        VoucherTypingLocked: too many tries since the last that succeeded.
    """
    symbols = codes.normalise(pin)
    if (
        not 1 <= serial <= _MAX_SERIAL
        or len(symbols) != PIN_SYMBOLS
        or not set(symbols) <= set(codes.ALPHABET)
    ):
        raise VoucherMistyped
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO vouchers_pinattempt AS kept (serial, attempts, last_at)"
            " VALUES (%s, 1, %s) ON CONFLICT (serial)"
            " DO UPDATE SET attempts = kept.attempts + 1, last_at = excluded.last_at"
            " RETURNING attempts",
            [serial, at],
        )
        attempts = cursor.fetchone()[0]
    if attempts > MAX_ATTEMPTS:
        raise VoucherTypingLocked(serial=serial)
    return Typed(serial, pin_mac(serial, symbols))


def forget_tries(typed: Typed) -> None:
    """Start counting again: this number was just typed rightly."""
    PinAttempt.objects.filter(serial=typed.serial).delete()


@transaction.atomic
def unlock_typing(*, serial: int, reason: str, at: datetime, actor: str) -> None:
    """Let a number be typed again, after its holder was heard. Nothing to unlock is no error."""
    if PinAttempt.objects.filter(serial=serial).delete()[0]:
        kernel.record(
            actor=actor,
            action="vouchers.typing_unlocked",
            subject=f"voucher:{serial}",
            at=at,
            reason=reason,
        )
