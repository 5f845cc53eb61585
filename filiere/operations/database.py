"""Preparing a database: schema as its owner, rights of the application, scratch copies."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connections

ALIASES = ("default", "owner")


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


@contextmanager
def scratch(prefix: str, *, durable: bool = False) -> Iterator[str]:
    """Work in a fresh, prepared database that disappears at the end.

    Args:
        durable: what is confirmed survives a crash of the server, as in a database that is kept;
            by default it need not, and commits do not wait for the disk.

    Yields:
        its name, for child processes to join with ``use``.
    """
    name = f"{prefix}_{secrets.token_hex(4)}"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        if not durable:
            cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    former = use(name)
    try:
        prepare()
        yield name
    finally:
        use(former)
        with connections["owner"].cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connections["owner"].close()
