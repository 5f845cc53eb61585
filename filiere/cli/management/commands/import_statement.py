"""``filiere import-statement FILE``: a statement of the ring-fenced account."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from filiere.cli.prepared import PreparedCommand
from filiere.kernel.errors import FiliereError
from filiere.kernel.wording import Day, Euros
from filiere.programmes import services


class Command(PreparedCommand):
    """Import a statement of the bank; the same file imported again changes nothing."""

    help = "Import a bank statement (camt.053 or table) of a declared ring-fenced account."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path, help="camt.053 XML, or the plain table")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import, then say what it brought; a file that cannot be trusted fails the command."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("There is no file “%(name)s”.") % {"name": path})
        try:
            made = services.import_statement(
                content=path.read_bytes(), at=timezone.now(), actor="command"
            )
        except FiliereError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            _("%(amount)s on the account on %(day)s; %(new)s new lines, %(known)s known.")
            % {
                "amount": Euros(made.closing_balance_cents),
                "day": Day(made.dated_on),
                "new": made.lines.count(),
                "known": made.lines_known,
            }
        )
