"""``filiere loop``: the whole chain, headless, in a scratch database."""

import contextlib
import json
import os
import sys
import tempfile
import time
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _

from filiere.cli.progress import Bar
from filiere.directory import services as directory
from filiere.kernel.errors import FiliereError
from filiere.operations import database
from filiere.operations.loop import run as loop
from filiere.operations.loop import world
from filiere.operations.loop.state import Run
from filiere.territories import services as territories

DATABASE_GONE = _(
    "The database stopped answering, so the loop stopped. What it had confirmed is kept. "
    "Run “filiere check”, then the loop again."
)


class Command(BaseCommand):
    """Walk the twelve links and print one JSON object; exit 0 only if every invariant holds."""

    requires_system_checks: list[str] = []
    help = "Run the whole loop on a file of real places."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the command."""
        parser.add_argument("--places", required=True, type=Path, help="national file of places")
        parser.add_argument("--territory", help="code of a département, EPCI, région or commune")
        parser.add_argument("--persons", type=int, default=200)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--workers",
            type=int,
            default=min(2, os.cpu_count() or 1),
            help="processes side by side",
        )
        parser.add_argument("--keep", action="store_true", help="work in the real database")
        parser.add_argument("--json", action="store_true", help="print only the JSON object")
        parser.add_argument("--folder", type=Path, help="where the bank file is written")

    def handle(self, **options: Any) -> None:
        """Run in a scratch database unless asked to keep everything."""
        if not options["places"].is_file():
            sys.exit(f"{options['places']} is not a file. Give the path of a national file.")
        if options["persons"] < 1:
            sys.exit("--persons takes a number from 1.")
        keep = contextlib.nullcontext() if options["keep"] else database.scratch("loop")
        try:
            with keep:
                result = self._walk(**options)
        except FiliereError as refusal:
            sys.exit(str(refusal))
        except (InterfaceError, OperationalError) as failure:
            sys.exit(f"{DATABASE_GONE} ({failure})")
        indent = None if options["json"] else 2
        print(json.dumps(result, ensure_ascii=False, default=str, indent=indent))
        if not result["ok"]:
            sys.exit(1)

    def _walk(self, **options: Any) -> dict[str, Any]:
        bar = Bar(sys.stderr)
        started = time.perf_counter()
        if options["keep"]:
            database.prepare()
        territories.load_reference(progress=bar.say("territories"))
        before = loop.OPENS_AT - timedelta(days=30)
        imported = directory.import_places(
            path=options["places"],
            source_name=options["places"].name,
            at=before,
            actor="loop",
            progress=bar.say("import"),
        )
        territory = world.choose_territory(options["territory"])
        built = world.build(
            territory=territory,
            persons=options["persons"],
            opens_at=loop.OPENS_AT,
            seed=options["seed"],
            progress=bar,
        )
        setup = time.perf_counter() - started
        running = Run(
            world=built,
            persons=options["persons"],
            seed=options["seed"],
            say=bar,
            workers=options["workers"],
        )
        folder = options["folder"] or Path(tempfile.mkdtemp(prefix="filiere-loop-"))
        folder.mkdir(parents=True, exist_ok=True)
        report = loop.walk(
            running,
            folder=folder,
            places_read={
                "read": imported.read,
                "created": imported.created,
                "unchanged": imported.unchanged,
                "refused": imported.refused,
            },
        )
        bar.done()
        result = report.as_dict()
        result["territory"] = f"{territory.kind}:{territory.code}"
        result["seconds"]["setup"] = round(setup, 2)
        return result
