"""Telling devices that work without network which vouchers may not pay for now."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from filiere.vouchers.models import Voucher, Withdrawal, WithdrawalKind
from filiere.vouchers.secret import derive_code, find_issue_key

# One writer at a time: numbers are committed in the order in which they are given.
_LOCK = 7_402_118
CHECK_BYTES = 5


def note(*, voucher: Voucher, kind: WithdrawalKind, at: datetime) -> None:
    """Keep that a voucher may not pay any more, or may again; in the caller's transaction.

    Waits for whoever is writing another one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    Withdrawal.objects.create(voucher=voucher, kind=kind, at=at)


def checks_of(vouchers: Iterable[Voucher]) -> dict[int, str]:
    """Give by number what recognises a typed code: 40 bits of its digest, in hexadecimal.

    Half of a secret of 80 bits, of vouchers that may not pay: nobody guesses the rest. A voucher
    whose code is not kept is left out; its signed square is still recognised by its number.

    Args:
        vouchers: with their lots.
    """
    keys: dict[str, bytes | None] = {}
    found: dict[int, str] = {}
    for voucher in vouchers:
        lot = voucher.lot
        key = keys.setdefault(lot.key_id, find_issue_key(lot.key_id))
        if key is not None and lot.salt is not None:
            code = derive_code(key, bytes(lot.salt), voucher.serial)
            found[voucher.serial] = check_of(code)
    return found


def check_of(code: str) -> str:
    """Give what recognises one code, as the script of the counter computes it."""
    return hashlib.sha256(f"filiere withdrawn 1\n{code}".encode()).digest()[:CHECK_BYTES].hex()
