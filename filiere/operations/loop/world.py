"""The invented economy put on real places: mediators, slots, prices, funders, agreements.

Amounts are integer euro cents.
"""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db.models import Count
from schwifty import IBAN

from filiere.accounts.models import Organisation, OrganisationKind
from filiere.agenda import services as agenda
from filiere.agenda.models import Unit, UnitKind
from filiere.agreements import services as agreements
from filiere.agreements.models import Agreement, AgreementKind
from filiere.billing import services as billing
from filiere.billing.models import PriceKind
from filiere.directory import services as directory
from filiere.directory.models import Offer, Place, Worker
from filiere.operations.errors import NoPlaceToEquip
from filiere.programmes import services as programmes
from filiere.programmes.models import Programme, Tranche
from filiere.rules.geo import distance_km
from filiere.rules.text import fold
from filiere.settlement import services as settlement
from filiere.settlement.models import BankAccount
from filiere.territories import queries as territories
from filiere.territories.models import Territory

PARIS = ZoneInfo("Europe/Paris")
WEEKS = 4
HOURS = (9, 10, 11, 14, 15, 16)
SEATS_PER_PERSON = 1.7
FACE_CENTS = 5_000
FUNDER_SHARES = (50, 33, 17)
FIRST_NAMES = [
    "Karim",
    "Sandrine",
    "Yves",
    "Inès",
    "Nadia",
    "Paul",
    "Léa",
    "Hugo",
    "Fatou",
    "Marc",
    "Élise",
    "Samir",
]

Progress = Callable[[str, int, int], None]


@dataclass
class World:
    """What the loop walks through. Ids only, so that a child process can receive it."""

    territory_id: int
    opens_at: dt.datetime
    communes: list[tuple[int, int]] = field(default_factory=list)
    place_ids: list[int] = field(default_factory=list)
    offer_ids: list[int] = field(default_factory=list)
    provider_ids: list[int] = field(default_factory=list)
    prescriber_ids: list[int] = field(default_factory=list)
    funder_ids: list[int] = field(default_factory=list)
    commitment_ids: list[int] = field(default_factory=list)
    programme_id: int = 0
    tranche_ids: list[int] = field(default_factory=list)

    @property
    def closes_at(self) -> dt.datetime:
        """The evening after the last slot."""
        return self.opens_at + dt.timedelta(weeks=WEEKS, days=1)


def organisation(name: str, kind: OrganisationKind) -> Organisation:
    """Find or make an invented organisation."""
    found, _made = Organisation.objects.get_or_create(
        name=name, defaults={"folded": fold(name), "kind": kind, "is_invented": True}
    )
    return found


def choose_territory(code: str | None) -> Territory:
    """The territory to work in: the one asked for, else the département with most places."""
    if code:
        return territories.by_code(code)
    busiest = (
        Place.objects.filter(latitude__isnull=False, closed_on=None)
        .values("commune__departement")
        .annotate(places=Count("pk"))
        .order_by("-places", "commune__departement")
        .values_list("commune__departement", flat=True)
    )
    return Territory.objects.get(pk=int(busiest[0] or 0))


def build(
    *, territory: Territory, persons: int, opens_at: dt.datetime, seed: int, progress: Progress
) -> World:
    """Equip enough places of the territory for ``persons`` people, and fund them.

    Args:
        opens_at: a Monday at midnight, legal French time; slots run for four weeks from there.

    Raises:
        NoPlaceToEquip: the file has no open, located place there.
    """
    rng = random.Random(f"world:{seed}")
    world = World(territory_id=territory.pk, opens_at=opens_at)
    mediators = max(6, round(persons * SEATS_PER_PERSON / (WEEKS * 5 * len(HOURS))) + 4)
    places = _choose_places(territory, mediators, rng)
    if not places:
        raise NoPlaceToEquip(territory=territory.name)
    world.communes = _communes_near(territory, places)
    for number in range(mediators):
        progress("places", number, mediators)
        _equip(world, places[number % len(places)], number, rng)
    world.place_ids = [place.pk for place in places]
    world.provider_ids = sorted({place.organisation_id for place in places})
    _open_bank_accounts(world)
    _sign_agreements(world)
    _fund(world, territory, persons)
    return world


def _choose_places(territory: Territory, wanted: int, rng: random.Random) -> list[Place]:
    """Open places with coordinates that help with procedures, in random order."""
    communes = territories.communes_of(territory.pk)
    candidates = list(
        Place.objects.filter(
            commune__in=communes,
            latitude__isnull=False,
            closed_on=None,
            offers__service="procedures",
        )
        .select_related("commune")
        .order_by("pk")
        .distinct()
    )
    rng.shuffle(candidates)
    return candidates[:wanted]


def _communes_near(territory: Territory, places: list[Place]) -> list[tuple[int, int]]:
    """Communes people come from with their weight: near an equipped place, or (1 in 20) not."""
    spots = [(float(p.latitude or 0), float(p.longitude or 0)) for p in places]
    weighted = []
    rows = Territory.objects.filter(
        pk__in=territories.communes_of(territory.pk), latitude__isnull=False, population__gt=0
    ).values_list("pk", "population", "latitude", "longitude")
    for pk, population, latitude, longitude in rows.order_by("pk"):
        here = (float(latitude or 0), float(longitude or 0))
        near = any(distance_km(*here, *spot) < 12 for spot in spots)
        weighted.append((pk, (population or 0) * (20 if near else 1)))
    return weighted


def _equip(world: World, place: Place, number: int, rng: random.Random) -> None:
    """Give a place a mediator, prices, and four weeks of slots on its offers."""
    at = world.opens_at - dt.timedelta(days=14)
    name = FIRST_NAMES[number % len(FIRST_NAMES)]
    unit = _unit(place, name)
    if place.qualified_on is None:
        directory.qualify_place(place=place, on=at.date(), at=at, actor="loop")
    offers = list(Offer.objects.filter(place=place, closed_on=None).order_by("service"))
    for offer in offers:
        if offer.pk not in world.offer_ids:
            world.offer_ids.append(offer.pk)
            _price(offer, place.pk, at)
    asked = [_weight(offer) for offer in offers]
    starts: dict[int, list[dt.datetime]] = defaultdict(list)
    for week in range(WEEKS):
        for weekday in range(5):
            offer = rng.choices(offers, weights=asked)[0]
            day = world.opens_at + dt.timedelta(weeks=week, days=weekday)
            starts[offer.pk] += [day.replace(hour=hour) for hour in HOURS]
    for offer_id, hours in starts.items():
        agenda.publish_slots(
            offer_id=offer_id,
            worker_unit=unit,
            starts=hours,
            minutes=60,
            seats=1,
            at=at,
            actor="loop",
            is_invented=True,
        )


def _weight(offer: Offer) -> int:
    """How much of a mediator's week goes to a service: as people ask for it."""
    return {"procedures": 55, "daily_tools": 33, "employment": 6}.get(offer.service, 2)


def _unit(place: Place, name: str) -> Unit:
    """The agenda of a mediator of this first name at the place, made once."""
    worker, _made = Worker.objects.get_or_create(
        place=place,
        public_name=name,
        defaults={"profession": "médiation numérique", "is_invented": True},
    )
    unit, _made = Unit.objects.get_or_create(
        worker=worker, defaults={"place": place, "kind": UnitKind.WORKER, "name": name}
    )
    return unit


def _price(offer: Offer, rank: int, at: dt.datetime) -> None:
    """One place in five is free; the others ask 20 to 35 € a session, or by the hour."""
    kind = (
        PriceKind.FREE,
        PriceKind.SESSION,
        PriceKind.SESSION,
        PriceKind.HOURLY,
        PriceKind.SESSION,
    )[rank % 5]
    billing.set_price(
        offer_id=offer.pk,
        kind=kind,
        amount_cents=0 if kind == PriceKind.FREE else 2_000 + 250 * (rank % 7),
        from_on=at.date(),
        at=at,
        actor="loop",
    )


def invented_iban(number: int) -> str:
    """A valid French IBAN of a bank code that no bank holds."""
    return str(IBAN.generate("FR", bank_code="99999", account_code=f"{number:011d}"))


def _open_bank_accounts(world: World) -> None:
    at = world.opens_at - dt.timedelta(days=14)
    names = Organisation.objects.in_bulk(world.provider_ids)
    known = set(
        BankAccount.objects.filter(closed_at=None).values_list("organisation_id", flat=True)
    )
    for provider_id in world.provider_ids:
        if provider_id in known:
            continue
        settlement.register_bank_account(
            organisation_id=provider_id,
            iban=invented_iban(provider_id),
            holder_name=names[provider_id].name[:70],
            at=at,
            actor="loop",
        )


def _sign_agreements(world: World) -> None:
    """Two third-party payers, and prescribers who send people."""
    at = world.opens_at - dt.timedelta(days=14)
    family = organisation("CAF (démonstration)", OrganisationKind.OPERATOR)
    pension = organisation("Caisse de retraite (démonstration)", OrganisationKind.OPERATOR)
    for payer, rate, cap in ((family, 500_000, 1_000), (pension, 333_333, None)):
        known = Agreement.objects.filter(promiser=payer, kind=AgreementKind.THIRD_PARTY)
        agreement = known.filter(starts_on__lte=at.date()).first() or agreements.sign(
            kind=AgreementKind.THIRD_PARTY,
            title=f"Tiers payant {payer.name}",
            promiser_id=payer.pk,
            counterpart_id=None,
            starts_on=at.date(),
            ends_on=None,
            commitments=[
                agreements.Promise(label="Part de la séance", rate_ppm=rate, cap_cents=cap)
            ],
            at=at,
            actor="loop",
            is_invented=True,
        )
        world.commitment_ids += [c.pk for c in agreement.commitments.order_by("pk")]
    for name in ("CCAS (démonstration)", "France Travail (démonstration)"):
        world.prescriber_ids.append(organisation(name, OrganisationKind.COMMUNE).pk)


def programme_name(territory: Territory, *, opens_at: dt.datetime) -> str:
    """Name of the invented programme that begins with the first slots."""
    return f"Chèques numériques {opens_at:%m/%Y}, {territory.name}"


def _fund(world: World, territory: Territory, persons: int) -> None:
    """One programme, three funders with unequal shares, cash confirmed."""
    at = world.opens_at - dt.timedelta(days=10)
    funders = [
        organisation("Département (démonstration)", OrganisationKind.DEPARTEMENT),
        organisation("État (démonstration)", OrganisationKind.STATE),
        organisation("Fondation (démonstration)", OrganisationKind.FOUNDATION),
    ]
    world.funder_ids = [funder.pk for funder in funders]
    programme: Programme = programmes.create_programme(
        commissioner_id=funders[0].pk,
        name=programme_name(territory, opens_at=world.opens_at),
        territory_ids=[world.territory_id],
        services=[],
        starts_on=at.date(),
        ends_on=at.date() + dt.timedelta(days=365),
        offline_use=True,
        at=at,
        actor="loop",
        is_invented=True,
    )
    world.programme_id = programme.pk
    total = persons * FACE_CENTS * 7 // 10
    for share, funder in zip(FUNDER_SHARES, funders, strict=True):
        amount = total * share // 100 + share
        tranche: Tranche = programmes.promise_tranche(
            programme=programme, funder_id=funder.pk, cap_cents=amount, at=at, actor="loop"
        )
        programmes.confirm_receipt(
            tranche=tranche,
            amount_cents=amount,
            received_on=at.date(),
            bank_reference=f"VIR-{programme.pk}-{funder.pk}",
            at=at,
            actor="loop",
        )
        world.tranche_ids.append(tranche.pk)
