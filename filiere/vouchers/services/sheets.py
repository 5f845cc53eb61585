"""Handing out to people not known yet: one voucher, or a sheet of them, every line or none."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from filiere.kernel.errors import FiliereError
from filiere.persons import queries as persons_queries
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.vouchers.errors import HolderUnknown, SheetUnreadable
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
    """Every line, and whether anything was written: only when all of them are right."""

    lines: tuple[LineReport, ...]
    is_written: bool

    @property
    def wrong(self) -> tuple[LineReport, ...]:
        """Lines to correct."""
        return tuple(line for line in self.lines if line.problem or line.refusal)


def hand_out_sheet(
    *, content: bytes, organisation_id: int, at: datetime, actor: str
) -> SheetReport:
    """Hand out the vouchers of a CSV sheet; one line wrong and nothing at all is written.

    Columns, in any order: ``numero`` (required), ``personne`` (a file's reference), or ``prenom``
    with ``accord`` = oui, and ``annee`` of birth. A line without any of these is to the bearer.
    Sending the same sheet again hands nothing out twice, except lines that open a new file.

    Args:
        organisation_id: who hands them out; their booklets were entrusted to it.

    Raises:
        SheetUnreadable: no column of numbers, over 2,000 lines, or not a sheet.
    """
    lines = read_sheet(content)
    if not lines:
        raise SheetUnreadable
    reports: list[LineReport] = []
    with transaction.atomic():
        for line in lines:
            refusal = None
            if not line.problem:
                try:
                    _hand_out(line, organisation_id, at, actor)
                except FiliereError as error:
                    refusal = error
            reports.append(LineReport(line.number, line.serial, line.problem, refusal))
        report = SheetReport(
            tuple(reports), is_written=not any(one.problem or one.refusal for one in reports)
        )
        if not report.is_written:
            transaction.set_rollback(True)
    return report


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
    line = SheetLine(0, voucher_serial, name=name, birth_year=birth_year, agrees=bool(name))
    person_id = None if bearer and not line.has_person else _person(line, at, actor)
    given = hand_out(
        voucher_serial=voucher_serial,
        person_id=person_id,
        organisation_id=organisation_id,
        at=at,
        actor=actor,
    )
    if phone and person_id is not None:
        persons.seal_identity(person_id=person_id, name=name, phone=phone, at=at, actor=actor)
        send_by_sms(serial=voucher_serial, at=at, actor=actor)
    return given


@transaction.atomic
def _hand_out(line: SheetLine, organisation_id: int, at: datetime, actor: str) -> None:
    """Hand out one line, opening the file of someone new."""
    hand_out(
        voucher_serial=line.serial,
        person_id=_person(line, at, actor) if line.has_person else None,
        organisation_id=organisation_id,
        at=at,
        actor=actor,
    )


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
        persons.seal_identity(person_id=person_id, name=line.name, at=at, actor=actor)
    return person_id
