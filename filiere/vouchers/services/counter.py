"""At the counter: what a voucher could pay, and paying with it. Amounts in euro cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.types.numeric import Int8

from filiere.kernel.prepared import fetch_prepared
from filiere.kernel.wording import Day
from filiere.ledger import services as ledger
from filiere.rules import codes, signed_codes
from filiere.vouchers import errors
from filiere.vouchers.models import MovementChannel
from filiere.vouchers.secret import mac_of
from filiere.vouchers.services.signing import read_signed
from filiere.vouchers.services.typed import Typed, forget_tries

REFUSALS: dict[str, type[errors.VoucherRefused]] = {
    "unknown": errors.VoucherUnknown,
    "expired": errors.VoucherExpired,
    "late": errors.VoucherRecordedLate,
    "not_active": errors.VoucherNotActive,
    "spent": errors.VoucherSpent,
    "blocked": errors.VoucherBlocked,
    "lost": errors.VoucherLost,
    "recalled": errors.VoucherRecalled,
    "place": errors.VoucherWrongPlace,
    "service": errors.VoucherWrongService,
    "territory": errors.VoucherWrongTerritory,
    "public": errors.VoucherWrongPublic,
    "cap": errors.VoucherCapReached,
    "conflict": errors.ReferenceConflict,
    "reversed": errors.VoucherReversed,
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


def redeem(
    *,
    code: str | Typed,
    reference: str,
    provider_id: int,
    wanted_cents: int,
    service: str,
    commune_id: int | None,
    on: date,
    at: datetime,
    actor: str,
    place_id: int | None = None,
    channel: MovementChannel = MovementChannel.TYPED,
) -> Redeemed:
    """Pay one act with one voucher: all that is wanted, or all that is left.

    One statement, hence one transaction and one round trip: locks the voucher, judges, lowers it,
    writes the movement and its transfers. The same voucher, reference, provider and amount again
    gives the first answer and moves nothing.

    Args:
        code: what was typed or scanned (spaces, hyphens, O/0 and I/1 are forgiven), the text of a
            signed QR code, or a number and short code already counted by ``count_try``.
        reference: public reference of the act paid (a registration's), at most 40 characters.
        provider_id: organisation paid. Whether its place qualifies is the caller's check.
        wanted_cents: at most so much, in cents, above zero.
        service: value of the national standard.
        commune_id: where the act took place; unknown is covered by no programme.
        place_id: the place of the act; unknown is refused by a programme that names places.
        on: legal day of the act where it took place; expiry and the yearly cap are judged on it.
        at: moment it is recorded; the tolerance is judged on it.

    Raises:
        VoucherMistyped: the check symbol is wrong; the database is not asked.
        SignedCodeRefused: no key of ours made this QR code, or it was altered.
        VoucherRefused: one of its subclasses, each with its own reason.
        ReferenceConflict: this act was paid with this voucher by another place or amount.
        AmountRefused: not a whole number of cents above zero.
    """
    ledger.require_amount(wanted_cents)
    found, told, scanned = _find(code)
    with ledger.refusals():
        outcome, serial, last_day, movement, taken, left, tranches, cents = fetch_prepared(
            f"SELECT * FROM vouchers_redeem({found},%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",
            [
                *told,
                reference,
                Int8(provider_id),
                Int8(wanted_cents),
                on,
                service,
                commune_id if commune_id is None else Int8(commune_id),
                place_id if place_id is None else Int8(place_id),
                str(scanned or channel),
                at,
                actor,
            ],
        )
    if outcome != "paid":
        raise refusal_of(outcome, serial, last_day, typed=isinstance(code, Typed))
    if isinstance(code, Typed):
        forget_tries(code)
    return Redeemed(movement, taken, left, serial, list(zip(tranches, cents, strict=True)))


def redeem_typed(*, typed: Typed, **act: Any) -> Redeemed:
    """Pay as ``redeem`` with the public number and the eight symbols read on the voucher.

    Raises:
        VoucherNumberOrPinWrong: they do not go together; which one is wrong is not said.
        VoucherRefused: as ``redeem``.
    """
    return redeem(code=typed, **act)


def quote(
    *,
    code: str | Typed,
    provider_id: int,
    wanted_cents: int,
    service: str,
    commune_id: int | None,
    on: date,
    at: datetime,
    place_id: int | None = None,
) -> Quote:
    """Tell what ``redeem`` would take now. Reads only.

    Args:
        wanted_cents: price to pay, in cents, >= 0.

    Raises:
        VoucherMistyped, VoucherRefused: as ``redeem``.
    """
    found, told, _channel = _find(code)
    try:
        outcome, serial, left, usable, last_day = fetch_prepared(
            f"SELECT * FROM vouchers_quote({found}, %s, %s, %s, %s, %s, %s)",
            [
                *told,
                Int8(provider_id),
                on,
                service,
                commune_id if commune_id is None else Int8(commune_id),
                at,
                place_id if place_id is None else Int8(place_id),
            ],
        )
    except LookupError:
        raise refusal_of("unknown", None, None, typed=isinstance(code, Typed)) from None
    if outcome != "paid":
        raise refusal_of(outcome, serial, last_day)
    taken = min(wanted_cents, usable)
    return Quote(serial, taken, usable, left - taken, last_day)


def mac_from(code: str) -> bytes:
    """Read what was typed into the digest to look for.

    Raises:
        VoucherMistyped: it cannot be a code.
    """
    read = codes.read_code(code, length=codes.VOUCHER_LENGTH)
    if read is None:
        raise errors.VoucherMistyped
    return mac_of(read)


def refusal_of(
    outcome: str, serial: int | None, last_day: date | None, *, typed: bool = False
) -> errors.VoucherRefused:
    """Turn the word of the database into a refusal."""
    if typed and outcome == "unknown":
        return errors.VoucherNumberOrPinWrong()
    parameters: dict[str, Any] = {"serial": serial}
    if last_day is not None:
        parameters["expired_on"] = Day(last_day)
    return REFUSALS[outcome](**parameters)


def _find(shown: str | Typed) -> tuple[str, Sequence[Any], MovementChannel | None]:
    """Give the SQL of the voucher's digest, its parameters, and the channel when it is certain."""
    if isinstance(shown, Typed):
        return (
            "(SELECT code_mac FROM vouchers_voucher WHERE serial = %s AND pin_mac = %s)",
            [shown.serial, shown.mac],
            MovementChannel.SERIAL_PIN,
        )
    if shown.startswith(signed_codes.PREFIX):
        return (
            "(SELECT code_mac FROM vouchers_voucher WHERE serial = %s)",
            [read_signed(shown).serial],
            MovementChannel.QR,
        )
    return "%s", [mac_from(shown)], None
