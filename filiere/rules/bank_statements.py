"""Reading a bank's statement of one account: camt.053 (XML) or a plain table (CSV).

Pure functions. Amounts are integer euro cents, positive when the account receives. Nothing is
read from outside the bytes given: a document type, an entity or an external reference is refused.

Source: ISO 20022 camt.053.001.02 and camt.053.001.08 (BankToCustomerStatement); the table is ours.
"""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from xml.etree.ElementTree import Element

from filiere.rules import safe_xml
from filiere.rules.text import fold

MAX_BYTES = 10_000_000
MAX_ID, MAX_REFERENCE, MAX_COUNTERPART, MAX_LABEL = 60, 70, 140, 300
CAMT = re.compile(r"^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d\d$")
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_AMOUNT = re.compile(r"^([+-]?)(\d{1,13})(?:[.,](\d{1,2}))?$")


class StatementError(ValueError):
    """A file that cannot be read as one statement; ``reason`` is a stable word, ``detail`` where.

    Reasons: ``empty``, ``too_big``, ``unsafe``, ``not_xml``, ``not_camt``, ``no_account``,
    ``several_accounts``, ``currency``, ``amount``, ``date``, ``balance``, ``columns``.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


class StatementSumError(ValueError):
    """Opening balance and lines do not lead to the closing balance; both in cents."""

    def __init__(self, computed_cents: int, closing_cents: int) -> None:
        super().__init__(f"lines lead to {computed_cents}, the file says {closing_cents}")
        self.computed_cents, self.closing_cents = computed_cents, closing_cents


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement. ``external_id`` is the same whenever the bank writes this movement again."""

    external_id: str
    booked_on: date
    amount_cents: int
    counterpart: str = ""
    reference: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file says of one account, in cents; it adds up."""

    iban: str
    reference: str
    dated_on: date
    opening_cents: int
    closing_cents: int
    lines: tuple[StatementLine, ...]


def read_statement(content: bytes) -> Statement:
    """Read a file, whichever of the two formats it has.

    Args:
        content: the whole file, at most 10 MB.

    Returns:
        The account, its balances and its booked lines, in the order of the file. Several
        statements of one account that follow each other are read as one.

    Raises:
        StatementError: it cannot be read, or is about another currency or several accounts.
        StatementSumError: the lines do not lead from the opening to the closing balance.

    Source: ISO 20022 camt.053; the table is described in docs/guide/open-a-programme.md.
    """
    if len(content) > MAX_BYTES:
        raise StatementError("too_big", str(len(content)))
    if not content.strip():
        raise StatementError("empty")
    # UTF-16 shows "<" with a zero byte beside it; expat reads it, and refuses what is unsafe.
    is_xml = content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] == b"<"
    found = _camt(content) if is_xml else _table(content)
    computed = found.opening_cents + sum(line.amount_cents for line in found.lines)
    if computed != found.closing_cents:
        raise StatementSumError(computed, found.closing_cents)
    return found


# --- camt.053 ---------------------------------------------------------------------------------


def _tree(content: bytes) -> Element:
    try:
        return safe_xml.parse(content)
    except safe_xml.UnsafeXml as error:
        raise StatementError("unsafe") from error
    except safe_xml.NotXml as error:
        raise StatementError("not_xml", str(error)) from error


def _camt(content: bytes) -> Statement:
    root = _tree(content)
    namespace = root.tag.rpartition("}")[0].removeprefix("{")
    if not CAMT.match(namespace):
        raise StatementError("not_camt", namespace)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    read = [_one(one) for one in root.findall("BkToCstmrStmt/Stmt")]
    if not read:
        raise StatementError("not_camt", "Stmt")
    return _joined(read)


def _joined(read: list[Statement]) -> Statement:
    """Read several statements that follow each other as one."""
    if len({one.iban for one in read}) > 1:
        raise StatementError("several_accounts", ", ".join(sorted({one.iban for one in read})))
    read = sorted(read, key=lambda one: one.dated_on)
    for before, after in pairwise(read):
        if before.closing_cents != after.opening_cents:
            raise StatementError("balance", after.reference)
    lines = _numbered(line for one in read for line in one.lines)
    return replace(read[-1], opening_cents=read[0].opening_cents, lines=lines)


def _one(statement: Element) -> Statement:
    iban = _text(statement, "Acct/Id/IBAN").replace(" ", "").upper()
    if not iban:
        raise StatementError("no_account")
    currency = _text(statement, "Acct/Ccy")
    if currency not in ("", "EUR"):
        raise StatementError("currency", currency)
    opening, _day = _balance(statement, OPENING)
    closing, dated_on = _balance(statement, CLOSING)
    lines = tuple(line for entry in statement.findall("Ntry") for line in _entry(entry))
    reference = _text(statement, "Id")[:MAX_ID]
    return Statement(iban, reference, dated_on, opening, closing, lines)


def _balance(statement: Element, codes: tuple[str, ...]) -> tuple[int, date]:
    """Read the first balance that has one of these codes, in their order."""
    for code in codes:
        for balance in statement.findall("Bal"):
            if _text(balance, "Tp/CdOrPrtry/Cd") == code:
                return _signed(balance), _day(balance, "Dt")
    raise StatementError("balance", codes[0])


def _entry(entry: Element) -> Iterator[StatementLine]:
    """Give the booked movements of an entry; a grouped entry is opened if its details add up."""
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    if status not in ("", "BOOK"):
        return
    total, booked_on = _signed(entry), _day(entry, "BookgDt")
    details = entry.findall("NtryDtls/TxDtls")
    amounts = [_detail_amount(one) for one in details]
    named = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef")
    if len(details) > 1 and sum(amounts) == abs(total):
        sign = 1 if total > 0 else -1
        parts = [(one, sign * cents) for one, cents in zip(details, amounts, strict=True)]
    else:
        parts = [(details[0] if len(details) == 1 else entry, total)]
    for rank, (part, cents) in enumerate(parts, 1):
        suffix = f"/{rank}" if len(parts) > 1 else ""
        side = "Dbtr" if cents > 0 else "Cdtr"
        label = _text(part, "RmtInf/Ustrd") or _text(entry, "AddtlNtryInf")
        counterpart = _text(part, f"RltdPties/{side}/Nm") or _text(part, f"RltdPties/{side}/Pty/Nm")
        reference = _text(part, "Refs/EndToEndId") or _text(entry, "NtryDtls/Btch/PmtInfId")
        if cents:
            yield StatementLine(
                external_id=f"{named}{suffix}"[:MAX_ID] if named else "",
                booked_on=booked_on,
                amount_cents=cents,
                counterpart=counterpart[:MAX_COUNTERPART],
                reference="" if reference == "NOTPROVIDED" else reference[:MAX_REFERENCE],
                label=label[:MAX_LABEL],
            )


def _detail_amount(detail: Element) -> int:
    """Read the amount of one payment of a grouped entry; 0 when it is not stated."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = detail.find(path)
        if found is not None:
            return _euros(found)
    return 0


def _signed(element: Element) -> int:
    """Read an amount and its direction."""
    amount = element.find("Amt")
    if amount is None:
        raise StatementError("amount")
    cents = _euros(amount)
    direction = _text(element, "CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        raise StatementError("amount", direction)
    return cents if direction == "CRDT" else -cents


def _euros(amount: Element) -> int:
    """Read an amount of the file, refused in another currency than the euro."""
    if amount.get("Ccy", "") != "EUR":
        raise StatementError("currency", amount.get("Ccy", ""))
    # ISO 20022 allows more decimals than a cent has; only zeros may stand there.
    text = re.sub(r"(\.\d\d)0+$", r"\1", (amount.text or "").strip())
    cents = cents_of(text)
    if cents < 0:
        raise StatementError("amount", text)
    return cents


def _day(element: Element, path: str) -> date:
    text = _text(element, f"{path}/Dt") or _text(element, f"{path}/DtTm")[:10]
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise StatementError("date", text) from error


def _text(element: Element, path: str) -> str:
    found = element.find(path)
    return " ".join((found.text or "").split()) if found is not None else ""


# --- the plain table --------------------------------------------------------------------------


def _table(content: bytes) -> Statement:
    """Read ``date;label;amount;reference``, with the account and the two balances as rows."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    iban, lines = "", []
    balances: dict[str, tuple[int, date]] = {}
    for row in csv.reader(io.StringIO(text.replace("\x00", "")), delimiter=";"):
        cells = [" ".join(cell.split()) for cell in row]
        name = fold(cells[0]) if cells else ""
        if not any(cells) or name == "date":
            continue
        if name in ("compte", "account", "iban"):
            iban = (cells[1] if len(cells) > 1 else "").replace(" ", "").upper()
            continue
        if len(cells) < 3:
            raise StatementError("columns", ";".join(row)[:80])
        booked_on, cents = _table_day(cells[0]), cents_of(cells[2])
        kind = {"solde initial": "opening", "opening balance": "opening",
                "solde final": "closing", "closing balance": "closing"}.get(fold(cells[1]))  # fmt: skip
        if kind:
            balances[kind] = (cents, booked_on)
        elif cents:
            reference = cells[3] if len(cells) > 3 else ""
            lines.append(
                StatementLine(
                    external_id="",
                    booked_on=booked_on,
                    amount_cents=cents,
                    reference=reference[:MAX_REFERENCE],
                    label=cells[1][:MAX_LABEL],
                )
            )
    if not iban:
        raise StatementError("no_account")
    if balances.keys() != {"opening", "closing"}:
        raise StatementError("balance")
    closing, dated_on = balances["closing"]
    return Statement(iban, "", dated_on, balances["opening"][0], closing, _numbered(lines))


def _table_day(text: str) -> date:
    """Read 2026-11-30 or 30/11/2026."""
    french = re.match(r"^(\d{2})/(\d{2})/(\d{4})$", text)
    try:
        return date.fromisoformat(f"{french[3]}-{french[2]}-{french[1]}" if french else text)
    except ValueError as error:
        raise StatementError("date", text) from error


def cents_of(text: str) -> int:
    """Read an amount in euros as cents: a point or a comma, spaces between thousands, a sign.

    Raises:
        StatementError: anything else, more than two decimals included.

    Source: our own choice.

    >>> cents_of("-1 234,5")
    -123450
    """
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).removesuffix("€").replace("−", "-")
    found = _AMOUNT.match(plain)
    if not found:
        raise StatementError("amount", text[:40])
    cents = int(found[2]) * 100 + int((found[3] or "0").ljust(2, "0"))
    return -cents if found[1] == "-" else cents


# --- identity of a line -----------------------------------------------------------------------


def _numbered(lines: Iterator[StatementLine] | list[StatementLine]) -> tuple[StatementLine, ...]:
    """Name each line: by the bank's reference, else by what it says and its rank among equals.

    A file that overlaps another gives the same names, as long as it holds whole days.
    """
    seen: Counter[str] = Counter()
    named = []
    for line in lines:
        base = line.external_id or _digest(line)
        seen[base] += 1
        rank = f"#{seen[base]}" if seen[base] > 1 else ""
        named.append(replace(line, external_id=f"{base[: MAX_ID - len(rank)]}{rank}"))
    return tuple(named)


def _digest(line: StatementLine) -> str:
    said = (
        line.booked_on.isoformat(), str(line.amount_cents), line.counterpart, line.reference,
        line.label,
    )  # fmt: skip
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:40]
