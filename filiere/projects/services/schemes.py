"""The catalogue of schemes: typed one by one, or read from a list in CSV. Importing twice is once."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction

from filiere.kernel import services as kernel
from filiere.projects.errors import SchemeKnown, SchemeListUnreadable, SourceNotPossible
from filiere.projects.models import FundingKind, Recurrence, Scheme, SchemeImport
from filiere.rules.text import fold
from filiere.territories.models import Kind, Territory

MOST_BYTES = 10_000_000
MOST_LINES = 20_000
COLUMNS = (
    "nom", "lien", "financeurs", "beneficiaires", "types_aide", "aap_ami", "recurrence",
    "date_cloture",
)  # fmt: skip
RECURRENCES = {
    "permanente": Recurrence.PERMANENT,
    "recurrente": Recurrence.RECURRENT,
    "ponctuelle": Recurrence.ONCE,
    "": Recurrence.UNKNOWN,
}
# How a funder's name says which tier it is; the first that fits.
KINDS = (
    (r"\b(commission europeenne|union europeenne|feder|fse)\b", FundingKind.EU),
    (r"\bconseil regional\b|^region\b", FundingKind.REGION),
    (r"\bconseil departemental\b|^departement\b", FundingKind.DEPARTEMENT),
    (r"\b(metropole|communaute de communes|communaute d agglomeration)\b", FundingKind.EPCI),
    (r"^(mairie|commune|ville) ", FundingKind.COMMUNE),
    (r"\bfondation\b", FundingKind.FOUNDATION),
)
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d{2})-(\d{2})")


@dataclass(slots=True)
class _Reading:
    """What is said of the lines so far; ``territories`` are found by their folded names."""

    source: str
    at: datetime
    territories: Mapping[tuple[str, str], Territory]
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("created", "changed", "same", "refused"), 0)
    )
    remarks: list[list[Any]] = field(default_factory=list)

    def remark(self, line: int, code: str, read: str) -> None:
        """Write one thing to be looked at."""
        self.remarks.append([line, code, read[:200]])


@transaction.atomic
def import_schemes(
    *, content: bytes, name: str, source: str, actor: str, at: datetime
) -> SchemeImport:
    """Read a list of schemes, one a line, found again by its address, else by funder and name.

    Terms typed here (rates, ceilings, form) are kept: a list only says what it has columns for.

    Args:
        content: CSV in UTF-8 with the titles of ``COLUMNS``, separated by commas or semicolons; at
            most 10,000,000 bytes and 20,000 lines.
        source: who publishes the list.

    Returns:
        What was added, changed, the same or refused, with remarks: ``[line, code, what was read]``.

    Raises:
        SchemeListUnreadable: too large, not text, or without those titles.
    """
    rows = _rows(content)
    reading = _Reading(source=source, at=at, territories=_territories())
    seen: set[str] = set()
    for number, row in rows:
        _take(reading, number, row, seen)
    done = SchemeImport.objects.create(
        name=name[-120:], sha256=hashlib.sha256(content).hexdigest(), remarks=reading.remarks,
        imported_at=at, imported_by=actor, **reading.counts,
    )  # fmt: skip
    kernel.record(
        actor=actor, action="projects.schemes_imported", subject=f"scheme_import:{done.pk}", at=at,
        **reading.counts,
    )  # fmt: skip
    return done


@transaction.atomic
def save_scheme(*, external_key: str, actor: str, at: datetime, **terms: Any) -> Scheme:
    """Write a scheme and its terms, or change those that are named.

    Args:
        external_key: how it is known, once.
        terms: fields of ``Scheme``.

    Raises:
        SourceNotPossible: a term is unknown, or contradicts another.
    """
    scheme = Scheme.objects.select_for_update().filter(external_key=external_key).first()
    scheme = scheme or Scheme(external_key=external_key, source="filiere")
    known = {one.attname for one in Scheme._meta.concrete_fields} - {"id", "external_key"}
    if unknown := terms.keys() - known:
        raise SourceNotPossible(term=", ".join(sorted(unknown)))
    for name, value in terms.items():
        setattr(scheme, name, value)
    scheme.read_at = at
    try:
        blank = {one.name for one in Scheme._meta.fields if not getattr(scheme, one.attname)}
        scheme.clean_fields(exclude=blank | {"funder", "territory"})
        scheme.validate_constraints()
    except ValidationError as error:
        raise SourceNotPossible(term=", ".join(sorted(error.message_dict))) from error
    scheme.save()
    kernel.record(actor=actor, action="projects.scheme_saved", subject=f"scheme:{scheme.pk}", at=at)
    return scheme


@transaction.atomic
def add_scheme(*, funder_name: str, name: str, actor: str, at: datetime, **terms: Any) -> Scheme:
    """Write a scheme nobody has written yet; to change one, ``save_scheme``.

    Args:
        terms: fields of ``Scheme``.

    Raises:
        SchemeKnown: its funder and name are in the catalogue.
        SourceNotPossible: as ``save_scheme``.
    """
    funder, title = " ".join(funder_name.split()), " ".join(name.split())
    key = _key(terms.get("link", ""), funder, title)
    same = Scheme.objects.filter(funder_name__iexact=funder, name__iexact=title)
    if Scheme.objects.filter(external_key=key).exists() or same.exists():
        raise SchemeKnown(name=title, funder=funder)
    terms |= {"funder_name": funder, "name": title}
    return save_scheme(external_key=key, actor=actor, at=at, **terms)


def _key(link: str, funder: str, name: str) -> str:
    """Say how a scheme is found again: by its address, else by its funder and name."""
    return (link or f"{fold(funder)}|{fold(name)}")[:300]


def kind_of(funder_name: str) -> FundingKind:
    """Tell from its name where a funder's money comes from; the State when nothing else fits.

    >>> kind_of("Conseil départemental de l'Aube").value
    'departement'
    """
    words = fold(funder_name)
    return next((kind for shape, kind in KINDS if re.search(shape, words)), FundingKind.STATE)


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(content) > MOST_BYTES:
        raise SchemeListUnreadable(columns=", ".join(COLUMNS))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SchemeListUnreadable(columns=", ".join(COLUMNS)) from error
    if "\0" in text:
        raise SchemeListUnreadable(columns=", ".join(COLUMNS))
    titles = text.partition("\n")[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if titles.count(";") > 5 else ","
    )
    missing = [one for one in COLUMNS if one not in (reader.fieldnames or ())]
    if missing:
        raise SchemeListUnreadable(columns=", ".join(missing))
    try:
        rows = [(reader.line_num, row) for row in islice(reader, MOST_LINES + 1)]
    except csv.Error as error:
        raise SchemeListUnreadable(columns=", ".join(COLUMNS)) from error
    if len(rows) > MOST_LINES:
        raise SchemeListUnreadable(columns=", ".join(COLUMNS))
    return rows


def _take(reading: _Reading, number: int, row: Mapping[str, Any], seen: set[str]) -> None:
    """Write one line, or say why not."""
    said = {name: " ".join(str(row.get(name) or "").split()) for name in COLUMNS}
    name, funder = said["nom"][:250], said["financeurs"][:200]
    if not name or not funder:
        reading.counts["refused"] += 1
        reading.remark(number, "no_name", said["nom"] or said["lien"])
        return
    link = _link(reading, number, said["lien"])
    key = _key(link, funder, name)
    if key in seen:
        reading.counts["refused"] += 1
        reading.remark(number, "twice", key)
        return
    seen.add(key)
    recurrence = RECURRENCES.get(fold(said["recurrence"]))
    if recurrence is None:
        reading.remark(number, "recurrence_unknown", said["recurrence"])
    written = {
        "name": name,
        "funder_name": funder,
        "link": link,
        "kind": kind_of(funder),
        "beneficiaries": list(_parts(said["beneficiaires"], 120)),
        "aid_types": list(_parts(said["types_aide"], 80)),
        "territory": _territory(reading, funder),
        "recurrence": recurrence or Recurrence.UNKNOWN,
        "is_call": fold(said["aap_ami"]) == "oui",
        "closes_on": _day(reading, number, said["date_cloture"]),
        "source": reading.source[:120],
    }
    try:
        with transaction.atomic():
            reading.counts[_save(key, written, reading.at)] += 1
    except IntegrityError:
        reading.counts["refused"] += 1
        reading.remark(number, "contradicts", name)


def _save(key: str, written: Mapping[str, Any], at: datetime) -> str:
    scheme = Scheme.objects.filter(external_key=key).first()
    if scheme is None:
        Scheme.objects.create(external_key=key, read_at=at, **written)
        return "created"
    changed = [name for name, value in written.items() if getattr(scheme, name) != value]
    if not changed:
        return "same"
    for name in changed:
        setattr(scheme, name, written[name])
    scheme.read_at = at
    scheme.save(update_fields=[*changed, "read_at"])
    return "changed"


def _link(reading: _Reading, number: int, read: str) -> str:
    if not read:
        return ""
    try:
        URLValidator(schemes=["http", "https"])(read)
    except ValidationError:
        reading.remark(number, "link_unreadable", read)
        return ""
    return read[:300]


def _day(reading: _Reading, number: int, read: str) -> date | None:
    """Read ``31/12/2026`` or ``2026-12-31``; anything else is remarked and left blank."""
    if not read:
        return None
    found = _DAY.fullmatch(read)
    try:
        if found is None:
            raise ValueError(read)
        day, month, year, *iso = found.groups()
        if year:
            return date(int(year), int(month), int(day))
        return date(int(iso[0]), int(iso[1]), int(iso[2]))
    except ValueError:
        reading.remark(number, "day_unreadable", read)
        return None


def _parts(read: str, longest: int) -> Iterator[str]:
    return (part.strip()[:longest] for part in read.split(";") if part.strip())


def _territories() -> dict[tuple[str, str], Territory]:
    levels = (Kind.DEPARTEMENT, Kind.REGION)
    found = Territory.objects.filter(kind__in=levels).order_by("pk")
    return {(one.kind, one.folded): one for one in found}


def _territory(reading: _Reading, funder: str) -> Territory | None:
    """Find the département or région a council is of: the longest name its own holds."""
    kind = kind_of(funder)
    words = f" {fold(funder)} "
    named = [
        one
        for (level, name), one in reading.territories.items()
        if level == kind and f" {name} " in words
    ]
    return max(named, key=lambda one: len(one.folded), default=None)
