"""Calling back many vouchers at once, and lifting it: unit, booklet, lot, provider, device."""

from datetime import datetime
from typing import Any

from django.db import transaction

from filiere.accounts.models import Organisation
from filiere.kernel import services as kernel
from filiere.vouchers.errors import ReasonMissing, RecallTargetUnknown
from filiere.vouchers.models import Booklet, Lot, Recall, RecallScope, Voucher


@transaction.atomic
def recall(*, scope: RecallScope, target: int, reason: str, at: datetime, actor: str) -> Recall:
    """Refuse vouchers at every counter from now on. Nothing else changes; it can be lifted.

    The same recall twice is once. What was paid before stays paid.

    Args:
        scope: what ``target`` is.
        target: number of a voucher; id of a booklet, lot, organisation or device.
        reason: read by the counters' operator and by whoever lifts it; 1 to 300 characters.

    Raises:
        ReasonMissing: no reason.
        RecallTargetUnknown: there is nothing under this number.
    """
    reason = reason.strip()[:300]
    if not reason:
        raise ReasonMissing
    named = _target(scope, target)
    standing = Recall.objects.filter(scope=scope, lifted_at=None, **named).first()
    if standing:
        return standing
    made = Recall.objects.create(scope=scope, reason=reason, by=actor, at=at, **named)
    kernel.record(
        actor=actor, action="vouchers.recalled", subject=f"{scope.value}:{target}", at=at,
        reason=reason,
    )  # fmt: skip
    return made


@transaction.atomic
def lift_recall(*, recall_id: int, at: datetime, actor: str) -> Recall:
    """Let called-back vouchers pay again. Lifting twice is once.

    Raises:
        RecallTargetUnknown: no recall bears this id.
    """
    found = Recall.objects.select_for_update(of=("self",)).filter(pk=recall_id).first()
    if found is None:
        raise RecallTargetUnknown
    if found.lifted_at is None:
        found.lifted_at, found.lifted_by = at, actor
        found.save(update_fields=["lifted_at", "lifted_by"])
        kernel.record(
            actor=actor, action="vouchers.recall_lifted", subject=f"recall:{recall_id}", at=at
        )
    return found


def _target(scope: RecallScope, target: int) -> dict[str, Any]:
    """Columns that name what is called back.

    Raises:
        RecallTargetUnknown: it does not exist.
    """
    if scope == RecallScope.BOOKLET:
        booklet = Booklet.objects.filter(pk=target).first()
        if booklet is not None:
            return {
                "booklet": booklet,
                "serial_from": booklet.serial_from,
                "serial_to": booklet.serial_to,
            }
    elif scope == RecallScope.UNIT and Voucher.objects.filter(serial=target).exists():
        return {"serial_from": target, "serial_to": target}
    elif scope == RecallScope.LOT and Lot.objects.filter(pk=target).exists():
        return {"lot_id": target}
    elif scope == RecallScope.PROVIDER and Organisation.objects.filter(pk=target).exists():
        return {"organisation_id": target}
    elif scope == RecallScope.DEVICE and target > 0:
        return {"device_id": target}
    raise RecallTargetUnknown
