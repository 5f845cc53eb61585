"""``filiere export-operator``: all that another operator needs to go on, in a private folder."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from filiere.cli import passphrase
from filiere.cli.prepared import PreparedCommand
from filiere.cli.progress import Bar
from filiere.kernel.errors import FiliereError
from filiere.operations.succession.exporting import export_operator


class Command(PreparedCommand):
    """Write tables, documents, books and keys; run again after a kill, it goes on."""

    help = "Write everything another operator needs to go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the command."""
        parser.add_argument("folder", type=Path, help="empty or absent; closed to other users")
        parser.add_argument(
            "--passphrase-file", type=Path, help="private file; by default it is asked for"
        )

    def handle(self, **options: Any) -> None:
        """Export, then say what to do with the folder and the passphrase."""
        bar = Bar(sys.stderr)
        try:
            done = export_operator(
                folder=options["folder"],
                passphrase=passphrase.read(options["passphrase_file"], twice=True),
                at=timezone.now(),
                actor="cli",
                progress=bar,
            )
        except FiliereError as refusal:
            bar.done()
            sys.exit(str(refusal))
        bar.done()
        if done.kept:
            print(
                _("%(kept)s tables of the former run were unchanged and kept.")
                % {"kept": done.kept},
                file=sys.stderr,
            )
        print(f"tables     {done.tables}")
        print(f"rows       {done.rows}")
        print(f"bytes      {done.bytes}")
        print(f"documents  {done.documents}")
        print(f"manifest   {done.manifest_sha256}")
        print(
            _(
                "This folder and its passphrase together are worth every voucher. Give them by two"
                " different ways, and tell the digest of the manifest by a third."
            ),
            file=sys.stderr,
        )
