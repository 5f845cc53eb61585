"""Signing and ending agreements. What was signed is never rewritten: it is ended.

Amounts are integer euro cents; rates are parts per million.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from filiere.agreements.errors import (
    AgreementDatesReversed,
    AgreementWithOneself,
    CommitmentMissing,
    CommitmentOutOfRange,
    HoursMissing,
    OperatorUnknown,
)
from filiere.agreements.models import Agreement, AgreementKind, Commitment
from filiere.kernel import services as kernel
from filiere.rules.procedures import operator

WHOLE_PPM = 1_000_000
# Kinds that mean nothing without a promise.
PROMISING = (AgreementKind.THIRD_PARTY, AgreementKind.EMPLOYER, AgreementKind.GUARANTEE)


@dataclass(frozen=True, slots=True)
class Promise:
    """One commitment to sign.

    ``rate_ppm``: share of what the voucher leaves, 0 to 1 000 000. ``cap_cents``: most per
    session, None = no limit. ``envelope_cents``: most in all, None = no limit.
    ``operator_key``: blank = every procedure. ``quota_minutes``: what an employer buys for its
    staff and their families, only in an agreement of that kind, without rate.
    """

    label: str
    rate_ppm: int = 0
    cap_cents: int | None = None
    envelope_cents: int | None = None
    operator_key: str = ""
    quota_minutes: int | None = None


@transaction.atomic
def sign(
    *,
    kind: AgreementKind | str,
    title: str,
    promiser_id: int,
    starts_on: date,
    at: datetime,
    actor: str,
    counterpart_id: int | None = None,
    ends_on: date | None = None,
    commitments: Sequence[Promise] = (),
    is_invented: bool = False,
) -> Agreement:
    """Sign an agreement and what it promises.

    Args:
        promiser_id: organisation that promises.
        counterpart_id: organisation promised to; None when open to all.
        starts_on: first day in force.
        ends_on: last day in force; None = until it is ended.
        commitments: at least one for a third-party payer or a guarantee fund.

    Raises:
        AgreementDatesReversed: it would end before it starts.
        AgreementWithOneself: the parties are one.
        CommitmentMissing: a third-party payer, an employer or a guarantee fund promises nothing.
        HoursMissing: an employer that buys no hours, or hours bought by another kind.
        CommitmentOutOfRange: a rate or an amount is impossible.
        OperatorUnknown: a commitment names an unknown operator.
    """
    if ends_on is not None and ends_on < starts_on:
        raise AgreementDatesReversed(starts_on=starts_on, ends_on=ends_on)
    if promiser_id == counterpart_id:
        raise AgreementWithOneself
    if kind in PROMISING and not commitments:
        raise CommitmentMissing
    for promise in commitments:
        _check(promise)
        if (kind == AgreementKind.EMPLOYER) != (promise.quota_minutes is not None):
            raise HoursMissing
    agreement = Agreement.objects.create(
        kind=AgreementKind(kind),
        title=title,
        promiser_id=promiser_id,
        counterpart_id=counterpart_id,
        starts_on=starts_on,
        ends_on=ends_on,
        signed_at=at,
        is_invented=is_invented,
    )
    Commitment.objects.bulk_create(
        Commitment(
            agreement=agreement,
            label=promise.label,
            rate_ppm=promise.rate_ppm,
            cap_cents=promise.cap_cents,
            envelope_cents=promise.envelope_cents,
            operator_key=promise.operator_key,
            quota_minutes=promise.quota_minutes,
        )
        for promise in commitments
    )
    kernel.record(
        actor=actor, action="agreements.signed", subject=f"agreement:{agreement.pk}", at=at
    )
    return agreement


@transaction.atomic
def end(*, agreement: Agreement, on: date, at: datetime, actor: str) -> Agreement:
    """Make ``on`` the last day in force. Ending an agreement already ended earlier changes nothing.

    Raises:
        AgreementDatesReversed: ``on`` is before the first day.
    """
    locked = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if on < locked.starts_on:
        raise AgreementDatesReversed(starts_on=locked.starts_on, ends_on=on)
    if locked.ends_on is None or locked.ends_on > on:
        locked.ends_on = on
        locked.save(update_fields=["ends_on"])
        kernel.record(
            actor=actor, action="agreements.ended", subject=f"agreement:{locked.pk}", at=at
        )
    return locked


def _check(promise: Promise) -> None:
    """Refuse a promise that nobody could keep."""
    amounts = [promise.cap_cents or 0, promise.envelope_cents or 0]
    if not 0 <= promise.rate_ppm <= WHOLE_PPM or min(amounts) < 0:
        raise CommitmentOutOfRange(label=promise.label)
    if promise.quota_minutes is not None and (promise.quota_minutes < 1 or promise.rate_ppm):
        raise HoursMissing
    if promise.operator_key and operator(promise.operator_key) is None:
        raise OperatorUnknown(key=promise.operator_key)
