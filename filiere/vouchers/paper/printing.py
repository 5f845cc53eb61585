"""Printing: booklets as bytes for one reader, a whole lot as private files. Always audited.

A printed file is worth the money of its vouchers: codes appear in it and nowhere else, neither
in its name, nor in logs, nor in the audit trail.
"""

import os
import stat
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from filiere.kernel import services as kernel
from filiere.kernel.pdf import forget
from filiere.vouchers.models import Booklet, Lot, Recall, Voucher, VoucherState
from filiere.vouchers.paper.booklets import booklet_pdf
from filiere.vouchers.paper.errors import FolderNotPrivate, NothingToPrint
from filiere.vouchers.paper.letters import letter_pdf
from filiere.vouchers.services.issue import IssuedCode, code_of
from filiere.vouchers.services.signing import sign_vouchers

VOUCHERS_PER_FILE = 500
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
# What nobody holds yet. A voucher handed out is given again by letter, or declared lost.
PRINTABLE = (VoucherState.CREATED, VoucherState.ACTIVE)

type_progress = Callable[[int, int], None]


@transaction.atomic
def print_booklets(
    *, lot: Lot, booklets: Sequence[Booklet], at: datetime, actor: str, phone: str = ""
) -> bytes:
    """Draw some booklets of a lot and write in the audit trail who printed which numbers.

    Args:
        booklets: of this lot, in order; vouchers that somebody holds are left out.
        phone: whom the holder may call; blank leaves a line to write on.

    Raises:
        NothingToPrint: no voucher of these booklets can be printed.
        CodeNotKept, PdfFailed: nothing was printed.
    """
    filled = _codes(lot, booklets)
    if not filled:
        raise NothingToPrint
    kernel.record(
        actor=actor,
        action="vouchers.printed",
        subject=f"lot:{lot.pk}",
        at=at,
        first_serial=filled[0][0].serial,
        last_serial=filled[-1][-1].serial,
        count=sum(len(codes) for codes in filled),
    )
    signed = _signed(lot, [one.serial for codes in filled for one in codes], at=at, actor=actor)
    return booklet_pdf(lot=lot, booklets=filled, at=at, phone=phone, signed=signed)


def print_lot(
    *,
    lot: Lot,
    folder: Path,
    at: datetime,
    actor: str,
    first: int = 1,
    last: int | None = None,
    progress: type_progress | None = None,
) -> list[Path]:
    """Write the booklets of a lot in files of about 500 vouchers that only their owner can read.

    Each file is whole or absent: after an interruption, the same call goes on with those missing.

    Args:
        folder: created if absent, closed to other users of the computer.
        first, last: numbers of booklets, included; None is the last of the lot.
        progress: called with (booklets done, booklets asked).

    Returns:
        The files of these booklets, old and new.

    Raises:
        FolderNotPrivate: the folder exists and others can read it.
        NothingToPrint, CodeNotKept, PdfFailed: files already written stay.
    """
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        raise FolderNotPrivate(folder=folder)
    asked = Q(number__gte=first) & (Q() if last is None else Q(number__lte=last))
    booklets = list(Booklet.objects.filter(asked, lot=lot).order_by("number"))
    if not booklets:
        raise NothingToPrint
    step = max(1, VOUCHERS_PER_FILE // lot.booklet_size)
    written = []
    for start in range(0, len(booklets), step):
        some = booklets[start : start + step]
        name = f"lot-{lot.pk}-carnets-{some[0].number:05}-{some[-1].number:05}.pdf"
        path = folder / name
        if not path.exists():
            try:
                pdf = print_booklets(lot=lot, booklets=some, at=at, actor=actor)
            except NothingToPrint:
                continue
            _write_private(path, pdf)
            forget()
        written.append(path)
        if progress:
            progress(start + len(some), len(booklets))
    if not written:
        raise NothingToPrint
    return written


@transaction.atomic
def print_letter(
    *, voucher: Voucher, name: str, sender: str, at: datetime, actor: str, phone: str = ""
) -> bytes:
    """Draw the letter that carries one voucher to its holder, and write that it was printed.

    Args:
        voucher: handed out, and not used up; best read with its lot, programme, commissioner.
        name: who holds it, read from ``persons`` by the caller; blank when no name is kept.
        sender: organisation that hands it out.
        phone: whom to call; blank leaves a line to write on.

    Raises:
        NothingToPrint: the voucher is not handed out, or was stopped or used.
        CodeNotKept, PdfFailed: nothing was printed.
    """
    if voucher.state != VoucherState.HANDED_OUT:
        raise NothingToPrint
    kernel.record(
        actor=actor, action="vouchers.letter_printed", subject=f"voucher:{voucher.serial}", at=at
    )
    return letter_pdf(
        lot=voucher.lot,
        issued=code_of(voucher),
        worth_cents=voucher.remaining_cents,
        name=name,
        sender=sender,
        phone=phone,
        at=at,
        square=_signed(voucher.lot, [voucher.serial], at=at, actor=actor).get(voucher.serial, ""),
    )


def _signed(lot: Lot, serials: Sequence[int], *, at: datetime, actor: str) -> dict[int, str]:
    """Sign squares, by number, where the programme lets vouchers be taken without network."""
    if not lot.programme.offline_use:
        return {}
    vouchers = Voucher.objects.filter(lot=lot, serial__in=serials).order_by("serial")
    return sign_vouchers(lot=lot, vouchers=vouchers, at=at, actor=actor)


def _codes(lot: Lot, booklets: Sequence[Booklet]) -> list[list[IssuedCode]]:
    """Work out the codes of each booklet, in order; those with nothing to print are left out.

    A voucher called back is not printed: no counter would take it.

    Raises:
        CodeNotKept: a code cannot be worked out any more.
    """
    within = (booklets[0].serial_from, booklets[-1].serial_to)
    vouchers = (
        Voucher.objects.filter(lot=lot, serial__range=within, state__in=PRINTABLE)
        .select_related("lot")
        .order_by("serial")
    )
    recalls = Recall.objects.filter(
        Q(lot=lot) | Q(serial_from__lte=within[1], serial_to__gte=within[0]), lifted_at=None
    )
    recalled = [
        within if whole else (low or 0, high or 0)
        for whole, low, high in recalls.values_list("lot", "serial_from", "serial_to").order_by(
            "pk"
        )
    ]
    issued = [
        code_of(voucher)
        for voucher in vouchers
        if not any(low <= voucher.serial <= high for low, high in recalled)
    ]
    filled = [
        [one for one in issued if booklet.serial_from <= one.serial <= booklet.serial_to]
        for booklet in booklets
    ]
    return [codes for codes in filled if codes]


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb") as to:
        to.write(content)
        to.flush()
        os.fsync(to.fileno())
    draft.replace(path)
