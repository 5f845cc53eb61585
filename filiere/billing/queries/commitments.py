"""Reads of what third parties promised and sent. Amounts are integer euro cents."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum

from filiere.billing.models import (
    UNDER_AGREEMENT,
    ChargeState,
    InvoicedShare,
    PayerShare,
    ThirdPartyReceipt,
)
from filiere.billing.queries.direct import paid_to_places, settled_on
from filiere.rules.reminders import spread


@dataclass(frozen=True, slots=True)
class CommitmentAccount:
    """Where one third party's commitment stands, in cents."""

    promised_cents: int
    received_cents: int
    released_cents: int
    envelope_cents: int | None
    direct_cents: int = 0

    @property
    def owed_cents(self) -> int:
        """What the third party still has to send for sessions already delivered.

        What it paid straight to places (``direct_cents``) is paid.
        """
        return max(0, self.promised_cents - self.received_cents - self.direct_cents)

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
        shares["promised"],
        received["total"],
        shares["released"],
        envelope_cents,
        paid_to_places([commitment_id]).get(commitment_id, 0),
    )


@dataclass(frozen=True, slots=True)
class Awaited:
    """What one third party has not paid of sessions already given, in cents, for one provider."""

    organisation_id: int
    name: str
    amount_cents: int
    sessions: int


def awaited_from_third_parties(provider_id: int) -> list[Awaited]:
    """Third parties whose money has not come yet, the most owed first; two queries.

    What the operator received of them is paid, and so is what they paid straight to the provider on
    its invoices. Refunded sessions are not awaited. Of an invoice paid in part, every session counts.
    """
    latest = InvoicedShare.objects.filter(share=OuterRef("pk")).order_by("-turn")
    groups: Any = (
        PayerShare.objects.filter(
            charge__provider=provider_id,
            charge__state=ChargeState.SPLIT,
            kind__in=UNDER_AGREEMENT,
            released_group=None,
        )
        .annotate(
            invoice=Subquery(latest.values("line__invoice")[:1]),
            payer=F("commitment__agreement__promiser"),
            name=F("commitment__agreement__promiser__name"),
        )
        .values("invoice", "commitment", "payer", "name")
        .annotate(cents=Sum("amount_cents"), sessions=Count("pk"))
        .order_by("invoice", "commitment")
    )
    by_invoice: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for group in groups:
        by_invoice[group["invoice"]].append(group)
    settled = settled_on([one for one in by_invoice if one])
    found: dict[int, Awaited] = {}
    for invoice, some in by_invoice.items():
        for group, cents in _left_of(some, settled.get(invoice or 0, 0)):
            before = found.get(group["payer"])
            found[group["payer"]] = Awaited(
                group["payer"],
                group["name"],
                cents + (before.amount_cents if before else 0),
                group["sessions"] + (before.sessions if before else 0),
            )
    return sorted(found.values(), key=lambda one: (-one.amount_cents, one.organisation_id))


def _left_of(groups: Sequence[dict[str, Any]], settled: int) -> list[tuple[dict[str, Any], int]]:
    """Give the groups of one invoice with something left, once what is on it is spread in order."""
    put = spread([group["cents"] for group in groups], settled)
    left = [(group, group["cents"] - cents) for group, cents in zip(groups, put, strict=True)]
    return [(group, cents) for group, cents in left if cents > 0]
