"""Closed lists of the national standard of places: reading tolerant, writing exact.

Keys are ours and stable; labels are the standard's. Spelling differences of accents, case,
apostrophes, spaces and punctuation are ignored; the older list of fifteen services and other
known spellings are upgraded.

Source: national schema of digital mediation places, version 1.0, written down in
``data/national-standard-1.0.yaml``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from filiere.rules.parameters import load_yaml
from filiere.rules.text import fold

_NOT_LETTERS = re.compile(r"[^0-9a-z]+")
_SEPARATORS = re.compile(r"[|;]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a closed list: our key, the standard's French label, our English label."""

    key: str
    fr: str
    en: str


def _standard() -> Any:
    """Give the parsed file."""
    return load_yaml("national-standard-1.0.yaml")


def _matching_key(text: str) -> str:
    """Reduce a label to letters and digits, for comparison."""
    return _NOT_LETTERS.sub(" ", fold(text)).strip()


def columns() -> tuple[str, ...]:
    """Give the 32 columns of the standard, in its order.

    Source: national schema, version 1.0.

    >>> len(columns()), columns()[0], columns()[-1]
    (32, 'id', 'prise_rdv')
    """
    return tuple(_standard()["columns"])


@cache
def entries(column: str) -> tuple[Entry, ...]:
    """Give the closed list of a column, in the standard's order.

    Args:
        column: name of the column, such as ``services``.

    Returns:
        The entries; empty for a column without closed list.

    Source: national schema, version 1.0.

    >>> [entry.key for entry in entries("frais_a_charge")]
    ['free', 'conditional', 'paid']
    """
    return tuple(
        Entry(key=raw["key"], fr=raw["fr"], en=raw.get("en", raw["fr"]))
        for raw in _standard()["lists"].get(column, ())
    )


@cache
def _key_by_spelling(column: str) -> Mapping[str, str]:
    """Map every known spelling of a column's values to its key."""
    spellings = {}
    for raw in _standard()["lists"].get(column, ()):
        for label in (raw["key"], raw["fr"], *raw.get("aliases", ())):
            spellings[_matching_key(label)] = raw["key"]
    return MappingProxyType(spellings)


def key_of(column: str, text: str) -> str | None:
    """Find the key of a value as a file wrote it.

    A value followed by « : » and an explanation, as older files write, is read without it.

    Args:
        column: name of the column, such as ``modalites_acces``.
        text: the value, whatever its case, accents, apostrophes and spaces.

    Returns:
        The key, or None when the list has no such value.

    Source: national schema, version 1.0, and spellings met in real files.

    >>> key_of("modalites_acces", "CE LIEU N’ACCUEILLE  PAS DE PUBLIC")
    'closed'
    >>> key_of("services", "Prendre en main un ordinateur")
    'daily_tools'
    """
    known = _key_by_spelling(column)
    found = known.get(_matching_key(text))
    return found or known.get(_matching_key(text.partition(":")[0]))


def label_of(column: str, key: str, language: str = "fr") -> str:
    """Give the label of a key; in French it is the exact label of the standard.

    Raises:
        KeyError: the list has no such key.

    Source: national schema, version 1.0; English labels are ours.

    >>> label_of("frais_a_charge", "conditional")
    'Gratuit sous condition'
    """
    for entry in entries(column):
        if entry.key == key:
            return entry.en if language == "en" else entry.fr
    raise KeyError(f"{column} has no key {key}")


def typologies() -> tuple[str, ...]:
    """Give the 92 codes of kinds of places, in the standard's order.

    Source: national schema, version 1.0.

    >>> len(typologies())
    92
    """
    return tuple(_standard()["typologies"])


@cache
def _typology_by_spelling() -> Mapping[str, str]:
    """Map every upper-case spelling of a kind of place to its code."""
    codes = {code.upper(): code for code in typologies()}
    return MappingProxyType(codes | dict(_standard()["typology_aliases"]))


def typology_of(text: str) -> str | None:
    """Find the code of a kind of place, whatever its case; old codes are upgraded.

    Source: national schema, version 1.0.

    >>> typology_of("tiers_lieux"), typology_of("PE"), typology_of("CAFÉ")
    ('TIERS_LIEUX', 'FT', None)
    """
    return _typology_by_spelling().get(text.strip().upper().replace(" ", "_"))


def split_list(text: str) -> list[str]:
    """Cut a list written with ``|`` or ``;``, dropping blanks and repeats, keeping the order.

    Source: national schema (``|``) and its version 0.1 (``;``).

    >>> split_list(" Jeunes| Femmes;;Jeunes ")
    ['Jeunes', 'Femmes']
    """
    return list(dict.fromkeys(part.strip() for part in _SEPARATORS.split(text) if part.strip()))


def current_column(name: str) -> str | None:
    """Give today's name of a column, whatever its case and version.

    Args:
        name: header as a file wrote it.

    Returns:
        The name in the standard, or None when the standard has no such column.

    Source: national schema, versions 0.1 and 1.0.

    >>> current_column("Adresse"), current_column("labels_nationaux"), current_column("X")
    ('adresse', 'dispositif_programmes_nationaux', None)
    """
    plain = fold(name).replace(" ", "_")
    plain = _standard()["old_columns"].get(plain, plain)
    return plain if plain in columns() else None


def unknown_columns(header: list[str]) -> list[str]:
    """List the columns of a file that the standard does not have and that would be lost.

    Args:
        header: column names as the file wrote them.

    Returns:
        The names, in the file's order, without those known to be safe to ignore.

    Source: our own choice: nothing is lost silently.

    >>> unknown_columns(["id", "Adresse", "cle_ban", "Humeur"])
    ['Humeur']
    """
    ignored = set(_standard()["ignored_columns"])
    return [
        name
        for name in header
        if current_column(name) is None and fold(name).replace(" ", "_") not in ignored
    ]
