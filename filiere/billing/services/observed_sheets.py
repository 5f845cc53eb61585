"""Noting the prices of a sheet: every line, or none, with what to correct on each line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from io import BytesIO

from django.db import transaction

from filiere.billing.errors import ObservedPriceKnown
from filiere.billing.models import SeenHow, SellerKind
from filiere.billing.services.observed import PriceSeen, check_seen, note_price
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError
from filiere.kernel.tables import Row, read_table
from filiere.rules.procedures import all_procedures
from filiere.rules.text import fold
from filiere.territories.errors import TerritoryUnknown
from filiere.territories.models import Kind
from filiere.territories.queries import by_code

COLUMNS = ("demarche", "type_de_lieu", "vendeur", "prix", "territoire", "date", "lien", "vu")
NEEDED = ("demarche", "type_de_lieu", "prix", "date")
AREAS = (Kind.COMMUNE, Kind.ARRONDISSEMENT, Kind.EPCI, Kind.DEPARTEMENT)
MOST_LINES = 2_000
MOST_EUROS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class WrongLine:
    """One line not understood: ``problem`` names what to correct, or ``refusal`` says it.

    ``problem``: ``column:`` and its name, cells, lines, kind, how, price, day, place, or "" with a
    refusal.
    """

    number: int
    problem: str
    refusal: FiliereError | None = None


@dataclass(frozen=True, slots=True)
class PriceSheetReport:
    """What became of a sheet: prices noted, lines already known, lines to correct.

    With a line to correct nothing is written.
    """

    noted: int
    known: int
    wrong: tuple[WrongLine, ...]


class _NotRead(Exception):
    """A cell that says nothing we know; its argument is the problem."""


@transaction.atomic
def note_price_sheet(*, content: bytes, name: str, at: datetime, actor: str) -> PriceSheetReport:
    """Note every price of a CSV file; a file sent twice notes nothing the second time.

    Args:
        content: the file; its columns are ``COLUMNS``, of which ``NEEDED`` must be there.
        name: its name, for messages.

    Raises:
        TableRefused: the file is no table at all; nothing was written.
    """
    table = read_table(BytesIO(content), name=name)
    if missing := set(NEEDED) - set(table.header):
        first = min(missing, key=NEEDED.index)
        return PriceSheetReport(0, 0, (WrongLine(1, f"column:{first}"),))
    if len(table.rows) > MOST_LINES:
        return PriceSheetReport(0, 0, (WrongLine(MOST_LINES + 1, "lines"),))
    today = legal_day(at)
    read: list[PriceSeen] = []
    wrong: list[WrongLine] = []
    for row in table.rows:
        try:
            seen = _seen(row)
            check_seen(seen, on=today)
            read.append(seen)
        except _NotRead as found:
            wrong.append(WrongLine(row.line, str(found)))
        except FiliereError as refusal:
            wrong.append(WrongLine(row.line, "", refusal))
    if wrong:
        return PriceSheetReport(0, 0, tuple(wrong))
    noted = sum(_note_new(read, at=at, actor=actor))
    return PriceSheetReport(noted, len(read) - noted, ())


def _note_new(read: list[PriceSeen], *, at: datetime, actor: str) -> Iterator[bool]:
    """Note each price, and tell whether it was new."""
    for seen in read:
        try:
            note_price(seen, at=at, actor=actor)
        except ObservedPriceKnown:
            yield False
        else:
            yield True


def _seen(row: Row) -> PriceSeen:
    """Read one line; what is not understood is named, never guessed."""
    if row.fault:
        raise _NotRead("cells")
    cells = {name: str(row.cells.get(name) or "").strip() for name in COLUMNS}
    link = cells["lien"]
    how = SeenHow.LINK if link else _word(_HOWS, cells["vu"] or "sur place", "how")
    return PriceSeen(
        procedure=_procedures().get(fold(cells["demarche"]), cells["demarche"]),
        seller_kind=_word(_KINDS, cells["type_de_lieu"], "kind"),
        price_cents=_cents(cells["prix"]),
        seen_on=_day(cells["date"]),
        seen_how=how,
        territory_id=_territory(cells["territoire"]),
        seller_name=cells["vendeur"],
        source_url=link,
    )


_KINDS: Mapping[str, str] = {
    "public": SellerKind.PUBLIC, "lieu public": SellerKind.PUBLIC,
    "association": SellerKind.ASSOCIATION,
    "commerce": SellerKind.SHOP, "garage": SellerKind.SHOP, "shop": SellerKind.SHOP,
    "site": SellerKind.WEBSITE, "site prive": SellerKind.WEBSITE, "website": SellerKind.WEBSITE,
    "independant": SellerKind.INDEPENDENT, "liberal": SellerKind.INDEPENDENT,
    "professionnel independant": SellerKind.INDEPENDENT, "independent": SellerKind.INDEPENDENT,
}  # fmt: skip
_HOWS: Mapping[str, str] = {
    "sur place": SeenHow.ON_SITE, "on_site": SeenHow.ON_SITE,
    "rapporte": SeenHow.REPORTED, "reported": SeenHow.REPORTED,
}  # fmt: skip


@cache
def _procedures() -> dict[str, str]:
    """Every way to write a procedure, and its key."""
    named = {one.key: one.key for one in all_procedures()}
    for one in all_procedures():
        named |= {fold(one.key): one.key, fold(one.fr): one.key, fold(one.en): one.key}
    return named


def _word(known: Mapping[str, str], written: str, problem: str) -> str:
    found = known.get(fold(written))
    if found is None:
        raise _NotRead(problem)
    return str(found)


def _cents(written: str) -> int:
    """Read an amount in euros, with a comma or a point, with or without its sign."""
    cleaned = "".join(written.replace("€", "").replace(",", ".").split())
    if fold(written) == "gratuit":
        return 0
    try:
        euros = Decimal(cleaned)
    except InvalidOperation:
        raise _NotRead("price") from None
    # Bounded before it is computed with: ``1e999999`` is a number too.
    if not euros.is_finite() or not abs(euros) < MOST_EUROS or euros * 100 % 1:
        raise _NotRead("price")
    return int(euros * 100)


def _day(written: str) -> date:
    """Read 2026-11-22 or 22/11/2026."""
    try:
        if "/" in written:
            day, month, year = written.split("/")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(written)
    except (ValueError, OverflowError):
        raise _NotRead("day") from None


def _territory(code: str) -> int | None:
    """Find a commune, an intercommunality or a département by its official code."""
    if not code:
        return None
    try:
        found = by_code(code)
    except TerritoryUnknown:
        raise _NotRead("place") from None
    if found.kind not in AREAS:
        raise _NotRead("place")
    return found.pk
