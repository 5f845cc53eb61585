"""Third-party payers and employers: the cash they send, and what it makes payable.

Called through ``billing.services``.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum

from filiere.agreements.models import Commitment
from filiere.billing.errors import ReceiptConflict, ReceiptNotPossible
from filiere.billing.models import Allocation, ChargeState, PayerShare, ThirdPartyReceipt
from filiere.kernel.services import record
from filiere.ledger import services as ledger
from filiere.ledger.services import Entry


def live_shares(commitment: Commitment) -> QuerySet[PayerShare]:
    """Shares a third party promised under a commitment, refunded sessions left out."""
    return PayerShare.objects.filter(commitment=commitment, charge__state=ChargeState.SPLIT)


def paid_to_the_place() -> Exists:
    """Tell of a share that it is on an invoice its payer began to pay straight to the place.

    Its cash never comes to the operator, who must not pay it again.
    """
    paying = (
        Allocation.objects.filter(invoice__lines__shares__share=OuterRef("pk"))
        .order_by()
        .values("invoice")
        .annotate(held=Sum("amount_cents"))
        .filter(held__gt=0)
    )
    return Exists(paying)


@transaction.atomic
def receive_third_party(
    *,
    commitment_id: int,
    amount_cents: int,
    received_on: date,
    bank_reference: str,
    at: datetime,
    actor: str,
) -> ThirdPartyReceipt:
    """Record cash a third party sent; it releases the oldest shares it covers whole.

    The same reference with the same facts is the same receipt.

    Args:
        amount_cents: euro cents, > 0.
        bank_reference: reference of the bank statement's line; unique.

    Raises:
        ReceiptNotPossible: the amount is not above 0.
        ReceiptConflict: the reference is known with another amount or commitment.
    """
    if amount_cents <= 0:
        raise ReceiptNotPossible
    commitment = (
        Commitment.objects.select_related("agreement")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=commitment_id)
    )
    known = ThirdPartyReceipt.objects.filter(bank_reference=bank_reference).first()
    if known is not None:
        if (known.commitment_id, known.amount_cents) != (commitment_id, amount_cents):
            raise ReceiptConflict(reference=bank_reference)
        return known
    entry = Entry(
        f"bankin:{commitment_id}", f"thirdparty:{commitment.agreement.promiser_id}", amount_cents
    )
    receipt = ThirdPartyReceipt.objects.create(
        commitment=commitment,
        amount_cents=amount_cents,
        received_on=received_on,
        bank_reference=bank_reference,
        posting_group_id=ledger.post(
            key=f"third-party-receipt:{bank_reference}",
            kind="third_party_receipt",
            entries=[entry],
            occurred_at=at,
            at=at,
            actor=actor,
        ),
    )
    record(
        actor=actor,
        action="billing.third_party_received",
        subject=f"commitment:{commitment_id}",
        at=at,
        amount_cents=amount_cents,
    )
    release_covered_shares(at=at, actor=actor, commitment_ids=[commitment_id])
    return receipt


@transaction.atomic
def release_covered_shares(
    *, at: datetime, actor: str, commitment_ids: Sequence[int] | None = None
) -> int:
    """Make payable the third parties' shares that received cash covers whole, oldest first.

    Cash left by an earlier receipt also covers shares born since; settlement calls this before
    each freeze.

    Args:
        commitment_ids: the commitments to look at; None looks at all.

    Returns:
        How many shares became payable.
    """
    waiting = PayerShare.objects.filter(
        ~paid_to_the_place(),
        commitment__isnull=False,
        released_group=None,
        commitment__receipts__isnull=False,
        charge__state=ChargeState.SPLIT,
    )
    if commitment_ids is not None:
        waiting = waiting.filter(commitment_id__in=commitment_ids)
    ids = waiting.order_by("commitment_id").values_list("commitment_id", flat=True).distinct()
    commitments = (
        Commitment.objects.filter(pk__in=list(ids))
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    return sum(_release(commitment, at=at, actor=actor) for commitment in commitments)


def _release(commitment: Commitment, *, at: datetime, actor: str) -> int:
    shares = live_shares(commitment)
    received = ThirdPartyReceipt.objects.filter(commitment=commitment).aggregate(
        total=Sum("amount_cents", default=0)
    )["total"]
    released = shares.exclude(released_group=None).aggregate(total=Sum("amount_cents", default=0))
    left = received - released["total"]
    by_provider: dict[int, int] = defaultdict(int)
    covered = []
    waiting = shares.filter(~paid_to_the_place(), released_group=None).select_related("charge")
    for share in waiting.order_by("id"):
        if share.amount_cents > left:
            break
        left -= share.amount_cents
        by_provider[share.charge.provider_id] += share.amount_cents
        covered.append(share.pk)
    if not covered:
        return 0
    group_id = ledger.post(
        key=f"release:{commitment.pk}:{covered[-1]}",
        kind="third_party_release",
        entries=[
            Entry(
                f"due:{provider}:commitment:{commitment.pk}",
                f"payable:{provider}:commitment:{commitment.pk}",
                amount,
            )
            for provider, amount in sorted(by_provider.items())
        ],
        occurred_at=at,
        at=at,
        actor=actor,
    )
    PayerShare.objects.filter(pk__in=covered).update(released_group_id=group_id)
    return len(covered)
