"""What the programme of a voucher decides about a session: its price, who pays, in which order."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from psycopg.types.numeric import Int8

from filiere.kernel.prepared import fetch_prepared
from filiere.rules import signed_codes
from filiere.vouchers.models import Voucher
from filiere.vouchers.services.counter import mac_from
from filiere.vouchers.services.signing import read_signed
from filiere.vouchers.services.typed import Typed


@dataclass(frozen=True, slots=True)
class VoucherTerms:
    """Terms of the programme that issued a voucher, frozen since it was signed; euro cents.

    ``regulated_price_cents`` is None when each place keeps its own price.
    """

    programme_id: int
    regulated_price_cents: int | None
    person_pays_nothing: bool
    payer_order: tuple[str, ...]


def terms_of(code: str | Typed) -> VoucherTerms | None:
    """Read the terms a voucher comes with; None when no voucher bears this code. One query.

    Whether the voucher may pay is for ``quote`` and ``redeem`` to say.

    Raises:
        VoucherMistyped, SignedCodeRefused: as ``redeem``.
    """
    return _terms(_bearing(code))


def terms_of_voucher(voucher_id: int) -> VoucherTerms | None:
    """Read the terms of a voucher known by its id, as ``terms_of``."""
    return _terms({"pk": Int8(voucher_id)})


def terms_by_digest(digests: Collection[bytes]) -> dict[bytes, VoucherTerms]:
    """Read the terms of many vouchers known by the digest of their code, in one query."""
    found = (
        Voucher.objects.filter(code_mac__in=digests)
        .order_by("pk")
        .values_list(
            "code_mac",
            "lot__programme_id",
            "lot__programme__regulated_price_cents",
            "lot__programme__person_pays_nothing",
            "lot__programme__payer_order",
        )
    )
    return {
        bytes(mac): VoucherTerms(programme_id, price, pays_nothing, tuple(order))
        for mac, programme_id, price, pays_nothing, order in found
    }


def _terms(shown: dict[str, Any]) -> VoucherTerms | None:
    """Read by a prepared statement: every quote and every payment asks it."""
    names = sorted(shown)
    try:
        programme_id, price, pays_nothing, order = fetch_prepared(
            _statement(*names), [shown[name] for name in names]
        )
    except LookupError:
        return None
    return VoucherTerms(programme_id, price, pays_nothing, tuple(order))


@cache
def _statement(*names: str) -> str:
    """Write the statement once; its parameters are in the order of their sorted names."""
    shape = {name: b"" if name.endswith("mac") else 0 for name in names}
    rows = Voucher.objects.filter(**shape).values_list(
        "lot__programme_id",
        "lot__programme__regulated_price_cents",
        "lot__programme__person_pays_nothing",
        "lot__programme__payer_order",
    )
    sql, _shape = rows.order_by("pk")[:1].query.sql_with_params()
    return str(sql)


def _bearing(code: str | Typed) -> dict[str, Any]:
    """Say which voucher was shown, as ``redeem`` reads it."""
    if isinstance(code, Typed):
        return {"serial": Int8(code.serial), "pin_mac": code.mac}
    if code.startswith(signed_codes.PREFIX):
        return {"serial": Int8(read_signed(code).serial)}
    return {"code_mac": mac_from(code)}
