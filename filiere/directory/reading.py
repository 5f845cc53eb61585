"""From the lines of a file to places ready to write: parse, shorten, find the commune.

Nothing is lost silently: each line is kept, or refused with its column and reason; each value
that is changed or dropped has its remark. Personal data is flagged, and masked in the report.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from typing import Any

from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

from filiere.directory.models import Severity
from filiere.kernel.tables import Row, Table
from filiere.rules import national_lists as lists
from filiere.rules.national_standard import PERSONAL_DATA, ParsedPlace, parse_row
from filiere.territories.queries import Resolution, Written, resolve

REQUIRED = ("id", "nom")
# Longest text kept: (field, column, characters, what happens beyond).
_LIMITS = (
    ("producer_id", "id", 120, "refused"),
    ("source", "source", 80, "refused"),
    ("name", "nom", 200, "cut"),
    ("street", "adresse", 250, "cut"),
    ("street_extra", "complement_adresse", 250, "cut"),
    ("parent_name", "structure_parente", 200, "cut"),
    ("summary", "presentation_resume", 280, "cut"),
    ("opening_hours", "horaires", 500, "dropped"),
    ("accessibility_url", "fiche_acces_libre", 500, "dropped"),
    ("booking_url", "prise_rdv", 500, "dropped"),
)
_LIST_LIMITS = (
    ("emails", "courriels", 120),
    ("websites", "site_web", 500),
    ("other_labels", "autres_formations_labels", 200),
)
_RNA = re.compile(r"^W[0-9A-Z]\d{8}$")
# How a commune was found, when the finding deserves a second look.
_CERTAIN = frozenset({"code", "name", "former_code", "former_name"})
_VALUE_MAX = 200


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to tell about one line: column, severity, stable reason, value as read."""

    line: int
    source_id: str
    column: str
    severity: Severity
    reason: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class ReadPlace:
    """One good line: the place, its commune, its legal number if valid, and its digest.

    At most one of ``siret``, ``rna`` and ``siren`` is given.
    """

    line: int
    place: ParsedPlace
    commune_id: int
    siret: str | None
    rna: str | None
    siren: str | None
    digest: str


@dataclass(slots=True)
class Reading:
    """What a file holds: the good lines, the number refused, every remark."""

    places: list[ReadPlace] = field(default_factory=list)
    refused: int = 0
    remarks: list[Remark] = field(default_factory=list)


def read_places(table: Table, *, fallback_source: str) -> Reading:
    """Read every line of a file of places.

    Args:
        table: the file; columns of the national standard, of its older version, or of the
            shape with a nested address.
        fallback_source: source of the lines that name neither a source nor a data set.
    """
    reading = Reading()
    for column in lists.unknown_columns([name for name in table.header if name]):
        if column.casefold() not in {"siret", "mediateurs", "n°"}:
            reading.remarks.append(Remark(1, "", column[:60], Severity.WARNING, "column_ignored"))
    parsed: list[tuple[int, ParsedPlace]] = []
    seen: set[tuple[str, str]] = set()
    for row in table.rows:
        place = _parsed(row, fallback_source, reading)
        if place is None:
            reading.refused += 1
            continue
        key = (place.source, place.producer_id)
        if key in seen:
            reading.refused += 1
            reading.remarks.append(
                Remark(row.line, place.producer_id, "id", Severity.REFUSED, "id_twice", key[1])
            )
            continue
        seen.add(key)
        parsed.append((row.line, place))
    _find_communes(parsed, reading)
    return reading


def _parsed(row: Row, fallback_source: str, reading: Reading) -> ParsedPlace | None:
    """Read one line; None when it is refused."""
    if row.fault:
        reading.remarks.append(Remark(row.line, "", "", Severity.REFUSED, row.fault))
        return None
    cells = _flattened(row, reading)
    place = parse_row(cells)
    place = replace(place, source=place.source or str(cells.get("jeu") or "") or fallback_source)
    id_ = place.producer_id[:120]
    for issue in place.issues:
        value = _masked(issue.value) if issue.reason_code in PERSONAL_DATA else issue.value
        reading.remarks.append(
            Remark(
                row.line, id_, issue.column, Severity(issue.severity.value), issue.reason_code,
                value[:_VALUE_MAX],
            )
        )  # fmt: skip
    if place.is_refused:
        return None
    return _shortened(row.line, place, reading)


def _flattened(row: Row, reading: Reading) -> Mapping[str, Any]:
    """Bring the shape with a nested address, and a few other names, to the standard's columns."""
    cells = dict(row.cells)
    address = cells.get("adresse")
    if isinstance(address, dict):
        parts = (address.get(key) for key in ("numero_voie", "repetition", "nom_voie"))
        cells["adresse"] = " ".join(str(part) for part in parts if part)
        for key in ("commune", "code_postal", "code_insee"):
            cells.setdefault(key, address.get(key))
    number = str(cells.pop("N°", None) or "").strip()
    if number and (street := next((n for n in cells if n.casefold() == "adresse"), "")):
        cells[street] = f"{number} {cells[street]}".strip()
    for name in list(cells):
        if name.casefold() == "siret" and not cells.get("pivot"):
            cells["pivot"] = cells.pop(name)
    if cells.pop("mediateurs", None):
        reading.remarks.append(
            Remark(row.line, str(cells.get("id", ""))[:120], "mediateurs", Severity.DROPPED,
                   "personal_names")
        )  # fmt: skip
    return cells


def _masked(value: str) -> str:
    """Hide all but the first character and the domain of a personal address or number."""
    local, at, domain = value.partition("@")
    return f"{local[:1]}…{at}{domain}" if at else f"{value[:4]}…"


def _shortened(line: int, place: ParsedPlace, reading: Reading) -> ParsedPlace | None:
    """Bring each text under its limit; None when an identifier is too long to be kept whole."""
    changes: dict[str, Any] = {}
    for name, column, limit, beyond in _LIMITS:
        text = getattr(place, name) or ""
        if len(text) <= limit:
            continue
        severity = Severity.REFUSED if beyond == "refused" else Severity.DROPPED
        remark = Remark(
            line, place.producer_id[:120], column, severity, "too_long", text[:_VALUE_MAX]
        )
        reading.remarks.append(remark)
        if beyond == "refused":
            return None
        changes[name] = text[:limit].rstrip() if beyond == "cut" else ""
    for name, column, limit in _LIST_LIMITS:
        kept = tuple(value for value in getattr(place, name) if len(value) <= limit)
        if kept != getattr(place, name):
            changes[name] = kept
            remark = Remark(line, place.producer_id, column, Severity.DROPPED, "too_long")
            reading.remarks.append(remark)
    return replace(place, **changes) if changes else place


def _find_communes(parsed: Sequence[tuple[int, ParsedPlace]], reading: Reading) -> None:
    """Give each line its commune; refuse those whose commune is unknown."""
    found = resolve(
        [Written(place.commune_code, place.commune_name, place.postcode) for _line, place in parsed]
    )
    for (line, place), resolution in zip(parsed, found, strict=True):
        _keep(line, place, resolution, reading)


def _keep(line: int, place: ParsedPlace, resolution: Resolution, reading: Reading) -> None:
    """Keep one line in its commune, with the remarks it deserves."""

    def tell(column: str, severity: Severity, reason: str, value: str = "") -> None:
        remark = Remark(line, place.producer_id, column, severity, reason, value[:_VALUE_MAX])
        reading.remarks.append(remark)

    written = " ".join(filter(None, (place.postcode, place.commune_name)))
    if resolution.territory_id is None:
        reading.refused += 1
        tell("commune", Severity.REFUSED, "commune_unknown", written)
        return
    if resolution.how not in _CERTAIN:
        tell("commune", Severity.WARNING, resolution.how.value, written)
    if not place.services:
        tell("services", Severity.WARNING, "no_service")
    if len(place.fees) > 1:
        tell("frais_a_charge", Severity.WARNING, "several_fees", "|".join(place.fees))
    siret = place.pivot if place.pivot and siret_number.is_valid(place.pivot) else None
    rna = place.pivot if place.pivot and _RNA.match(place.pivot) else None
    siren = place.pivot if place.pivot and siren_number.is_valid(place.pivot) else None
    if siren:
        tell("pivot", Severity.WARNING, "pivot_siren", siren)
    elif place.pivot and not siret and not rna:
        tell("pivot", Severity.DROPPED, "pivot_not_siret", place.pivot)
    digest = _digest(place, resolution.territory_id)
    numbers = (siret, rna, siren)
    reading.places.append(ReadPlace(line, place, resolution.territory_id, *numbers, digest))


def _digest(place: ParsedPlace, commune_id: int) -> str:
    """Give the SHA-256 of everything a line says, so that an equal line changes nothing."""
    told = astuple(replace(place, issues=()))
    return hashlib.sha256(repr((told, commune_id)).encode()).hexdigest()
