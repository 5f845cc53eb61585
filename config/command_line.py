"""``filiere COMMAND``: Django's command line under the project's own name."""

import os
import sys

from config.postgres import PostgresUnavailable


def spelled(arguments: list[str]) -> list[str]:
    """Turn the words people type into command names.

    ``import-places`` is the module ``import_places``. ``check`` verifies the stored state;
    ``check --deploy`` stays Django's check of the settings.
    """
    if not arguments:
        return arguments
    name, *rest = arguments
    if name == "check" and "--deploy" not in rest:
        name = "verify"
    return [name if name.startswith("-") else name.replace("-", "_"), *rest]


def main() -> None:
    """Run one command; a refusal of the database is a sentence, not a traceback."""
    if sys.argv[1:2] == ["demo"]:
        # The demonstration runs on this computer only, without HTTPS, and says that it is one.
        os.environ.setdefault("FILIERE_INSECURE", "1")
        os.environ.setdefault("FILIERE_DEMO", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    try:
        execute_from_command_line(["filiere", *spelled(sys.argv[1:])])
    except PostgresUnavailable as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
