"""From an order to active vouchers: prepare a lot, generate its codes, activate it once funded."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Sum

from filiere.kernel import services as kernel
from filiere.kernel.wording import Day, Euros
from filiere.ledger import services as ledger
from filiere.ledger.errors import InsufficientBalance
from filiere.programmes import queries as programmes
from filiere.programmes.models import Programme, Tranche
from filiere.rules.codes import format_code
from filiere.rules.money import share, take_in_proportion
from filiere.vouchers.errors import (
    LotAlreadyGenerated,
    LotCountRefused,
    LotNotFunded,
    LotNotGenerated,
    LotOutsideProgramme,
    LotOverPromised,
    LotPartsWrong,
)
from filiere.vouchers.models import Lot, LotPart, LotState, Voucher, VoucherPart, VoucherState
from filiere.vouchers.secret import mac_of, new_code, type_random

type_progress = Callable[[int, int], None]
MAX_COUNT = 1_000_000
CHUNK = 10_000


class IssuedCode(NamedTuple):
    """A voucher's public number and its secret code, given once and stored nowhere."""

    serial: int
    code: str

    @property
    def printed(self) -> str:
        """The code in groups of four, as printed and read aloud."""
        return format_code(self.code)


def pocket_account(lot_id: int, tranche_id: int) -> str:
    """Ledger account of what one tranche has put in one lot."""
    return f"pocket:{lot_id}:{tranche_id}"


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
) -> Lot:
    """Prepare a lot. Nothing moves and nothing can be used yet.

    The lot keeps the programme's rule of this moment: services, territories, providers.

    Args:
        count: vouchers, 1 to 1,000,000.
        face_cents: value of each, in cents.
        use_until: last day of use, included.
        parts: tranche id → cents that it pays of the lot; None shares the lot in proportion to
            the cash available, or to what is promised while the cash does not suffice.

    Raises:
        LotCountRefused, AmountRefused: a number out of range.
        LotOutsideProgramme: usable after the programme's end.
        LotPartsWrong: the parts do not add up, or name a tranche of another programme.
        LotOverPromised: the funders promised less than the lot is worth.
    """
    if type(count) is not int or not 1 <= count <= MAX_COUNT:
        raise LotCountRefused(count=count)
    total = ledger.require_amount(ledger.require_amount(face_cents) * count)
    if use_until > programme.ends_on:
        raise LotOutsideProgramme(ends_on=Day(programme.ends_on))
    tranches = list(programme.tranches.order_by("pk"))
    if parts is None:
        parts = _share_of_tranches(tranches, total)
    paid = sum(ledger.require_amount(cents) for cents in parts.values())
    if paid != total or not parts.keys() <= {tranche.pk for tranche in tranches}:
        raise LotPartsWrong(total=Euros(paid), expected=Euros(total))

    rule = programmes.rule_of(programme)
    lot = Lot.objects.create(
        programme=programme,
        count=count,
        face_cents=face_cents,
        use_until=use_until,
        services=list(rule.services),
        territory_ids=list(rule.territory_ids),
        provider_ids=list(rule.provider_ids),
        created_at=at,
    )
    LotPart.objects.bulk_create(
        LotPart(lot=lot, tranche_id=tranche_id, amount_cents=cents)
        for tranche_id, cents in sorted(parts.items())
    )
    kernel.record(actor=actor, action="vouchers.lot_created", subject=f"lot:{lot.pk}", at=at)
    return lot


def _share_of_tranches(tranches: list[Tranche], total: int) -> dict[int, int]:
    """Share a lot between tranches: by cash available if it suffices, else by promise left."""
    money = programmes.money_of(tranches)
    left = [tranche.available_cents for tranche in money]
    if sum(left) < total:
        left = [
            tranche.promised_cents - tranche.received_cents + tranche.available_cents
            for tranche in money
        ]
    if sum(left) < total:
        raise LotOverPromised(missing=Euros(total - sum(left)))
    shares = zip(money, take_in_proportion(total, left), strict=True)
    return {tranche.tranche_id: cents for tranche, cents in shares if cents}


@transaction.atomic
def generate_vouchers(
    *,
    lot: Lot,
    at: datetime,
    actor: str,
    progress: type_progress | None = None,
    random_bytes: type_random = secrets.token_bytes,
) -> list[IssuedCode]:
    """Make the vouchers of a lot and give their codes, once: only digests are stored.

    The face of each voucher is split into whole cents per tranche, so that over the lot each
    tranche gives exactly its part. Numbers follow the last one given, without a gap. All or
    nothing; one lot at a time takes numbers.

    Args:
        progress: called with (done, total) as rows are written.
        random_bytes: source of randomness, replaced only by seeded demonstrations and tests.

    Raises:
        LotAlreadyGenerated: the lot has vouchers, or is past its draft.
    """
    lot = Lot.objects.select_for_update().get(pk=lot.pk)
    if lot.state != LotState.DRAFT or lot.vouchers.exists():
        raise LotAlreadyGenerated
    with connection.cursor() as cursor:
        cursor.execute("SELECT vouchers_next_serial()")
        serial = cursor.fetchone()[0]
    faces = _voucher_faces(lot)
    issued: list[IssuedCode] = []
    while chunk := list(islice(faces, CHUNK)):
        numbers = range(serial + len(issued), serial + len(issued) + len(chunk))
        codes = [IssuedCode(number, new_code(random_bytes)) for number in numbers]
        _copy_vouchers(lot, codes, chunk)
        issued += codes
        if progress:
            progress(len(issued), lot.count)
    kernel.record(
        actor=actor,
        action="vouchers.generated",
        subject=f"lot:{lot.pk}",
        at=at,
        first_serial=serial,
        count=lot.count,
    )
    return issued


def _voucher_faces(lot: Lot) -> Iterator[list[tuple[int, int]]]:
    """Give each voucher's face as (tranche, cents), in order; the lot's parts end exactly at 0."""
    parts = lot.parts.order_by("tranche_id").values_list("tranche_id", "amount_cents")
    tranches = [tranche for tranche, _cents in parts]
    left = [cents for _tranche, cents in parts]
    for _ in range(lot.count):
        taken = share(lot.face_cents, left)
        left = [before - cents for before, cents in zip(left, taken, strict=True)]
        yield [pair for pair in zip(tranches, taken, strict=True) if pair[1]]


def _copy_vouchers(lot: Lot, codes: list[IssuedCode], faces: list[list[tuple[int, int]]]) -> None:
    """Write a chunk of vouchers and their parts with COPY."""
    face = lot.face_cents
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('vouchers_voucher', 'id'))"
            " FROM generate_series(1, %s)",
            [len(codes)],
        )
        ids = [row[0] for row in cursor.fetchall()]
        with cursor.copy(
            "COPY vouchers_voucher (id, lot_id, serial, code_mac, face_cents, remaining_cents,"
            " state) FROM STDIN"
        ) as copy:
            for pk, issued in zip(ids, codes, strict=True):
                mac = mac_of(issued.code)
                copy.write_row(
                    (pk, lot.pk, issued.serial, mac, face, face, VoucherState.CREATED.value)
                )
        with cursor.copy(
            "COPY vouchers_voucherpart (voucher_id, tranche_id, face_cents, remaining_cents)"
            " FROM STDIN"
        ) as copy:
            for pk, parts in zip(ids, faces, strict=True):
                for tranche_id, cents in parts:
                    copy.write_row((pk, tranche_id, cents, cents))


@transaction.atomic
def activate_lot(*, lot: Lot, at: datetime, actor: str) -> Lot:
    """Make the vouchers of a lot usable, once every funder's part is covered by received cash.

    Locks the lot; moves each part from its tranche to the lot's pocket. A lot already active is
    given back as it is.

    Raises:
        LotNotGenerated: vouchers are missing, or do not add up to the lot's parts.
        LotNotFunded: a tranche's confirmed cash does not cover its part; nothing moves.
    """
    lot = Lot.objects.select_for_update().get(pk=lot.pk)
    if lot.state != LotState.DRAFT:
        return lot
    parts = dict(lot.parts.order_by("tranche_id").values_list("tranche_id", "amount_cents"))
    _require_whole(lot, parts)
    held = programmes.available_by_tranche(list(parts))
    for tranche_id, cents in parts.items():
        if held[tranche_id] < cents:
            raise _not_funded(tranche_id, cents - held[tranche_id])
    try:
        lot.activation_group_id = ledger.post(
            key=f"lot:{lot.pk}:activation",
            kind="activation",
            entries=[
                ledger.Entry(programmes.tranche_account(t), pocket_account(lot.pk, t), cents)
                for t, cents in parts.items()
            ],
            occurred_at=at,
            at=at,
            actor=actor,
        )
    except InsufficientBalance as error:  # another lot took the cash since it was read
        tranche_id = int(str(error.parameters["account"]).split(":")[1])
        raise _not_funded(tranche_id, error.parameters["missing"]) from error
    lot.state = LotState.ACTIVE
    lot.activated_at = at
    lot.save(update_fields=["state", "activated_at", "activation_group"])
    lot.vouchers.filter(state=VoucherState.CREATED).update(state=VoucherState.ACTIVE)
    kernel.record(actor=actor, action="vouchers.lot_activated", subject=f"lot:{lot.pk}", at=at)
    return lot


def _require_whole(lot: Lot, parts: dict[int, int]) -> None:
    """Refuse unless the vouchers exist and their parts are exactly those of the lot."""
    found = lot.vouchers.count()
    issued = dict(
        VoucherPart.objects.filter(voucher__lot=lot)
        .values_list("tranche_id")
        .annotate(cents=Sum("face_cents"))
        .order_by("tranche_id")
    )
    uneven = (
        Voucher.objects.filter(lot=lot)
        .annotate(cents=Sum("parts__face_cents"))
        .exclude(cents=lot.face_cents)
        .exists()
    )
    if found != lot.count or issued != parts or uneven:
        raise LotNotGenerated(found=found, expected=lot.count)


def _not_funded(tranche_id: int, missing_cents: int) -> LotNotFunded:
    """Word the refusal with the funder's name."""
    return LotNotFunded(
        missing=Euros(missing_cents),
        missing_cents=missing_cents,
        funder=programmes.funder_name(tranche_id),
    )
