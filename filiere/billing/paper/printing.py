"""Invoices to files: names are read with a trace, drawn by several processes, written whole."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

import django

from filiere.billing.errors import FolderOpenToOthers
from filiere.billing.models import Invoice, InvoiceRun
from filiere.billing.paper.invoices import invoice_pdf
from filiere.billing.queries.invoices import documents, with_lines
from filiere.billing.services.invoice_runs import left_to_invoice, make_step
from filiere.kernel.pdf import forget
from filiere.persons import queries as persons
from filiere.rules.factur_x import write
from filiere.rules.invoices import Document

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
STEP = 200
PROCESSES = 2

type_progress = Callable[[int, int], None]
type_sheet = tuple[Document, datetime]


def documents_of(invoices: Sequence[Invoice], *, reader: str, at: datetime) -> list[Document]:
    """Give invoices as documents; each name read is written in the audit trail.

    Args:
        invoices: read with ``queries.invoices.with_lines``.
    """
    people = {one.person_id for one in invoices if one.person_id is not None}
    names = persons.name_of(people, reader=reader, at=at) if people else {}
    return documents(invoices, names=names)


def print_invoice(invoice: Invoice, *, reader: str, at: datetime) -> bytes:
    """Draw one invoice or credit note. While the name is kept, the bytes are the same each time.

    Raises:
        PdfFailed: it cannot be drawn.
    """
    return invoice_file(invoice, kind="pdf", reader=reader, at=at)


def invoice_file(
    invoice: Invoice, *, kind: str, reader: str, at: datetime, names: bool = True
) -> bytes:
    """Give one invoice or credit note as a Factur-X file, or the XML that is inside it.

    Args:
        kind: ``pdf`` or ``xml``.
        names: False writes a number instead of a person's name, and reads none.

    Raises:
        PdfFailed: it cannot be drawn.
    """
    found = with_lines(Invoice.objects.filter(pk=invoice.pk)).get()
    if names:
        document = documents_of([found], reader=reader, at=at)[0]
    else:
        document = documents([found], names={})[0]
    return write(document) if kind == "xml" else invoice_pdf(document, at=invoice.issued_at)


def print_run(
    *,
    run: InvoiceRun,
    folder: Path,
    at: datetime,
    actor: str,
    progress: type_progress | None = None,
    processes: int = PROCESSES,
) -> int:
    """Write every invoice of a run as one file that only its owner can read, named by its number.

    Those not made yet are made by steps while the others are drawn. Each step and each file is
    whole or absent: after an interruption, the same call goes on with what is missing.

    Args:
        folder: created if absent, closed to other users of the computer.
        progress: called with (files there, files asked).

    Returns:
        How many files this call wrote.

    Raises:
        FolderOpenToOthers: the folder exists and others can read it; nothing is made.
        PdfFailed: what is made and written stays.
    """
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        raise FolderOpenToOthers(folder=folder)
    there = {path.stem for path in folder.glob("*.pdf")}
    total = run.invoices.count() + left_to_invoice(run)
    known = len(there & set(run.invoices.values_list("number", flat=True))) if there else 0
    written = 0
    for count in _drawn(_steps(run, there, actor, at), folder, processes):
        written += count
        if progress:
            progress(known + written, total)
    InvoiceRun.objects.filter(pk=run.pk, written_at=None).update(written_at=at)
    return written


def _steps(
    run: InvoiceRun, there: set[str], actor: str, at: datetime
) -> Iterator[list[type_sheet]]:
    """Read the invoices whose file is missing, some at a time, and make the next ones."""
    last = 0
    while True:
        some = list(with_lines(run.invoices.filter(pk__gt=last)).order_by("pk")[:STEP])
        if not some:
            if make_step(run=run, at=at, actor=actor):
                continue
            return
        last = some[-1].pk
        missing = [one for one in some if one.number not in there]
        if missing:
            told = documents_of(missing, reader=actor, at=at)
            yield [(sheet, one.issued_at) for sheet, one in zip(told, missing, strict=True)]


def _drawn(steps: Iterator[list[type_sheet]], folder: Path, processes: int) -> Iterator[int]:
    """Draw the steps in other processes, a few waiting so that none of them is ever idle."""
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=django.setup
    ) as pool:
        waiting: set[Future[int]] = set()
        for sheets in steps:
            waiting.add(pool.submit(write_sheets, sheets, folder))
            if len(waiting) > 2 * processes:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        yield from (one.result() for one in wait(waiting).done)


def write_sheets(sheets: Sequence[type_sheet], folder: Path) -> int:
    """Draw and write some invoices; called in a process of its own, without database."""
    for document, issued_at in sheets:
        path = folder / f"{document.number}.pdf"
        part = path.with_suffix(".part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
        with os.fdopen(handle, "wb") as file:
            file.write(invoice_pdf(document, at=issued_at))
        part.replace(path)
    forget()
    return len(sheets)
