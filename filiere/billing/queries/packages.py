"""Reads of packages bought, and of funds where some pay more so that others pay less."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Q, QuerySet, Sum

from filiere.billing.models import Charge, ChargeState, Package, SubsidyGroup
from filiere.billing.queries.prices import StatedPrice, rules_in_force
from filiere.directory.models import Offer


def packages_of(person_id: UUID, offer_id: int, *, on: date) -> QuerySet[Package]:
    """Packages one person may use for an offer on a day, the first to end first."""
    return (
        Package.objects.filter(
            Q(sessions_left__gt=0) | Q(minutes_left__gt=0) | Q(kind="subscription"),
            person=person_id,
            offer=offer_id,
            begins_on__lte=on,
            ends_on__gte=on,
            cancelled_at=None,
        )
        .select_related("charge")
        .order_by("ends_on", "pk")
    )


def packages_for_sale(organisation_id: int, *, on: date) -> list[tuple[Offer, StatedPrice]]:
    """Give the offers of an organisation sold as a package on a day, with their price, by place."""
    offers = list(
        Offer.objects.filter(place__organisation=organisation_id)
        .select_related("place")
        .order_by("place__name", "service", "pk")
    )
    prices = rules_in_force([one.pk for one in offers], on)
    return [
        (one, prices[one.pk])
        for one in offers
        if one.pk in prices and prices[one.pk].terms.is_package and prices[one.pk].amount_cents
    ]


@dataclass(frozen=True, slots=True)
class PackageLeft:
    """What is left of one package: sessions or minutes, neither for a subscription."""

    package_id: int
    ends_on: date
    sessions_left: int | None
    minutes_left: int | None


@dataclass(frozen=True, slots=True)
class SubsidyBalance:
    """Where a solidarity fund stands, in cents: what some paid over the cost, others under it.

    Sessions refunded or not paid yet are left out.
    """

    group_id: int
    name: str
    sessions: int
    over_cents: int
    under_cents: int

    @property
    def balance_cents(self) -> int:
        """What is left to offer lower prices; under zero, the place pays."""
        return self.over_cents - self.under_cents

    @property
    def missing_cents(self) -> int:
        """What the place bears itself, 0 or more."""
        return max(0, -self.balance_cents)


def subsidy_balances(organisation_id: int) -> Sequence[SubsidyBalance]:
    """Give the balance of each solidarity fund of an organisation, by name.

    The place's own price counts (before any voucher's regulated price), whoever pays it.
    """
    gap = F("price_cents") + F("off_cents") + F("waived_cents") - F("cost_cents")
    rows = (
        Charge.objects.filter(group__organisation=organisation_id, state=ChargeState.SPLIT)
        .annotate(gap=ExpressionWrapper(gap, BigIntegerField()))
        .values("group_id")
        .order_by("group_id")
        .annotate(
            sessions=Count("pk"),
            over=Sum("gap", filter=Q(gap__gt=0), default=0),
            under=Sum("gap", filter=Q(gap__lt=0), default=0),
        )
    )
    found = {row["group_id"]: row for row in rows}
    nothing = {"sessions": 0, "over": 0, "under": 0}
    return [
        SubsidyBalance(
            group.pk,
            group.name,
            found.get(group.pk, nothing)["sessions"],
            int(found.get(group.pk, nothing)["over"]),
            -int(found.get(group.pk, nothing)["under"]),
        )
        for group in SubsidyGroup.objects.filter(organisation=organisation_id).order_by("name")
    ]
