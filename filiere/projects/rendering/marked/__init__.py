"""A funder's own Word document or workbook with marks: which ones, then the file filled.

A mark is ``{{ question.need }}``: a name of a list, replaced by plain text in the style it was
written in. Nothing is evaluated; a name nobody knows stays in the file and is told.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from filiere.kernel.tables import runs_in_a_spreadsheet
from filiere.projects.rendering.marked.opening import Opened, open_template
from filiere.projects.rendering.marked.runs import blocks_of, replace_marks
from filiere.projects.rendering.sheets import clean
from filiere.rules.funder_forms.marks import MarkFound, marks_of
from filiere.rules.funder_forms.wording import cut

LONGEST_CELL = 32_000
# Parts that people write in, and what holds a text there.
WRITTEN = {
    "docx": ((re.compile(r"word/[^/]+\.xml"), "p"),),
    "xlsx": (
        (re.compile(r"xl/sharedStrings\.xml"), "si"),
        (re.compile(r"xl/worksheets/[^/]+\.xml"), "is"),
        (re.compile(r"xl/drawings/[^/]+\.xml"), "p"),
    ),
}
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first day a zip can write: same bytes each time


@dataclass(frozen=True, slots=True)
class TemplateRead:
    """What a template asks for, in the order of its pages."""

    kind: str
    marks: tuple[MarkFound, ...]


@dataclass(frozen=True, slots=True)
class TemplateFilled:
    """The file and what became of each mark: ``blank`` ones had nothing to say."""

    content: bytes
    kind: str
    filled: tuple[str, ...]
    blank: tuple[str, ...]
    unknown: tuple[MarkFound, ...]
    shortened: tuple[str, ...]


def read_template(content: bytes, *, name: str, known: Mapping[str, str]) -> TemplateRead:
    """List the marks of a document and say which are unknown, with names that look like them.

    Args:
        name: of the file, for messages.
        known: marks that exist, from ``mark_values``.

    Raises:
        TemplateTooLarge, TemplateUnreadable, TemplateUnsafe: it is not taken.
    """
    opened = open_template(content, name=name)
    return TemplateRead(opened.kind, _marks(opened, known))


def fill_template(content: bytes, *, name: str, values: Mapping[str, str]) -> TemplateFilled:
    """Fill a document. A mark without a value reads “to be filled in”, in French.

    In a workbook, a text that a spreadsheet would run gets an apostrophe in front, and one too
    long for a cell is cut at a word.

    Raises:
        TemplateTooLarge, TemplateUnreadable, TemplateUnsafe: it is not taken; nothing is written.
    """
    opened = open_template(content, name=name)
    marks = _marks(opened, values)
    with translation.override("fr"):
        waiting = _("To be filled in")
    texts = {mark.name: clean(values[mark.name]).strip() for mark in marks if mark.known}
    shortened = []
    if opened.kind == "xlsx":
        for key, text in texts.items():
            texts[key], lost = cut(text, LONGEST_CELL) if text else ("", "")
            shortened += [key] if lost else []
    said = {key: text or waiting for key, text in texts.items()}
    parts = tuple((part, _filled(opened.kind, part, held, said)) for part, held in opened.parts)
    return TemplateFilled(
        content=_zipped(parts),
        kind=opened.kind,
        filled=tuple(key for key, text in texts.items() if text),
        blank=tuple(key for key, text in texts.items() if not text),
        unknown=tuple(mark for mark in marks if not mark.known),
        shortened=tuple(shortened),
    )


def _block_names(kind: str, part: str) -> str:
    """Tell what holds a text in a part; blank where nobody writes."""
    return next((names for path, names in WRITTEN[kind] if path.fullmatch(part)), "")


def _marks(opened: Opened, known: Mapping[str, str]) -> tuple[MarkFound, ...]:
    return marks_of(
        (
            block.said
            for part, held in opened.parts
            if (names := _block_names(opened.kind, part))
            for block in blocks_of(held.decode("utf-8"), names)
        ),
        known,
    )


def _filled(kind: str, part: str, held: bytes, said: Mapping[str, str]) -> bytes:
    """Fill one part; one without marks stays as it was, byte for byte."""
    names = _block_names(kind, part)
    if not names:
        return held
    guard = _quiet if kind == "xlsx" else str
    return replace_marks(held.decode("utf-8"), names, said.get, guard).encode()


def _quiet(text: str) -> str:
    return f"'{text}" if runs_in_a_spreadsheet(text) else text


def _zipped(parts: tuple[tuple[str, bytes], ...]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for part, held in parts:
            info = zipfile.ZipInfo(part, EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, held)
    return stream.getvalue()
