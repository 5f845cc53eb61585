"""Reading a passphrase: from a private file, else from the keyboard; never from the command line,
which every user of the computer can read.
"""

import getpass
import stat
import sys
from pathlib import Path

from django.utils.translation import gettext as _


def read(file: Path | None, *, twice: bool) -> str:
    """Give the passphrase; leave the command with a sentence when there is none.

    Args:
        file: its first line is the passphrase; others must not be able to read it.
        twice: ask again, so that a slip of the hand does not shut the export for ever.
    """
    if file is not None:
        return _from(file)
    if not sys.stdin.isatty():
        sys.exit(_("Nobody is at the keyboard: give --passphrase-file."))
    given = getpass.getpass(_("Passphrase: "))
    if twice and getpass.getpass(_("The same again: ")) != given:
        sys.exit(_("The two passphrases differ. Nothing was written."))
    return given


def _from(file: Path) -> str:
    """Read the first line of a private file."""
    try:
        is_open = stat.S_IMODE(file.stat().st_mode) & 0o077
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as refused:
        sys.exit(_("The passphrase cannot be read: %(reason)s.") % {"reason": refused})
    if is_open:
        sys.exit(_("Other users may read “%(file)s”: close it (chmod 600).") % {"file": file})
    return lines[0] if lines else ""
