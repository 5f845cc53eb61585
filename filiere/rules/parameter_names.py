"""What each parameter is in words, and how its value reads, in French and in English.

Source: ``data/parameter_names.yaml``, our own words.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from filiere.rules.assistants.wording import euros, number, percent, typeset
from filiere.rules.parameters import load_yaml

Value = int | Fraction | tuple[str, ...]
SHARES = ("share of", "highest share", "product per inhabitant", "ratio of shares")
YES_NO = {"fr": ("non", "oui"), "en": ("no", "yes")}
EU_TEXT = "Regulation (EU)"


def _words(part: str, key: str, language: str) -> str:
    raw: Mapping[str, Any] = load_yaml("parameter_names.yaml")[part].get(key, {})
    return str(raw.get("en", key)) if language.startswith("en") else typeset(raw.get("fr", key))


def name_of(key: str, language: str = "fr") -> str:
    """Give the name of a parameter; its key when it has none.

    >>> name_of("vat.normal_rate", "en")
    'Normal rate'
    """
    return _words("names", key, language)


def group_of(key: str) -> str:
    """Give the group a parameter is of: the first part of its key.

    >>> group_of("eu.flat_rate.direct")
    'eu'
    """
    return key.partition(".")[0]


def group_words(group: str, language: str = "fr") -> str:
    """Give the name of a group.

    >>> group_words("subsidy", "en")
    'Subsidies'
    """
    return _words("groups", group, language)


def source_words(source: str, language: str = "fr") -> str:
    """Write a source or a legal reference; most are in French already.

    >>> source_words("Regulation (EU) 360/2012, then Regulation (EU) 2023/2832")
    'Règlement (UE) 360/2012, puis Règlement (UE) 2023/2832'
    """
    if language.startswith("en"):
        return source
    known: Mapping[str, str] = load_yaml("parameter_names.yaml")["sources"]
    if source in known:
        return typeset(known[source])
    if EU_TEXT in source:
        return source.replace(EU_TEXT, known[EU_TEXT]).replace(", then ", f", {known['then']} ")
    return typeset(source)


def value_words(key: str, unit: str, value: Value | None, language: str = "fr") -> str:
    """Write a value by its unit: euros, percent, yes or no, a number, a list; blank for an end.

    >>> value_words("donation.company_rate", "share of the gifts", Fraction(3, 5), "en")
    '60%'
    >>> value_words("de_minimis.ceiling_cents", "euro cents", 30_000_000, "en")
    '€300,000'
    """
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(value)
    if key.endswith("_cents") and isinstance(value, int):
        return euros(value, language)
    if unit.startswith(SHARES):
        return percent(value, language)
    if unit.startswith(("1 =", "0 =")):
        return YES_NO["en" if language.startswith("en") else "fr"][bool(value)]
    return number(value, language) if isinstance(value, int) else _decimal(value, language)


def _decimal(value: Fraction, language: str) -> str:
    """Write a number to the thousandth."""
    thousandths = round(value * 1000)
    text = f"{thousandths // 1000}.{thousandths % 1000:03}".rstrip("0").rstrip(".")
    return text if language.startswith("en") else text.replace(".", ",")
