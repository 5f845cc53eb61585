"""Payer shares as lines: what a session brought or cost, and its refund."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, QuerySet

from filiere.billing.models import Charge, ChargeState, PayerKind, PayerShare
from filiere.observatory.statements.lines import Source, source
from filiere.observatory.statements.shape import About, LineKind

REFUNDED = ChargeState.REFUNDED
GIVEN_AT = "charge__posting_group__occurred_at"


def voucher_lines(shares: QuerySet[PayerShare]) -> list[Source]:
    """Lines of the shares vouchers paid, dated by the moment they were used, and their refunds."""
    some = shares.filter(kind=PayerKind.VOUCHER)
    return [
        source(some, LineKind.VOUCHER_SHARE, at="movement__occurred_at", charged="amount_cents"),
        refund_lines(some),
    ]


def agreed_lines(shares: QuerySet[PayerShare]) -> list[Source]:
    """Lines of the shares promised under agreements, dated by the session, and their refunds."""
    some = shares.filter(commitment__isnull=False)
    return [
        source(some, LineKind.AGREED_SHARE, at=GIVEN_AT, charged="amount_cents"),
        refund_lines(some),
    ]


def refund_lines(shares: QuerySet[PayerShare], *, paid: bool = False) -> Source:
    """Lines of refunded shares: what was charged is charged no more.

    Args:
        paid: the share was paid at once, and is paid back at once.
    """
    back = -F("amount_cents")
    return source(
        shares.filter(charge__state=REFUNDED), LineKind.REFUND, at="charge__refund__refunded_at",
        charged=back, paid=back if paid else None,
    )  # fmt: skip


def about_shares(refs: Sequence[str]) -> Mapping[str, About]:
    """Give the facts of some shares by their number; one query."""
    shares = PayerShare.objects.filter(pk__in=[int(ref) for ref in refs]).select_related(
        "charge__refund",
        "charge__registration__slot__offer__place__commune",
        "charge__provider",
        "commitment__agreement__promiser",
        "movement__voucher__lot__programme__commissioner",
        "debit_note__order__batch",
    )
    return {str(share.pk): _about(share) for share in shares}


def _about(share: PayerShare) -> About:
    charge, agreement = share.charge, share.commitment.agreement if share.commitment else None
    programme = share.movement.voucher.lot.programme if share.movement else None
    note = getattr(share, "debit_note", None)
    return About(
        **session_of(charge),
        name=agreement.promiser.name if agreement else programme.name if programme else "",
        agreement=agreement.title if agreement else "",
        serial=share.movement.voucher.serial if share.movement else None,
        number=str(note) if note else "",
        state=note.state if note else "",
        order_id=note.order_id if note else None,
        reason=charge.refund.reason if charge.state == REFUNDED else "",
        minutes=share.minutes or 0,
        amount_cents=share.amount_cents,
    )


def session_of(charge: Charge) -> dict[str, Any]:
    """Say which session a charge is of: its reference, day, service, place; nobody's name."""
    registration = charge.registration
    offer = registration.slot.offer
    return {
        "session_ref": registration.ref,
        "session_at": registration.slot.starts_at,
        "service": offer.service,
        "place": offer.place.name,
        "commune": offer.place.commune.name,
    }
