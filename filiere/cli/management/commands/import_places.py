"""``filiere import-places FILE``: places in the national format, with a report by line."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from filiere.cli.prepared import PreparedCommand
from filiere.directory import services
from filiere.directory.models import ImportRun, Severity
from filiere.kernel.errors import FiliereError


class Command(PreparedCommand):
    """Import places; the same file imported again changes nothing; an import can be undone."""

    help = "Import a CSV or JSON file of places in the national format, or undo an import."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, its source, or the import to undo."""
        parser.add_argument("file", nargs="?", type=Path, help="CSV or JSON, compressed or not")
        parser.add_argument("--source", default="", help="source of the lines that name none")
        parser.add_argument("--undo", type=int, metavar="NUMBER", help="import to undo")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import or undo, then report; a refused line makes the command fail."""
        try:
            if options["undo"] is not None:
                self._undo(options["undo"])
            elif options["file"] is None:
                raise CommandError(_("Name a file, or an import to undo."))
            else:
                self._import(options["file"], options["source"])
        except FiliereError as refusal:
            raise CommandError(str(refusal)) from None

    def _import(self, path: Path, source: str) -> None:
        """Import one file."""
        if not path.is_file():
            raise CommandError(_("There is no file “%(name)s”.") % {"name": path})
        run = services.import_places(
            path=path, source_name=source, at=timezone.now(), actor="command",
            progress=self._progress,
        )  # fmt: skip
        reasons = (
            run.lines.exclude(severity=Severity.REFUSED)
            .values_list("column", "severity", "reason")
            .annotate(times=Count("pk"))
            .order_by("-times", "column", "reason")
        )
        for column, severity, reason, times in reasons:
            self.stdout.write(f"{times:>6} × {column} {severity} {reason}")
        for line in run.lines.filter(severity=Severity.REFUSED).order_by("line", "pk"):
            self.stdout.write(
                _("line %(line)s refused, column %(column)s: %(reason)s %(value)s")
                % {
                    "line": line.line, "column": line.column or "–", "reason": line.reason,
                    "value": line.value,
                }
            )  # fmt: skip
        self.stdout.write(
            _(
                "Import %(number)s: %(read)s lines read, %(created)s places created, "
                "%(updated)s changed, %(unchanged)s unchanged, %(refused)s refused."
            )
            % {
                "number": run.pk, "read": run.read, "created": run.created,
                "updated": run.updated, "unchanged": run.unchanged, "refused": run.refused,
            }
        )  # fmt: skip
        if run.refused:
            raise CommandError(_("Some lines were refused: see above."))

    def _undo(self, number: int) -> None:
        """Undo one import."""
        run = ImportRun.objects.filter(pk=number).first()
        if run is None:
            raise CommandError(_("There is no import %(number)s.") % {"number": number})
        undone = services.undo_import(run=run, at=timezone.now(), actor="command")
        self.stdout.write(
            _("%(removed)s places removed, %(kept)s kept because they are used.")
            % {"removed": undone.places_removed, "kept": undone.places_kept}
        )

    def _progress(self, done: int, total: int) -> None:
        """Say how far the work is."""
        self.stderr.write(_("%(done)s places out of %(total)s") % {"done": done, "total": total})
