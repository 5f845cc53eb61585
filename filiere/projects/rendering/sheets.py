"""A filled form as a sheet: parts, lines and tables in reading order, whatever draws it after.

Labels are in the language asked for; values are written as French funders read them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiere.kernel.pdf import CONTROL, NOT_A_CHARACTER
from filiere.rules.funder_forms import wording
from filiere.rules.funder_forms.shape import Column, Field, FilledForm, Shown

# What neither a document nor a workbook may hold; line ends stay.
_NOT_XML = re.compile("[\ufffe\uffff]")
AMOUNTS = (Shown.EUROS, Shown.EUROS_WHOLE)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: its text, and its amount in cents when it is one."""

    text: str
    cents: int | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One field: ``is_waiting`` when it is required and nobody has filled it."""

    key: str
    label: str
    value: Cell
    is_long: bool
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One field that is a table. ``numbers``: positions of the columns of amounts."""

    key: str
    label: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...]
    numbers: frozenset[int]
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and what stands below."""

    title: str
    lines: tuple[Line | Table, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole form. ``warning``: what is still to be filled, blank when nothing is."""

    title: str
    funder: str
    carrier: str
    warning: str
    note: str
    language: str
    parts: tuple[Part, ...]


def clean(text: str) -> str:
    """Take out what no document may hold: control characters, half characters."""
    return _NOT_XML.sub(" ", CONTROL.sub(" ", NOT_A_CHARACTER.sub("\ufffd", text)))


def sheet_of(filled: FilledForm, *, language: str = "fr") -> Sheet:
    """Lay a filled form out.

    Args:
        language: of the labels, ``fr`` or ``en``.
    """
    with translation.override(language):
        spec = filled.spec
        return Sheet(
            title=spec.title.words(language),
            funder=spec.funder.words(language),
            carrier=clean(str(filled.values.get("name", ""))),
            warning=_warning(filled),
            note=spec.note.words(language),
            language=language,
            parts=tuple(
                Part(
                    section.title.words(language),
                    tuple(_line(filled, field, language) for field in section.fields),
                )
                for section in spec.sections
            ),
        )


def _warning(filled: FilledForm) -> str:
    """Say how far a draft is; nothing for a form that is ready."""
    if filled.missing:
        left = len(filled.missing)
        return ngettext(
            "Draft, %(percent)s%% filled: one answer is still missing.",
            "Draft, %(percent)s%% filled: %(left)s answers are still missing.",
            left,
        ) % {"percent": filled.percent, "left": left}
    if filled.problems:
        return _("Draft: some answers are not what this funder accepts.")
    return ""


def _line(filled: FilledForm, field: Field, language: str) -> Line | Table:
    value = filled.values.get(field.key)
    is_waiting = value is None and field.required
    label = field.label.words(language)
    if field.shown == Shown.TABLE:
        rows = value if isinstance(value, list) else []
        return _table(field, label, rows, language, is_waiting=is_waiting)
    cell = Cell(_("To be filled in") if is_waiting else _("Nothing stated"))
    if value is not None:
        cell = cell_of(value, field.shown)
    return Line(field.key, label, cell, field.shown == Shown.LONG, is_waiting)


def _table(
    field: Field, label: str, rows: list[Mapping[str, Any]], language: str, *, is_waiting: bool
) -> Table:
    numbers = frozenset(
        place for place, column in enumerate(field.columns) if column.shown in AMOUNTS
    )
    return Table(
        key=field.key,
        label=label,
        head=tuple(column.label.words(language) for column in field.columns),
        rows=tuple(
            tuple(_in_column(row.get(column.key), column) for column in field.columns)
            for row in rows
        ),
        total=_total(field, rows),
        numbers=numbers,
        is_waiting=is_waiting,
    )


def _in_column(value: Any, column: Column) -> Cell:
    """Write a cell; an amount nobody stated stays blank, it is not 0."""
    return Cell("") if value is None else cell_of(value, column.shown)


def _total(field: Field, rows: list[Mapping[str, Any]]) -> tuple[Cell, ...]:
    """Add up the columns that ask for it; no total when none does, or when there is no row."""
    if not rows or not any(column.total for column in field.columns):
        return ()
    cells = [
        cell_of(sum(row.get(column.key) or 0 for row in rows), column.shown)
        if column.total
        else Cell("")
        for column in field.columns
    ]
    return (Cell(_("Total")), *cells[1:])


def cell_of(value: Any, shown: Shown) -> Cell:
    """Write one value as it is shown."""
    if isinstance(value, bool):
        return Cell(_("Yes") if value else _("No"))
    if isinstance(value, int) and shown in AMOUNTS:
        whole = shown == Shown.EUROS_WHOLE
        return Cell(wording.euros(value, whole=whole), value, whole)
    if shown == Shown.DATE:
        return Cell(clean(wording.day(str(value))))
    if shown == Shown.PERCENT:
        return Cell(clean(wording.percent(str(value))))
    if isinstance(value, list):
        return Cell(clean(wording.listed([str(one) for one in value])))
    return Cell(clean(str(value)))
