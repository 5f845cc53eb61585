"""The clock and the light settings that the stage and its web server share."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

# A Tuesday of November 2026, half past ten in Paris: offices are open, the morning has begun.
from tests.conftest import AT, UnknownVariable

DATABASE = "FILIERE_E2E_DATABASE"
STATIC = "FILIERE_E2E_STATIC"
# A file that holds the moment to carry the server to; a journey writes it to let days pass.
MOMENT = "FILIERE_E2E_MOMENT"
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "FILIERE_INSECURE": "1",
    "FILIERE_DEMO": "1",
}


def stop_at_the_moment() -> Any:
    """Carry this process to ``AT``; its clock then goes on. Give what moves it."""
    import time_machine

    return time_machine.travel(AT, tick=True).start()


def following(application: Any, moves: Any) -> Any:
    """Serve an application whose clock jumps when a journey writes another moment.

    Without a file to follow, the clock only goes on.
    """
    if MOMENT not in os.environ:
        return application
    written = Path(os.environ[MOMENT])
    known = ""

    def serve(environ: Any, start_response: Any) -> Any:
        nonlocal known
        asked = written.read_text("utf-8")
        if asked and asked != known:
            known = asked
            moves.move_to(dt.datetime.fromisoformat(asked))
        return application(environ, start_response)

    return serve


def lighten() -> None:
    """Hash passwords quickly, keep static files apart, and let no template forget a variable."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT = os.environ[STATIC]
    for engine in settings.TEMPLATES:
        engine["OPTIONS"]["string_if_invalid"] = UnknownVariable("%s")
        engine["OPTIONS"]["debug"] = True
