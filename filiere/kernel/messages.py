"""Text messages (SMS): the port through which they leave, and secrets put in at that moment.

An operator of text messages is one class with ``send``, named by the setting ``SMS_BACKEND``. None
comes with Filière: ``Files`` writes each message in a private file, ``Console`` on the terminal.

A text that waits in the database holds no secret: it names one, as ``{{voucher:12}}``, and the app
that keeps it gives it when the message leaves.
"""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from django.conf import settings
from django.utils.module_loading import import_string

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
NAMED = re.compile(r"\{\{(\w+):([\w-]+)\}\}")

type_secret = Callable[[str], str | None]
_keepers: dict[str, type_secret] = {}


class Sms(Protocol):
    """What sends a text message."""

    def send(self, *, number: str, text: str) -> None:
        """Send a text to an international number such as ``+33612345678``; raises when it fails."""


class Files:
    """Write each message in a file that only its owner can read, and send nothing."""

    def send(self, *, number: str, text: str) -> None:
        """Write the number, a blank line, the text."""
        folder = Path(settings.SMS_FOLDER)
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        path = folder / f"{uuid4().hex}.txt"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(path, flags, PRIVATE_FILE), "w", encoding="utf-8") as to:
            to.write(f"{number}\n\n{text}\n")


class Console:
    """Write each message on the terminal, to develop; a code is then readable there."""

    def send(self, *, number: str, text: str) -> None:
        """Write the number and the text."""
        sys.stdout.write(f"SMS {number}\n{text}\n")


def sms() -> Sms:
    """Give what sends text messages here."""
    backend: Sms = import_string(settings.SMS_BACKEND)()
    return backend


def keep_secret(kind: str, keeper: type_secret) -> None:
    """Let an app give the secrets it keeps when a message leaves.

    Args:
        kind: the word before the colon, e.g. ``voucher``.
        keeper: gives the secret of a reference; None when it may no longer be sent.
    """
    _keepers[kind] = keeper


def secret_mark(kind: str, reference: str | int) -> str:
    """Write the mark that stands for a secret in a text that waits."""
    return f"{{{{{kind}:{reference}}}}}"


def with_secrets(text: str) -> str | None:
    """Put the secrets that a text names in it, to send it now.

    Returns:
        None when one of them may no longer be sent.
    """
    found = {
        mark.group(): _keepers[mark[1]](mark[2])
        for mark in NAMED.finditer(text)
        if mark[1] in _keepers
    }
    if None in found.values():
        return None
    return NAMED.sub(lambda mark: found.get(mark.group()) or mark.group(), text)
