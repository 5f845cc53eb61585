"""``filiere import-territories [FILE]``: the reference data, or a file of communes."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from filiere.cli.prepared import PreparedCommand
from filiere.kernel.errors import FiliereError
from filiere.territories import services

_REMARKS_SHOWN = 20


class Command(PreparedCommand):
    """Load territories; the same file loaded again changes nothing."""

    help = "Load the territories of France, or a CSV file of communes and indicators."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, if any."""
        parser.add_argument("file", nargs="?", type=Path, help="CSV in UTF-8, compressed or not")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load, then say what was written; a refused line makes the command fail."""
        path: Path | None = options["file"]
        if path is None:
            self._load_reference()
            return
        if not path.is_file():
            raise CommandError(_("There is no file “%(name)s”.") % {"name": path})
        try:
            report = services.import_territories(
                path=path, at=timezone.now(), actor="command", progress=self._progress
            )
        except FiliereError as refusal:
            raise CommandError(str(refusal)) from None
        for remark in report.remarks[:_REMARKS_SHOWN]:
            self.stdout.write(
                _("line %(line)s, column %(column)s: %(severity)s, %(reason)s %(value)s")
                % {
                    "line": remark.line, "column": remark.column or "–",
                    "severity": remark.severity, "reason": remark.reason, "value": remark.value,
                }
            )  # fmt: skip
        self.stdout.write(
            _(
                "%(read)s lines read: %(created)s territories created, %(updated)s changed, "
                "%(refused)s refused; %(indicators)s figures written; %(remarks)s remarks."
            )
            % {
                "read": report.read, "created": report.created, "updated": report.updated,
                "refused": report.refused, "indicators": report.indicators,
                "remarks": len(report.remarks),
            }
        )  # fmt: skip
        if report.refused:
            raise CommandError(_("Some lines were refused: see above."))

    def _load_reference(self) -> None:
        """Load what Filière ships."""
        counts = services.load_reference(progress=self._progress)
        self.stdout.write(
            _(
                "%(created)s territories created, %(updated)s changed; "
                "%(former)s former communes and %(indicators)s figures written."
            )
            % {
                "created": counts.territories_created, "updated": counts.territories_updated,
                "former": counts.former_communes, "indicators": counts.indicators,
            }
        )  # fmt: skip

    def _progress(self, done: int, total: int) -> None:
        """Say how far the work is."""
        self.stderr.write(_("%(done)s out of %(total)s") % {"done": done, "total": total})
