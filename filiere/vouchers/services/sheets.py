"""Handing out to people not known yet: one voucher, or a sheet of them, every line or none."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from filiere.kernel.errors import FiliereError
from filiere.kernel.keyed import once
from filiere.persons import queries as persons_queries
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.rules.national_values import read_phone
from filiere.vouchers.errors import HolderOtherPhone, HolderUnknown, SheetUnreadable
from filiere.vouchers.models import LotMode, Voucher
from filiere.vouchers.reading import SheetLine, read_sheet
from filiere.vouchers.services.custody import hand_out
from filiere.vouchers.services.texting import send_by_sms


@dataclass(frozen=True, slots=True)
class LineReport:
    """What became of one line: a word of ``reading``, or the refusal; blank and None: right."""

    number: int
    serial: int
    problem: str
    refusal: FiliereError | None


@dataclass(frozen=True, slots=True)
class SheetReport:
    """Every line, and whether anything was written: only when all of them are right.

    ``texted`` codes leave by text message. ``is_repeat``: this sheet was done before, nothing more
    was done now.
    """

    lines: tuple[LineReport, ...]
    is_written: bool
    texted: int = 0
    is_repeat: bool = False

    @property
    def wrong(self) -> tuple[LineReport, ...]:
        """Lines to correct."""
        return tuple(line for line in self.lines if line.problem or line.refusal)


class _LinesWrong(Exception):
    """Takes back whatever was written of a sheet; carries what to say of its lines."""

    def __init__(self, report: SheetReport) -> None:
        super().__init__()
        self.report = report


def hand_out_sheet(
    *, content: bytes, organisation_id: int, at: datetime, actor: str
) -> SheetReport:
    """Hand out the vouchers of a CSV sheet; one line wrong and nothing at all is written or sent.

    Columns, in any order: ``numero`` (required), ``personne`` (a file's reference), or ``prenom``
    with ``accord`` = oui, ``annee`` of birth, and ``telephone``: a mobile number the voucher's
    code is sent to, kept with the first name. A line without any of these is to the bearer.
    The same sheet sent again within two days, by the same person, gives the first answer: it
    hands out and sends nothing twice. Later, lines already done are refused or send nothing.

    Args:
        organisation_id: who hands them out; their booklets were entrusted to it.

    Raises:
        SheetUnreadable: no column of numbers, over 2,000 lines, or not a sheet.
    """
    lines = read_sheet(content)
    if not lines:
        raise SheetUnreadable
    request = f"{organisation_id}:".encode() + content
    done_now: list[int] = []

    def write() -> dict[str, int]:
        done_now.append(_write(lines, organisation_id, at, actor))
        return {"texted": done_now[0]}

    try:
        answer = once(
            actor=actor,
            key=f"sheet:{hashlib.sha256(request).hexdigest()}",
            operation="vouchers.hand_out_sheet",
            request=request,
            at=at,
            act=write,
        )
    except _LinesWrong as wrong:
        return wrong.report
    return SheetReport(
        tuple(LineReport(line.number, line.serial, "", None) for line in lines),
        is_written=True,
        texted=int(answer["texted"]),
        is_repeat=not done_now,
    )


def _write(lines: list[SheetLine], organisation_id: int, at: datetime, actor: str) -> int:
    """Hand out every line, or none; give how many codes leave by text message."""
    reports: list[LineReport] = []
    texted = 0
    for line in lines:
        refusal = None
        if not line.problem:
            try:
                texted += _hand_out(line, organisation_id, at, actor)
            except FiliereError as error:
                refusal = error
        reports.append(LineReport(line.number, line.serial, line.problem, refusal))
    if any(one.problem or one.refusal for one in reports):
        raise _LinesWrong(SheetReport(tuple(reports), is_written=False))
    return texted


@transaction.atomic
def hand_out_new(
    *,
    voucher_serial: int,
    organisation_id: int,
    at: datetime,
    actor: str,
    name: str = "",
    phone: str = "",
    birth_year: int | None = None,
) -> Voucher:
    """Give a voucher to someone seen for the first time, whose file is opened at once.

    A voucher to the bearer opens no file when nothing is said of the person.

    Args:
        name: kept in the identity's own table; given only if the person agreed.
        phone: kept with the name, and the code is sent there; blank sends nothing.
        birth_year: as the person says it.

    Raises:
        As ``hand_out``, or ``send_by_sms``; then no file is opened either.
    """
    bearer = Voucher.objects.filter(serial=voucher_serial, lot__mode=LotMode.BEARER).exists()
    line = SheetLine(
        0, voucher_serial, name=name, birth_year=birth_year, agrees=bool(name), phone=phone
    )
    person_id = None if bearer and not line.has_person else _person(line, at, actor)
    given = hand_out(
        voucher_serial=voucher_serial,
        person_id=person_id,
        organisation_id=organisation_id,
        at=at,
        actor=actor,
    )
    if phone and person_id is not None:
        send_by_sms(serial=voucher_serial, at=at, actor=actor)
    return given


@transaction.atomic
def _hand_out(line: SheetLine, organisation_id: int, at: datetime, actor: str) -> bool:
    """Hand out one line, opening the file of someone new; True when its code is sent."""
    was_given = Voucher.objects.filter(serial=line.serial, handed_out_at__isnull=False).exists()
    person_id = _person(line, at, actor) if line.has_person else None
    hand_out(
        voucher_serial=line.serial,
        person_id=person_id,
        organisation_id=organisation_id,
        at=at,
        actor=actor,
    )
    if not line.phone or person_id is None or was_given:
        return False
    if line.person_id is not None:
        _require_same_phone(person_id, line.phone, at, actor)
    send_by_sms(serial=line.serial, at=at, actor=actor)
    return True


def _require_same_phone(person_id: UUID, phone: str, at: datetime, actor: str) -> None:
    """Refuse a number that is not the one kept in the file of the person."""
    known = persons_queries.identities([person_id], reader=actor, at=at).get(person_id)
    if known is None or read_phone(known.phone)[0] != phone:
        raise HolderOtherPhone


def _person(line: SheetLine, at: datetime, actor: str) -> UUID:
    """Whose file it is: the one named, or a new one with what the person agreed to have kept."""
    if line.person_id is not None:
        if not persons_queries.exists(line.person_id):
            raise HolderUnknown(reference=str(line.person_id))
        return line.person_id
    person_id = persons.open_file(birth_year=line.birth_year, at=at, actor=actor)
    if line.name:
        persons.record_consent(
            person_id=person_id, purpose=Purpose.KEEP_IDENTITY, given=True, at=at, actor=actor
        )
        persons.seal_identity(
            person_id=person_id, name=line.name, phone=line.phone, at=at, actor=actor
        )
    return person_id
