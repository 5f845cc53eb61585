"""``filiere ledger-root DAY``: the chain's head at the end of a day; ``--verify`` a kept one."""

import re
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from filiere.kernel.calendar import legal_day
from filiere.ledger import queries


class Command(BaseCommand):
    """Print a root to keep elsewhere, or compare the journal with one kept before."""

    help = "Print the root of the journal at the end of a day, or verify one that was kept."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a day, or the root to verify."""
        parser.add_argument("day", nargs="?", type=date.fromisoformat, help="YYYY-MM-DD; today")
        parser.add_argument("--verify", metavar="HASH", help="a root kept earlier, 64 digits")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print day, seal, operations and root; or verify and exit 1 when something differs."""
        if options["verify"]:
            self._verify(options["verify"].strip().lower())
            return
        day = options["day"] or legal_day(timezone.now())
        root = queries.root(day)
        if root is None:
            raise CommandError(_("Nothing was sealed by the end of that day."))
        self.stdout.write(f"{day} {root.number} {root.groups} {root.hash}")

    def _verify(self, kept: str) -> None:
        """Look for the root in the chain, then re-read everything it covers."""
        if not re.fullmatch(r"[0-9a-f]{64}", kept):
            raise CommandError(_("A root is 64 digits from 0 to 9 and a to f."))
        root = queries.root_of_hash(kept)
        if root is None:
            raise CommandError(
                _(
                    "This root is not in the chain: the journal was rewritten, or an older copy"
                    " was put in its place."
                )
            )
        wrong = queries.check_chain()
        for violation in wrong:
            self.stdout.write(f"{violation.invariant}  {violation.row}  {violation.detail}")
        if wrong:
            raise CommandError(_("The journal is no longer what was sealed."))
        self.stdout.write(
            _("This root holds: seal %(number)s, %(count)s operations, none altered since.")
            % {"number": root.number, "count": root.groups}
        )
