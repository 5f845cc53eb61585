"""Prices seen outside, prices charged inside, and the ceilings advised. Integer euro cents."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet

from filiere.accounts.models import OrganisationKind
from filiere.agenda.models import Registration, RegistrationState
from filiere.billing.models import (
    Charge,
    ChargeState,
    ObservedPrice,
    ObservedPriceState,
    PayerKind,
    PayerShare,
    PriceCeiling,
    SellerKind,
)
from filiere.kernel.calendar import add_months, bounds_of_day
from filiere.rules import parameters
from filiere.rules.observed_prices import Spread, spread
from filiere.rules.small_cells import told_count
from filiere.territories.models import Territory
from filiere.territories.queries import within

# How the legal family of an organisation reads as a kind of place; an unknown one tells nothing.
KIND_OF_ORGANISATION = {
    OrganisationKind.ASSOCIATION: SellerKind.ASSOCIATION,
    OrganisationKind.FOUNDATION: SellerKind.ASSOCIATION,
    OrganisationKind.COOPERATIVE: SellerKind.SHOP,
    OrganisationKind.COMPANY: SellerKind.SHOP,
    OrganisationKind.COMMUNE: SellerKind.PUBLIC,
    OrganisationKind.EPCI: SellerKind.PUBLIC,
    OrganisationKind.DEPARTEMENT: SellerKind.PUBLIC,
    OrganisationKind.REGION: SellerKind.PUBLIC,
    OrganisationKind.STATE: SellerKind.PUBLIC,
    OrganisationKind.OPERATOR: SellerKind.PUBLIC,
}
_TERRITORIES = ("territory__departement", "territory__epci", "territory__commune")


@dataclass(frozen=True, slots=True)
class JudgedPrice:
    """One price seen, and the ceiling that was advised there; ``over_cents`` above it, or None."""

    price: ObservedPrice
    ceiling: PriceCeiling | None
    over_cents: int | None


@dataclass(frozen=True, slots=True)
class KindPrices:
    """Prices of one procedure in one kind of place."""

    kind: SellerKind
    spread: Spread
    latest_on: date
    over: int


@dataclass(frozen=True, slots=True)
class ChargedPrices:
    """What places of Filière asked for one procedure; at least as many persons as the threshold.

    ``spread`` is of the price of the session, ``person_median_cents`` of what the person paid.
    """

    kind: SellerKind | None
    persons: int
    spread: Spread
    person_median_cents: int


def published_prices(*, on: date, procedure: str | None = None) -> QuerySet[ObservedPrice]:
    """Give the confirmed prices seen in the last months (``observed_prices.months``), latest first."""
    since = add_months(on, -parameters.whole("observed_prices.months", on))
    found = ObservedPrice.objects.filter(
        state=ObservedPriceState.CONFIRMED, seen_on__gt=since, seen_on__lte=on
    )
    if procedure is not None:
        found = found.filter(procedure=procedure)
    return found.select_related("territory", *_TERRITORIES).order_by("-seen_on", "-pk")


def prices_to_read() -> QuerySet[ObservedPrice]:
    """Give the prices noted that nobody has confirmed yet, the oldest first."""
    return (
        ObservedPrice.objects.filter(state=ObservedPriceState.NOTED)
        .select_related("territory", *_TERRITORIES)
        .order_by("noted_at", "pk")
    )


def ceilings(*, on: date, procedure: str | None = None) -> list[PriceCeiling]:
    """Give the ceilings advised on a day: the latest of each procedure and territory."""
    found = PriceCeiling.objects.filter(from_on__lte=on).filter(
        Q(until_on__isnull=True) | Q(until_on__gte=on)
    )
    if procedure is not None:
        found = found.filter(procedure=procedure)
    return list(
        found.select_related("territory")
        .order_by("procedure", F("territory").asc(nulls_first=True), "-from_on")
        .distinct("procedure", "territory")
    )


def judged(prices: Iterable[ObservedPrice], advised: list[PriceCeiling]) -> list[JudgedPrice]:
    """Put beside each price the ceiling of its procedure, the nearest to where it was seen.

    A ceiling of the commune comes before one of its intercommunality, its département, its
    region, and the whole of France.
    """
    known = {(one.procedure, one.territory_id): one for one in advised}
    return [_judged(price, known) for price in prices]


def _judged(price: ObservedPrice, known: dict[tuple[str, int | None], PriceCeiling]) -> JudgedPrice:
    chain: list[int | None] = []
    if price.territory is not None:
        there = price.territory
        chain = [there.pk, there.commune_id, there.epci_id, there.departement_id, there.region_id]
    ceiling = next(
        (
            known[price.procedure, pk]
            for pk in [*(one for one in chain if one is not None), None]
            if (price.procedure, pk) in known
        ),
        None,
    )
    over = price.price_cents - ceiling.ceiling_cents if ceiling else 0
    return JudgedPrice(price, ceiling, over if over > 0 else None)


def prices_by_kind(prices: Iterable[JudgedPrice]) -> list[KindPrices]:
    """Gather prices of one procedure by kind of place, in the order of the list of kinds."""
    gathered: dict[SellerKind, list[JudgedPrice]] = defaultdict(list)
    for one in prices:
        gathered[SellerKind(one.price.seller_kind)].append(one)
    found = []
    for kind in SellerKind:
        rows = gathered[kind]
        lying = spread([one.price.price_cents for one in rows])
        if lying is not None:
            latest = max(one.price.seen_on for one in rows)
            over = sum(one.over_cents is not None for one in rows)
            found.append(KindPrices(kind, lying, latest, over))
    return found


def _year_before(on: date) -> tuple[datetime, datetime]:
    """Give the moments that bound the twelve months before a day."""
    return bounds_of_day(add_months(on, -12))[0], bounds_of_day(on)[0]


def charged_prices(procedure: str, *, on: date) -> list[ChargedPrices]:
    """Give what places of Filière asked for one procedure in twelve months, by kind of place.

    No place and no person is told; a group of fewer persons than the threshold is left out.
    Sessions whose price was not stated are left out: not stated is not free.
    """
    since, until = _year_before(on)
    rows = (
        Charge.objects.filter(
            registration__procedure=procedure,
            registration__slot__starts_at__gte=since,
            registration__slot__starts_at__lt=until,
            state=ChargeState.SPLIT,
            price_stated=True,
        )
        .order_by("pk")
        .values_list(
            "provider__kind",
            "registration__person",
            F("price_cents") + F("off_cents") + F("waived_cents"),
            "pk",
        )
    )
    by_kind: dict[SellerKind | None, list[tuple[object, int, int]]] = defaultdict(list)
    for kind, person, cents, charge in rows:
        by_kind[KIND_OF_ORGANISATION.get(OrganisationKind(kind))].append((person, cents, charge))
    paid = _paid_by_persons([charge for found in by_kind.values() for *_rest, charge in found])
    least = parameters.whole("small_cells.threshold", on)
    told = []
    for group in (*SellerKind, None):
        found = by_kind.get(group, [])
        persons = len({person for person, _cents, _charge in found})
        asked = spread([cents for _person, cents, _charge in found])
        left = spread([paid.get(charge, 0) for *_rest, charge in found])
        if persons >= least and asked is not None and left is not None:
            told.append(ChargedPrices(group, persons, asked, left.median_cents))
    return told


def _paid_by_persons(charge_ids: list[int]) -> dict[int, int]:
    """What each charge left to the person, in cents; absent when nothing."""
    shares = PayerShare.objects.filter(charge__in=charge_ids, kind=PayerKind.PERSON)
    paid: dict[int, int] = defaultdict(int)
    for charge, cents in shares.order_by("pk").values_list("charge", "amount_cents"):
        paid[charge] += cents
    return paid


def sessions_of_procedure(procedure: str, territory: Territory | None, *, on: date) -> int | None:
    """How many sessions helped with a procedure in twelve months, as everyone may read it.

    Rounded down to a step of the threshold of small groups, so that a commune is not found by
    taking its neighbours from their intercommunality; None when fewer persons came, or nobody.

    Args:
        territory: where the place is; None = everywhere.
    """
    since, until = _year_before(on)
    came = Registration.objects.filter(
        procedure=procedure, state=RegistrationState.PRESENT,
        slot__starts_at__gte=since, slot__starts_at__lt=until,
    )  # fmt: skip
    if territory is not None:
        came = came.filter(within(territory, "slot__offer__place__commune__"))
    found = came.aggregate(sessions=Count("pk"), persons=Count("person", distinct=True))
    least = parameters.whole("small_cells.threshold", on)
    return told_count(found["sessions"], persons=found["persons"], least=least)
