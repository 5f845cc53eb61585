"""A filled form as a file: Word, workbook, paper or plain JSON. Drawing needs no database."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from filiere.projects.rendering.paper import paper_file
from filiere.projects.rendering.sheets import Sheet, sheet_of
from filiere.projects.rendering.word import word_file
from filiere.projects.rendering.workbook import workbook_file
from filiere.rules.funder_forms.shape import FilledForm

__all__ = ["Kind", "Rendered", "render", "sheet_of"]


class Kind(StrEnum):
    """A kind of file; its value ends the file's name."""

    DOCX = "docx"
    XLSX = "xlsx"
    PDF = "pdf"
    JSON = "json"


OFFICE = "application/vnd.openxmlformats-officedocument"
CONTENT_TYPES = {
    Kind.DOCX: f"{OFFICE}.wordprocessingml.document",
    Kind.XLSX: f"{OFFICE}.spreadsheetml.sheet",
    Kind.PDF: "application/pdf",
    Kind.JSON: "application/json",
}
WRITERS: dict[Kind, Callable[..., bytes]] = {
    Kind.DOCX: word_file,
    Kind.XLSX: workbook_file,
    Kind.PDF: paper_file,
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file to give: its bytes, its type and a name without spaces or accents."""

    content: bytes
    content_type: str
    name: str


def render(filled: FilledForm, kind: Kind, *, at: datetime, language: str = "fr") -> Rendered:
    """Write a filled form as a file.

    Args:
        at: aware; written in the file.
        language: of the labels, ``fr`` or ``en``; values are in French.

    Raises:
        PdfFailed: the paper cannot be drawn.
    """
    if kind == Kind.JSON:
        content = json_file(filled, at=at)
    else:
        sheet: Sheet = sheet_of(filled, language=language)
        content = WRITERS[kind](sheet, at=at)
    name = f"{filled.spec.key.replace('_', '-')}-{at:%Y-%m-%d}.{kind}"
    return Rendered(content, CONTENT_TYPES[kind], name)


def json_file(filled: FilledForm, *, at: datetime) -> bytes:
    """Write the values as they are, amounts in integer cents, with what is missing or refused."""
    content = {
        "form": filled.spec.key,
        "version": filled.spec.version,
        "written_at": at.isoformat(),
        "filled_percent": filled.percent,
        "values": dict(filled.values),
        "missing": [asdict(one) for one in filled.missing],
        "cut": [asdict(one) for one in filled.cuts],
        "refused": [asdict(one) for one in filled.problems],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    return text.encode(errors="backslashreplace")
