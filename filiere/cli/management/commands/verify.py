"""``filiere check``: is the stored state true? Names the first row that is wrong."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from filiere.cli.prepared import PreparedCommand
from filiere.kernel import checks


class Command(PreparedCommand):
    """Evaluate every declared invariant; exit 1 when one is false."""

    help = "Verify every invariant of the stored state."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the command."""
        parser.add_argument("--json", action="store_true", help="name → true or false, as JSON")

    def handle(self, **options: Any) -> None:
        """Print one line per invariant."""
        verdicts = checks.run()
        if options["json"]:
            print(json.dumps({v.name: v.holds for v in verdicts}))
        else:
            for verdict in verdicts:
                mark = "holds" if verdict.holds else "FALSE"
                found = f" · first wrong row: {verdict.first}" if verdict.first else ""
                print(f"{mark}  {verdict.name:<44} {verdict.sentence}{found}")
        wrong = [verdict for verdict in verdicts if not verdict.holds]
        print(f"{len(verdicts) - len(wrong)} hold, {len(wrong)} false", file=sys.stderr)
        if wrong:
            sys.exit(1)
