"""Commands that read what is stored: without its tables they say so, in one sentence."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from filiere.operations import database
from filiere.operations.errors import SchemaNotReady

NOT_READY = 2
"""Exit code of a command that found no tables; 1 stays for what the command itself refuses."""


class PreparedCommand(BaseCommand):
    """A command that runs only on a database whose migrations are all applied."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Look at the schema, then run."""
        try:
            database.require_prepared()
        except SchemaNotReady as refusal:
            self.stderr.write(str(refusal))
            sys.exit(NOT_READY)
        return super().execute(*args, **options)
