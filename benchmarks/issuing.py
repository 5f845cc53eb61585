"""Vouchers made through the service against a bare COPY of the same rows, in the same run.

The service derives the codes, works out both digests, writes vouchers, parts and booklets under
every constraint and trigger. The peer is handed the rows ready in two files and copies them into
tables with the same columns, checks and indexes, without foreign keys or triggers.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.db import connections, transaction

if TYPE_CHECKING:
    import datetime as dt

    from filiere.vouchers.models import Lot

TABLES = ("vouchers_voucher", "vouchers_voucherpart")
BLOCK = 1 << 20


def against_copy(
    lot: "Lot", *, at: "dt.datetime"
) -> tuple[dict[str, float | int | str], dict[str, float]]:
    """Make the vouchers of a lot, then copy its rows barely; seconds of each, and their ratio."""
    from filiere.vouchers import services

    began = time.perf_counter()
    services.make_vouchers(lot=lot, at=at, actor="bench")
    ours = time.perf_counter() - began
    with TemporaryDirectory() as folder:
        files = _unload(lot, Path(folder))
        bare = _copy(files)
    results: dict[str, float | int | str] = {
        "vouchers": lot.count,
        "parts_each": lot.parts.count(),
        "issue_seconds": round(ours, 2),
        "copy_seconds": round(bare, 2),
        "vouchers_per_second": round(lot.count / ours),
    }
    return results, {"issue_vs_copy": bare / ours}


def _unload(lot: "Lot", folder: Path) -> list[Path]:
    """Write the rows of the lot as COPY reads them, one file a table."""
    wanted = (
        f"SELECT * FROM vouchers_voucher WHERE lot_id = {lot.pk}",
        (
            "SELECT part.* FROM vouchers_voucherpart part JOIN vouchers_voucher voucher"
            f" ON voucher.id = part.voucher_id WHERE voucher.lot_id = {lot.pk}"
        ),
    )
    files = [folder / table for table in TABLES]
    with connections["owner"].cursor() as cursor:
        for query, file in zip(wanted, files, strict=True):
            with file.open("wb") as out, cursor.copy(f"COPY ({query}) TO STDOUT") as rows:
                for block in rows:
                    out.write(block)
    return files


def _copy(files: list[Path]) -> float:
    """Copy the files into bare tables and commit; seconds it took."""
    with connections["owner"].cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS bare_{table}")
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
    began = time.perf_counter()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for table, file in zip(TABLES, files, strict=True):
            with file.open("rb") as rows, cursor.copy(f"COPY bare_{table} FROM STDIN") as copy:
                while block := rows.read(BLOCK):
                    copy.write(block)
    return time.perf_counter() - began
