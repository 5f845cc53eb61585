"""A sheet as a PDF file: tagged, archivable, the same bytes for the same facts and moment."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from filiere.kernel.pdf import compile_pdf
from filiere.projects.rendering.sheets import Cell, Line, Sheet, Table

TEMPLATE = Path(__file__).with_name("form.typ")


def paper_file(sheet: Sheet, *, at: datetime) -> bytes:
    """Draw the form.

    Args:
        at: date of creation written in the file.

    Raises:
        PdfFailed: it cannot be drawn; nothing is written.
    """
    with translation.override(sheet.language):
        data = {
            "title": sheet.title,
            "author": sheet.carrier or "Filière",
            "language": sheet.language,
            "funder": sheet.funder,
            "carrier": sheet.carrier,
            "warning": sheet.warning,
            "note": sheet.note,
            "parts": [
                {"title": part.title, "lines": [_one(line) for line in part.lines]}
                for part in sheet.parts
            ],
        }
    return compile_pdf(TEMPLATE, data, at=at)


def _one(line: Line | Table) -> dict[str, Any]:
    if isinstance(line, Line):
        return {
            "is": "long" if line.is_long else "short",
            "label": line.label if line.is_long else _("%(label)s: ") % {"label": line.label},
            "paragraphs": line.value.text.split("\n"),
            "waiting": line.is_waiting,
        }
    if not line.rows:
        words = _("To be filled in") if line.is_waiting else _("No line.")
        return {
            "is": "long",
            "label": line.label,
            "paragraphs": [words],
            "waiting": line.is_waiting,
        }
    return {
        "is": "table",
        "label": line.label,
        "head": list(line.head),
        "rows": [_texts(row) for row in line.rows],
        "total": _texts(line.total),
        "numbers": sorted(line.numbers),
    }


def _texts(cells: tuple[Cell, ...]) -> list[str]:
    return [cell.text for cell in cells]
