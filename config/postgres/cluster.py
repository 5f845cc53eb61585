"""The embedded cluster: made once by initdb, furnished with its logins and its database.

The superuser ``postgres`` enters by the socket as the operating-system user who owns the
installation (peer), so no password of it exists. Owner and application enter with passwords
derived from one secret of the installation: the same socket never makes one the other.
"""

import hashlib
import hmac
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from config import secret
from config.postgres import errors
from config.postgres.places import Places, explained
from config.postgres.sources import Binaries

DATABASE = "filiere"
OWNER = "filiere_owner"
APPLICATION = "filiere_app"
PORT = 5432
PROGRAM_SECONDS = 300.0
WAL_SEGMENT_BYTES = 16 * 2**20
# A new cluster takes 46 MB; its first writes as much again.
NEW_CLUSTER_BYTES = 100 * 2**20

# On the command line rather than in the file: an older cluster gets them too.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # Statements and the values in "Key (…)=(…)" name people: they stay out of the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def environment() -> dict[str, str]:
    """Return the environment of PostgreSQL's programs: no PG* variable of the caller's."""
    return {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}


def password(role: str, *, state: Path) -> str:
    """Return the password of a role, derived from the installation's FILIERE_DATABASE_KEY."""
    key = secret.read("FILIERE_DATABASE_KEY", state=state)
    return hmac.new(key.encode(), f"postgres role {role}".encode(), hashlib.sha256).hexdigest()


def url(role: str, *, places: Places) -> str:
    """Return the address of the embedded database for one login."""
    host = quote(str(places.socket), safe="")
    word = password(role, state=places.state)
    return f"postgresql://{role}:{word}@/{DATABASE}?host={host}&port={PORT}"


def create(binaries: Binaries, *, places: Places) -> None:
    """Run initdb unless the cluster is there; an interrupted one is thrown away.

    Raises:
        PostgresUnavailable: the disk is full, or initdb refused.
    """
    data = places.data(binaries.major)
    if (data / "PG_VERSION").exists():
        return
    if free_bytes(places) < NEW_CLUSTER_BYTES:
        raise errors.disk_full(places.home)
    with explained(places.home):
        draft = data.with_name(data.name + ".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        places.own(draft)
        _initdb(binaries, draft, places)
        draft.rename(data)


def _initdb(binaries: Binaries, draft: Path, places: Places) -> None:
    # The built-in provider folds case the same on every system; before 17 it does not exist.
    locale = ["--locale=C", "--encoding=UTF8"]
    builtin = 17
    if binaries.major >= builtin:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    elif "C.UTF-8" in available_locales() or "C.utf8" in available_locales():
        locale = ["--locale=C.UTF-8", "--encoding=UTF8"]
    command = [binaries.program("initdb"), "-D", str(draft), "-U", "postgres", "--data-checksums"]
    command += [*locale, "--auth-local=peer", "--auth-host=reject", "--lc-messages=C"]
    answer = run(command, places=places)
    if answer.returncode:
        raise explain(answer.stderr + answer.stdout, places=places)


def available_locales() -> list[str]:
    """Return the names of this system's locales; empty when it cannot list them."""
    try:
        answer = subprocess.run(
            ["/usr/bin/locale", "-a"], check=False, capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return answer.stdout.split()


def run(command: list[str], *, places: Places) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the account that owns the cluster."""
    account = places.account
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        cwd="/",
        env=environment(),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        umask=0o077,
        timeout=PROGRAM_SECONDS,
    )


def write_access_rules(data: Path, *, places: Places) -> None:
    """Write who may enter, and by which proof; done at each start, so it follows a renaming."""
    name = pwd.getpwuid(os.getuid()).pw_name
    rules = {
        "pg_hba.conf": ("local all postgres peer map=installation\nlocal all all scram-sha-256\n"),
        "pg_ident.conf": f'installation "{name}" postgres\n',
    }
    for file, text in rules.items():
        path = data / file
        with explained(path):
            path.write_text(text, encoding="utf-8")
            places.own(path)


def connect_as_superuser(places: Places, *, timeout_seconds: int = 5) -> psycopg.Connection:
    """Open an autocommit connection for the launcher's own needs."""
    return psycopg.connect(
        host=str(places.socket),
        port=PORT,
        user="postgres",
        dbname="postgres",
        connect_timeout=timeout_seconds,
        autocommit=True,
    )


def furnish(places: Places) -> None:
    """Make the two logins and the database, or mend their passwords. Running it again is free.

    The owner is no superuser: it has the rights a hosted server would give it, so that what
    works here works there. It is a member of the application's role, to act and clean up for it.
    """
    with connect_as_superuser(places) as connection:
        for role, rights in ((OWNER, "LOGIN CREATEDB CREATEROLE"), (APPLICATION, "LOGIN")):
            set_role(connection, role, rights, password(role, state=places.state))
        connection.execute(
            sql.SQL("GRANT {} TO {} WITH ADMIN OPTION").format(
                sql.Identifier(APPLICATION), sql.Identifier(OWNER)
            )
        )
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if found.fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )


def set_role(connection: psycopg.Connection, role: str, rights: str, word: str) -> None:
    """Create a login or change its password; the server never sees the password itself."""
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verifier = connection.pgconn.encrypt_password(word.encode(), role.encode(), b"scram-sha-256")
    connection.execute(
        sql.SQL("{} ROLE {} WITH {} PASSWORD {}").format(
            sql.SQL("ALTER" if found else "CREATE"),
            sql.Identifier(role),
            sql.SQL(rights),
            sql.Literal(verifier.decode()),
        )
    )


def free_bytes(places: Places) -> int:
    """Return the room left to an ordinary user where the data lie, in bytes."""
    disk = os.statvfs(places.home)
    return disk.f_bavail * disk.f_frsize


def explain(words: str, *, places: Places) -> errors.PostgresUnavailable:
    """Turn PostgreSQL's own words into the refusal that fits them."""
    told = "No space left on device" in words or "Disk quota exceeded" in words
    # On a full disk the log itself may break off before the telling word.
    if told or free_bytes(places) < WAL_SEGMENT_BYTES:
        return errors.disk_full(places.home)
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    telling = [line for line in lines if any(mark in line for mark in ("FATAL", "PANIC", "error"))]
    last = (telling or lines or ["it said nothing."])[-1]
    return errors.did_not_start(places.server_log, last if last.endswith(".") else last + ".")
