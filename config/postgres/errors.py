"""Why PostgreSQL cannot be used, in one sentence a newcomer can act on.

This package runs before Django's settings exist, so it translates with the standard library.
"""

import gettext
import os
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent.parent / "locale"


class PostgresUnavailable(Exception):
    """PostgreSQL cannot be used; ``str(error)`` says what happened, why and what to do.

    Entry points print it without a traceback. ``code`` is stable and documented in
    docs/operations.md.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("django", LOCALE, languages=[language], fallback=True)


def _(text: str) -> str:
    """Translate for the terminal: French, unless its language is English."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    language = next((os.environ[name] for name in names if os.environ.get(name)), "fr")
    return _catalogue("en" if language.startswith("en") else "fr").gettext(text)


def disk_full(path: Path) -> PostgresUnavailable:
    """Return the refusal for a disk with no room left under ``path``."""
    return PostgresUnavailable(
        "postgres.disk_full",
        _(
            "PostgreSQL could not write under {path}: the disk is full. "
            "Nothing already confirmed is lost. Free at least 200 MB, then run the command again."
        ).format(path=path),
    )


def not_writable(path: Path, reason: str) -> PostgresUnavailable:
    """Return the refusal for a folder that this user may not create or write."""
    return PostgresUnavailable(
        "postgres.not_writable",
        _(
            "The database folder {path} cannot be written ({reason}). Give this user the right "
            "to write there, or name another folder in FILIERE_STATE_DIR."
        ).format(path=path, reason=reason),
    )


def no_binaries(reasons: list[str]) -> PostgresUnavailable:
    """Return the refusal when no usable PostgreSQL was found, with what was tried."""
    return PostgresUnavailable(
        "postgres.no_binaries",
        _(
            "No usable PostgreSQL was found on this computer. Tried: {reasons}. "
            "Install PostgreSQL 15 or newer with its contrib modules (Debian: apt-get install "
            "postgresql; macOS: brew install postgresql), or set DATABASE_URL to a server."
        ).format(reasons="; ".join(reasons)),
    )


def wrong_major(*, data: Path, major: int, reasons: list[str]) -> PostgresUnavailable:
    """Return the refusal for data written by a major version that no binaries here can read."""
    return PostgresUnavailable(
        "postgres.wrong_version",
        _(
            "The data in {data} was written by PostgreSQL {major}, and no PostgreSQL {major} is "
            "available here ({reasons}). Install that version, or start afresh with "
            "make reset-db (this erases the local data)."
        ).format(data=data, major=major, reasons="; ".join(reasons)),
    )


def no_account() -> PostgresUnavailable:
    """Return the refusal when root has no unprivileged account to run the server as."""
    return PostgresUnavailable(
        "postgres.no_account",
        _(
            "PostgreSQL refuses to run as root, and this computer has neither a “postgres” nor "
            "a “nobody” account. Run the command as an ordinary user, or set DATABASE_URL."
        ),
    )


def unsafe_socket(path: Path) -> PostgresUnavailable:
    """Return the refusal for a socket folder that somebody else owns or can enter."""
    return PostgresUnavailable(
        "postgres.unsafe_socket",
        _(
            "The folder {path}, meant for PostgreSQL's socket, belongs to another user or is "
            "open to others. Remove it, then run the command again."
        ).format(path=path),
    )


def in_use(path: Path) -> PostgresUnavailable:
    """Return the refusal when the database is being stopped or erased for too long."""
    return PostgresUnavailable(
        "postgres.locked",
        _(
            "The local database is held by another command ({path} is locked). Wait until that "
            "command ends, then run this one again."
        ).format(path=path),
    )


def slow(log: Path) -> PostgresUnavailable:
    """Return the refusal when the server does not answer in the time allowed."""
    return PostgresUnavailable(
        "postgres.slow",
        _(
            "PostgreSQL has not answered in time. It may still be recovering: run the command "
            "again in a minute. Its log is {log}."
        ).format(log=log),
    )


def did_not_start(log: Path, last_words: str) -> PostgresUnavailable:
    """Return the refusal for a server that stopped while starting, with its last words."""
    return PostgresUnavailable(
        "postgres.did_not_start",
        _(
            "PostgreSQL did not start: {last_words} The whole log is {log}. "
            "If the data is damaged, restore a backup, or start afresh with make reset-db."
        ).format(last_words=last_words, log=log),
    )
