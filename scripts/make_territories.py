"""Make the reference data of territories shipped in filiere/territories/data/.

    python scripts/make_territories.py PACKAGE [--communes CSV] [--departements CSV] [--out DIR]

PACKAGE is the npm package @etalab/decoupage-administratif, as a folder or a .tgz. The two other
files are optional: coordinates and median living standards of communes, shares of people of 75
and over of départements. A value that is blank there is left out, never written as zero. The
same inputs give the same bytes. Sources and licences: filiere/territories/data/README.md.
"""

import argparse
import csv
import gzip
import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parent.parent / "filiere" / "territories" / "data"
TERRITORIES = (
    "kind", "code", "name", "postcodes", "population", "latitude", "longitude",
    "commune", "epci", "departement", "region",
)  # fmt: skip
FORMER = ("code", "name", "commune")
INDICATORS = ("key", "vintage", "kind", "code", "value", "source")
FILOSOFI = "INSEE, Filosofi 2021"
ESTIMATES = "INSEE, estimations de population au 1er janvier 2023"
# Coordinates of other origins are left out: their licence is not stated.
OPEN_COORDINATES = "rcarlier"


def read_package(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Read the JSON files of the package by name, from its folder or its archive."""
    names = ("communes", "departements", "epci", "regions")
    if path.is_dir():
        return {name: json.loads((path / f"data/{name}.json").read_text("utf-8")) for name in names}
    with tarfile.open(path) as archive:
        found = {name: archive.extractfile(f"package/data/{name}.json") for name in names}
        return {name: json.load(file) for name, file in found.items() if file}


def read_csv(path: Path | None) -> list[dict[str, str]]:
    """Read a CSV file, compressed or not; no path, no rows."""
    if path is None:
        return []
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def coordinates(communes: list[dict[str, str]]) -> dict[str, tuple[str, str]]:
    """Give latitude and longitude by commune code, to four decimals (about ten metres)."""
    return {
        row["code"]: (f"{float(row['lat']):.4f}", f"{float(row['lon']):.4f}")
        for row in communes
        if row["coord_source"] == OPEN_COORDINATES and row["lat"] and row["lon"]
    }


def territory_rows(
    package: dict[str, list[dict[str, Any]]], points: dict[str, tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    """Give every territory, containers first."""
    yield {"kind": "nation", "code": "FR", "name": "France"}
    for region in package["regions"]:
        yield {"kind": "region", "code": region["code"], "name": region["nom"]}
    for departement in package["departements"]:
        yield {
            "kind": "departement", "code": departement["code"], "name": departement["nom"],
            "region": departement["region"],
        }  # fmt: skip
    epci_of = {}
    for epci in package["epci"]:
        yield {"kind": "epci", "code": epci["code"], "name": epci["nom"]}
        epci_of.update({member["code"]: epci["code"] for member in epci["membres"]})
    kinds = {"commune-actuelle": "commune", "arrondissement-municipal": "arrondissement"}
    for type_, kind in kinds.items():
        for commune in package["communes"]:
            if commune["type"] != type_:
                continue
            latitude, longitude = points.get(commune["code"], ("", ""))
            yield {
                "kind": kind, "code": commune["code"], "name": commune["nom"],
                "postcodes": " ".join(commune.get("codesPostaux", [])),
                "population": commune.get("population", ""),
                "latitude": latitude, "longitude": longitude,
                "commune": commune.get("commune", ""),
                "epci": epci_of.get(commune.get("commune", commune["code"]), ""),
                "departement": commune["departement"], "region": commune["region"],
            }  # fmt: skip


def former_rows(communes: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Give the communes that were merged: their code, their name if known, their commune now."""
    current = {row["code"]: row for row in communes if row["type"] == "commune-actuelle"}
    told = set()
    for row in communes:
        if row["type"] in {"commune-deleguee", "commune-associee"}:
            told.add(row["code"])
            if current[row["chefLieu"]]["nom"] != row["nom"]:
                yield {"code": row["code"], "name": row["nom"], "commune": row["chefLieu"]}
    for row in current.values():
        for code in row.get("anciensCodes", []):
            if code not in told and code not in current:
                yield {"code": code, "name": "", "commune": row["code"]}


def indicator_rows(
    communes: list[dict[str, str]], departements: list[dict[str, str]]
) -> Iterator[dict[str, str]]:
    """Give the figures known about territories; an unknown figure has no row."""
    for row in communes:
        if median := row["filo_niveau_vie_median_2021"]:
            kind = "arrondissement" if row["type"] == "ARM" else "commune"
            yield {
                "key": "living_standard_median", "vintage": "2021", "kind": kind,
                "code": row["code"], "value": median, "source": FILOSOFI,
            }  # fmt: skip
    for row in departements:
        if row["pop_75_plus_2023"] and row["pop_estimee_2023"]:
            share = float(row["pop_75_plus_2023"]) / float(row["pop_estimee_2023"])
            yield {
                "key": "share_75_plus", "vintage": "2023", "kind": "departement",
                "code": row["code"], "value": f"{share:.4f}", "source": ESTIMATES,
            }  # fmt: skip


def write(path: Path, columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> int:
    """Write a compressed CSV without date, so that the same rows give the same bytes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    path.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))
    return count


def main() -> None:
    """Read the inputs, write the three files, say what was written."""
    parser = argparse.ArgumentParser(description="Make the reference data of territories.")
    parser.add_argument("package", type=Path)
    parser.add_argument("--communes", type=Path)
    parser.add_argument("--departements", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    package = read_package(given.package)
    communes, departements = read_csv(given.communes), read_csv(given.departements)
    files = {
        "territories.csv.gz": (TERRITORIES, territory_rows(package, coordinates(communes))),
        "former-communes.csv.gz": (FORMER, former_rows(package["communes"])),
        "indicators.csv.gz": (INDICATORS, indicator_rows(communes, departements)),
    }
    given.out.mkdir(parents=True, exist_ok=True)
    for name, (columns, rows) in files.items():
        count = write(given.out / name, columns, rows)
        print(f"{name}: {count} rows, {(given.out / name).stat().st_size} bytes")


if __name__ == "__main__":
    main()
