"""What a legal form may sell, which form could instead, and where income cannot be earmarked.

Decision aids: each answer carries its source, the day it holds from and how far it was verified.

Source: ``data/carriers.yaml``, line by line.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from filiere.rules.parameters import Confidence, load_yaml

PRIVATE = "private"


class Sale(StrEnum):
    """What may be sold at a counter."""

    HELP = "help"
    ACCESS = "access"
    GOODS = "goods"
    REPAIR = "repair"
    WEBSITE = "website"


@dataclass(frozen=True, slots=True)
class Worded:
    """A sentence in two languages with where it comes from; to verify when from memory."""

    fr: str
    en: str
    source: str
    confidence: Confidence
    since: date

    def words(self, language: str = "fr") -> str:
        """Give the sentence in a language, ``fr`` or ``en``."""
        return self.en if language.startswith("en") else self.fr

    @property
    def is_to_verify(self) -> bool:
        """Tell whether nobody has read the source yet."""
        return self.confidence == Confidence.MEMORY


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a legal form may make a sale, and why; None when the form is not known."""

    form: str
    sale: Sale
    may: bool | None
    reason: Worded | None


@dataclass(frozen=True, slots=True)
class Earmarking:
    """Whether a carrier can keep income for one use, why, and what else it could do."""

    possible: bool
    reason: Worded
    instead_fr: str
    instead_en: str

    def instead(self, language: str = "fr") -> str:
        """Give what else could be done, blank when nothing is needed."""
        return self.instead_en if language.startswith("en") else self.instead_fr


def _worded(raw: dict[str, Any]) -> Worded:
    return Worded(raw["fr"], raw["en"], raw["source"], Confidence(raw["confidence"]), raw["from"])


@cache
def _families() -> dict[str, str]:
    families: dict[str, list[str]] = load_yaml("carriers.yaml")["families"]
    return {form: family for family, forms in families.items() for form in forms}


def is_public(form: str) -> bool:
    """Tell whether a legal form keeps its money under public accounting, so needs a till.

    >>> is_public("commune"), is_public("association")
    (True, False)
    """
    return _families().get(form, "").endswith("_public")


def sale_name(sale: str, language: str = "fr") -> str:
    """Name a kind of sale.

    >>> sale_name("help", "en")
    'Help, workshop'
    """
    raw = load_yaml("carriers.yaml")["sales"][sale]
    return str(raw["en" if language.startswith("en") else "fr"])


def form_name(form: str, language: str = "fr") -> str:
    """Name a legal form as a sentence does.

    >>> form_name("commune", "en")
    'a commune'
    """
    raw = load_yaml("carriers.yaml")["forms"][form]
    return str(raw["en" if language.startswith("en") else "fr"])


def known_forms() -> tuple[str, ...]:
    """Give every legal form that has verdicts, in the order of the file."""
    return tuple(_families())


def sale_of(service: str) -> Sale:
    """Give the kind of sale of a service of the national list; an unknown one is help.

    >>> sale_of("equipment")
    <Sale.GOODS: 'goods'>
    """
    for sale, raw in load_yaml("carriers.yaml")["sales"].items():
        if service in raw["services"]:
            return Sale(sale)
    return Sale.HELP


def may_sell(form: str, sale: str, on: date) -> Verdict:
    """Judge one sale of one legal form on a day.

    Args:
        form: a value of ``OrganisationKind``.
        on: reference day; a reason younger than it does not hold yet.

    Returns:
        A verdict whose ``may`` is None when nothing is known.

    Source: ``data/carriers.yaml``.

    >>> may_sell("commune", "website", date(2026, 11, 22)).may
    False
    """
    data = load_yaml("carriers.yaml")
    family = _families().get(form)
    if family is None:
        return Verdict(form, Sale(sale), None, None)
    may, key = data["verdicts"][family][sale]
    reason = _worded(data["reasons"][key])
    if on < reason.since:
        return Verdict(form, Sale(sale), None, None)
    return Verdict(form, Sale(sale), bool(may), reason)


def forms_that_may(sale: str, on: date) -> tuple[str, ...]:
    """Give the legal forms that may make a sale on a day, those of private law first.

    >>> forms_that_may("website", date(2026, 11, 22))
    ('association', 'cooperative', 'company')
    """
    found = [form for form in _families() if may_sell(form, sale, on).may]
    return tuple(sorted(found, key=is_public))


def earmarking(form: str, on: date) -> Earmarking | None:
    """Tell whether a carrier may keep income for one use; None when nothing is known that day.

    >>> earmarking("commune", date(2026, 11, 22)).possible
    False
    """
    family = _families().get(form)
    if family is None:
        return None
    raw = load_yaml("carriers.yaml")["earmarking"][family if is_public(form) else PRIVATE]
    reason = _worded(raw)
    if on < reason.since:
        return None
    return Earmarking(raw["possible"], reason, raw["instead_fr"], raw["instead_en"])
