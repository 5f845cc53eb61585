"""After a claim that was not paid: the place contests or gives up, the operator decides.

The conflict policy: of two uses of the same money the first received is paid; the other is paid
from a capped guarantee fund when it was made in good faith, or not at all. Paying is above this
app (``billing.services.pay_from_guarantee``); ``close_as_paid`` keeps that it was.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.vouchers.errors import (
    ClaimClosed,
    ClaimNotInGoodFaith,
    ClaimUnknown,
    ClaimWasPaid,
    ReasonMissing,
)
from filiere.vouchers.models import (
    CLOSING,
    ClaimState,
    ClaimStep,
    ClaimStepKind,
    Device,
    OfflineClaim,
)

MOST_WORDS = 300


@transaction.atomic
def contest_claim(*, claim_id: UUID, words: str, at: datetime, actor: str) -> ClaimStep:
    """Ask the operator to look at a claim again. Twice is once, with the first words.

    Raises:
        ReasonMissing: the place does not say why.
        ClaimUnknown, ClaimWasPaid, ClaimClosed: there is nothing to contest.
    """
    return _step(claim_id, ClaimStepKind.CONTESTED, words=_said(words), at=at, actor=actor)


@transaction.atomic
def give_up_claim(*, claim_id: UUID, at: datetime, actor: str) -> ClaimStep:
    """Close a claim for the place: nothing more is asked. Twice is once.

    Raises:
        ClaimUnknown, ClaimWasPaid, ClaimClosed: there is nothing to give up.
    """
    return _step(claim_id, ClaimStepKind.GIVEN_UP, words="", at=at, actor=actor)


@transaction.atomic
def uphold_refusal(*, claim_id: UUID, words: str, at: datetime, actor: str) -> ClaimStep:
    """Decide that a claim is not paid, and say why. Twice is once.

    Raises:
        ReasonMissing: the place will read why.
        ClaimUnknown, ClaimWasPaid, ClaimClosed: there is nothing to decide.
    """
    return _step(claim_id, ClaimStepKind.UPHELD, words=_said(words), at=at, actor=actor)


@transaction.atomic
def close_as_paid(
    *,
    claim_id: UUID,
    commitment_id: int,
    paid_cents: int,
    words: str,
    at: datetime,
    actor: str,
) -> ClaimStep:
    """Keep that a guarantee fund paid a claim; the caller moved the money in the same transaction.

    Args:
        commitment_id: the fund's promise, which bounds what it gives.
        paid_cents: euro cents, above zero.

    Raises:
        ReasonMissing: the fund's giver will read why.
        ClaimUnknown, ClaimWasPaid, ClaimClosed: there is nothing to decide.
        ClaimNotInGoodFaith: the device could have refused it by itself.
    """
    return _step(
        claim_id, ClaimStepKind.PAID, words=_said(words), at=at, actor=actor,
        commitment_id=commitment_id, paid_cents=paid_cents,
    )  # fmt: skip


def is_upheld(claim_id: UUID) -> bool:
    """Tell whether the operator confirmed that a claim is not paid."""
    return ClaimStep.objects.filter(claim=claim_id, kind=ClaimStepKind.UPHELD).exists()


@transaction.atomic
def lock_claim(*, claim_id: UUID, kind: ClaimStepKind = ClaimStepKind.UPHELD) -> OfflineClaim:
    """Lock the device of a claim and give the claim, when it may still take this step.

    Claims are append-only and cannot be locked themselves.

    Raises:
        ClaimUnknown: no claim bears this id.
        ClaimWasPaid: it was accepted.
        ClaimClosed: another step closed it.
        ClaimNotInGoodFaith: ``kind`` is PAID, and it was refused by a rule.
    """
    claim = OfflineClaim.objects.filter(pk=claim_id).first()
    if claim is None:
        raise ClaimUnknown
    Device.objects.select_for_update().get(pk=claim.device_id)
    if claim.state == ClaimState.ACCEPTED:
        raise ClaimWasPaid
    if kind == ClaimStepKind.PAID and claim.state != ClaimState.DISPUTED:
        raise ClaimNotInGoodFaith
    if claim.steps.filter(kind__in=CLOSING).exclude(kind=kind).exists():
        raise ClaimClosed
    return claim


def _step(
    claim_id: UUID,
    kind: ClaimStepKind,
    *,
    words: str,
    at: datetime,
    actor: str,
    commitment_id: int | None = None,
    paid_cents: int = 0,
) -> ClaimStep:
    claim = lock_claim(claim_id=claim_id, kind=kind)
    known = claim.steps.filter(kind=kind).first()
    if known is not None:
        return known
    made = ClaimStep.objects.create(
        claim=claim, kind=kind, words=words, commitment_id=commitment_id,
        paid_cents=paid_cents, at=at, by=actor,
    )  # fmt: skip
    kernel.record(
        actor=actor, action=f"vouchers.claim_{kind.value}", subject=f"claim:{claim.pk}", at=at
    )
    return made


def _said(words: str) -> str:
    """Give the reason, cut to what is kept.

    Raises:
        ReasonMissing: nothing was said.
    """
    said = words.strip()[:MOST_WORDS]
    if not said:
        raise ReasonMissing
    return said
