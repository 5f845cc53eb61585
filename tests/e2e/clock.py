"""The clock and the light settings that the stage and its web server share."""

import os

# A Tuesday of November 2026, half past ten in Paris: offices are open, the morning has begun.
from tests.conftest import AT, UnknownVariable

DATABASE = "FILIERE_E2E_DATABASE"
STATIC = "FILIERE_E2E_STATIC"
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "FILIERE_INSECURE": "1",
    "FILIERE_DEMO": "1",
}


def stop_at_the_moment() -> None:
    """Carry this process to ``AT``; its clock then goes on."""
    import time_machine

    time_machine.travel(AT, tick=True).start()


def lighten() -> None:
    """Hash passwords quickly, keep static files apart, and let no template forget a variable."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT = os.environ[STATIC]
    for engine in settings.TEMPLATES:
        engine["OPTIONS"]["string_if_invalid"] = UnknownVariable("%s")
        engine["OPTIONS"]["debug"] = True
