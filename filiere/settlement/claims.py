"""The yearly list a commissioner is owed by law: who claimed its vouchers' value, and how much.

Source: code général des collectivités territoriales, R1611-6 to R1611-9. Amounts in euro cents.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from filiere.accounts.models import Organisation
from filiere.directory.models import Place
from filiere.kernel.calendar import bounds_of_day
from filiere.vouchers.models import MovementPart

SIREN = 9


@dataclass(frozen=True, slots=True)
class Claim:
    """One provider of the list. ``number`` is its SIREN, else its RNA; blanks are not known."""

    provider_id: int
    name: str
    number: str
    address: str
    sessions: int
    amount_cents: int


def yearly_claims(*, commissioner_id: int, year: int) -> list[Claim]:
    """Providers that redeemed vouchers of a commissioner's programmes in a year, by name.

    Uses undone since are left out.

    Args:
        year: legal year of the use of the voucher, 1 January to 31 December in France.
    """
    start, _next = bounds_of_day(date(year, 1, 1))
    end, _next = bounds_of_day(date(year + 1, 1, 1))
    parts = MovementPart.objects.filter(
        tranche__programme__commissioner_id=commissioner_id,
        movement__occurred_at__gte=start,
        movement__occurred_at__lt=end,
        movement__reversal=None,
    )
    rows = (
        parts.values("movement__provider_id")
        .annotate(total=Sum("amount_cents"), sessions=Count("movement_id", distinct=True))
        .order_by("movement__provider_id")
    )
    found = {row["movement__provider_id"]: row for row in rows}
    providers = Organisation.objects.filter(pk__in=found).order_by("folded", "pk")
    addresses = _addresses(list(found))
    return [
        Claim(
            provider_id=one.pk,
            name=one.name,
            number=(one.siret or "")[:SIREN] or one.rna or "",
            address=addresses.get(one.pk, ""),
            sessions=found[one.pk]["sessions"],
            amount_cents=found[one.pk]["total"],
        )
        for one in providers
    ]


def _addresses(provider_ids: list[int]) -> dict[int, str]:
    """Address of the first place of each provider."""
    places = (
        Place.objects.filter(organisation_id__in=provider_ids)
        .select_related("commune")
        .order_by("organisation_id", "pk")
        .distinct("organisation_id")
    )
    return {
        place.organisation_id: " ".join(
            part for part in (place.address, place.postcode, place.commune.name) if part
        )
        for place in places
    }
