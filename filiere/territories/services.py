"""Loading territories: the reference data we ship, and files of communes with indicators."""

import csv
import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.kernel.tables import Row, Table, read_table
from filiere.rules import geo
from filiere.territories import indicators, loading
from filiere.territories.errors import ReferenceNotLoaded, TerritoryColumnsMissing
from filiere.territories.loading import IndicatorRow, TerritoryRow
from filiere.territories.models import Kind, Territory

type_progress = Callable[[int, int], None]

_CODE = re.compile(r"^(\d{2}|2[AB])\d{3}$")
_POSTCODE = re.compile(r"^\d{5}$")
_REQUIRED = ("code", "nom", "dep")
_KNOWN = frozenset(
    ("code", "nom", "dep", "reg", "type", "commune_parente", "epci", "codes_postaux", "population",
     "lat", "lon")
)  # fmt: skip
_LARGEST = Decimal(10) ** 11


@dataclass(frozen=True, slots=True)
class Counts:
    """What a load wrote; all zero when everything was already there."""

    territories_created: int
    territories_updated: int
    former_communes: int
    indicators: int


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to tell about one line: column, severity (refused, dropped, warning), reason."""

    line: int
    column: str
    severity: str
    reason: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class TerritoryImport:
    """The report of one file of communes: lines read and refused, rows written, remarks."""

    read: int
    refused: int
    created: int
    updated: int
    indicators: int
    remarks: tuple[Remark, ...]


@transaction.atomic
def load_reference(*, progress: type_progress | None = None) -> Counts:
    """Load the territories, former communes and indicators shipped with Filière.

    Idempotent: what is already there and equal is not written. Takes a few seconds.

    Args:
        progress: called with (steps done, steps in all) after each of the three files.
    """
    tell = progress or (lambda _done, _total: None)
    created, updated = loading.write_territories(
        TerritoryRow(
            **{key: row[key] for key in ("kind", "code", "name", "commune", "epci")},
            departement=row["departement"],
            region=row["region"],
            postcodes=tuple(row["postcodes"].split()),
            population=int(row["population"]) if row["population"] else None,
            latitude=row["latitude"] or None,
            longitude=row["longitude"] or None,
        )
        for row in _shipped("territories")
    )
    tell(1, 3)
    former = loading.write_former(
        (row["code"], row["name"], row["commune"]) for row in _shipped("former-communes")
    )
    tell(2, 3)
    figures = loading.write_indicators(
        IndicatorRow(**row | {"vintage": int(row["vintage"])})  # type: ignore[arg-type]
        for row in _shipped("indicators")
    )
    tell(3, 3)
    return Counts(created, updated, former, figures)


def _shipped(name: str) -> Iterator[dict[str, str]]:
    """Read one file of the package."""
    path = files("filiere.territories") / "data" / f"{name}.csv.gz"
    with path.open("rb") as raw, gzip.open(raw, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


@transaction.atomic
def import_territories(
    *, path: Path, at: datetime, actor: str, progress: type_progress | None = None
) -> TerritoryImport:
    """Read a file of communes with their indicators; write all the good lines, or nothing.

    Blank cells stay unknown: they never erase a figure nor write a zero. Idempotent.

    Args:
        path: CSV in UTF-8, compressed or not; columns in docs/reference/territory-data.md.
        at: aware moment of the import, for the audit trail.
        actor: opaque id of who imports.
        progress: called with (lines checked, lines in all).

    Raises:
        TableRefused: the file cannot be read as a table.
        TerritoryColumnsMissing: a column every commune needs is not there.
        ReferenceNotLoaded: the départements are not known yet.
    """
    with path.open("rb") as stream:
        table = read_table(stream, name=path.name)
    if missing := [column for column in _REQUIRED if column not in table.header]:
        raise TerritoryColumnsMissing(name=table.name, columns=", ".join(missing))
    departements = dict(
        Territory.objects.filter(kind=Kind.DEPARTEMENT)
        .order_by("code")
        .values_list("code", "region__code")
    )
    if not departements:
        raise ReferenceNotLoaded
    reader = _Reader(departements)
    reader.check_header(table)
    for done, row in enumerate(table.rows, start=1):
        reader.read(row)
        if progress and (done % 5000 == 0 or done == len(table.rows)):
            progress(done, len(table.rows))
    # Arrondissements need their commune to exist first.
    reader.territories.sort(key=lambda found: found.kind == Kind.ARRONDISSEMENT)
    created, updated = loading.write_territories(reader.territories)
    figures = loading.write_indicators(reader.figures)
    kernel.record(
        actor=actor, action="territories.imported", subject=f"file:{table.sha256[:16]}", at=at,
        created=created, updated=updated, indicators=figures, refused=reader.refused,
    )  # fmt: skip
    return TerritoryImport(
        len(table.rows), reader.refused, created, updated, figures, tuple(reader.remarks)
    )


class _Reader:
    """Turns lines into rows to write, and tells what it could not keep."""

    def __init__(self, departements: dict[str, str]) -> None:
        self.departements = departements
        self.territories: list[TerritoryRow] = []
        self.figures: list[IndicatorRow] = []
        self.remarks: list[Remark] = []
        self.refused = 0
        self._seen: set[str] = set()

    def check_header(self, table: Table) -> None:
        """Tell once of each column that would be lost."""
        for column in table.header:
            if column not in _KNOWN and column not in indicators.BY_COLUMN:
                self.remarks.append(Remark(1, column, "warning", "column_ignored"))

    def read(self, row: Row) -> None:
        """Keep one line, or refuse it with its reason."""
        fault = self._fault(row)
        if fault:
            column, reason = fault
            self.refused += 1
            value = str(row.cells.get(column, ""))[:200]
            self.remarks.append(Remark(row.line, column, "refused", reason, value))
            return
        cells = {column: str(cell or "").strip() for column, cell in row.cells.items()}
        self._seen.add(cells["code"])
        kind = Kind.ARRONDISSEMENT if cells.get("type") == "ARM" else Kind.COMMUNE
        latitude, longitude = self._point(row.line, cells)
        population = self._number(row.line, "population", cells.get("population", ""))
        self.territories.append(
            TerritoryRow(
                kind=kind, code=cells["code"], name=cells["nom"],
                postcodes=self._postcodes(row.line, cells.get("codes_postaux", "")),
                population=None if population is None else int(population),
                latitude=latitude, longitude=longitude,
                commune=cells.get("commune_parente", ""), epci=cells.get("epci", ""),
                departement=cells["dep"], region=self.departements[cells["dep"]],
            )
        )  # fmt: skip
        self._read_figures(row.line, kind, cells)

    def _fault(self, row: Row) -> tuple[str, str] | None:
        """Give the column and reason why a line cannot be kept."""
        if row.fault:
            return "", row.fault
        code, name, departement = (str(row.cells[column] or "").strip() for column in _REQUIRED)
        if not _CODE.match(code):
            return "code", "code_malformed"
        if code in self._seen:
            return "code", "code_twice"
        if not name or len(name) > 120:
            return "nom", "missing" if not name else "too_long"
        if departement not in self.departements:
            return "dep", "departement_unknown"
        return None

    def _read_figures(self, line: int, kind: Kind, cells: dict[str, str]) -> None:
        """Keep the indicators of one line."""
        for column, indicator in indicators.BY_COLUMN.items():
            value = self._number(line, column, cells.get(column, ""), signed=True)
            if value is None or (indicator.zero_is_unknown and value == 0):
                continue
            self.figures.append(
                IndicatorRow(
                    indicator.key, indicator.vintage, kind, cells["code"], str(value),
                    indicator.source,
                )
            )  # fmt: skip

    def _number(self, line: int, column: str, text: str, *, signed: bool = False) -> Decimal | None:
        """Read a figure; blank is unknown, anything else that is no figure is dropped and told."""
        if not text:
            return None
        try:
            value = Decimal(text.replace(",", "."))
        except InvalidOperation:
            value = Decimal("NaN")
        sound = value.is_finite() and abs(value) < _LARGEST
        if not sound or (not signed and (value < 0 or value > 2**31 - 1 or value % 1)):
            self.remarks.append(Remark(line, column, "dropped", "number_malformed", text[:200]))
            return None
        return value

    def _point(self, line: int, cells: dict[str, str]) -> tuple[str | None, str | None]:
        """Read coordinates; outside France they are dropped and told."""
        texts = cells.get("lat", ""), cells.get("lon", "")
        if not any(texts):
            return None, None
        try:
            latitude, longitude = float(texts[0]), float(texts[1])
        except ValueError:
            latitude = longitude = 0.0
        if not geo.plausible(latitude, longitude):
            written = ", ".join(texts)[:200]
            self.remarks.append(Remark(line, "lat", "dropped", "coordinates_implausible", written))
            return None, None
        return f"{latitude:.5f}", f"{longitude:.5f}"

    def _postcodes(self, line: int, text: str) -> tuple[str, ...]:
        """Read a list of postcodes written with | ; , or spaces."""
        found: dict[str, Any] = dict.fromkeys(re.split(r"[|;,\s]+", text.strip()))
        found.pop("", None)
        for code in [code for code in found if not _POSTCODE.match(code)]:
            del found[code]
            value = code[:200]
            self.remarks.append(
                Remark(line, "codes_postaux", "dropped", "postcode_malformed", value)
            )
        return tuple(found)
