"""``filiere ledger-seal``: chain what was posted, and say what an open transaction holds back."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from filiere.ledger import queries, services


class Command(BaseCommand):
    """Add the balances up and seal; the worker does both by itself every few minutes."""

    help = "Seal what was posted since the last seal and roll up the balances."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seal, roll up, and name what waits."""
        now = timezone.now()
        sealed = services.seal(at=now)
        services.roll_up(at=now)
        self.stdout.write(
            ngettext("%(count)s operation sealed.", "%(count)s operations sealed.", sealed)
            % {"count": sealed}
        )
        backlog = queries.backlog()
        if backlog.waiting:
            self.stderr.write(
                ngettext(
                    "%(count)s operation waits for a transaction that is still open (since %(since)s).",
                    "%(count)s operations wait for a transaction that is still open (since %(since)s).",
                    backlog.waiting,
                )
                % {
                    "count": backlog.waiting,
                    "since": date_format(timezone.localtime(backlog.since), "DATETIME_FORMAT")
                    if backlog.since
                    else "?",
                }
            )
