"""``filiere lot-generate``: the vouchers of a prepared lot, with its progress."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from filiere.cli.progress import Bar
from filiere.kernel.errors import FiliereError
from filiere.vouchers import services
from filiere.vouchers.models import Lot


class Command(BaseCommand):
    """Make the vouchers and booklets of a lot; all or nothing."""

    help = "Make the vouchers of a prepared lot."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the command."""
        parser.add_argument("lot", type=int, help="number of the lot")

    def handle(self, **options: Any) -> None:
        """Make them, then say which numbers they bear. No code is shown."""
        lot = Lot.objects.filter(pk=options["lot"]).first()
        if lot is None:
            sys.exit(f"No lot bears the number {options['lot']}.")
        bar = Bar(sys.stderr)
        try:
            serials = services.make_vouchers(
                lot=lot, at=timezone.now(), actor="cli", progress=bar.say("vouchers")
            )
        except FiliereError as refusal:
            sys.exit(str(refusal))
        bar.done()
        print(f"{len(serials)} vouchers, n° {serials[0]} to {serials[-1]}")
