"""Vouchers made through the service against a bare COPY of the same rows, in the same run.

The service derives the codes, works out both digests, writes vouchers with their parts, and booklets, under
every constraint and trigger. The peer is handed the rows ready in a file and copies them into a
table with the same columns, checks and indexes, without foreign keys or triggers.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.db import connections, transaction

if TYPE_CHECKING:
    import datetime as dt

    from filiere.vouchers.models import Lot

TABLE = "vouchers_voucher"
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
        bare = _copy(_unload(lot, Path(folder)))
    results: dict[str, float | int | str] = {
        "vouchers": lot.count,
        "parts_each": lot.parts.count(),
        "issue_seconds": round(ours, 2),
        "copy_seconds": round(bare, 2),
        "vouchers_per_second": round(lot.count / ours),
    }
    return results, {"issue_vs_copy": bare / ours}


def _unload(lot: "Lot", folder: Path) -> Path:
    """Write the rows of the lot in a file as COPY reads them."""
    query = f"SELECT * FROM {TABLE} WHERE lot_id = {lot.pk}"
    file = folder / TABLE
    with (
        connections["owner"].cursor() as cursor,
        file.open("wb") as out,
        cursor.copy(f"COPY ({query}) TO STDOUT") as rows,
    ):
        for block in rows:
            out.write(block)
    return file


def _copy(file: Path) -> float:
    """Copy the file into a bare table and commit; seconds it took."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS bare_{TABLE}")
        cursor.execute(f"CREATE TABLE bare_{TABLE} (LIKE {TABLE} INCLUDING ALL)")
    began = time.perf_counter()
    with (
        transaction.atomic(using="owner"),
        connections["owner"].cursor() as cursor,
        file.open("rb") as rows,
        cursor.copy(f"COPY bare_{TABLE} FROM STDIN") as copy,
    ):
        while block := rows.read(BLOCK):
            copy.write(block)
    return time.perf_counter() - began
