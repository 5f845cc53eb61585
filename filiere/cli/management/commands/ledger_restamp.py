"""``filiere ledger-restamp``: after a restore into another server."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import ngettext

from filiere.ledger import services


class Command(BaseCommand):
    """Number the journal's transactions anew; nothing sealed changes. Runs as the owner."""

    help = "After a restore into another server, number the transactions of the journal anew."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Stamp, then say how many rows."""
        rows = services.restamp(at=timezone.now())
        self.stdout.write(
            ngettext("%(count)s transfer stamped.", "%(count)s transfers stamped.", rows)
            % {"count": rows}
        )
