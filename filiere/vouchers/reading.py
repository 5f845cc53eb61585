"""Reading a sheet of vouchers handed out: one line each, in CSV. Nothing is written here."""

import csv
import io
from dataclasses import dataclass
from uuid import UUID

from filiere.rules.national_values import read_phone
from filiere.rules.text import fold

MAX_LINES = 2_000
MAX_BYTES = 1_000_000
MAX_NAME = 120
_COLUMNS = {
    "numero": "serial", "serial": "serial",
    "personne": "person", "person": "person",
    "prenom": "name", "first name": "name", "nom": "name", "name": "name",
    "annee": "year", "annee de naissance": "year", "birth year": "year",
    "accord": "agrees", "agrees": "agrees",
    "telephone": "phone", "mobile": "phone", "portable": "phone", "phone": "phone",
}  # fmt: skip
_YES = frozenset({"oui", "yes", "x", "1"})


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line as read: a voucher, and who receives it. ``problem`` is a word, blank when right.

    ``name`` is kept only with ``agrees``, ``phone`` (international form) only with a name or in a
    file that keeps it: the voucher's code is sent there. Without person, name nor year the voucher is given to
    the bearer.
    """

    number: int
    serial: int
    person_id: UUID | None = None
    name: str = ""
    birth_year: int | None = None
    agrees: bool = False
    phone: str = ""
    problem: str = ""

    @property
    def has_person(self) -> bool:
        """Whether the line says anything of who receives the voucher."""
        return bool(self.person_id or self.name or self.birth_year)


def read_sheet(content: bytes) -> list[SheetLine] | None:
    """Read a CSV sheet, with commas or semicolons, in UTF-8 or as spreadsheets write it here.

    Returns:
        One line per line of the sheet, blank ones left out; None when it is not such a sheet:
        no column of numbers, too large, or not text.
    """
    if len(content) > MAX_BYTES:
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    try:
        header = [_COLUMNS.get(fold(cell).strip(), "") for cell in next(rows, [])]
        body = [row for row in rows if any(cell.strip() for cell in row)]
    except csv.Error:
        return None
    if "serial" not in header or len(body) > MAX_LINES:
        return None
    lines = [
        _read(number, dict(zip(header, row, strict=False))) for number, row in enumerate(body, 2)
    ]
    return _without_doubles(lines)


def _read(number: int, cells: dict[str, str]) -> SheetLine:
    """Read one line; what cannot be read is named, and nothing of the line is done."""
    cells = {name: value.strip() for name, value in cells.items()}
    serial = "".join(cells["serial"].removeprefix("n°").split())
    if not serial.isdecimal() or not 0 < int(serial) < 2**63:
        return SheetLine(number, 0, problem="number")
    line = SheetLine(number, int(serial))
    person_id: UUID | None = None
    if told := cells.get("person", ""):
        try:
            person_id = UUID(told)
        except ValueError:
            return SheetLine(number, line.serial, problem="person")
    year = cells.get("year", "")
    if year and not (year.isdecimal() and 1900 <= int(year) <= 2100):
        return SheetLine(number, line.serial, problem="year")
    agrees = fold(cells.get("agrees", "")) in _YES
    name = cells.get("name", "")[:MAX_NAME]
    if name and not agrees:
        return SheetLine(number, line.serial, problem="agreement")
    phone, problem = _read_mobile(cells.get("phone", ""))
    if phone and not name and person_id is None:
        problem = "phone_name"
    if problem:
        return SheetLine(number, line.serial, problem=problem)
    return SheetLine(
        number, line.serial, person_id, name, int(year) if year else None, agrees, phone
    )


def _read_mobile(text: str) -> tuple[str, str]:
    """Read a mobile number; the second value is a problem. Spreadsheets drop its first zero."""
    if not text:
        return "", ""
    phone, kind = read_phone(text)
    return (phone, "") if phone and kind == "personal_mobile" else ("", "phone")


def _without_doubles(lines: list[SheetLine]) -> list[SheetLine]:
    """Mark the second line that hands the same voucher out."""
    seen: set[int] = set()
    marked = []
    for line in lines:
        is_double = line.serial in seen and not line.problem
        marked.append(SheetLine(line.number, line.serial, problem="double") if is_double else line)
        seen.add(line.serial)
    return marked
