"""Giving each line of a file its commune, from what the line says: code, name, postcode.

Many lines at once, in three queries. How a commune was found is told, so that a guess can be
reported and a disagreement seen.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from filiere.rules.text import fold, similar
from filiere.territories.models import FormerCommune, Kind, Territory

_CEDEX = re.compile(r"\bcedex\b.*$")
_RANK = re.compile(r"\s+\d{1,2}\s*(?:er|e|eme|nd|nde)?(?:\s+arrondissement)?$")
_ALIKE = 0.45
# Corsican postcodes begin with the former number of the island.
_POSTAL = {"2A": "20", "2B": "20"}


class How(StrEnum):
    """How the commune was found; those after NAME deserve a second look."""

    CODE = "code"
    NAME = "name"
    FORMER_CODE = "former_code"
    FORMER_NAME = "former_name"
    ALIKE = "name_alike"
    POSTCODE = "postcode_only"
    DEPARTEMENT = "name_in_departement"
    CODE_DISAGREES = "code_disagrees"
    UNKNOWN = "commune_unknown"


@dataclass(frozen=True, slots=True)
class Written:
    """What one line says of its commune; blank or None when it says nothing."""

    code: str | None
    name: str
    postcode: str | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """The commune of one line: its id (None when none fits) and how it was found."""

    territory_id: int | None
    how: How


@dataclass(frozen=True, slots=True)
class _Commune:
    """What is needed of one territory to recognise it."""

    pk: int
    folded: str
    kind: str
    departement: str
    postcodes: frozenset[str]


def resolve(lines: Sequence[Written]) -> list[Resolution]:
    """Give each line its commune or arrondissement, in the order of the lines.

    Tried in turn: official code, former code, name with postcode, former name with postcode,
    like name at the postcode, only commune of that name in the département (for CEDEX and wrong
    postcodes), only commune at the postcode. Never two possible answers: then it is unknown.
    """
    known = _Known(lines)
    return [known.find(line) for line in lines]


def _key(name: str) -> str:
    """Reduce a written name: no CEDEX, no rank of arrondissement."""
    return _RANK.sub("", _CEDEX.sub("", fold(name)).strip())


class _Known:
    """The communes that a set of lines may mean."""

    def __init__(self, lines: Sequence[Written]) -> None:
        codes = {line.code for line in lines if line.code}
        names = {_key(line.name) for line in lines if line.name}
        postcodes = sorted({line.postcode for line in lines if line.postcode})
        former = list(
            FormerCommune.objects.filter(Q(code__in=codes) | Q(folded__in=names - {""}))
            .order_by("code")
            .values_list("code", "folded", "commune_id")
        )
        self.by_former_code = {code: pk for code, _folded, pk in former}
        self.by_former_name: dict[str, set[int]] = defaultdict(set)
        for _code, folded, pk in former:
            self.by_former_name[folded].add(pk)
        self.by_code: dict[str, _Commune] = {}
        self.by_id: dict[int, _Commune] = {}
        self.by_postcode: dict[str, list[_Commune]] = defaultdict(list)
        self.by_name: dict[str, list[_Commune]] = defaultdict(list)
        wanted = Q(code__in=codes) | Q(folded__in=names) | Q(postcodes__overlap=postcodes)
        self._read(wanted | Q(pk__in={pk for _code, _folded, pk in former}))

    def _read(self, wanted: Q) -> None:
        """Read the communes and index them."""
        rows = Territory.objects.filter(wanted, kind__in=(Kind.COMMUNE, Kind.ARRONDISSEMENT))
        for pk, code, folded, kind, departement, postcodes in rows.order_by("code").values_list(
            "pk", "code", "folded", "kind", "departement__code", "postcodes"
        ):
            commune = _Commune(pk, folded, kind, departement or "", frozenset(postcodes))
            self.by_code[code] = self.by_id[pk] = commune
            self.by_name[_key(folded)].append(commune)
            for postcode in postcodes:
                self.by_postcode[postcode].append(commune)

    def find(self, line: Written) -> Resolution:
        """Find the commune of one line."""
        name = _key(line.name)
        if line.code and (commune := self.by_code.get(line.code)):
            agrees = not name or similar(name, _key(commune.folded)) >= _ALIKE
            agrees = agrees or not line.postcode or line.postcode in commune.postcodes
            agrees = agrees or commune.pk in self.by_former_name.get(name, ())
            return Resolution(commune.pk, How.CODE if agrees else How.CODE_DISAGREES)
        if line.code and line.code in self.by_former_code:
            return Resolution(self.by_former_code[line.code], How.FORMER_CODE)
        return self._by_name(name, line.postcode)

    def _by_name(self, name: str, postcode: str | None) -> Resolution:
        """Find by name and postcode."""
        there = _smallest(self.by_postcode.get(postcode or "", []))
        if same := [commune for commune in there if _key(commune.folded) == name]:
            return _only(same, How.NAME)
        there_ids = {commune.pk for commune in there}
        if merged := self.by_former_name.get(name, set()) & there_ids:
            return _only([self.by_id[pk] for pk in sorted(merged)], How.FORMER_NAME)
        if name and (alike := _most_alike(name, there)):
            return Resolution(alike.pk, How.ALIKE)
        if postcode and name and (named := self._in_departement(name, postcode)):
            return _only(named, How.DEPARTEMENT)
        return _only(there, How.POSTCODE)

    def _in_departement(self, name: str, postcode: str) -> list[_Commune]:
        """Give the communes, or those that merged one, of this name in the département."""
        merged = [self.by_id[pk] for pk in sorted(self.by_former_name.get(name, ()))]
        for communes in (self.by_name.get(name, []), merged):
            found = [
                commune
                for commune in communes
                if commune.kind == Kind.COMMUNE
                and postcode.startswith(_POSTAL.get(commune.departement, commune.departement))
            ]
            if found:
                return found
        return []


def _smallest(communes: list[_Commune]) -> list[_Commune]:
    """Prefer an arrondissement to its whole city, at a postcode of both."""
    return [c for c in communes if c.kind == Kind.ARRONDISSEMENT] or communes


def _only(communes: list[_Commune], how: How) -> Resolution:
    """Give the only commune there is; none or several are unknown."""
    if len(communes) == 1:
        return Resolution(communes[0].pk, how)
    return Resolution(None, How.UNKNOWN)


def _most_alike(name: str, communes: list[_Commune]) -> _Commune | None:
    """Give the commune most like a name, if it is alike enough and alone to be so."""
    longer = [
        commune
        for commune in communes
        if f"{commune.folded} ".startswith(f"{name} ") or name.startswith(f"{commune.folded} ")
    ]
    if len(longer) == 1:
        return longer[0]
    ranked = sorted(
        ((similar(name, _key(commune.folded)), commune.pk, commune) for commune in communes),
        reverse=True,
    )
    if not ranked or ranked[0][0] < _ALIKE:
        return None
    return None if len(ranked) > 1 and ranked[1][0] == ranked[0][0] else ranked[0][2]
