"""A sheet as a DOCX document: real headings, tables with a header row, a language, no macro."""

import io
from datetime import UTC, datetime

from django.utils import translation
from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as OpenDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph

from filiere.projects.rendering.sheets import Cell, Line, Sheet, Table

INK = RGBColor(0x17, 0x24, 0x1F)
FONT = "Arial"
TAGS = {"fr": "fr-FR", "en": "en-GB"}


def word_file(sheet: Sheet, *, at: datetime) -> bytes:
    """Write the document.

    Args:
        at: moment written in the file's properties.
    """
    document = Document()
    _set_up(document, sheet, at)
    _heading(document, sheet.title, 1)
    for text in (sheet.funder, sheet.carrier):
        if text:
            document.add_paragraph(text)
    if sheet.warning:
        document.add_paragraph().add_run(sheet.warning).bold = True
    with translation.override(sheet.language):
        for part in sheet.parts:
            _heading(document, part.title, 2)
            for line in part.lines:
                if isinstance(line, Table):
                    _table(document, line)
                else:
                    _line(document, line)
    document.add_paragraph(sheet.note, style="Caption")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_up(document: OpenDocument, sheet: Sheet, at: datetime) -> None:
    """Give the document its title, its language and black headings."""
    properties = document.core_properties
    properties.title, properties.author = sheet.title, sheet.carrier
    properties.comments = ""
    properties.language = TAGS[sheet.language]
    properties.created = properties.modified = at.astimezone(UTC).replace(tzinfo=None)
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3", "Caption"):
        style = document.styles[name]
        style.font.name = FONT
        style.font.color.rgb = INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)
        fonts.set(qn("w:hAnsi"), FONT)
    document.styles["Normal"].font.size = Pt(11)
    document.styles["Caption"].font.bold = False
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), TAGS[sheet.language])
    document.styles["Normal"].element.get_or_add_rPr().append(language)


def _heading(document: OpenDocument, text: str, level: int) -> None:
    """Write a heading. Styles are named by their id: the library searches them all for a name."""
    document.add_paragraph(text)._p.style = f"Heading{level}"


def _line(document: OpenDocument, line: Line) -> None:
    """Write one answer: a heading of its own when it is long, one line otherwise."""
    if line.is_long:
        _heading(document, line.label, 3)
        for text in line.value.text.split("\n"):
            _say(document.add_paragraph(), text, italic=line.is_waiting)
        return
    paragraph = document.add_paragraph()
    paragraph.add_run(_("%(label)s: ") % {"label": line.label}).bold = True
    _say(paragraph, line.value.text, italic=line.is_waiting)


def _say(paragraph: Paragraph, text: str, *, bold: bool = False, italic: bool = False) -> None:
    run = paragraph.add_run(text)
    if bold:
        run.bold = True
    if italic:
        run.italic = True


def _table(document: OpenDocument, table: Table) -> None:
    """Write one table; its header row is repeated on each page and read as a header."""
    _heading(document, table.label, 3)
    if not table.rows:
        words = _("To be filled in") if table.is_waiting else _("No line.")
        document.add_paragraph().add_run(words).italic = True
        return
    head = tuple(Cell(text) for text in table.head)
    rows = [head, *table.rows, *([table.total] if table.total else [])]
    drawn = document.add_table(rows=len(rows), cols=len(head), style="Table Grid")
    _describe(drawn, table.label)
    # Asked once: the library counts every cell again each time a row gives its own.
    cells = iter(drawn._cells)
    for number, row in enumerate(rows):
        bold = number == 0 or row is table.total
        for place, cell in enumerate(row):
            _fill(next(cells), cell, bold=bold, right=place in table.numbers)
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    drawn.rows[0]._tr.get_or_add_trPr().append(mark)
    document.add_paragraph()


def _describe(drawn: WordTable, label: str) -> None:
    """Name the table for whoever does not see it."""
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), label)
    drawn._tbl.tblPr.append(caption)


def _fill(target: WordCell, cell: Cell, *, bold: bool, right: bool) -> None:
    paragraph = target.paragraphs[0]
    _say(paragraph, cell.text, bold=bold)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
