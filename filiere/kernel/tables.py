"""Reading the tables people give us (CSV or JSON, compressed or not, UTF-8), writing our own.

A file is read whole or refused with a sentence; a line whose cells do not fit the header is
handed over with its fault, so that the reader can report it rather than guess. What we write
runs nothing in a spreadsheet, and reads back exactly.
"""

import csv
import gzip
import hashlib
import io
import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, TextIO

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError

MAX_BYTES = 200 * 1024 * 1024
# A spreadsheet runs a cell that begins so; the quotes before it are those already added.
_RUNS = re.compile(r"'*[=+\-@\t\r]")
# A number or a telephone does not run, and other programs expect it as it is.
_PLAIN = re.compile(r"[+-]?\d[\d .]*")
_BINARY_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")


class TableRefused(FiliereError):
    """The file cannot be read as a table. Subclasses say why."""

    code = "kernel.table_refused"
    message = _("The file “%(name)s” cannot be read.")
    remedy = _("Save it as CSV in UTF-8, then send it again. Nothing was changed.")


class TableEmpty(TableRefused):
    """No line, or a header alone."""

    code = "kernel.table_empty"
    message = _("The file “%(name)s” holds no line.")
    remedy = _("Check that it is the right file. Nothing was changed.")


class TableTooLarge(TableRefused):
    """More bytes than one import may read."""

    code = "kernel.table_too_large"
    message = _("The file “%(name)s” is larger than %(megabytes)s MB once opened.")
    remedy = _("Cut it into several files. Nothing was changed.")


class TableNotText(TableRefused):
    """A spreadsheet, an image or another binary file."""

    code = "kernel.table_not_text"
    message = _("The file “%(name)s” is not a text file: it may be a spreadsheet or a document.")
    remedy = _("Open it, save it as CSV in UTF-8, then send it again. Nothing was changed.")


class TableNotUtf8(TableRefused):
    """Accents written in an older encoding."""

    code = "kernel.table_not_utf8"
    message = _(
        "Line %(line)s of the file “%(name)s” is not written in UTF-8: its accents would be wrong."
    )
    remedy = _(
        "Save it again choosing “CSV UTF-8” in your spreadsheet, then send it. Nothing was changed."
    )


class TableBroken(TableRefused):
    """CSV or JSON that does not follow its own syntax."""

    code = "kernel.table_broken"
    message = _("The file “%(name)s” stops making sense at line %(line)s: %(detail)s.")
    remedy = _("Correct that line, then send the file again. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its number in the file, its cells by column, and its fault if it has one.

    ``fault`` is "" or "cell_count" (more or fewer cells than the header has columns).
    """

    line: int
    cells: dict[str, Any]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One file read: its name, the SHA-256 of its bytes, its columns, its lines."""

    name: str
    sha256: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(stream: BinaryIO, *, name: str) -> Table:
    """Read a whole CSV or JSON file, compressed with gzip or not.

    CSV: comma, semicolon or tab, as the header shows; blank lines are skipped. JSON: a list of
    objects, or an object whose only list holds them.

    Args:
        stream: the file, opened in binary mode.
        name: its name, for messages only.

    Raises:
        TableRefused: one of its subclasses, with the line and the reason.
    """
    content = stream.read(MAX_BYTES + 1)
    _check_size(content, name)
    opened = _unzipped(content, name) if content[:2] == b"\x1f\x8b" else content
    text = _text(opened, name)
    if not text.strip():
        raise TableEmpty(name=name)
    header, rows = _json(text, name) if text.lstrip()[0] in "[{" else _csv(text, name)
    if not rows:
        raise TableEmpty(name=name)
    return Table(name, hashlib.sha256(content).hexdigest(), tuple(header), tuple(rows))


def write_table(
    stream: TextIO, columns: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> int:
    """Write a CSV file: comma, UTF-8 by the stream. The only writer of CSV.

    A cell that a spreadsheet would run (it begins with ``=``, ``+``, ``-``, ``@``, a tab or a
    carriage return) gets an apostrophe in front; ``read_table`` takes it away again. Numbers and
    telephones stay as they are.

    Args:
        stream: opened as text with ``newline=""``.
        columns: the header, in order; rows have these keys and no other.

    Returns:
        Number of rows written.
    """
    # The line end of RFC 4180; with another, Python leaves a lone carriage return unquoted.
    writer = csv.DictWriter(stream, columns, lineterminator="\r\n")
    writer.writeheader()
    count = 0
    for row in rows:
        writer.writerow({name: _quiet(cell) for name, cell in row.items()})
        count += 1
    return count


def runs_in_a_spreadsheet(text: str) -> bool:
    """Tell whether a spreadsheet would run a text as a formula; a number or a telephone is not."""
    return bool(_RUNS.match(text)) and not _PLAIN.fullmatch(text)


def _quiet(cell: object) -> object:
    """Give a cell that no spreadsheet runs."""
    if isinstance(cell, str) and runs_in_a_spreadsheet(cell):
        return f"'{cell}"
    return cell


def _as_written(cell: str) -> str:
    """Take away the apostrophe that ``_quiet`` put in front."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell


def _check_size(content: bytes, name: str) -> None:
    """Refuse more bytes than one import may hold."""
    if len(content) > MAX_BYTES:
        raise TableTooLarge(name=name, megabytes=MAX_BYTES // (1024 * 1024))


def _unzipped(content: bytes, name: str) -> bytes:
    """Open a gzip file, never further than the limit."""
    try:
        with gzip.open(io.BytesIO(content)) as zipped:
            opened = zipped.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise TableNotText(name=name) from None
    _check_size(opened, name)
    return opened


def _text(content: bytes, name: str) -> str:
    """Decode UTF-8, with or without a byte order mark."""
    if content.startswith(_BINARY_STARTS):
        raise TableNotText(name=name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\x00" in content[:4096]:
            raise TableNotText(name=name) from None
        raise TableNotUtf8(name=name, line=content.count(b"\n", 0, error.start) + 1) from None
    if "\x00" in text:
        raise TableNotText(name=name)
    return text


def _csv(text: str, name: str) -> tuple[list[str], list[Row]]:
    """Read CSV strictly: an open quote is an error, not half a file swallowed."""
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    rows = []
    line = 1
    try:
        for cells in reader:
            if not header:
                header = _checked_header(cells, name)
            elif any(cell.strip() for cell in cells):
                fault = "" if len(cells) == len(header) else "cell_count"
                kept = map(_as_written, cells)
                rows.append(Row(line, dict(zip(header, kept, strict=False)), fault))
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableBroken(name=name, line=line, detail=error) from None
    return header, rows


def _checked_header(cells: list[str], name: str) -> list[str]:
    """Refuse a column named twice: one of the two would be lost."""
    header = [cell.strip() for cell in cells]
    twice = {cell for cell in header if cell and header.count(cell) > 1}
    if twice:
        detail = _("the column “%(column)s” is there twice") % {"column": min(twice)}
        raise TableBroken(name=name, line=1, detail=detail)
    return header


def _json(text: str, name: str) -> tuple[list[str], list[Row]]:
    """Read a list of objects; a line number is then the rank of the object, from 1."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise TableBroken(name=name, line=error.lineno, detail=error.msg) from None
    except RecursionError:
        raise TableNotText(name=name) from None
    if isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, list)]
        found = lists[0] if len(lists) == 1 else [found]
    header: dict[str, None] = {}
    rows = []
    for rank, item in enumerate(found, start=1):
        if not isinstance(item, dict):
            raise TableBroken(name=name, line=rank, detail=_("a list of named facts is expected"))
        header.update(dict.fromkeys(item))
        rows.append(Row(rank, item))
    return list(header), rows
