"""Preparing a database: schema as its owner, rights of the application, scratch copies."""

import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import Error, connections
from django.db.migrations.executor import MigrationExecutor

from filiere.operations.errors import SchemaNotReady

ALIASES = ("default", "owner")
DROP_ATTEMPTS = 5
SCRATCH = "filiere scratch "
"""How the comment of a scratch database begins; then JSON says which process made it."""


def prepare() -> None:
    """Bring the schema up to date as the owner; the application's rights follow it."""
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    connections["owner"].close()


def use(name: str) -> str:
    """Point both logins of this process at the database ``name``; return the former name."""
    former = str(connections["default"].settings_dict["NAME"])
    for alias in ALIASES:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    return former


def require_prepared() -> None:
    """Refuse a database whose schema is missing or not the one of this code.

    Raises:
        SchemaNotReady: a migration is still to be applied.
    """
    connection = connections["default"]
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise SchemaNotReady(name=connection.settings_dict["NAME"])


def drop_abandoned() -> list[str]:
    """Drop the scratch databases whose process was killed; one in use is never dropped.

    A scratch database is abandoned when nobody is connected to it (its maker stays connected as
    long as it lives) and the process that made it is gone: after a crash of the server the maker
    comes back, though nobody is connected for a moment.

    Returns:
        The names of those dropped.
    """
    dropped = []
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            SELECT datname, substr(shobj_description(oid, 'pg_database'), %s) FROM pg_database
             WHERE starts_with(shobj_description(oid, 'pg_database'), %s)
               AND pg_get_userbyid(datdba) = current_user
               AND NOT EXISTS (SELECT FROM pg_stat_activity s WHERE s.datid = pg_database.oid)
             ORDER BY datname
            """,
            [len(SCRATCH) + 1, SCRATCH],
        )
        for name, maker in cursor.fetchall():
            if _is_alive(json.loads(maker)):
                continue
            try:
                cursor.execute(f'DROP DATABASE "{name}"')  # refused while anybody is connected
            except Error:
                continue
            dropped.append(str(name))
    return dropped


def _is_alive(maker: dict[str, object]) -> bool:
    """Tell whether a process still runs; one of another machine is taken to."""
    if maker["host"] != socket.gethostname():
        return True
    try:
        os.kill(int(str(maker["pid"])), 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


@contextmanager
def scratch(prefix: str, *, durable: bool = False) -> Iterator[str]:
    """Work in a fresh, prepared database that disappears at the end.

    Args:
        durable: what is confirmed survives a crash of the server, as in a database that is kept;
            by default it need not, and commits do not wait for the disk.

    Yields:
        its name, for child processes to join with ``use``.
    """
    drop_abandoned()
    name = f"{prefix}_{secrets.token_hex(4)}"
    maker = json.dumps({"host": socket.gethostname(), "pid": os.getpid()})
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [SCRATCH + maker])
        if not durable:
            cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    former = use(name)
    presence = connections["owner"].copy()
    try:
        presence.ensure_connection()  # stays open: whoever cleans up sees that we are here
        prepare()
        yield name
    finally:
        presence.close()
        use(former)
        _drop(name)
        connections["owner"].close()


def _drop(name: str) -> None:
    """Drop a scratch database, whoever is still connected to it with our logins.

    Not ``WITH (FORCE)``: that is refused to anyone but a superuser while the server's own
    autovacuum works there, which a plain ``DROP`` stops by itself.
    """
    with connections["owner"].cursor() as cursor:
        for attempt in range(DROP_ATTEMPTS):
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND backend_type = 'client backend'",
                [name],
            )
            try:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            except Error:
                if attempt + 1 == DROP_ATTEMPTS:
                    raise
            else:
                return
