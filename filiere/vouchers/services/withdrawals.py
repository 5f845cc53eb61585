"""Telling devices that work without network which vouchers may not pay for now."""

from datetime import datetime

from django.db import connection

from filiere.vouchers.models import Voucher, Withdrawal, WithdrawalKind

# One writer at a time: numbers are committed in the order in which they are given.
_LOCK = 7_402_118


def note(*, voucher: Voucher, kind: WithdrawalKind, at: datetime) -> None:
    """Keep that a voucher may not pay any more, or may again; in the caller's transaction.

    Waits for whoever is writing another one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    Withdrawal.objects.create(voucher=voucher, kind=kind, at=at)
