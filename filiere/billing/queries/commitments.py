"""Reads of what third parties promised and sent. Amounts are integer euro cents."""

from dataclasses import dataclass

from django.db.models import Q, Sum

from filiere.billing.models import ChargeState, PayerShare, ThirdPartyReceipt


@dataclass(frozen=True, slots=True)
class CommitmentAccount:
    """Where one third party's commitment stands, in cents."""

    promised_cents: int
    received_cents: int
    released_cents: int
    envelope_cents: int | None

    @property
    def owed_cents(self) -> int:
        """What the third party still has to send for sessions already delivered."""
        return max(0, self.promised_cents - self.received_cents)

    @property
    def left_cents(self) -> int | None:
        """What its envelope can still promise; None when it set no envelope."""
        if self.envelope_cents is None:
            return None
        return max(0, self.envelope_cents - self.promised_cents)


def commitment_account(commitment_id: int, *, envelope_cents: int | None) -> CommitmentAccount:
    """Sum a commitment's shares and receipts.

    Args:
        envelope_cents: the commitment's envelope, None without one.
    """
    shares = PayerShare.objects.filter(
        commitment_id=commitment_id, charge__state=ChargeState.SPLIT
    ).aggregate(
        promised=Sum("amount_cents", default=0),
        released=Sum("amount_cents", default=0, filter=Q(released_group__isnull=False)),
    )
    received = ThirdPartyReceipt.objects.filter(commitment_id=commitment_id).aggregate(
        total=Sum("amount_cents", default=0)
    )
    return CommitmentAccount(
        shares["promised"], received["total"], shares["released"], envelope_cents
    )
