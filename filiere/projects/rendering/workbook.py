"""A sheet as an XLSX workbook: one page of answers, one page a table, amounts that are numbers.

Every text is stored as text: what begins like a formula is never one.
"""

import io
import re
from datetime import UTC, datetime
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import Cell as BookCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from filiere.kernel.tables import runs_in_a_spreadsheet
from filiere.projects.rendering.sheets import Cell, Sheet, Table

EUROS = '#,##0.00" €"'
EUROS_WHOLE = '#,##0" €"'
BOLD = Font(bold=True)
TOP = Alignment(wrap_text=True, vertical="top")
TOTAL_LINE = Border(top=Side(style="medium"))
LONGEST_CELL = 32_767
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")


def workbook_file(sheet: Sheet, *, at: datetime) -> bytes:
    """Write the workbook.

    Args:
        at: moment written in the file's properties.
    """
    book = Workbook()
    book.properties.title, book.properties.creator = sheet.title, sheet.carrier
    book.properties.language = sheet.language
    book.properties.created = at.astimezone(UTC).replace(tzinfo=None)
    first = book.active
    with translation.override(sheet.language):
        first.title = _("Answers")[:31]
        _answers(first, sheet)
        taken = {first.title.casefold()}
        for part in sheet.parts:
            for line in part.lines:
                if isinstance(line, Table):
                    page = book.create_sheet(_page_name(line.label, taken))
                    _table(page, line)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def put(cell: BookCell, value: Cell) -> None:
    """Write one value: an amount as a number of euros, all else as text that nothing runs."""
    if value.cents is not None:
        cell.value = Decimal(value.cents) / 100
        cell.number_format = EUROS_WHOLE if value.whole else EUROS
        return
    cell.value = value.text[:LONGEST_CELL]
    if value.text:
        cell.data_type = "s"
        cell.quotePrefix = runs_in_a_spreadsheet(value.text)
    cell.alignment = TOP


def _page_name(label: str, taken: set[str]) -> str:
    """Name a page after its table: 31 characters, unlike the others."""
    name = _NOT_IN_A_NAME.sub(" ", label)[:31].strip() or "1"
    number = 2
    while name.casefold() in taken:
        name = f"{name[:28].strip()} {number}"
        number += 1
    taken.add(name.casefold())
    return name


def _answers(page: Worksheet, sheet: Sheet) -> None:
    """Write title, warning and every answer that is not a table."""
    page.append([])
    put(page.cell(1, 1), Cell(sheet.title))
    page.cell(1, 1).font = Font(bold=True, size=14)
    put(page.cell(2, 1), Cell(sheet.warning or sheet.note))
    for place, head in enumerate((_("Part"), _("Question"), _("Answer")), start=1):
        put(page.cell(3, place), Cell(head))
        page.cell(3, place).font = BOLD
    row = 3
    for part in sheet.parts:
        for line in part.lines:
            if isinstance(line, Table):
                continue
            row += 1
            put(page.cell(row, 1), Cell(part.title))
            put(page.cell(row, 2), Cell(line.label))
            put(page.cell(row, 3), line.value)
            page.cell(row, 3).font = Font(italic=line.is_waiting)
            page.cell(row, 3).alignment = Alignment(
                wrap_text=True, vertical="top", horizontal="left"
            )
    page.freeze_panes = "A4"
    page.print_title_rows = "3:3"
    for letter, width in (("A", 26), ("B", 38), ("C", 80)):
        page.column_dimensions[letter].width = width
    for place in (1, 2):
        page.cell(place, 1).alignment = Alignment(wrap_text=False)


def _table(page: Worksheet, table: Table) -> None:
    """Write one table with its header row, which stays in sight and is printed on each page."""
    for place, head in enumerate(table.head, start=1):
        put(page.cell(1, place), Cell(head))
        page.cell(1, place).font = BOLD
    for number, cells in enumerate(table.rows, start=2):
        for place, cell in enumerate(cells, start=1):
            put(page.cell(number, place), cell)
    last = len(table.rows) + 2
    for place, cell in enumerate(table.total, start=1):
        put(page.cell(last, place), cell)
        page.cell(last, place).font = BOLD
        page.cell(last, place).border = TOTAL_LINE
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    for place in range(len(table.head)):
        width = 18 if place in table.numbers else 34
        page.column_dimensions[chr(ord("A") + place)].width = width
