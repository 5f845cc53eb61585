"""Everything another operator needs to go on, in one folder (docs/reference/operator-export.md).

One transaction reads all tables as they were at one moment, while everybody goes on working. An
export that was killed goes on: a table written before is kept only if the new moment finds in it
exactly the rows of the former one, so that the whole is again of one moment.
"""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import OperationalError, connections, transaction

from filiere.kernel import services as kernel
from filiere.kernel.models import AuditEntry
from filiere.ledger import services as ledger
from filiere.operations.errors import ExportFolderTaken, ExportNotWritten, ExportTooOften
from filiere.operations.succession import books, files, keys
from filiere.operations.succession.tables import READS, Table, dictionary, tables

FORMAT = 1
BEGAN, DONE = "operations.operator_export_began", "operations.operator_exported"
TIMES, WITHIN = 6, timedelta(hours=24)
# Beyond this many transactions, the age of a row no longer tells when it was written.
TOO_OLD = 1_000_000_000
NEVER = 2_147_483_647
READ_ONE_MOMENT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
SPELLING = (
    "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC';"
    " SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL bytea_output = 'hex';"
    " SET LOCAL extra_float_digits = 1; SET LOCAL client_encoding = 'UTF8'"
)

type_progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        rows, bytes: of all tables; compressed bytes.
        kept: tables written by an earlier, killed, run and found unchanged.
        manifest_sha256: names this export; to tell the successor by another way than the folder.
    """

    tables: int
    rows: int
    bytes: int
    documents: int
    kept: int
    manifest_sha256: str


@dataclass
class _Run:
    """One run of the command: where it writes, what it reads, what is done."""

    folder: Path
    cursor: Any
    say: type_progress
    moment: dict[str, int]
    done: dict[str, dict[str, Any]]
    kept: set[str] = field(default_factory=set)


def export_operator(
    *, folder: Path, passphrase: str, at: datetime, actor: str, progress: type_progress
) -> Exported:
    """Write the whole installation to a private folder; call again to go on after a kill.

    Memory does not grow with the data. The file of keys comes last: with it, the export is whole.

    Args:
        folder: empty, absent, or left by an export that did not end.
        passphrase: from 12 characters; opens the keys.
        at: aware; at most six runs begin in 24 hours, each in the audit trail.
        progress: called with what is read, rows done, rows expected.

    Raises:
        PassphraseTooShort, ExportFolderTaken, ExportFolderOpen, ExportBusy, ExportTooOften,
        TableWithoutPlace, ExportNotWritten.
    """
    keys.require_passphrase(passphrase)
    try:
        _require_free(folder)
        with files.private_folder(folder):
            _announce(at=at, actor=actor)
            ledger.seal(at=at)
            with _reading() as cursor:
                exported = _write(folder, cursor, passphrase=passphrase, at=at, say=progress)
    except OSError as refused:
        raise ExportNotWritten(folder=folder, reason=refused.strerror or refused) from refused
    except (OperationalError, psycopg.OperationalError) as gone:
        reason = str(gone).partition("\n")[0]
        raise ExportNotWritten(folder=folder, reason=reason) from gone
    kernel.record(
        actor=actor, action=DONE, subject="operator", at=at,
        manifest=exported.manifest_sha256, rows=exported.rows,
    )  # fmt: skip
    return exported


def _require_free(folder: Path) -> None:
    """Refuse a folder that holds anything but an export that did not end."""
    if not folder.exists():
        return
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else {folder.name}
    if files.KEYS in names or (names - {files.LOCK} and files.PROGRESS not in names):
        raise ExportFolderTaken(folder=folder)


@transaction.atomic
def _announce(*, at: datetime, actor: str) -> None:
    """Write that a copy of everything begins, before anything is copied."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [BEGAN])
    lately = AuditEntry.objects.filter(action=BEGAN, at__gt=at - WITHIN).order_by("at")
    moments = list(lately.values_list("at", flat=True))
    if len(moments) >= TIMES:
        raise ExportTooOften(times=len(moments), after=moments[-TIMES] + WITHIN)
    kernel.record(actor=actor, action=BEGAN, subject="operator", at=at)


@contextmanager
def _reading() -> Iterator[Any]:
    """A connection of its own, which sees one moment until it is closed."""
    connection = connections["default"].copy()
    try:
        with connection.cursor() as cursor:
            cursor.execute(READ_ONE_MOMENT)
            cursor.execute(SPELLING)
            yield cursor
    finally:
        connection.close()


def _write(
    folder: Path, cursor: Any, *, passphrase: str, at: datetime, say: type_progress
) -> Exported:
    """Write the tables, then what proves them, then the documents, the manifest and the keys."""
    every = tables(cursor)
    if not (folder / files.PROGRESS).exists():
        files.write_json(folder / files.PROGRESS, {})
    done = files.read_json(folder / files.PROGRESS)
    run = _Run(folder, cursor, say, _moment(cursor), done)
    said = {table.name: _table(run, table) for table in every}
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "written_at": at.isoformat(),
        "migrations": _migrations(cursor),
        "tables": said,
        "books": books.books(cursor),
        "sequences": _sequences(cursor, {table.name for table in every}),
        "files": {
            files.DICTIONARY: _entry(files.write(folder / files.DICTIONARY, _csv(every))),
            files.BALANCES: _entry(files.write(folder / files.BALANCES, books.balances(cursor))),
        },
        "documents": _documents(folder, say),
        "settings": {
            name: str(getattr(settings, name))
            for name in ("PAYER_NAME", "PAYER_IBAN", "PAYER_BIC", "HELPLINE")
        },
    }
    digest = files.write_json(folder / files.MANIFEST, manifest).sha256
    files.write_json(folder / files.KEYS, keys.seal(passphrase=passphrase, manifest_sha256=digest))
    (folder / files.PROGRESS).unlink(missing_ok=True)
    return Exported(
        tables=len(said),
        rows=sum(one["rows"] for one in said.values()),
        bytes=sum(one["bytes"] for one in said.values()),
        documents=len(manifest["documents"]),
        kept=len(run.kept),
        manifest_sha256=digest,
    )


def _moment(cursor: Any) -> dict[str, int]:
    """Name the server, the database and the moment this transaction sees."""
    cursor.execute(
        "SELECT (SELECT system_identifier FROM pg_control_system()),"
        " (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),"
        " pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    )
    return dict(zip(("server", "database", "xmin"), cursor.fetchone(), strict=True))


def _table(run: _Run, table: Table) -> dict[str, Any]:
    """Write one table, or keep what an earlier run wrote if it is still exactly that."""
    kept = run.done.get(table.name)
    if kept and _still_true(run, table, kept):
        run.kept.add(table.name)
    else:
        rows = _Rows(run, table)
        written = files.write(run.folder / table.path, rows)
        kept = _entry(written) | {
            "path": table.path, "rows": run.cursor.rowcount, "columns": table.declared,
        }  # fmt: skip
        run.done[table.name] = kept | {"moment": run.moment}
        files.write_json(run.folder / files.PROGRESS, run.done)
    return {name: value for name, value in kept.items() if name != "moment"}


def _still_true(run: _Run, table: Table, kept: dict[str, Any]) -> bool:
    """Tell whether the rows of now are those an earlier run wrote.

    A row written or changed since bears a transaction as young as that run's moment; without any,
    the rows of now are all among those of then, and as many rows means the same rows.
    """
    then = kept["moment"]
    same_place = all(then[name] == run.moment[name] for name in ("server", "database"))
    if not same_place or run.moment["xmin"] - then["xmin"] > TOO_OLD:
        return False
    if kept["columns"] != table.declared:
        return False
    if any(source not in run.kept for source in READS.get(table.name, ())):
        return False
    path = run.folder / table.path
    if not path.is_file() or files.digest_of(path) != files.Written(kept["bytes"], kept["sha256"]):
        return False
    run.cursor.execute(
        f"SELECT count(*), coalesce(min(age(xmin)), {NEVER}) > age('{then['xmin'] % 2**32}'::xid)"
        f' FROM "{table.name}"'
    )
    count, is_older = run.cursor.fetchone()
    return bool(count == kept["rows"] and (is_older or not count))


class _Rows:
    """The rows of a table as CSV lines, as the database gives them; says how far it is."""

    def __init__(self, run: _Run, table: Table) -> None:
        self.run, self.table = run, table

    def __iter__(self) -> Iterator[bytes]:
        cursor, count = self.run.cursor, 0
        cursor.execute(
            "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = %s::regclass",
            [self.table.name],
        )
        expected = cursor.fetchone()[0]
        with cursor.copy(f"COPY ({self.table.reading}) TO STDOUT (FORMAT csv, HEADER)") as copy:
            for line in copy:
                yield bytes(line)
                count += 1
                if not count % 10_000:
                    self.run.say(self.table.name, count, max(expected, count))


def _documents(folder: Path, say: type_progress) -> dict[str, dict[str, Any]]:
    """Copy the uploaded and produced files; give each its size and digest."""
    source = Path(settings.MEDIA_ROOT)
    names = list(files.below(source))
    said = {}
    for number, name in enumerate(names, start=1):
        target = f"{files.DOCUMENTS}/{name}"
        said[target] = _entry(
            files.write(folder / target, files.pieces(source / name), compressed=False)
        )
        say(files.DOCUMENTS, number, len(names))
    return said


def _csv(every: list[Table]) -> Iterator[bytes]:
    """The dictionary of columns, as CSV."""
    for line in dictionary(every):
        held = io.StringIO()
        csv.writer(held).writerow(line)
        yield held.getvalue().encode()


def _migrations(cursor: Any) -> list[str]:
    """The migrations applied: what the tables look like."""
    cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
    return [name for (name,) in cursor.fetchall()]


def _sequences(cursor: Any, names: set[str]) -> dict[str, int]:
    """The last number each sequence gave; read last, so above every row that leaves."""
    cursor.execute(
        """
        SELECT s.sequencename, s.last_value, owner.relname
          FROM pg_sequences s
          JOIN pg_class c ON c.relname = s.sequencename AND c.relkind = 'S'
           AND c.relnamespace = 'public'::regnamespace
          LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
           AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass
          LEFT JOIN pg_class owner ON owner.oid = d.refobjid
         WHERE s.schemaname = 'public' AND s.last_value IS NOT NULL
         ORDER BY 1
        """
    )
    return {
        name: last for name, last, owner in cursor.fetchall() if owner is None or owner in names
    }


def _entry(written: files.Written) -> dict[str, Any]:
    return {"bytes": written.bytes, "sha256": written.sha256}
