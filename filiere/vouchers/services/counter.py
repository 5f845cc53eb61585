"""At the counter: what a voucher could pay, and paying with it. Amounts in euro cents."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from filiere.kernel.wording import Day
from filiere.ledger import services as ledger
from filiere.programmes import queries as programmes
from filiere.rules import codes
from filiere.vouchers import errors
from filiere.vouchers.secret import mac_of

REFUSALS: dict[str, type[errors.VoucherRefused]] = {
    "unknown": errors.VoucherUnknown,
    "expired": errors.VoucherExpired,
    "not_active": errors.VoucherNotActive,
    "spent": errors.VoucherSpent,
    "blocked": errors.VoucherBlocked,
    "lost": errors.VoucherLost,
    "place": errors.VoucherWrongPlace,
    "service": errors.VoucherWrongService,
    "territory": errors.VoucherWrongTerritory,
    "conflict": errors.ReferenceConflict,
}


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a voucher paid for one act, and who funded it: ``parts`` are (tranche id, cents)."""

    movement_id: UUID
    taken_cents: int
    remaining_cents: int
    serial: int
    parts: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Quote:
    """What a voucher would pay now; nothing is written and nothing is promised."""

    serial: int
    taken_cents: int
    available_cents: int
    remaining_cents: int
    use_until: date


@transaction.atomic
def redeem(
    *,
    code: str,
    reference: str,
    provider_id: int,
    wanted_cents: int,
    service: str,
    commune_id: int | None,
    on: date,
    at: datetime,
    actor: str,
) -> Redeemed:
    """Pay one act with one voucher: all that is wanted, or all that is left.

    Locks the voucher, lowers it, writes the movement and its transfers, in one call. The same
    code, reference, provider and amount again gives the first answer and moves nothing.

    Args:
        code: what was typed or scanned; spaces, hyphens, O/0 and I/1 are forgiven.
        reference: public reference of the act paid (a registration's), at most 40 characters.
        provider_id: organisation paid. Whether its place qualifies is the caller's check.
        wanted_cents: at most so much, in cents, above zero.
        service: value of the national standard.
        commune_id: where the act took place; unknown is covered by no programme.
        on: legal day of the act where it took place; expiry is judged on it.

    Raises:
        VoucherMistyped: the check symbol is wrong; the database is not asked.
        VoucherRefused: one of its subclasses, each with its own reason.
        ReferenceConflict: this act was paid with this voucher by another place or amount.
        AmountRefused: not a whole number of cents above zero.
    """
    ledger.require_amount(wanted_cents)
    mac = _mac(code)
    territories = programmes.territories_of(commune_id)
    with ledger.refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM vouchers_redeem(%s, %s, %s, %s, %s, %s, %s::bigint[], %s, %s)",
            [mac, reference, provider_id, wanted_cents, on, service, territories, at, actor],
        )
        outcome, serial, last_day, movement, taken, left, tranches, cents = cursor.fetchone()
    if outcome != "paid":
        raise _refusal(outcome, serial, last_day)
    return Redeemed(movement, taken, left, serial, list(zip(tranches, cents, strict=True)))


def quote(
    *,
    code: str,
    provider_id: int,
    wanted_cents: int,
    service: str,
    commune_id: int | None,
    on: date,
) -> Quote:
    """Tell what ``redeem`` would take now. Reads only.

    Args:
        wanted_cents: price to pay, in cents, >= 0.

    Raises:
        VoucherMistyped, VoucherRefused: as ``redeem``.
    """
    mac = _mac(code)
    territories = programmes.territories_of(commune_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM vouchers_quote(%s, %s, %s, %s, %s::bigint[])",
            [mac, provider_id, on, service, territories],
        )
        row = cursor.fetchone()
    if row is None:
        raise errors.VoucherUnknown
    outcome, serial, left, last_day = row
    if outcome != "paid":
        raise _refusal(outcome, serial, last_day)
    taken = min(wanted_cents, left)
    return Quote(serial, taken, left, left - taken, last_day)


def _mac(code: str) -> bytes:
    """Read what was typed into the digest to look for.

    Raises:
        VoucherMistyped: it cannot be a code.
    """
    read = codes.read_code(code, length=codes.VOUCHER_LENGTH)
    if read is None:
        raise errors.VoucherMistyped
    return mac_of(read)


def _refusal(outcome: str, serial: int | None, last_day: date | None) -> errors.VoucherRefused:
    """Turn the word of the database into a refusal."""
    parameters: dict[str, Any] = {"serial": serial}
    if last_day is not None:
        parameters["expired_on"] = Day(last_day)
    return REFUSALS[outcome](**parameters)
