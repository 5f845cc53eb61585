"""Going on where another operator stopped: its export, loaded into an empty installation.

All or nothing: one transaction of the owner loads the tables, puts the constraints back, adds the
books up and asks every invariant; only then do the keys replace those of this installation, and
the whole is confirmed.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, connections, transaction

from filiere.kernel import checks
from filiere.kernel.models import AuditEntry
from filiere.operations.errors import (
    BooksDiffer,
    ExportNotLoadable,
    ImportNotTrue,
    InstallNotEmpty,
)
from filiere.operations.grants import grant_application
from filiere.operations.succession import books, files, keys
from filiere.operations.succession.people import hand_over
from filiere.operations.succession.reading import (
    require_alone,
    require_same_version,
    require_whole,
)
from filiere.operations.succession.tables import SEEDED, Table, tables

DONE = "operations.operator_imported"
type_progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What was loaded and proved.

    Attributes:
        books: root of the chain, vouchers and payments by state, as the former operator said them.
        accounts: accounts whose balance is the same, to the smallest part.
        invariants: how many hold.
        operators_ended: people of the former operator who lost their role.
    """

    tables: int
    rows: int
    documents: int
    accounts: int
    invariants: int
    operators_ended: int
    books: dict[str, Any]
    manifest_sha256: str


def import_operator(
    *,
    folder: Path,
    passphrase: str,
    operators: Sequence[str],
    organisation: str,
    at: datetime,
    actor: str,
    progress: type_progress,
) -> Imported:
    """Load an export into this empty installation, prove it, and take over its keys.

    Args:
        operators: e-mail addresses of those who run it from now on; the role of everyone the
            former operator had is ended.
        organisation: name of the new operator.
        at: aware; written in the audit trail.
        progress: called with what is done, how far, of how much.

    Raises:
        ExportIncomplete, ExportAltered, KeysNotOpened, ExportOfAnotherVersion, KeyFromEnvironment,
        InstallNotEmpty, InstallInUse, ExportNotLoadable, BooksDiffer, ImportNotTrue: nothing was
        loaded.
    """
    manifest, held, digest = require_whole(folder, passphrase=passphrase, say=progress)
    keys.require_installable(held)
    connections["default"].close()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        require_alone(cursor)
        every = tables(cursor)
        require_same_version(cursor, manifest, every)
        _require_empty(cursor, every)
        with _asleep(cursor, every):
            _load(folder, cursor, manifest["tables"], every, progress)
            _go_on_counting(cursor, manifest["sequences"])
        for table in every:
            cursor.execute(f'ANALYZE "{table.name}"')
        cursor.execute("SELECT ledger_roll_up(%s)", [at])
        accounts = _prove(folder, cursor, manifest, progress)
        ended = hand_over(operators=operators, organisation=organisation, at=at)
        rows = sum(one["rows"] for one in manifest["tables"].values())
        AuditEntry.objects.using("owner").create(
            actor=actor, action=DONE, subject="operator", at=at,
            detail={"manifest": digest, "rows": rows, "operators_ended": ended},
        )  # fmt: skip
        invariants = _require_true(progress)
        grant_application(cursor, login=str(settings.DATABASES["default"]["USER"]))
        _install_documents(folder, manifest["documents"])
        keys.install(held)  # last: an installation that stays empty may well have these keys
    return Imported(
        tables=len(every),
        rows=rows,
        documents=len(manifest["documents"]),
        accounts=accounts,
        invariants=invariants,
        operators_ended=ended,
        books=manifest["books"],
        manifest_sha256=digest,
    )


def _require_empty(cursor: Any, every: list[Table]) -> None:
    """Refuse to mix two operators; what migrations wrote does not count."""
    for table in every:
        if table.name in SEEDED:
            continue
        cursor.execute(f'SELECT EXISTS (SELECT FROM "{table.name}")')
        if cursor.fetchone()[0]:
            raise InstallNotEmpty(table=table.name)


@contextmanager
def _asleep(cursor: Any, every: list[Table]) -> Iterator[None]:
    """Load without triggers and foreign keys; the latter are put back, and ask every row.

    Checks, unique and exclusion constraints stay in force throughout. What triggers guard is asked
    by the invariants afterwards: row by row, they would judge as acts what are facts.
    """
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)"
        "  FROM pg_constraint WHERE contype = 'f' AND conparentid = 0"
        "   AND conrelid::regclass::text = ANY(%s) ORDER BY 1, 2",
        [[table.name for table in every]],
    )
    links = cursor.fetchall()
    for table in every:
        cursor.execute(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
    for table, name, _definition in links:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name in SEEDED:
        cursor.execute(f'DELETE FROM "{name}"')
    yield
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table, name, definition in links:
        with _worded(table):
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for one in every:
        cursor.execute(f'ALTER TABLE "{one.name}" ENABLE TRIGGER USER')


@contextmanager
def _worded(table: str) -> Iterator[None]:
    """Say what the database refused in a sentence that names the table."""
    try:
        yield
    except (Error, psycopg.Error) as refused:  # the latter while copying
        reason = str(refused).partition("\n")[0]
        raise ExportNotLoadable(table=table, reason=reason) from refused


def _load(
    folder: Path, cursor: Any, said: dict[str, Any], every: list[Table], say: type_progress
) -> None:
    """Copy each file into its table, and count."""
    total, before = sum(one["rows"] for one in said.values()), 0
    for table in every:
        kept = said[table.name]
        say("rows", before, total)
        into = f'COPY "{table.name}" ({table.names}) FROM STDIN (FORMAT csv, HEADER MATCH)'
        with _worded(table.name), cursor.copy(into) as copy:
            for block in files.unpacked(folder / table.path):
                copy.write(block)
        if cursor.rowcount != kept["rows"]:
            raise BooksDiffer(difference=f"{table.name}: {cursor.rowcount} / {kept['rows']}")
        before += kept["rows"]


def _go_on_counting(cursor: Any, sequences: dict[str, int]) -> None:
    """Give new rows numbers above every number that was given."""
    cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
    known = {name for (name,) in cursor.fetchall()}
    for name in sorted(known & set(sequences)):
        cursor.execute(f'ALTER SEQUENCE "{name}" RESTART WITH {int(sequences[name]) + 1}')


def _prove(folder: Path, cursor: Any, manifest: dict[str, Any], say: type_progress) -> int:
    """Compare root, sums and each balance with those exported; return how many accounts.

    Raises:
        BooksDiffer: names the first that is not the same.
    """
    say("books", 0, 1)
    ours, theirs = books.books(cursor), manifest["books"]
    for name in theirs:
        if ours.get(name) != theirs[name]:
            raise BooksDiffer(difference=f"{name}: {ours.get(name)} / {theirs[name]}")
    different = books.first_difference(
        books.balances(cursor), files.unpacked(folder / files.BALANCES)
    )
    if different:
        raise BooksDiffer(difference=different)
    cursor.execute("SELECT count(*) FROM ledger_account")
    say("books", 1, 1)
    return int(cursor.fetchone()[0])


def _require_true(say: type_progress) -> int:
    """Ask every invariant before anything is confirmed; return how many there are."""
    total, asked = len(checks.registry), iter(range(len(checks.registry)))
    verdicts = checks.run(using="owner", progress=lambda _name: say("check", next(asked), total))
    wrong = [f"{one.name} ({one.first})" for one in verdicts if not one.holds]
    if wrong:
        raise ImportNotTrue(names="; ".join(wrong))
    return len(verdicts)


def _install_documents(folder: Path, documents: dict[str, Any]) -> None:
    """Put the documents where this installation looks for them."""
    for name in documents:
        target = Path(settings.MEDIA_ROOT) / Path(name).relative_to(files.DOCUMENTS)
        files.write(target, files.pieces(files.opened(folder, name)), compressed=False)
