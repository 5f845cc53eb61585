"""``filiere demo``: database, data, web server and worker, ready to click."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from filiere.cli.progress import Bar
from filiere.cli.serving import require_free_port, serve
from filiere.kernel.errors import FiliereError
from filiere.operations import database, demo


class Command(BaseCommand):
    """Prepare everything the first time, start in seconds the next, lose nothing."""

    help = "Load the demonstration and serve it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the command."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-load", action="store_true", help="serve the data already here")
        parser.add_argument("--no-serve", action="store_true", help="load the data, then stop")

    def handle(self, **options: Any) -> None:
        """Load unless told not to, then serve unless told not to."""
        try:
            if not options["no_serve"]:
                require_free_port(host=options["host"], port=options["port"])
            self._prepare(load=not options["no_load"])
        except FiliereError as refusal:
            sys.exit(str(refusal))
        if options["no_serve"]:
            return
        address = f"http://{options['host']}:{options['port']}"
        print(f"\n  Filière: {address}   (Ctrl-C stops everything)\n", flush=True)
        sys.exit(serve(host=options["host"], port=options["port"]))

    def _prepare(self, *, load: bool) -> None:
        bar = Bar(sys.stderr)
        say = self._say
        say("Database…")
        database.drop_abandoned()
        database.prepare()
        say("Static files…")
        call_command("collectstatic", verbosity=0, interactive=False)
        if load and not demo.is_loaded():
            say("Demonstration data (a minute, once)…")
            codes = demo.load(at=timezone.now(), progress=bar)
            bar.done()
            self._codes.write_text("\n".join(codes), encoding="ascii")
        if settings.DEMO or load:
            self._people()

    @property
    def _codes(self) -> Path:
        """Where the codes to try are kept: the database holds only their digests."""
        return Path(settings.STATE) / "demo-vouchers.txt"

    def _people(self) -> None:
        rows = [(person.email, person.words) for person in demo.PEOPLE]
        width = max(len(email) for email, _words in rows)
        print(f"\n  People of the demonstration (password for all: {demo.PASSWORD})")
        for email, words in rows:
            print(f"    {email:<{width}}  {words}")
        if self._codes.exists():
            print("\n  Vouchers to try at Karim's counter today")
            for code in self._codes.read_text(encoding="ascii").splitlines():
                print(f"    {code}")

    def _say(self, sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)
