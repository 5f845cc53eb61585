"""Reads of guarantee funds, and of the sessions of claims that were not paid. Euro cents."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from filiere.agreements import queries as agreements
from filiere.agreements.models import AgreementKind, Commitment
from filiere.billing.models import Charge, ChargeState, PayerShare, ThirdPartyReceipt
from filiere.billing.queries.direct import paid_to_places
from filiere.vouchers.models import OfflineClaim


@dataclass(frozen=True, slots=True)
class GuaranteeFund:
    """One fund: what it promises at most, gave to places, and sent in cash.

    ``received_cents`` came to the operator; ``direct_cents`` went straight to places, on invoices.
    """

    commitment: Commitment
    given_cents: int
    received_cents: int
    direct_cents: int = 0

    @property
    def left_cents(self) -> int:
        """What it may still give."""
        return max(0, (self.commitment.envelope_cents or 0) - self.given_cents)

    @property
    def owed_cents(self) -> int:
        """What it gave and has not sent yet: places wait for it."""
        return max(0, self.given_cents - self.received_cents - self.direct_cents)


def guarantee_funds(*, promiser_ids: Collection[int] | None = None) -> list[GuaranteeFund]:
    """Give every fund, or those of some organisations, the latest signed first; six queries."""
    found = Commitment.objects.filter(agreement__kind=AgreementKind.GUARANTEE)
    if promiser_ids is not None:
        found = found.filter(agreement__promiser__in=promiser_ids)
    return _with_money(found.order_by("-agreement__signed_at", "-pk"))


def guarantee_funds_for(*, provider_id: int, on: date) -> list[GuaranteeFund]:
    """Give the funds that may pay a session of a day at a provider, oldest first."""
    found = agreements.commitments_in_force(
        AgreementKind.GUARANTEE, on=on, counterpart_id=provider_id
    )
    return _with_money(found)


def _with_money(commitments: QuerySet[Commitment]) -> list[GuaranteeFund]:
    rows = list(commitments.select_related("agreement__promiser"))
    given = dict(
        PayerShare.objects.filter(commitment__in=rows, charge__state=ChargeState.SPLIT)
        .values("commitment")
        .annotate(total=Sum("amount_cents"))
        .order_by("commitment")
        .values_list("commitment", "total")
    )
    received = dict(
        ThirdPartyReceipt.objects.filter(commitment__in=rows)
        .values("commitment")
        .annotate(total=Sum("amount_cents"))
        .order_by("commitment")
        .values_list("commitment", "total")
    )
    direct = paid_to_places(row.pk for row in rows)
    return [
        GuaranteeFund(row, given.get(row.pk, 0), received.get(row.pk, 0), direct.get(row.pk, 0))
        for row in rows
    ]


def claimed_charges(claim: OfflineClaim) -> QuerySet[Charge]:
    """Give the live charge of the session a claim names, if its place gave it; one at most.

    A device writes whatever reference it likes: nothing of another place is read, or settled, by it.
    """
    return (
        Charge.objects.filter(
            registration__ref=claim.reference,
            registration__slot__offer__place=claim.device.place_id,
        )
        .exclude(state=ChargeState.CANCELLED)
        .select_related("registration")
    )
