"""What a device keeps to refuse, without network, vouchers that may not pay. Names nobody."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Q

from filiere.vouchers.models import (
    Device,
    Lot,
    Recall,
    Voucher,
    Withdrawal,
    WithdrawalKind,
)
from filiere.vouchers.secret import derive_code, find_issue_key

CHECK_BYTES = 5
MOST_CHANGES = 2_000
MOST_RECALLED = 2_000
"""Vouchers recalled one by one or by booklet that are named so that a typed code is known too."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One voucher to refuse: its number, what recognises its typed code (or blank), and why."""

    serial: int
    check: str
    word: str


@dataclass(frozen=True, slots=True)
class WithdrawnList:
    """What changed since a version, and every recall that stands.

    ``more`` says that another call, with this ``version``, gives the rest. ``recalled`` and
    ``ranges`` (first and last number) replace what the device had; ``refuses_all``: what this
    place or device takes was called back.
    """

    version: int
    more: bool
    withdrawn: list[Withdrawn]
    restored: list[int]
    recalled: list[Withdrawn]
    ranges: list[tuple[int, int]]
    refuses_all: bool


def withdrawn_since(*, device: Device, version: int, on: date) -> WithdrawnList:
    """Give what a device must learn, in a fixed number of queries whatever changed.

    Args:
        version: what the device read last; 0 at first.
        on: vouchers whose last day is before it are left out: their square says it by itself.
    """
    changes = list(Withdrawal.objects.filter(pk__gt=version).order_by("pk")[: MOST_CHANGES + 1])
    more = len(changes) > MOST_CHANGES
    changes = changes[:MOST_CHANGES]
    last = {one.voucher_id: one for one in changes}
    vouchers = _usable(Q(pk__in=last), on)
    gone = [one for one in vouchers if last[one.pk].kind != WithdrawalKind.RESTORED]
    checks = checks_of(gone)
    recalls = list(Recall.objects.filter(lifted_at=None).order_by("pk"))
    recalled = _recalled(recalls, on)
    return WithdrawnList(
        version=changes[-1].pk if changes else version,
        more=more,
        withdrawn=[
            Withdrawn(one.serial, checks.get(one.serial, ""), last[one.pk].kind) for one in gone
        ],
        restored=[one.serial for one in vouchers if last[one.pk].kind == WithdrawalKind.RESTORED],
        recalled=recalled,
        ranges=_ranges(recalls),
        refuses_all=any(
            one.device_id == device.pk or one.organisation_id == device.organisation_id
            for one in recalls
        ),
    )


def _usable(which: Q, on: date) -> list[Voucher]:
    """Vouchers that could be shown without network, in order of their numbers."""
    return list(
        Voucher.objects.filter(which, lot__programme__offline_use=True, lot__use_until__gte=on)
        .select_related("lot")
        .order_by("serial")
    )


def _recalled(recalls: Sequence[Recall], on: date) -> list[Withdrawn]:
    """Name the vouchers recalled one by one or by booklet, and the heirs of recalled lots."""
    named = Q(lot__in=_lots(recalls), replaces__isnull=False)
    for one in recalls:
        if one.serial_from is not None:
            named |= Q(serial__range=(one.serial_from, one.serial_to))
    found = _usable(named, on)[:MOST_RECALLED]
    checks = checks_of(found)
    return [Withdrawn(one.serial, checks.get(one.serial, ""), "recalled") for one in found]


def _ranges(recalls: Sequence[Recall]) -> list[tuple[int, int]]:
    """Give the numbers of recalled lots, first and last: those made together follow each other."""
    lots = (
        Lot.objects.filter(pk__in=_lots(recalls), booklets__isnull=False)
        .annotate(first=Min("booklets__serial_from"))
        .order_by("first")
        .values_list("first", "count")
    )
    return [(first, first + count - 1) for first, count in lots]


def _lots(recalls: Sequence[Recall]) -> list[int]:
    return [one.lot_id for one in recalls if one.lot_id is not None]


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
