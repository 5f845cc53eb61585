"""``filiere print-lot``: the booklets of a lot, as PDF files only their owner can read."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from filiere.cli.progress import Bar
from filiere.kernel.errors import FiliereError
from filiere.vouchers.models import Lot
from filiere.vouchers.paper import printing


def numbers(written: str) -> tuple[int, int]:
    """Read ``3-12`` or ``7`` as the first and last booklet."""
    first, dash, last = written.partition("-")
    try:
        read = int(first), int(last if dash else first)
    except ValueError as error:
        raise ArgumentTypeError("write booklets as 3-12, or 7") from error
    if not 1 <= read[0] <= read[1]:
        raise ArgumentTypeError("the first booklet is 1, and comes before the last")
    return read


class Command(BaseCommand):
    """Write about 500 vouchers a file; run again, it goes on where it stopped."""

    help = "Print the booklets of a lot to PDF files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the command."""
        parser.add_argument("lot", type=int, help="number of the lot")
        parser.add_argument("--out", required=True, type=Path, help="a private folder")
        parser.add_argument("--booklets", type=numbers, help="from-to, such as 3-12")
        parser.add_argument("--language", choices=("fr", "en"), default="fr")

    def handle(self, **options: Any) -> None:
        """Print, then say how many files there are and that they are worth money."""
        lot = Lot.objects.select_related("programme__commissioner").filter(pk=options["lot"])
        found = lot.first()
        if found is None:
            sys.exit(f"No lot bears the number {options['lot']}.")
        first, last = options["booklets"] or (1, None)
        bar = Bar(sys.stderr)
        try:
            with translation.override(options["language"]):
                files = printing.print_lot(
                    lot=found,
                    folder=options["out"],
                    at=timezone.now(),
                    actor="cli",
                    first=first,
                    last=last,
                    progress=bar.say("booklets"),
                )
        except FiliereError as refusal:
            sys.exit(str(refusal))
        bar.done()
        print(f"{len(files)} files in {options['out']}")
        print(
            "These files are worth money. Print them, empty the printer's memory, delete them.",
            file=sys.stderr,
        )
