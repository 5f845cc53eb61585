"""What a funder's form is made of, and what filling one gives. Amounts are integer euro cents."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from filiere.rules.funder_forms.facts import type_length

# What a filled field holds: text, cents or another whole number, yes or no, or the rows of a table.
type_value = str | int | bool | list[Any]


class FormFault(ValueError):
    """A form or a question bank is written wrong: the file, its line, the key and why."""

    def __init__(self, origin: str, line: int, key: str, why: str) -> None:
        self.origin, self.line, self.key, self.why = origin, line, key, why
        super().__init__(f"{origin}:{line}: {key}: {why}")


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence in two languages."""

    fr: str
    en: str

    def words(self, language: str = "fr") -> str:
        """Give the sentence in a language, ``fr`` or ``en``."""
        return self.en if language.startswith("en") else self.fr


class Shown(StrEnum):
    """How a value is written for a person."""

    TEXT = "text"
    LONG = "long"  # a paragraph or several
    EUROS = "euros"
    EUROS_WHOLE = "euros_whole"  # rounded to the euro, for forms that refuse cents
    DATE = "date"
    PERCENT = "percent"
    LIST = "list"
    CHECK = "check"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Question:
    """One canonical question. ``limits``: most characters of each length it may be given in."""

    key: str
    theme: str
    label: Words
    help: Words
    limits: Mapping[type_length, int]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: ``total`` adds it up in the last line."""

    key: str
    label: Words
    shown: Shown
    total: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the form. ``limit``: most characters, None when there is none."""

    key: str
    label: Words
    help: Words
    shown: Shown
    required: bool
    limit: int | None
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines, in order."""

    key: str
    title: Words
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class FormSpec:
    """One funder's form. ``schema`` judges the values, ``mapping`` makes them from the facts."""

    key: str
    version: str
    funder: Words
    title: Words
    note: Words
    schema: Mapping[str, Any]
    sections: tuple[Section, ...]
    mapping: Mapping[str, Mapping[str, Any]]
    limits: Mapping[str, Mapping[type_length, int]]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every line of the form, in order."""
        return tuple(field for section in self.sections for field in section.fields)

    def field(self, key: str) -> Field:
        """Give one line by its key; an unknown key is a caller's bug (``LookupError``)."""
        found = {field.key: field for field in self.fields}
        return found[key]

    def choices(self, key: str) -> tuple[str, ...]:
        """Give the only values a field takes; nothing when any will do."""
        return tuple(str(one) for one in self.schema["properties"][key].get("enum", ()))

    def is_tick(self, key: str) -> bool:
        """Tell whether a field is a statement one ticks."""
        return bool(self.schema["properties"][key].get("type") == "boolean")

    def is_asked(self, key: str) -> bool:
        """Tell whether the field can only be answered on this form."""
        return "ask" in self.mapping[key]

    def is_rewordable(self, key: str) -> bool:
        """Tell whether a person may write this field otherwise for this form alone."""
        node = self.mapping[key]
        return any(
            node.keys() & {"ask", "answer", "truncate"} for node in node.get("first", [node])
        )


class Wanting(StrEnum):
    """Where what is missing must be given."""

    BANK = "bank"  # a question of the bank: once for every funder
    FACTS = "facts"  # the project file or the organisation
    FORM = "form"  # this form alone


@dataclass(frozen=True, slots=True)
class Missing:
    """A required field without a value. ``path``: question or fact that would fill it."""

    field: str
    wanting: Wanting
    path: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A text shortened at the end of a word: ``lost`` is what the funder will not read."""

    field: str
    limit: int
    lost: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A value the funder's form refuses. ``code``: keyword of JSON Schema; ``limit``: its value."""

    field: str
    code: str
    limit: str


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form filled as far as the facts go."""

    spec: FormSpec
    values: Mapping[str, type_value]
    required: int
    filled: int
    missing: tuple[Missing, ...]
    cuts: tuple[Cut, ...]
    problems: tuple[Problem, ...]

    @property
    def percent(self) -> int:
        """Share of the required fields that are filled, 0 to 100, rounded down."""
        return 100 if self.required == 0 else self.filled * 100 // self.required

    @property
    def is_ready(self) -> bool:
        """Tell whether nothing is missing and nothing is refused."""
        return not self.missing and not self.problems
