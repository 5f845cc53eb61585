"""``filiere ledger-export FILE``: the journal as a beancount file."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from filiere.ledger.export import export_beancount


class Command(BaseCommand):
    """Write the journal for another program to add up: ``bean-check FILE``."""

    help = "Export the journal as a beancount file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file to write and the last day."""
        parser.add_argument("file", help="file to write, or - for the terminal")
        parser.add_argument("--until", type=date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file, then say how much it holds."""
        if options["file"] == "-":
            export_beancount(sys.stdout, until=options["until"])
            return
        with Path(options["file"]).open("w", encoding="utf-8") as stream:
            written = export_beancount(stream, until=options["until"])
        self.stdout.write(
            _("%(groups)s operations, %(transfers)s transfers, %(accounts)s accounts written.")
            % {
                "groups": written.groups,
                "transfers": written.transfers,
                "accounts": written.accounts,
            }
        )
