"""The database of this installation: a server named by DATABASE_URL, else an embedded one.

``connection_urls`` gives two logins on one database: the owner migrates and grants, the
application does what it was granted. See docs/decisions/0002-embedded-postgresql.md.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from config.postgres import cluster, external, lease
from config.postgres.errors import PostgresUnavailable
from config.postgres.lease import Lease
from config.postgres.places import places_of, state_folder

__all__ = ["DatabaseUrls", "Lease", "PostgresUnavailable", "connection_urls", "hold"]

_held_for_life: dict[Path, Lease] = {}


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """The two addresses of the database, as postgresql:// URLs with their passwords."""

    owner: str
    application: str

    def __repr__(self) -> str:
        return "DatabaseUrls(owner=…, application=…)"


def connection_urls(*, root: Path) -> DatabaseUrls:
    """Return the addresses to connect to; an embedded server is started, or joined, and held.

    The hold lasts as long as this process, so that settings may call this at import.

    Raises:
        PostgresUnavailable: no server can be used; its text says why and what to do.
    """
    if address := os.environ.get("DATABASE_URL"):
        state = state_folder(root)
        return DatabaseUrls(address, external.application_url(address, state=state))
    state = state_folder(root)
    if state not in _held_for_life:
        _held_for_life[state] = hold(root=root)
    places = places_of(state)
    return DatabaseUrls(
        cluster.url(cluster.OWNER, places=places),
        cluster.url(cluster.APPLICATION, places=places),
    )


def hold(*, root: Path) -> Lease:
    """Keep the embedded server up until the lease closes; nothing to hold with DATABASE_URL.

    Raises:
        PostgresUnavailable: the server cannot be started.
    """
    if os.environ.get("DATABASE_URL"):
        return Lease(None)
    return lease.take(root=root)
