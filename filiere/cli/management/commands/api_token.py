"""``filiere api-token EMAIL --name N``: open the API to a program, or close it."""

import argparse
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from filiere.accounts import services
from filiere.cli.prepared import PreparedCommand
from filiere.kernel.errors import FiliereError


class Command(PreparedCommand):
    """Print a new token once; with ``--revoke``, close the one of this name."""

    help = "Give a program a token to use the API as one person, or revoke it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the account and the token's name."""
        parser.add_argument("email", help="address the person signs in with")
        parser.add_argument("--name", required=True, help="what the token is for")
        parser.add_argument("--revoke", action="store_true", help="close the token of this name")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Issue or revoke; the token alone goes to the standard output."""
        given = {"email": options["email"], "name": options["name"]}
        try:
            if options["revoke"]:
                services.revoke_token(**given, at=timezone.now(), actor="command")
                self.stderr.write(_("The token is revoked."))
                return
            token = services.issue_token(**given, at=timezone.now(), actor="command")
        except FiliereError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(token)
        self.stderr.write(_("Keep it now: it will not be shown again."))
