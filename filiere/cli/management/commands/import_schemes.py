"""``filiere import-schemes FILE``: a list of schemes in CSV, with a report by line."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from filiere.cli.prepared import PreparedCommand
from filiere.kernel.errors import FiliereError
from filiere.projects import services
from filiere.projects.models import SchemeImport
from filiere.projects.services.schemes import MOST_BYTES


class Command(PreparedCommand):
    """Import schemes; the same list imported again changes nothing."""

    help = "Import a CSV list of schemes into the catalogue, with a report by line."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the list, who publishes it, and whether to write."""
        parser.add_argument("file", type=Path, help="CSV in UTF-8 with a line of titles")
        parser.add_argument("--source", default="", help="who publishes the list")
        parser.add_argument("--dry-run", action="store_true", help="report, and write nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import, then report; a refused line makes the command fail."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("There is no file “%(name)s”.") % {"name": path})
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        try:
            with transaction.atomic():
                done = services.import_schemes(
                    content=content, name=path.name, source=options["source"] or path.name,
                    actor="command", at=timezone.now(),
                )  # fmt: skip
                transaction.set_rollback(options["dry_run"])
        except FiliereError as refusal:
            raise CommandError(str(refusal)) from None
        self._report(done, dry_run=options["dry_run"])

    def _report(self, done: SchemeImport, *, dry_run: bool) -> None:
        for line, code, read in done.remarks:
            self.stdout.write(f"{line:>6} {code} {read}")
        words = _(
            "%(created)s schemes added, %(changed)s changed, %(same)s already the same,"
            " %(refused)s lines refused."
        ) % {
            "created": done.created, "changed": done.changed, "same": done.same,
            "refused": done.refused,
        }  # fmt: skip
        self.stdout.write(words)
        if dry_run:
            self.stdout.write(_("Nothing was written: this was a trial."))
        if done.refused:
            raise CommandError(_("Some lines were refused: see above."))
