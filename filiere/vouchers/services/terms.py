"""What the programme of a voucher decides about a session: its price, who pays, in which order."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

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
    return _terms(Voucher.objects.filter(**_bearing(code)))


def terms_of_voucher(voucher_id: int) -> VoucherTerms | None:
    """Read the terms of a voucher known by its id, as ``terms_of``."""
    return _terms(Voucher.objects.filter(pk=voucher_id))


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


def _terms(vouchers: QuerySet[Voucher]) -> VoucherTerms | None:
    found = (
        vouchers.values_list(
            "lot__programme_id",
            "lot__programme__regulated_price_cents",
            "lot__programme__person_pays_nothing",
            "lot__programme__payer_order",
        )
        .order_by("pk")
        .first()
    )
    return VoucherTerms(*found[:3], tuple(found[3])) if found else None


def _bearing(code: str | Typed) -> dict[str, Any]:
    """Say which voucher was shown, as ``redeem`` reads it."""
    if isinstance(code, Typed):
        return {"serial": code.serial, "pin_mac": code.mac}
    if code.startswith(signed_codes.PREFIX):
        return {"serial": read_signed(code).serial}
    return {"code_mac": mac_from(code)}
