"""Reading devices and what they sent. Amounts are integer euro cents."""

from collections.abc import Collection

from django.db.models import Count, F, Max, Q, QuerySet

from filiere.vouchers.models import ClaimState, Device, OfflineClaim


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


def device(device_id: int) -> Device | None:
    """Give one device with its place and organisation; None when there is none."""
    return Device.objects.select_related("place__organisation").filter(pk=device_id).first()


def claims_of(device_id: int) -> QuerySet[OfflineClaim]:
    """Give what a device sent, the latest number first, with the voucher of each."""
    found = OfflineClaim.objects.filter(device=device_id).select_related("voucher")
    return found.order_by("-seq")
