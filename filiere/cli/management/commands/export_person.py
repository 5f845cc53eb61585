"""``filiere export-person REFERENCE FILE``: everything held on one person, for that person."""

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone, translation

from filiere.cli.prepared import PreparedCommand
from filiere.kernel.messages import PRIVATE_FILE
from filiere.observatory import personal


class Command(PreparedCommand):
    """Answer a request of access: the person gives the reference printed on one of its sheets."""

    help = "Write everything held on one person, as JSON, for that person alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the reference and the file to write."""
        parser.add_argument("reference", help="of a session, as printed on its sheet")
        parser.add_argument("file", type=Path, help="file to write; it must not exist")
        parser.add_argument("--language", choices=("fr", "en"), default="fr")

    def handle(self, **options: Any) -> None:
        """Write the file for its owner only; nothing personal is printed."""
        person = personal.person_of_reference(options["reference"])
        if person is None:
            sys.exit("No session bears this reference.")
        with translation.override(options["language"]):
            found = personal.export_person(person, at=timezone.now(), reader="cli")
        try:
            number = os.open(options["file"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        except OSError as refused:
            sys.exit(f"{options['file']} cannot be written: {refused.strerror}.")
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(found, file, ensure_ascii=False, indent=2)
        self.stderr.write("Written. Give it to the person only, then remove it.")
