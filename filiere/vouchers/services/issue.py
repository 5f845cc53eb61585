"""From an order to vouchers: prepare a lot, make its vouchers, give a code again to print it."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from struct import Struct
from typing import Any, NamedTuple

from django.db import connection, transaction

from filiere.kernel import services as kernel
from filiere.kernel.calendar import add_months
from filiere.kernel.wording import Day, Euros
from filiere.ledger import services as ledger
from filiere.programmes import queries as programmes
from filiere.programmes.errors import TranchesShort
from filiere.programmes.models import Programme
from filiere.rules.codes import format_code
from filiere.rules.money import spread_runs
from filiere.vouchers.errors import (
    CodeNotKept,
    LotAlreadyGenerated,
    LotBookletRefused,
    LotCountRefused,
    LotDatesReversed,
    LotOutsideProgramme,
    LotOverPromised,
    LotPartsWrong,
)
from filiere.vouchers.models import Lot, LotMode, LotPart, LotState, Voucher, VoucherState
from filiere.vouchers.secret import (
    SALT_BYTES,
    current_issue_key,
    derive_code,
    digests,
    find_issue_key,
    key_id_of,
    mac_of,
    type_random,
)

type_progress = Callable[[int, int], None]
MAX_COUNT = 1_000_000
MAX_BOOKLET = 100
CHUNK, BLOCK = 20_000, 500
# PostgreSQL's binary COPY: its signature without flags or extension, and what closes it.
COPY_BEGINS, COPY_ENDS = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
BIGINT_OID = 20
# Legal practice of vouchers of support: a month to record, two months to claim.
TOLERANCE_MONTHS, PRESENTATION_MONTHS = 1, 2


class IssuedCode(NamedTuple):
    """A voucher's public number and its secret code, stored nowhere."""

    serial: int
    code: str

    @property
    def printed(self) -> str:
        """The code in groups of four, as printed and read aloud."""
        return format_code(self.code)


@transaction.atomic
def create_lot(
    *,
    programme: Programme,
    count: int,
    face_cents: int,
    use_until: date,
    parts: Mapping[int, int] | None = None,
    at: datetime,
    actor: str,
    label: str = "",
    mode: LotMode = LotMode.PSEUDONYMOUS,
    booklet_size: int = 10,
    tolerance_until: date | None = None,
    present_until: date | None = None,
) -> Lot:
    """Prepare a lot. Nothing moves and nothing can be used yet.

    The lot keeps the programme's rule of this moment: services, territories, providers, places,
    publics, cap per person.

    Args:
        count: vouchers, 1 to 1,000,000.
        face_cents: value of each, in cents.
        use_until: last day of an act paid, included.
        parts: tranche id → cents that it pays of the lot; None leaves it to the programme.
        label: name of the lot for people, at most 80 characters.
        mode: what will be known of the holders.
        booklet_size: vouchers that travel together, 1 to 100.
        tolerance_until: last day such an act may be recorded; a month later by default.
        present_until: last day a provider may claim; two months later by default.

    Raises:
        LotCountRefused, LotBookletRefused, AmountRefused: a number out of range.
        LotOutsideProgramme: usable after the programme's end.
        LotDatesReversed: the three days are not in order.
        LotPartsWrong: the parts do not add up, or name a tranche of another programme.
        ProgrammeNotSigned, PartsRefused: see ``programmes.require_parts``.
        LotOverPromised: the funders promised less than the lot is worth.
        ProgrammeNotSigned, PartsRefused: see ``programmes.queries.require_parts``.
    """
    if type(count) is not int or not 1 <= count <= MAX_COUNT:
        raise LotCountRefused(count=count)
    if not 1 <= booklet_size <= MAX_BOOKLET:
        raise LotBookletRefused(most=MAX_BOOKLET)
    total = ledger.require_amount(ledger.require_amount(face_cents) * count)
    days = (
        use_until,
        tolerance_until or add_months(use_until, TOLERANCE_MONTHS),
        present_until or add_months(use_until, PRESENTATION_MONTHS),
    )
    if use_until > programme.ends_on:
        raise LotOutsideProgramme(ends_on=Day(programme.ends_on))
    if list(days) != sorted(days):
        raise LotDatesReversed
    shares = _parts(programme, total, parts)
    lot = Lot.objects.create(
        programme=programme,
        label=label.strip(),
        count=count,
        face_cents=face_cents,
        mode=mode,
        booklet_size=booklet_size,
        use_until=days[0],
        tolerance_until=days[1],
        present_until=days[2],
        created_at=at,
        **_rule(programme),
    )
    LotPart.objects.bulk_create(
        LotPart(lot=lot, tranche_id=tranche_id, amount_cents=cents)
        for tranche_id, cents in sorted(shares.items())
    )
    kernel.record(actor=actor, action="vouchers.lot_created", subject=f"lot:{lot.pk}", at=at)
    return lot


def _rule(programme: Programme) -> dict[str, Any]:
    """What a lot keeps of its programme's rule, as it is now."""
    rule = programmes.rule_of(programme)
    return {
        "services": list(rule.services),
        "territory_ids": list(rule.territory_ids),
        "provider_ids": list(rule.provider_ids),
        "place_ids": list(rule.place_ids),
        "publics": list(programme.publics),
        "cap_cents_per_person_year": programme.cap_cents_per_person_year,
    }


def _parts(programme: Programme, total: int, given: Mapping[int, int] | None) -> dict[int, int]:
    """Let the programme share the lot between its tranches, or check the parts chosen by hand."""
    if given is None:
        try:
            return programmes.parts_for_lot(programme, total)
        except TranchesShort as short:
            raise LotOverPromised(missing=short.parameters["missing"]) from short
    parts = dict(given)
    paid = sum(ledger.require_amount(cents) for cents in parts.values())
    known = set(programme.tranches.order_by("pk").values_list("pk", flat=True))
    if paid != total or not parts.keys() <= known:
        raise LotPartsWrong(total=Euros(paid), expected=Euros(total))
    programmes.require_parts(programme, parts)
    return parts


def generate_vouchers(
    *,
    lot: Lot,
    at: datetime,
    actor: str,
    progress: type_progress | None = None,
    random_bytes: type_random = secrets.token_bytes,
) -> list[IssuedCode]:
    """Make the vouchers of a lot and give their codes; see ``make_vouchers``.

    For lots small enough to hold every code in memory; ``code_of`` gives one code later.
    """
    serials = make_vouchers(
        lot=lot, at=at, actor=actor, progress=progress, random_bytes=random_bytes
    )
    kept = Lot.objects.get(pk=lot.pk)
    return [_derived(kept, serial) for serial in serials]


@transaction.atomic
def make_vouchers(
    *,
    lot: Lot,
    at: datetime,
    actor: str,
    progress: type_progress | None = None,
    random_bytes: type_random = secrets.token_bytes,
) -> range:
    """Make the vouchers and booklets of a lot. Codes are derived, only digests are stored.

    The face of each voucher is split into whole cents per tranche, so that over the lot each
    tranche gives exactly its part. Numbers follow the last one given, without a gap. All or
    nothing; one lot at a time takes numbers.

    Args:
        progress: called with (done, total) as rows are written.
        random_bytes: source of the lot's salt, replaced only by seeded demonstrations and tests.

    Returns:
        The numbers given.

    Raises:
        LotAlreadyGenerated: the lot has vouchers, or is past its draft.
    """
    lot = Lot.objects.select_for_update().get(pk=lot.pk)
    if lot.state != LotState.DRAFT or lot.vouchers.exists():
        raise LotAlreadyGenerated
    lot.salt, lot.key_id = random_bytes(SALT_BYTES), key_id_of(current_issue_key())
    lot.save(update_fields=["salt", "key_id"])
    first = _next_serial()
    totals = dict(lot.parts.order_by("tranche_id").values_list("tranche_id", "amount_cents"))
    done = 0
    for number, faces in _chunks(spread_runs(list(totals.values()), lot.count)):
        parts = [pair for pair in zip(totals, faces, strict=True) if pair[1]]
        _copy_vouchers(lot, range(first + done, first + done + number), parts)
        done += number
        if progress:
            progress(done, lot.count)
    _make_booklets(lot, first)
    kernel.record(
        actor=actor,
        action="vouchers.generated",
        subject=f"lot:{lot.pk}",
        at=at,
        first_serial=first,
        count=lot.count,
    )
    return range(first, first + lot.count)


def code_of(voucher: Voucher) -> IssuedCode:
    """Derive the code of a voucher again, to print it or send it to its holder.

    Whoever calls this records it in the audit trail, without the code.

    Raises:
        CodeNotKept: drawn at random before codes were derived, or its key is no longer kept.
    """
    issued = _derived(voucher.lot, voucher.serial)
    if mac_of(issued.code) != bytes(voucher.code_mac):
        raise CodeNotKept(serial=voucher.serial)
    return issued


def _derived(lot: Lot, serial: int) -> IssuedCode:
    key = find_issue_key(lot.key_id)
    if lot.salt is None or key is None:
        raise CodeNotKept(serial=serial)
    return IssuedCode(serial, derive_code(key, bytes(lot.salt), serial))


def _next_serial() -> int:
    """First free number of the series, held until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT vouchers_next_serial()")
        return int(cursor.fetchone()[0])


def _chunks(runs: list[tuple[int, list[int]]]) -> Iterator[tuple[int, list[int]]]:
    """Cut runs of alike vouchers into pieces that are written at once."""
    for number, faces in runs:
        for start in range(0, number, CHUNK):
            yield min(CHUNK, number - start), faces


def _copy_vouchers(lot: Lot, serials: range, parts: list[tuple[int, int]]) -> None:
    """Write vouchers that are alike, each with its parts (tranche, cents), with COPY."""
    made = digests(current_issue_key(), bytes(lot.salt or b""), serials)
    state = VoucherState.CREATED.encode("ascii")
    faces = _array(cents for _tranche_id, cents in parts)
    # The same for all: face, what is left, state, tranches, what each put, what is left of it.
    alike = Struct(f"!iqiqi{len(state)}s").pack(
        8, lot.face_cents, 8, lot.face_cents, len(state), state
    ) + b"".join((_array(tranche_id for tranche_id, _cents in parts), faces, faces))
    row = Struct(f"!hiqiqi16si16s{len(alike)}s").pack
    with connection.cursor() as cursor:
        _copy(
            cursor,
            "vouchers_voucher (lot_id, serial, code_mac, pin_mac,"
            " face_cents, remaining_cents, state, tranche_ids, face_parts, left_parts)",
            (
                row(10, 8, lot.pk, 8, serial, 16, mac, 16, pin, alike)
                for serial, (_code, mac, pin) in zip(serials, made, strict=True)
            ),
        )


def _array(numbers: Iterable[int]) -> bytes:
    """Pack whole numbers as binary COPY reads a ``bigint[]``: its length, then the array itself."""
    values = list(numbers)
    packed = Struct("!iiiii").pack(1, 0, BIGINT_OID, len(values), 1)
    packed += b"".join(Struct("!iq").pack(8, value) for value in values)
    return Struct("!i").pack(len(packed)) + packed


def _copy(cursor: Any, table: str, rows: Iterator[bytes]) -> None:
    """Send rows packed as COPY reads them, in blocks: a call per row would cost more than the row."""
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
        copy.write(COPY_BEGINS)
        while block := b"".join(islice(rows, BLOCK)):
            copy.write(block)
        copy.write(COPY_ENDS)


def _make_booklets(lot: Lot, first: int) -> None:
    """Bind the vouchers of a lot into booklets of its size; the last may be thinner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO vouchers_booklet (lot_id, number, serial_from, serial_to)"
            " SELECT %(lot)s, number, %(first)s + (number - 1) * %(size)s,"
            "        least(%(first)s + number * %(size)s, %(after)s) - 1"
            "   FROM generate_series(1, %(booklets)s) AS number",
            {
                "lot": lot.pk,
                "first": first,
                "after": first + lot.count,
                "size": lot.booklet_size,
                "booklets": -(-lot.count // lot.booklet_size),
            },
        )
