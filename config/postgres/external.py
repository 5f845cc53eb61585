"""A PostgreSQL the installation does not run: checked, and given the application's login."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config.postgres import cluster
from config.postgres.errors import PostgresUnavailable, _
from config.postgres.sources import EXTENSIONS, MAJOR_MIN

# One process at a time makes the login ("Fili" in ASCII).
ROLE_LOCK = 0x46696C69


def application_url(owner_url: str, *, state: Path) -> str:
    """Return DATABASE_APP_URL, else the address of a login made with the owner's rights.

    Raises:
        PostgresUnavailable: the server cannot be reached, is older than 15, lacks an extension,
            or the owner may not create a role.
    """
    if given := os.environ.get("DATABASE_APP_URL"):
        _check(_connect(given, "DATABASE_APP_URL"))
        return given
    word = cluster.password(cluster.APPLICATION, state=state)
    derived = _with_login(owner_url, cluster.APPLICATION, word)
    try:
        connection = psycopg.connect(derived, connect_timeout=10)
    except psycopg.OperationalError:
        _make_login(_connect(owner_url, "DATABASE_URL"), word)
        connection = _connect(derived, "DATABASE_URL", login=cluster.APPLICATION)
    _check(connection)
    return derived


def _connect(address: str, setting: str, *, login: str = "") -> psycopg.Connection:
    try:
        return psycopg.connect(address, connect_timeout=10, autocommit=True)
    except (psycopg.OperationalError, psycopg.ProgrammingError) as failure:
        reason = str(failure).strip().partition("\n")[0]
        if login:
            sentence = _(
                "The server of DATABASE_URL accepts the owner but not the login {login} made "
                "for the application ({reason}). Let it sign in with a password in pg_hba.conf, "
                "or name another login in DATABASE_APP_URL."
            )
        else:
            sentence = _(
                "The database of {setting} cannot be reached ({reason}). Check the address, "
                "that the server runs and that the database exists, or remove {setting} to use "
                "the embedded PostgreSQL."
            )
        raise PostgresUnavailable(
            "postgres.unreachable",
            sentence.format(setting=setting, reason=reason, login=login),
        ) from failure


def _check(connection: psycopg.Connection) -> None:
    """Refuse a server that is too old or lacks an extension, then close the connection."""
    with connection:
        version = connection.info.server_version
        rows = connection.execute(
            "SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(EXTENSIONS)]
        ).fetchall()
    if version < MAJOR_MIN * 10_000:
        raise PostgresUnavailable(
            "postgres.too_old",
            _(
                "The server of DATABASE_URL is PostgreSQL {version}; Filière needs {minimum} or "
                "newer. Upgrade the server, or remove DATABASE_URL to use the embedded one."
            ).format(version=version // 10_000, minimum=MAJOR_MIN),
        )
    lacking = sorted(set(EXTENSIONS) - {name for (name,) in rows})
    if lacking:
        raise PostgresUnavailable(
            "postgres.extension_missing",
            _(
                "The server of DATABASE_URL does not offer {extensions}. Install PostgreSQL's "
                "contrib modules on it (Debian: apt-get install postgresql-contrib)."
            ).format(extensions=", ".join(lacking)),
        )


def _make_login(owner: psycopg.Connection, word: str) -> None:
    """Create the application's login, or take it over when nobody is using it.

    Another installation on the same server may have made it with its own password: changing it
    under that installation's feet would break it.
    """
    role = cluster.APPLICATION
    with owner:
        owner.execute("SELECT pg_advisory_lock(%s)", [ROLE_LOCK])
        busy = owner.execute(
            "SELECT 1 FROM pg_stat_activity WHERE usename = %s LIMIT 1", [role]
        ).fetchone()
        if busy:
            raise PostgresUnavailable(
                "postgres.login_taken",
                _(
                    "Another installation is using the login {login} on the server of "
                    "DATABASE_URL, with a password this one does not know. Give both the same "
                    "FILIERE_DATABASE_KEY, or set DATABASE_APP_URL."
                ).format(login=role),
            )
        try:
            cluster.set_role(owner, role, "LOGIN", word)
            owner.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))
            owner.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                    sql.Identifier(owner.info.dbname), sql.Identifier(role)
                )
            )
        except psycopg.errors.InsufficientPrivilege as refusal:
            raise PostgresUnavailable(
                "postgres.may_not_create_login",
                _(
                    "The login of DATABASE_URL may not create the application's own login "
                    "({reason}). Create one without rights, and give its address in "
                    "DATABASE_APP_URL, or grant CREATEROLE to the owner."
                ).format(reason=str(refusal).strip().partition("\n")[0]),
            ) from refusal


def _with_login(address: str, role: str, word: str) -> str:
    """Return the same address for another login."""
    parts = urlsplit(address)
    place = parts.netloc.rpartition("@")[2]
    query = [
        (key, value) for key, value in parse_qsl(parts.query) if key not in ("user", "password")
    ]
    return urlunsplit(
        parts._replace(netloc=f"{role}:{word}@{place}", query=urlencode(query, quote_via=quote))
    )
