"""Reading devices and what they sent. Amounts are integer euro cents."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum

from filiere.vouchers.models import (
    CLOSING,
    ClaimState,
    ClaimStep,
    ClaimStepKind,
    Device,
    OfflineClaim,
)


def devices_of(organisation_ids: Collection[int]) -> QuerySet[Device]:
    """Give the devices of some organisations, working ones first, then by place and name.

    Each carries ``accepted``, ``to_look_at`` (refused or disputed claims) and ``last_received_at``.
    """
    refused = Q(claims__state__in=(ClaimState.REFUSED, ClaimState.DISPUTED))
    return (
        Device.objects.filter(organisation__in=organisation_ids)
        .select_related("place")
        .annotate(
            accepted=Count("claims", filter=Q(claims__state=ClaimState.ACCEPTED)),
            to_look_at=Count("claims", filter=refused),
            last_received_at=Max("claims__received_at"),
        )
        .order_by(F("revoked_at").desc(nulls_first=True), "place__name", "name", "pk")
    )


def to_look_at(organisation_ids: Collection[int]) -> int:
    """Count what devices of some organisations sent that was not paid."""
    return (
        OfflineClaim.objects.filter(device__organisation__in=organisation_ids)
        .exclude(state=ClaimState.ACCEPTED)
        .count()
    )


def device(device_id: int) -> Device | None:
    """Give one device with its place and organisation; None when there is none."""
    return Device.objects.select_related("place__organisation").filter(pk=device_id).first()


def claims_of(device_id: int) -> QuerySet[OfflineClaim]:
    """Give what a device sent, the latest number first, with the voucher of each."""
    found = OfflineClaim.objects.filter(device=device_id).select_related("voucher")
    return found.order_by("-seq")


class ClaimStage(StrEnum):
    """Where a claim that was not paid stands; a closed one was given up or decided."""

    OPEN = "open"
    CONTESTED = "contested"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Unpaid:
    """How many claims were not paid, and for how many cents."""

    count: int
    cents: int


def unpaid_claims(
    *,
    organisation_ids: Collection[int] | None = None,
    commissioner_ids: Collection[int] | None = None,
    stage: ClaimStage | None = None,
    state: ClaimState | None = None,
) -> QuerySet[OfflineClaim]:
    """Give the claims that were refused or set aside, the last received first.

    Each carries ``is_closed`` and ``is_contested``, its device with its place, and its voucher
    with its programme.

    Args:
        organisation_ids: keeps those of these organisations' devices.
        commissioner_ids: keeps those whose voucher is of these commissioners' programmes.
        stage: keeps those that stand there; OPEN leaves out the contested ones.
    """
    closing = ClaimStep.objects.filter(claim=OuterRef("pk"), kind__in=CLOSING)
    contested = ClaimStep.objects.filter(claim=OuterRef("pk"), kind=ClaimStepKind.CONTESTED)
    found = (
        OfflineClaim.objects.exclude(state=ClaimState.ACCEPTED)
        .select_related("device__place", "device__organisation", "voucher__lot__programme")
        .annotate(is_closed=Exists(closing), is_contested=Exists(contested))
    )
    if organisation_ids is not None:
        found = found.filter(device__organisation__in=organisation_ids)
    if commissioner_ids is not None:
        found = found.filter(voucher__lot__programme__commissioner__in=commissioner_ids)
    if state is not None:
        found = found.filter(state=state)
    if stage is not None:
        found = found.filter(is_closed=stage == ClaimStage.CLOSED)
        if stage != ClaimStage.CLOSED:
            found = found.filter(is_contested=stage == ClaimStage.CONTESTED)
    return found.order_by("-received_at", "device", "-seq")


def total_of(claims: QuerySet[OfflineClaim]) -> Unpaid:
    """Count claims and add up what they asked; one query."""
    told = claims.order_by().aggregate(count=Count("pk"), cents=Sum("wanted_cents", default=0))
    return Unpaid(told["count"], told["cents"])


def unpaid_claim(claim_id: UUID) -> OfflineClaim | None:
    """Give one claim that was not paid, see ``unpaid_claims``; None when there is none."""
    return unpaid_claims().filter(pk=claim_id).first()


def steps_of(claim: OfflineClaim) -> list[ClaimStep]:
    """Give what followed a claim, in order, each with its fund."""
    found = claim.steps.select_related("commitment__agreement__promiser")
    return list(found.order_by("at", "pk"))
