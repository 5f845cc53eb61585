"""What must hold before the first row of an export is loaded: whole, unaltered, of this version."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from filiere.operations.errors import (
    ExportAltered,
    ExportIncomplete,
    ExportOfAnotherVersion,
    InstallInUse,
)
from filiere.operations.succession import files, keys
from filiere.operations.succession.tables import Table

FORMAT = 1
# How long a connection that was just closed may still be seen.
PATIENCE_SECONDS = 3.0

type_progress = Callable[[str, int, int], None]


def require_whole(
    folder: Path, *, passphrase: str, say: type_progress
) -> tuple[dict[str, Any], dict[str, str], str]:
    """Open the keys, then compare every file with its digest; change nothing.

    Returns:
        the manifest, the keys by name, and the SHA-256 of the manifest.

    Raises:
        ExportIncomplete, ExportAltered, KeysNotOpened.
    """
    sealed = files.read_json(files.opened(folder, files.KEYS))
    held, expected = keys.unseal(sealed, passphrase=passphrase)
    digest = files.digest_of(files.opened(folder, files.MANIFEST)).sha256
    if digest != expected:
        raise ExportAltered(file=files.MANIFEST)
    manifest = files.read_json(folder / files.MANIFEST)
    listed = {one["path"]: one for one in manifest["tables"].values()}
    listed |= manifest["files"] | manifest["documents"]
    total, read = sum(one["bytes"] for one in listed.values()), 0

    def count(more: int) -> None:
        nonlocal read
        read += more
        say("digests", min(read, total), total)

    for name, one in sorted(listed.items()):
        found = files.digest_of(files.opened(folder, name), progress=count)
        if (found.bytes, found.sha256) != (one["bytes"], one["sha256"]):
            raise ExportAltered(file=name)
    return manifest, held, digest


def require_same_version(cursor: Any, manifest: dict[str, Any], every: list[Table]) -> None:
    """Refuse an export whose tables are not these.

    Raises:
        ExportOfAnotherVersion: names the first difference.
        ExportIncomplete: a table of this version is not in the export.
    """
    if manifest["format"] != FORMAT:
        raise ExportOfAnotherVersion(difference=f"format {manifest['format']}")
    cursor.execute("SELECT app || '.' || name FROM django_migrations")
    ours, theirs = {name for (name,) in cursor.fetchall()}, set(manifest["migrations"])
    if ours != theirs:
        raise ExportOfAnotherVersion(difference=", ".join(sorted(ours ^ theirs)[:3]))
    for table in every:
        said = manifest["tables"].get(table.name)
        if said is None:
            raise ExportIncomplete(file=table.path)
        if said["columns"] != table.declared or said["path"] != table.path:
            raise ExportOfAnotherVersion(difference=table.name)


def require_alone(cursor: Any) -> None:
    """Refuse while a web server, a worker or another import uses this database.

    Raises:
        InstallInUse.
    """
    cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('operations.import_operator'))")
    if not cursor.fetchone()[0]:
        raise InstallInUse
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = %s AND pid <> pg_backend_pid())",
            [settings.DATABASES["default"]["USER"]],
        )
        if not cursor.fetchone()[0]:
            return
        if time.monotonic() > until:
            raise InstallInUse
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        time.sleep(0.1)
