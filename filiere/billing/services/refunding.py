"""Giving back what a session cost: to the voucher, the third party, the person.

Called through ``billing.services``. Nothing is edited: each payment is reversed by its opposite.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from filiere.billing.errors import ChargeNotPaid, RefundReasonMissing
from filiere.billing.events import ChargeRefunded
from filiere.billing.models import Charge, ChargeState, PayerShare, Refund
from filiere.billing.services.allocating import lock_commitments, shares_refunded
from filiere.billing.services.packages import give_back_packages
from filiere.kernel.events import publish
from filiere.kernel.services import record
from filiere.ledger import services as ledger
from filiere.ledger.services import Entry
from filiere.vouchers.services import reversal

# One at a time in the whole database: a batch that is frozen, a session that is refunded.
PAYMENT_LOCK = 0x46494C49
REASON_MAX = 200


def lock_payments() -> None:
    """Wait until no other transaction freezes a batch or refunds a session, then keep it so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PAYMENT_LOCK])


@transaction.atomic
def refund_charge(*, charge: Charge, reason: str, at: datetime, actor: str) -> Charge:
    """Give every payer of a session its money back, in whole. Refunded twice is refunded once.

    The voucher gets its value back (if it has expired, the value goes on to its funders when its
    lot is closed), the third party owes nothing for it, the person is paid back at the counter.
    A provider already paid owes the sum: settlement takes it from its next payments.

    Args:
        charge: a charge that was split.
        reason: why, as the provider will read it; 1 to 200 characters.

    Raises:
        RefundReasonMissing: no reason is given.
        ChargeNotPaid: nobody has paid this session.
        PackageBegun: the session bought a package that has served for others.
        FiliereError: settlement refuses while a batch holding the session is being prepared.
    """
    reason = reason.strip()[:REASON_MAX]
    if not reason:
        raise RefundReasonMissing
    lock_payments()
    charge = (
        Charge.objects.select_related("registration__slot")
        .select_for_update(of=("self",))
        .get(pk=charge.pk)
    )
    if charge.state == ChargeState.REFUNDED:
        return charge
    if charge.state != ChargeState.SPLIT or not charge.price_cents:
        raise ChargeNotPaid
    give_back_packages(charge, at=at)
    shares = list(PayerShare.objects.filter(charge=charge).order_by("pk"))
    lock_commitments({one.commitment_id for one in shares if one.commitment_id is not None})
    for share in shares:
        if share.movement_id is not None:
            reversal.reverse_movement(movement=share.movement_id, reason=reason, at=at, actor=actor)
    taken_back = _take_back(charge, shares, at=at, actor=actor)
    if charge.posting_group_id is not None:
        ledger.reverse(
            key=f"refund:{charge.pk}",
            group_id=charge.posting_group_id,
            at=at,
            actor=actor,
            reason=reason,
        )
    Refund.objects.create(
        charge=charge, reason=reason, refunded_at=at, refunded_by=actor, posting_group_id=taken_back
    )
    with shares_refunded(charge, at=at, actor=actor):
        charge.state = ChargeState.REFUNDED
        charge.save(update_fields=["state"])
    record(
        actor=actor,
        action="billing.charge_refunded",
        subject=f"charge:{charge.pk}",
        at=at,
        price_cents=charge.price_cents,
    )
    publish(ChargeRefunded(charge.pk, reason, at, actor))
    return charge


def _take_back(
    charge: Charge, shares: list[PayerShare], *, at: datetime, actor: str
) -> UUID | None:
    """Make third parties' released shares no longer payable: their cash covers other sessions."""
    entries = [
        Entry(
            f"payable:{charge.provider_id}:commitment:{share.commitment_id}",
            f"due:{charge.provider_id}:commitment:{share.commitment_id}",
            share.amount_cents,
        )
        for share in shares
        if share.released_group_id is not None
    ]
    if not entries:
        return None
    return ledger.post(
        key=f"unrelease:{charge.pk}",
        kind="third_party_unrelease",
        entries=entries,
        occurred_at=at,
        at=at,
        actor=actor,
    )
