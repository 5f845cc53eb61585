"""The national file of places: one row in, one place out, and back.

Reading is tolerant: both list separators, older columns and values, lost zeros; every repair,
doubt and loss is an ``Issue`` with its column. Writing is strict: the 32 columns, exact labels.

Source: national schema of digital mediation places, version 1.0, and files met since 2020.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from filiere.rules import national_lists as lists
from filiere.rules import national_values as values
from filiere.rules.opening import is_readable


class Severity(StrEnum):
    """What an issue did: refused the row, dropped a value, or kept it with a warning."""

    REFUSED = "refused"
    DROPPED = "dropped"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to tell about a row: column of the standard, severity, stable reason, value."""

    column: str
    severity: Severity
    reason_code: str
    value: str = ""


PERSONAL_DATA = frozenset({"personal_email", "personal_mobile"})
"""Reasons that flag personal data in a public file."""

_REPAIRED = PERSONAL_DATA | {
    "coordinates_swapped", "date_reordered", "leading_zero_restored", "phone_short_number",
    "url_scheme_added",
}  # fmt: skip
_SUMMARY_MAX = 280


@dataclass(frozen=True, slots=True)
class ParsedPlace:
    """One place of the national file; None or an empty tuple means « not stated ».

    Closed lists hold keys of ``national_lists``; ``typologies`` holds codes; coordinates are
    WGS84 degrees. ``issues`` tells everything that was repaired, doubted, dropped or refused.
    """

    producer_id: str
    name: str
    commune_name: str
    pivot: str | None = None
    postcode: str | None = None
    commune_code: str | None = None
    street: str = ""
    street_extra: str = ""
    latitude: float | None = None
    longitude: float | None = None
    typologies: tuple[str, ...] = ()
    phone: str | None = None
    emails: tuple[str, ...] = ()
    websites: tuple[str, ...] = ()
    opening_hours: str = ""
    summary: str = ""
    description: str = ""
    source: str = ""
    itinerance: tuple[str, ...] = ()
    parent_name: str = ""
    updated_on: date | None = None
    services: tuple[str, ...] = ()
    publics: tuple[str, ...] = ()
    special_care: tuple[str, ...] = ()
    fees: tuple[str, ...] = ()
    national_programmes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    other_labels: tuple[str, ...] = ()
    access_modes: tuple[str, ...] = ()
    support_modes: tuple[str, ...] = ()
    accessibility_url: str | None = None
    booking_url: str | None = None
    issues: tuple[Issue, ...] = field(default=(), compare=False)

    @property
    def is_refused(self) -> bool:
        """True when the row lacks what a place cannot do without."""
        return any(issue.severity is Severity.REFUSED for issue in self.issues)


class _Row:
    """One row under its current column names, and the issues met while reading it."""

    def __init__(self, row: Mapping[str, object]) -> None:
        """Rename the columns; the first filled one wins when two are the same."""
        self.issues: list[Issue] = []
        self._cells: dict[str, str] = {}
        for name, cell in row.items():
            column = lists.current_column(str(name)) if name is not None else None
            if column and not self._cells.get(column):
                self._cells[column] = _cell_text(cell)
            elif str(name) == "services_v1":
                self._cells["services_v1"] = _cell_text(cell)

    def text(self, column: str) -> str:
        """Give a cell, trimmed; blank when the column is missing."""
        return self._cells.get(column, "")

    def tell(self, column: str, severity: Severity, reason: str, value: str = "") -> None:
        """Record an issue."""
        self.issues.append(Issue(column, severity, reason, value))

    def read(self, column: str, reader: Callable[[str], values.Read]) -> str | None:
        """Read one single value, telling what happened to it."""
        return self._told(column, self.text(column), reader)

    def _told(self, column: str, text: str, reader: Callable[[str], values.Read]) -> str | None:
        """Read one text, telling what happened to it."""
        found, reason = reader(text)
        if reason:
            kept = reason in _REPAIRED
            self.tell(column, Severity.WARNING if kept else Severity.DROPPED, reason, text)
        return found

    def read_all(
        self, column: str, reader: Callable[[str], values.Read], also: str = ""
    ) -> tuple[str, ...]:
        """Read a list of single values, telling what happened to each; ``also`` separates."""
        written = self.text(column).translate(str.maketrans(also, "|" * len(also)))
        found = (self._told(column, part, reader) for part in lists.split_list(written))
        return tuple(dict.fromkeys(value for value in found if value))

    def keys(self, column: str, *others: str) -> tuple[tuple[str, ...], ...]:
        """Read a closed list; values that belong to another column go there.

        Returns the keys of ``column``, then those found for each of ``others``.
        """
        found: dict[str, list[str]] = {name: [] for name in (column, *others)}
        for part in lists.split_list(self.text(column)):
            for name, keys in found.items():
                if key := lists.key_of(name, part):
                    keys.append(key)
                    break
            else:
                self.tell(column, Severity.DROPPED, "value_unknown", part)
        return tuple(tuple(dict.fromkeys(keys)) for keys in found.values())


def _cell_text(cell: object) -> str:
    """Give the text of a CSV or JSON cell; JSON lists become ``|`` lists."""
    if cell is None:
        return ""
    if isinstance(cell, list | tuple):
        return "|".join(str(item).strip() for item in cell)
    return str(cell).strip()


def parse_row(row: Mapping[str, object]) -> ParsedPlace:
    """Read one row of a file of places.

    A row is refused without identifier, name, or both commune and postcode or code; everything
    else that is missing stays « not stated », and everything wrong is an issue.

    Args:
        row: cells by column name, from CSV (text) or JSON (numbers and lists accepted).

    Returns:
        The place with its issues; check ``is_refused`` before using it.

    Source: national schema, versions 0.1 and 1.0.

    >>> place = parse_row({"id": "7", "nom": "ARQA", "commune": "Aix", "code_postal": "73100"})
    >>> place.name, place.is_refused, place.services
    ('ARQA', False, ())
    """
    cells = _Row(row)
    point, point_reason = values.read_point(cells.text("latitude"), cells.text("longitude"))
    if point_reason:
        kept = Severity.WARNING if point_reason in _REPAIRED else Severity.DROPPED
        written = f"{cells.text('latitude')}, {cells.text('longitude')}"
        cells.tell("latitude", kept, point_reason, written)
    publics, care_too = cells.keys("publics_specifiquement_adresses", "prise_en_charge_specifique")
    (care,) = cells.keys("prise_en_charge_specifique")
    programmes, labels_too = cells.keys("dispositif_programmes_nationaux", "formations_labels")
    (labels,) = cells.keys("formations_labels")
    place = ParsedPlace(
        producer_id=cells.text("id"),
        name=cells.text("nom"),
        commune_name=cells.text("commune"),
        pivot=cells.read("pivot", values.read_pivot),
        postcode=cells.read("code_postal", values.read_postcode),
        commune_code=cells.read("code_insee", values.read_commune_code),
        street=cells.text("adresse"),
        street_extra=cells.text("complement_adresse"),
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        typologies=_typologies(cells),
        phone=_phone(cells),
        emails=cells.read_all("courriels", values.read_email),
        websites=cells.read_all("site_web", values.read_url),
        opening_hours=_hours(cells),
        summary=cells.text("presentation_resume"),
        description=cells.text("presentation_detail"),
        source=cells.text("source"),
        itinerance=cells.keys("itinerance")[0],
        parent_name=cells.text("structure_parente"),
        updated_on=_updated_on(cells),
        services=_services(cells),
        publics=publics,
        special_care=tuple(dict.fromkeys(care + care_too)),
        fees=cells.keys("frais_a_charge")[0],
        national_programmes=programmes,
        labels=tuple(dict.fromkeys(labels + labels_too)),
        other_labels=tuple(lists.split_list(cells.text("autres_formations_labels"))),
        access_modes=cells.keys("modalites_acces")[0],
        support_modes=cells.keys("modalites_accompagnement")[0],
        accessibility_url=cells.read("fiche_acces_libre", values.read_url),
        booking_url=cells.read("prise_rdv", values.read_url),
        issues=(),
    )
    _tell_missing(cells, place)
    object.__setattr__(place, "issues", tuple(cells.issues))
    return place


def _services(cells: _Row) -> tuple[str, ...]:
    """Read the services, from the older list when the current one is blank."""
    (found,) = cells.keys("services")
    if found or not cells.text("services_v1"):
        return found
    older = (lists.key_of("services", part) for part in lists.split_list(cells.text("services_v1")))
    return tuple(dict.fromkeys(key for key in older if key))


def _typologies(cells: _Row) -> tuple[str, ...]:
    """Read the kinds of place."""
    codes = []
    for part in lists.split_list(cells.text("typologie")):
        if code := lists.typology_of(part):
            codes.append(code)
        else:
            cells.tell("typologie", Severity.DROPPED, "value_unknown", part)
    return tuple(dict.fromkeys(codes))


def _phone(cells: _Row) -> str | None:
    """Read the telephone; the first valid number of a list is kept, the others told."""
    first, *others = cells.read_all("telephone", values.read_phone, also=",/") or (None,)
    for other in others:
        cells.tell("telephone", Severity.DROPPED, "phone_several", str(other))
    return first


def _hours(cells: _Row) -> str:
    """Read the opening hours; what cannot be understood is kept as text with a warning."""
    written = cells.text("horaires")
    if written and not is_readable(written):
        cells.tell("horaires", Severity.WARNING, "hours_unreadable", written)
    return written


def _updated_on(cells: _Row) -> date | None:
    """Read the day of the last update."""
    found, reason = values.read_date(cells.text("date_maj"))
    if reason:
        kept = Severity.WARNING if reason in _REPAIRED else Severity.DROPPED
        cells.tell("date_maj", kept, reason, cells.text("date_maj"))
    return found


def _tell_missing(cells: _Row, place: ParsedPlace) -> None:
    """Refuse a row without what a place cannot do without; warn of the rest."""
    for column, found in (("id", place.producer_id), ("nom", place.name)):
        if not found:
            cells.tell(column, Severity.REFUSED, "missing")
    if not place.commune_code and not (place.commune_name and place.postcode):
        missing = "code_postal" if place.commune_name else "commune"
        if cells.text(missing):
            cells.tell(missing, Severity.REFUSED, "unusable", cells.text(missing))
        else:
            cells.tell(missing, Severity.REFUSED, "missing")
    for column in ("adresse", "date_maj"):
        if not cells.text(column):
            cells.tell(column, Severity.WARNING, "missing")
    if len(place.summary) > _SUMMARY_MAX:
        cells.tell("presentation_resume", Severity.WARNING, "too_long", place.summary)


def to_row(place: ParsedPlace) -> dict[str, str]:
    """Write a place as a strict row of the standard: 32 columns in order, exact labels.

    Short telephone numbers, which the standard refuses, are left blank; a summary is cut at 280
    characters; an unknown identifier is written with fourteen zeros.

    Args:
        place: the place, from ``parse_row`` or from the directory.

    Returns:
        Cells by column name, in the standard's order.

    Raises:
        KeyError: a key that is in no closed list (a caller's bug).

    Source: national schema, version 1.0.

    >>> to_row(ParsedPlace("7", "ARQA", "Aix", fees=("free",)))["frais_a_charge"]
    'Gratuit'
    """
    phone = place.phone or ""
    single = {
        "id": place.producer_id,
        "pivot": place.pivot or values.NO_PIVOT,
        "nom": place.name,
        "commune": place.commune_name,
        "code_postal": place.postcode or "",
        "code_insee": place.commune_code or "",
        "adresse": place.street,
        "complement_adresse": place.street_extra,
        "latitude": "" if place.latitude is None else repr(place.latitude),
        "longitude": "" if place.longitude is None else repr(place.longitude),
        "telephone": phone if phone.startswith("+") else "",
        "horaires": place.opening_hours if is_readable(place.opening_hours) else "",
        "presentation_resume": place.summary[:_SUMMARY_MAX],
        "presentation_detail": place.description,
        "source": place.source,
        "structure_parente": place.parent_name,
        "date_maj": place.updated_on.isoformat() if place.updated_on else "",
        "fiche_acces_libre": place.accessibility_url or "",
        "prise_rdv": place.booking_url or "",
        "typologie": "|".join(place.typologies),
        "courriels": "|".join(place.emails),
        "site_web": "|".join(place.websites),
        "autres_formations_labels": "|".join(place.other_labels),
    }
    cells = single | {column: _labels(column, keys) for column, keys in _closed(place).items()}
    return {column: cells[column] for column in lists.columns()}


def _closed(place: ParsedPlace) -> dict[str, tuple[str, ...]]:
    """Give the keys of a place by column with a closed list."""
    return {
        "itinerance": place.itinerance,
        "services": place.services,
        "publics_specifiquement_adresses": place.publics,
        "prise_en_charge_specifique": place.special_care,
        "frais_a_charge": place.fees,
        "dispositif_programmes_nationaux": place.national_programmes,
        "formations_labels": place.labels,
        "modalites_acces": place.access_modes,
        "modalites_accompagnement": place.support_modes,
    }


def _labels(column: str, keys: tuple[str, ...]) -> str:
    """Write a closed list with the exact labels of the standard."""
    return "|".join(lists.label_of(column, key) for key in keys)
