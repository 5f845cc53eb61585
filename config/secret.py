"""Secrets: from the environment, else made once and kept in a file only this user can read."""

import os
import secrets
from pathlib import Path


def read(name: str, *, state: Path) -> str:
    """Return the secret called ``name``.

    The environment wins. Without it (a developer's machine, the demo) a random value is written
    once under ``state/secrets`` with mode 0600, so that sessions and encrypted identities survive
    a restart.
    """
    if value := os.environ.get(name):
        return value
    path = state / "secrets" / name.lower()
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    value = secrets.token_urlsafe(48)
    # A second process may be doing the same: the link succeeds for exactly one of them.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(value, encoding="ascii")
    try:
        os.link(draft, path)
    except FileExistsError:
        value = path.read_text(encoding="ascii")
    finally:
        draft.unlink()
    return value


def kept(name: str, *, state: Path) -> str:
    """Return a secret that an installation may do without, from the environment or its file.

    Blank when there is none; nothing is made. ``filiere import-operator`` writes such a file.
    """
    if value := os.environ.get(name):
        return value
    try:
        return (state / "secrets" / name.lower()).read_text(encoding="ascii")
    except FileNotFoundError:
        return ""
