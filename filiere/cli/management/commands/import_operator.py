"""``filiere import-operator``: go on where another operator stopped, on an empty installation."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from filiere.cli import passphrase
from filiere.cli.prepared import PreparedCommand
from filiere.cli.progress import Bar
from filiere.kernel.errors import FiliereError
from filiere.operations.succession import keys
from filiere.operations.succession.importing import Imported, import_operator
from filiere.operations.succession.reading import require_whole


class Command(PreparedCommand):
    """Verify, load, prove, take over the keys: all of it or nothing."""

    help = "Load the export of another operator into an empty installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the command."""
        parser.add_argument("folder", type=Path, help="what filiere export-operator wrote")
        parser.add_argument(
            "--passphrase-file", type=Path, help="private file; by default it is asked for"
        )
        parser.add_argument(
            "--operator",
            action="append",
            default=[],
            metavar="EMAIL",
            help="who runs it from now on; give two, so that payments can be approved",
        )
        parser.add_argument("--organisation", default="", help="name of the new operator")
        parser.add_argument(
            "--keys-to", type=Path, metavar="FILE", help="only write the keys there, as NAME=value"
        )

    def handle(self, **options: Any) -> None:
        """Import, then print the report."""
        bar = Bar(sys.stderr)
        given = passphrase.read(options["passphrase_file"], twice=False)
        try:
            if options["keys_to"]:
                _manifest, held, _digest = require_whole(
                    options["folder"], passphrase=given, say=bar
                )
                bar.done()
                keys.write_for_environment(options["keys_to"], held)
                print(options["keys_to"])
                return
            if not options["operator"] or not options["organisation"]:
                sys.exit(_("Say who runs it from now on: --operator EMAIL --organisation NAME."))
            _require_addresses(options["operator"])
            done = import_operator(
                folder=options["folder"],
                passphrase=given,
                operators=options["operator"],
                organisation=options["organisation"],
                at=timezone.now(),
                actor="cli",
                progress=bar,
            )
        except FiliereError as refusal:
            bar.done()
            sys.exit(str(refusal))
        bar.done()
        report(done)


def _require_addresses(given: list[str]) -> None:
    """Refuse an address nobody could sign in with."""
    for address in given:
        try:
            validate_email(address)
        except ValidationError:
            sys.exit(_("“%(address)s” is not an e-mail address.") % {"address": address})


def report(done: Imported) -> None:
    """Print what was loaded and proved, one fact a line."""
    print(f"tables      {done.tables}")
    print(f"rows        {done.rows}")
    print(f"documents   {done.documents}")
    print(f"accounts    {done.accounts} with the same balance")
    print(f"invariants  {done.invariants} hold")
    print(f"books       {json.dumps(done.books, sort_keys=True)}")
    print(f"operators   {done.operators_ended} of the former operator ended")
    print(f"manifest    {done.manifest_sha256}")
    print(
        _(
            "Start the web server and the worker. Everybody asks for a new password on the sign-in"
            " page; programs need a new key; devices go on as they are."
        ),
        file=sys.stderr,
    )
