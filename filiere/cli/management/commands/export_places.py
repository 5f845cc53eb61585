"""``filiere export-places FILE``: our places in the national format, 32 columns."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from filiere.cli.prepared import PreparedCommand
from filiere.directory import queries
from filiere.territories.models import Territory


class Command(PreparedCommand):
    """Export places. Those we imported are left out, unless asked for: they are not ours."""

    help = "Export the places entered here in the national format (CSV, 32 columns)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file to write and the choice of places."""
        parser.add_argument("file", help="file to write, or - for the terminal")
        parser.add_argument("--imported", action="store_true", help="also the imported places")
        parser.add_argument(
            "--territory", metavar="KIND:CODE", help="only there, such as departement:23"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file, then say how many places it holds."""
        choice: dict[str, Any] = {
            "territory": self._territory(options["territory"]),
            "include_imported": options["imported"],
        }
        if options["file"] == "-":
            queries.export_csv(sys.stdout, **choice)
            return
        with Path(options["file"]).open("w", encoding="utf-8", newline="") as stream:
            count = queries.export_csv(stream, **choice)
        self.stdout.write(_("%(count)s places written.") % {"count": count})

    def _territory(self, named: str | None) -> Territory | None:
        """Find the territory written KIND:CODE."""
        if named is None:
            return None
        kind, _colon, code = named.partition(":")
        territory = Territory.objects.filter(kind=kind, code=code).first()
        if territory is None:
            raise CommandError(_("No territory is known as “%(name)s”.") % {"name": named})
        return territory
