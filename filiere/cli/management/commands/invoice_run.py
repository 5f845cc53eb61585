"""``filiere invoice-run``: the invoices of everything settled and not invoiced yet, as files."""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from filiere.billing import services
from filiere.billing.models import Issuer, RecipientKind
from filiere.billing.paper.printing import print_run
from filiere.cli.prepared import PreparedCommand
from filiere.cli.progress import Bar
from filiere.kernel.calendar import bounds_of_day, legal_day
from filiere.kernel.errors import FiliereError

KINDS = {"persons": RecipientKind.PERSON, "organisations": RecipientKind.ORGANISATION}


class Command(PreparedCommand):
    """Issue the invoices of an issuer and write them; run again, it goes on where it stopped."""

    help = "Issue the invoices of an organisation and write them as Factur-X files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the command."""
        parser.add_argument("issuer", help="SIREN of the organisation that invoices")
        parser.add_argument("--out", required=True, type=Path, help="a private folder")
        parser.add_argument("--to", choices=sorted(KINDS), default="organisations")
        parser.add_argument(
            "--until", type=date.fromisoformat, help="last day settled, such as 2026-10-31"
        )
        parser.add_argument("--processes", type=int, default=2, help="how many draw at once")

    def handle(self, **options: Any) -> None:
        """Issue, then write the files, then say how many there are."""
        issuer = self._issuer(options["issuer"])
        at = timezone.now()
        until = bounds_of_day(options["until"])[1] if options["until"] else at
        bar = Bar(sys.stderr)
        kind = KINDS[options["to"]]
        try:
            run = services.open_invoice_run(
                issuer=issuer,
                recipient_kind=kind,
                until=until,
                issued_on=legal_day(at),
                at=at,
                actor="cli",
            )
            before = run.invoices.count()
            # Those of an earlier run whose files were interrupted are written too.
            unwritten = issuer.runs.filter(recipient_kind=kind, written_at=None).order_by("pk")
            written = sum(
                print_run(
                    run=one,
                    folder=options["out"],
                    at=at,
                    actor="cli",
                    progress=bar.say("invoices"),
                    processes=options["processes"],
                )
                for one in unwritten
            )
        except FiliereError as refusal:
            sys.exit(str(refusal))
        bar.done()
        made = run.invoices.count() - before
        print(f"{made} invoices issued, {written} files written in {options['out']}")

    def _issuer(self, siren: str) -> Issuer:
        found = list(Issuer.objects.filter(siren="".join(siren.split())).order_by("pk"))
        if len(found) != 1:
            sys.exit(f"{len(found)} organisations invoice under the SIREN {siren}.")
        return found[0]
