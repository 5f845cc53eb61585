"""``filiere export-awards FILE``: what was granted, in the 360Giving format."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from filiere.accounts.models import Organisation
from filiere.cli.prepared import PreparedCommand
from filiere.projects import queries
from filiere.projects.models import ProjectFile
from filiere.rules.funder_forms.awards import Award, awards_json, faults_of


class Command(PreparedCommand):
    """Write the grants of one project, of one funder, or all of them; never an invented one."""

    help = "Write grants as a 360Giving file; - writes to the terminal."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to write, and which grants."""
        parser.add_argument("file", help="where to write; - is the terminal")
        parser.add_argument("--project", type=int, metavar="NUMBER", help="of one project")
        parser.add_argument(
            "--funder", default="", metavar="WHO", help="of one funder: SIREN or name"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file, or say what cannot be published."""
        awards = self._awards(options["project"], options["funder"])
        faults = faults_of(awards)
        for identifier, name in faults:
            self.stderr.write(f"{identifier} {name}")
        if faults:
            raise CommandError(
                _("Some grants cannot be published: see above. Nothing was written.")
            )
        text = awards_json(awards)
        if options["file"] == "-":
            sys.stdout.write(text)
        else:
            Path(options["file"]).write_text(text, encoding="utf-8")
        self.stderr.write(_("%(count)s grants written.") % {"count": len(awards)})

    def _awards(self, project: int | None, funder: str) -> list[Award]:
        if project is not None:
            if not ProjectFile.objects.filter(pk=project).exists():
                raise CommandError(_("There is no project %(number)s.") % {"number": project})
            return queries.awards_of(project)
        if funder.isdecimal():
            found = Organisation.objects.filter(siren=funder).first()
            found = found or Organisation.objects.filter(siret__startswith=funder).first()
            if found is None:
                raise CommandError(
                    _("No organisation has the SIREN %(siren)s.") % {"siren": funder}
                )
            return queries.awards_given(funder_id=found.pk)
        return queries.awards_given(funder_name=funder)
