"""Set-based writing of territories and indicators: COPY into a temporary table, then upsert.

Nothing is deleted: places and people may point at a commune that a later vintage merged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from filiere.rules.text import fold


@dataclass(frozen=True, slots=True)
class TerritoryRow:
    """One territory to write; None or blank leaves what is already known."""

    kind: str
    code: str
    name: str
    postcodes: tuple[str, ...] = ()
    population: int | None = None
    latitude: str | None = None
    longitude: str | None = None
    commune: str = ""
    epci: str = ""
    departement: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One figure about one territory, in the unit of its key."""

    key: str
    vintage: int
    kind: str
    code: str
    value: str
    source: str


_TERRITORIES_IN = """
    CREATE TEMPORARY TABLE territory_in (
        rank serial, kind text, code text, name text, folded text, postcodes text[],
        population integer, latitude numeric, longitude numeric,
        commune text, epci text, departement text, region text) ON COMMIT DROP"""
_UPSERT = """
    INSERT INTO territories_territory AS known
        (kind, code, name, folded, postcodes, population, latitude, longitude)
    SELECT kind, code, name, folded, postcodes, population, latitude, longitude
    FROM territory_in ORDER BY rank
    ON CONFLICT (kind, code) DO UPDATE SET
        name = excluded.name, folded = excluded.folded,
        postcodes = coalesce(nullif(excluded.postcodes, '{}'), known.postcodes),
        population = coalesce(excluded.population, known.population),
        latitude = coalesce(excluded.latitude, known.latitude),
        longitude = coalesce(excluded.longitude, known.longitude)
    WHERE (known.name, known.folded, known.postcodes, known.population, known.latitude,
           known.longitude) IS DISTINCT FROM
          (excluded.name, excluded.folded,
           coalesce(nullif(excluded.postcodes, '{}'), known.postcodes),
           coalesce(excluded.population, known.population),
           coalesce(excluded.latitude, known.latitude),
           coalesce(excluded.longitude, known.longitude))
    RETURNING id, (xmax = 0)"""
_LINK = """
    UPDATE territories_territory AS known
    SET commune_id = coalesce(found.commune, known.commune_id),
        epci_id = coalesce(found.epci, known.epci_id),
        departement_id = coalesce(found.departement, known.departement_id),
        region_id = coalesce(found.region, known.region_id)
    FROM (SELECT i.kind, i.code, c.id AS commune, e.id AS epci, d.id AS departement, r.id AS region
          FROM territory_in i
          LEFT JOIN territories_territory c ON c.kind = 'commune' AND c.code = i.commune
          LEFT JOIN territories_territory e ON e.kind = 'epci' AND e.code = i.epci
          LEFT JOIN territories_territory d ON d.kind = 'departement' AND d.code = i.departement
          LEFT JOIN territories_territory r ON r.kind = 'region' AND r.code = i.region) AS found
    WHERE known.kind = found.kind AND known.code = found.code
      AND (known.commune_id, known.epci_id, known.departement_id, known.region_id)
          IS DISTINCT FROM
          (coalesce(found.commune, known.commune_id), coalesce(found.epci, known.epci_id),
           coalesce(found.departement, known.departement_id),
           coalesce(found.region, known.region_id))
    RETURNING known.id"""
_INDICATORS_IN = """
    CREATE TEMPORARY TABLE indicator_in (
        key text, vintage integer, kind text, code text, value numeric, source text)
    ON COMMIT DROP"""
_UPSERT_INDICATORS = """
    INSERT INTO territories_indicatorvalue AS known (key, vintage, territory_id, value, source)
    SELECT DISTINCT ON (i.key, i.vintage, t.id) i.key, i.vintage, t.id, round(i.value, 4), i.source
    FROM indicator_in i JOIN territories_territory t ON t.kind = i.kind AND t.code = i.code
    ORDER BY i.key, i.vintage, t.id
    ON CONFLICT (key, vintage, territory_id) DO UPDATE
        SET value = excluded.value, source = excluded.source
    WHERE (known.value, known.source) IS DISTINCT FROM (excluded.value, excluded.source)"""
_FORMER_IN = "CREATE TEMPORARY TABLE former_in (code text, name text, folded text, commune text) ON COMMIT DROP"
_UPSERT_FORMER = """
    INSERT INTO territories_formercommune AS known (code, name, folded, commune_id)
    SELECT i.code, i.name, i.folded, t.id
    FROM former_in i JOIN territories_territory t ON t.kind = 'commune' AND t.code = i.commune
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, folded = excluded.folded,
                                     commune_id = excluded.commune_id
    WHERE (known.name, known.folded, known.commune_id)
          IS DISTINCT FROM (excluded.name, excluded.folded, excluded.commune_id)"""


def write_territories(rows: Iterable[TerritoryRow]) -> tuple[int, int]:
    """Create or update territories by (kind, code); containers come first, or exist.

    Must run inside a transaction. Returns how many were created and how many changed.
    """
    with connection.cursor() as cursor:
        columns = (
            "kind, code, name, folded, postcodes, population, latitude, longitude, "
            "commune, epci, departement, region"
        )
        _copy(
            cursor, "territory_in", _TERRITORIES_IN, columns,
            (
                (r.kind, r.code, r.name, fold(r.name), list(r.postcodes), r.population,
                 r.latitude, r.longitude, r.commune, r.epci, r.departement, r.region)
                for r in rows
            ),
        )  # fmt: skip
        cursor.execute(_UPSERT)
        touched = dict(cursor.fetchall())
        created = {pk for pk, is_new in touched.items() if is_new}
        cursor.execute(_LINK)
        linked = {pk for (pk,) in cursor.fetchall()}
    return len(created), len((touched.keys() | linked) - created)


def write_indicators(rows: Iterable[IndicatorRow]) -> int:
    """Write figures by (key, vintage, territory); return how many were new or changed.

    Must run inside a transaction. A figure about an unknown territory is left out.
    """
    with connection.cursor() as cursor:
        columns = "key, vintage, kind, code, value, source"
        cells = ((r.key, r.vintage, r.kind, r.code, r.value, r.source) for r in rows)
        _copy(cursor, "indicator_in", _INDICATORS_IN, columns, cells)
        cursor.execute(_UPSERT_INDICATORS)
        return int(cursor.rowcount)


def write_former(rows: Iterable[tuple[str, str, str]]) -> int:
    """Write merged communes (code, name, code of the commune now); return how many changed."""
    with connection.cursor() as cursor:
        cells = ((code, name, fold(name), commune) for code, name, commune in rows)
        _copy(cursor, "former_in", _FORMER_IN, "code, name, folded, commune", cells)
        cursor.execute(_UPSERT_FORMER)
        return int(cursor.rowcount)


def _copy(
    cursor: Any, table: str, definition: str, columns: str, rows: Iterable[tuple[Any, ...]]
) -> None:
    """Fill a fresh temporary table."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(definition)
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"ANALYZE {table}")
