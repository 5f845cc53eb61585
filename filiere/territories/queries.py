"""Finding territories by what people write, and asking what contains what and what is known."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from filiere.rules.fragility import CommuneFacts
from filiere.rules.geo import bounding_box, distance_km
from filiere.rules.text import fold, similar
from filiere.territories.errors import TerritoryUnknown
from filiere.territories.indicators import LIVING_STANDARD, SHARE_75_PLUS
from filiere.territories.models import FormerCommune, IndicatorValue, Kind, Territory
from filiere.territories.resolution import Resolution, Written, resolve

__all__ = [
    "INHABITED", "Match", "Resolution", "Written", "around", "by_code", "communes_of", "contains",
    "find_commune", "fragility_facts", "indicators_of", "latest", "living_standards", "resolve",
    "suggest", "within",
]  # fmt: skip

INHABITED = (Kind.COMMUNE, Kind.ARRONDISSEMENT)
_POSTCODE = re.compile(r"(?<!\d)(\d{5})(?!\d)")
_ARRONDISSEMENT = re.compile(
    r"^(paris|lyon|marseille)\s+(\d{1,2})\s*(?:er|e|eme|nd|nde)?(?:\s+arrondissement)?$"
)
# First official code of the arrondissements of each city, less one, and how many there are.
_CITIES = {"paris": (75100, 20), "lyon": (69380, 9), "marseille": (13200, 16)}
_CANDIDATES = 60


@dataclass(frozen=True, slots=True)
class Match:
    """One commune or arrondissement that what was written may mean, best first.

    ``likeness`` runs from 0 to 1; ``is_exact`` is true for the same name (accents and case
    aside), or the very postcode; ``former_name`` is the merged commune that was written.
    """

    territory_id: int
    code: str
    name: str
    kind: str
    departement_code: str
    departement_name: str
    postcodes: tuple[str, ...]
    population: int | None
    latitude: float | None
    longitude: float | None
    likeness: float
    is_exact: bool
    former_name: str = ""

    @property
    def label(self) -> str:
        """Name and postcode, or name and département when there are several postcodes."""
        mark = self.postcodes[0] if len(self.postcodes) == 1 else self.departement_name
        return f"{self.name} ({mark})" if mark else self.name


def find_commune(
    text: str,
    *,
    postcode: str | None = None,
    near: tuple[float, float] | None = None,
    limit: int = 8,
) -> list[Match]:
    """Find the communes someone may mean: accents, hyphens, St, and small mistakes forgiven.

    A postcode may stand alone or beside the name. Arrondissements of Paris, Lyon and Marseille
    are found by « Paris 13 », « 75013 » or « Marseille 1er ». Order: same name, then same
    beginning, then likeness; among equals the nearest to ``near``, then the most inhabited.

    Args:
        text: what was written; may hold a postcode.
        postcode: five digits, when asked apart.
        near: latitude and longitude in degrees, to prefer among equals.
        limit: at most so many matches.

    Returns:
        Matches, best first; empty when nothing is alike. Two or three queries.
    """
    found = _POSTCODE.search(text)
    postcode = postcode or (found[1] if found else None)
    name = fold(_POSTCODE.sub(" ", text)).strip(" ,()")
    candidates = []
    if postcode and (not name or name in _CITIES):
        candidates = _at_postcode(postcode)
    if name and not candidates:
        candidates = _named(name, postcode)
    if not candidates and postcode:
        candidates = _at_postcode(postcode, is_exact=not name)
    if not candidates and name and postcode:
        candidates = _named(name, None)
    ranked = sorted(candidates, key=lambda match: _rank(match, name, near))
    return ranked[:limit]


def suggest(text: str, limit: int = 8) -> list[Match]:
    """Complete what is being typed, from two characters on; see ``find_commune``."""
    return find_commune(text, limit=limit) if len(text.strip()) > 1 else []


def _rank(match: Match, name: str, near: tuple[float, float] | None) -> tuple[object, ...]:
    """Give the sort key of a match."""
    folded = fold(match.former_name or match.name)
    distance = 0.0
    if near:
        known = match.latitude is not None and match.longitude is not None
        distance = (
            distance_km(*near, match.latitude or 0.0, match.longitude or 0.0) if known else 1e6
        )
    begins = bool(name) and folded.startswith(name)
    likeness = 1.0 if begins or match.is_exact else round(match.likeness, 2)
    return (
        not match.is_exact, bool(match.former_name), not begins, -likeness, distance,
        -(match.population or 0), match.code,
    )  # fmt: skip


def _named(name: str, postcode: str | None) -> list[Match]:
    """Find by name: one arrondissement, or what looks alike and what begins alike."""
    inhabited = Territory.objects.filter(kind__in=INHABITED)
    if arrondissement := _arrondissement_code(name):
        return _matches(inhabited.filter(code=arrondissement).order_by("code"), name, is_exact=True)
    if postcode:
        inhabited = inhabited.filter(postcodes__contains=[postcode])
    alike = inhabited.filter(folded__trigram_similar=name)
    alike = alike.order_by(TrigramSimilarity("folded", name).desc(), "code")
    begins = inhabited.filter(folded__startswith=name)
    if name.split(maxsplit=1)[0] not in _CITIES:
        begins = begins.filter(kind=Kind.COMMUNE)
    begins = begins.order_by(F("population").desc(nulls_last=True), "code")
    found = {match.territory_id: match for match in _matches(alike, name) + _matches(begins, name)}
    exact = {pk for pk, match in found.items() if match.is_exact}
    found |= {match.territory_id: match for match in _formerly(name, postcode, exact)}
    return list(found.values())


def _formerly(name: str, postcode: str | None, known: Collection[int]) -> list[Match]:
    """Find the communes that merged one of this name."""
    former = dict(
        FormerCommune.objects.filter(folded=name)
        .exclude(commune__in=known)
        .order_by("code")
        .values_list("commune_id", "name")[:_CANDIDATES]
    )
    if not former:
        return []
    communes = Territory.objects.filter(pk__in=former)
    if postcode:
        communes = communes.filter(postcodes__contains=[postcode])
    return _matches(communes.order_by("code"), name, is_exact=True, former=former)


def _at_postcode(postcode: str, *, is_exact: bool = True) -> list[Match]:
    """Find by postcode alone; an arrondissement is preferred to its whole city."""
    there = Territory.objects.filter(kind__in=INHABITED, postcodes__contains=[postcode])
    found = _matches(there.order_by("code"), "", is_exact=is_exact)
    arrondissements = [match for match in found if match.kind == Kind.ARRONDISSEMENT]
    return arrondissements or found


def _arrondissement_code(name: str) -> str | None:
    """Give the official code of « paris 13 », « lyon 3e », « marseille 1er »."""
    found = _ARRONDISSEMENT.match(name)
    if not found:
        return None
    base, count = _CITIES[found[1]]
    return str(base + int(found[2])) if 1 <= int(found[2]) <= count else None


def _matches(
    territories: QuerySet[Territory],
    name: str,
    *,
    is_exact: bool = False,
    former: dict[int, str] | None = None,
) -> list[Match]:
    """Read the first territories into matches; exact when told, or of the very name."""
    return [
        Match(
            territory_id=found.pk,
            code=found.code,
            name=found.name,
            kind=found.kind,
            departement_code=found.departement.code if found.departement else "",
            departement_name=found.departement.name if found.departement else "",
            postcodes=tuple(found.postcodes),
            population=found.population,
            latitude=None if found.latitude is None else float(found.latitude),
            longitude=None if found.longitude is None else float(found.longitude),
            likeness=1.0 if is_exact else similar(name, found.name),
            is_exact=is_exact or found.folded == name,
            former_name=(former or {}).get(found.pk, ""),
        )
        for found in territories.select_related("departement")[:_CANDIDATES]
    ]


def within(territory: Territory | int, path: str = "") -> Q:
    """Give the condition « lies in this territory », for rows that point to a commune.

    Args:
        territory: any level, or its id; a perimeter holds what its members hold.
        path: lookup that leads to the commune, with its ``__`` (``"place__commune__"``); blank
            when the rows are the territories themselves.

    Raises:
        Territory.DoesNotExist: no territory has this id.
    """
    if isinstance(territory, int):
        territory = Territory.objects.get(pk=territory)
    if territory.kind == Kind.NATION:
        return Q(**{f"{path}kind__in": INHABITED})
    roots = [territory.pk]
    if territory.kind == Kind.PERIMETER:
        roots = list(territory.members.order_by("pk").values_list("pk", flat=True))
    names = ("pk", "commune", "epci", "departement", "region")
    lies = Q()
    for name in names:
        lies |= Q(**{f"{path}{name}__in": roots})
    return lies & Q(**{f"{path}kind__in": INHABITED})


def contains(territory: Territory | int, commune: Territory | int) -> bool:
    """Tell whether a commune or arrondissement lies in a territory; one lies in itself."""
    pk = commune if isinstance(commune, int) else commune.pk
    return Territory.objects.filter(within(territory), pk=pk).exists()


def communes_of(territory_id: int) -> QuerySet[Territory]:
    """Give the whole communes of a territory, by name; an arrondissement gives itself."""
    territory = Territory.objects.get(pk=territory_id)
    if territory.kind == Kind.ARRONDISSEMENT:
        return Territory.objects.filter(pk=territory_id).order_by("folded", "code")
    communes = Territory.objects.filter(within(territory), kind=Kind.COMMUNE)
    return communes.order_by("folded", "code")


def around(
    latitude: float, longitude: float, radius_km: float, *, limit: int = 40
) -> list[tuple[Territory, float]]:
    """Give the communes whose centre lies within a radius, nearest first, with kilometres."""
    box = bounding_box(latitude, longitude, radius_km)
    inside = Territory.objects.filter(
        kind__in=INHABITED,
        latitude__range=(box.south, box.north),
        longitude__range=(box.west, box.east),
    ).order_by("code")
    measured = (
        (found, distance_km(latitude, longitude, float(found.latitude), float(found.longitude)))
        for found in inside
        if found.latitude is not None and found.longitude is not None
    )
    near = [pair for pair in measured if pair[1] <= radius_km]
    return sorted(near, key=lambda pair: (pair[1], pair[0].code))[:limit]


def indicators_of(territory_id: int) -> list[IndicatorValue]:
    """Give what is known of a territory: the latest value of each indicator, by key."""
    return list(
        IndicatorValue.objects.filter(territory=territory_id)
        .order_by("key", "-vintage")
        .distinct("key")
    )


def latest(key: str, territory_ids: Collection[int]) -> dict[int, Decimal]:
    """Give the latest value of one indicator by territory; the unknown ones are absent."""
    return dict(
        IndicatorValue.objects.filter(key=key, territory__in=territory_ids)
        .order_by("territory", "-vintage")
        .distinct("territory")
        .values_list("territory", "value")
    )


def living_standards(commune_ids: Iterable[int]) -> dict[int, int | None]:
    """Give the median living standard of communes, in euros a year; None when not published.

    An arrondissement is given the median of its whole city, as rule 2026-1 counts it.
    """
    owners = dict(
        Territory.objects.filter(pk__in=set(commune_ids))
        .order_by("pk")
        .values_list("pk", Coalesce("commune", "pk"))
    )
    known = latest(LIVING_STANDARD, set(owners.values()))
    return {
        pk: int(known[owner]) if owner in known else None for pk, owner in sorted(owners.items())
    }


def fragility_facts(territory_id: int) -> list[CommuneFacts]:
    """Give what rule 2026-1 needs of each whole commune of a territory; three to five queries.

    Communes without a published population are left out: they cannot be counted.
    """
    communes = list(
        communes_of(territory_id)
        .exclude(population=None)
        .values_list("pk", "population", "departement")
    )
    medians = latest(LIVING_STANDARD, [pk for pk, _population, _departement in communes])
    shares = latest(SHARE_75_PLUS, {departement for *_rest, departement in communes if departement})
    return [
        CommuneFacts(
            population=population or 0,
            living_standard=int(medians[pk]) if pk in medians else None,
            share_75_plus=Fraction(shares[departement]) if departement in shares else None,
        )
        for pk, population, departement in communes
    ]


def by_code(text: str) -> Territory:
    """Give a territory by its official code, as a person types it.

    Args:
        text: ``23`` (département), ``23096`` (commune), ``246200364`` (EPCI), or with the level
            when the code alone is not enough: ``region:75``.

    Raises:
        TerritoryUnknown: no territory bears this code.
    """
    kind, _colon, code = text.strip().rpartition(":")
    kinds = [kind] if kind else [Kind.DEPARTEMENT, Kind.COMMUNE, Kind.EPCI, Kind.ARRONDISSEMENT]
    found = {one.kind: one for one in Territory.objects.filter(kind__in=kinds, code=code)}
    for level in kinds:
        if level in found:
            return found[level]
    raise TerritoryUnknown(code=text)
