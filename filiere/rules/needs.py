"""The finder's needs: what a person comes for, in eight plain answers.

Source: our own wording; services are those of the national standard of places (version 1.0).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from filiere.rules.links import ServiceKind
from filiere.rules.parameters import load_yaml


class NeedGroup(StrEnum):
    """The three groups of the first step: urgent, some time, unsure."""

    URGENT = "urgent"
    TIME = "time"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Need:
    """One need: texts in two languages, icon, services that answer it, level of service."""

    key: str
    group: NeedGroup
    icon: str
    fr: str
    en: str
    example_fr: str
    example_en: str
    services: tuple[str, ...]
    kind: ServiceKind

    def label(self, language: str = "fr") -> str:
        """Give the need in a language, ``fr`` or ``en``."""
        return self.en if language.startswith("en") else self.fr

    def example(self, language: str = "fr") -> str:
        """Give the examples in a language, ``fr`` or ``en``."""
        return self.example_en if language.startswith("en") else self.example_fr


@cache
def all_needs() -> tuple[Need, ...]:
    """Give the eight needs in the order of the page.

    Source: ``data/needs.yaml``.

    >>> [need.key for need in all_needs()][:3]
    ['procedure', 'breakdown', 'scam']
    """
    return tuple(
        Need(
            key=raw["key"],
            group=NeedGroup(raw["group"]),
            icon=raw["icon"],
            fr=raw["fr"],
            en=raw["en"],
            example_fr=raw["example_fr"],
            example_en=raw["example_en"],
            services=tuple(raw["services"]),
            kind=ServiceKind(raw["kind"]),
        )
        for raw in load_yaml("needs.yaml")
    )


def need(key: str) -> Need | None:
    """Find a need by its key; None when there is no such need (a person may type an address).

    Source: ``data/needs.yaml``.

    >>> need("scam").services
    ('safety', 'daily_tools')
    """
    return next((found for found in all_needs() if found.key == key), None)
