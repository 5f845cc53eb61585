"""Common online procedures and the operators that put them online.

Who sends people to mediation, and for which procedure, is the base of contributions.

Source: names of public bodies and of their procedures; ``data/procedures.yaml``.
"""

from dataclasses import dataclass
from functools import cache

from filiere.rules.parameters import load_yaml


@dataclass(frozen=True, slots=True)
class Operator:
    """A body that runs online procedures."""

    key: str
    fr: str
    en: str

    def label(self, language: str = "fr") -> str:
        """Give its name in a language, ``fr`` or ``en``."""
        return self.en if language.startswith("en") else self.fr


@dataclass(frozen=True, slots=True)
class Procedure:
    """An online procedure: its operator, and the service of the standard that helps with it."""

    key: str
    operator: str
    service: str
    fr: str
    en: str

    def label(self, language: str = "fr") -> str:
        """Give its name in a language, ``fr`` or ``en``."""
        return self.en if language.startswith("en") else self.fr


@cache
def all_operators() -> tuple[Operator, ...]:
    """Give the operators, in the order of the file.

    Source: ``data/procedures.yaml``.

    >>> all_operators()[0].label("en")
    'Family benefits office (CAF)'
    """
    named = load_yaml("procedures.yaml")["operators"]
    return tuple(Operator(key=key, fr=raw["fr"], en=raw["en"]) for key, raw in named.items())


@cache
def all_procedures() -> tuple[Procedure, ...]:
    """Give the procedures, in the order of the file.

    Source: ``data/procedures.yaml``.

    >>> all_procedures()[0].operator
    'caf'
    """
    return tuple(
        Procedure(
            key=raw["key"],
            operator=raw["operator"],
            service=raw["service"],
            fr=raw["fr"],
            en=raw["en"],
        )
        for raw in load_yaml("procedures.yaml")["procedures"]
    )


def procedure(key: str) -> Procedure | None:
    """Find a procedure by its key; None when there is none.

    Source: ``data/procedures.yaml``.

    >>> procedure("tax_return").operator
    'impots'
    """
    return next((found for found in all_procedures() if found.key == key), None)


def operator(key: str) -> Operator | None:
    """Find an operator by its key; None when there is none.

    Source: ``data/procedures.yaml``.

    >>> operator("msa").fr
    'MSA'
    """
    return next((found for found in all_operators() if found.key == key), None)
