"""``filiere ledger-statement CODE``: every movement of one account, with its balance."""

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from filiere.kernel.calendar import bounds_of_day
from filiere.kernel.tables import write_table
from filiere.ledger import queries
from filiere.ledger.export import decimal_text
from filiere.ledger.queries import StatementLine

MOMENT = timedelta(microseconds=1)
COLUMNS = ("occurred_at", "kind", "other_account", "amount", "balance", "reason", "key")


class Command(BaseCommand):
    """Print a statement between two days, both included."""

    help = "Print the statement of an account of the journal."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the account, the days and the form."""
        parser.add_argument("code", help="code of the account, such as tranche:1")
        parser.add_argument("--unit", default="EUR", help="unit of account (EUR)")
        parser.add_argument("--from", dest="since", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="until", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--format", choices=("text", "csv", "json"), default="text")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Stream the lines in the form asked for."""
        code, unit = options["code"], options["unit"]
        if not queries.account_exists(code, unit):
            raise CommandError(
                _("No account “%(code)s” in %(unit)s was ever used.") % {"code": code, "unit": unit}
            )
        since = bounds_of_day(options["since"])[0] if options["since"] else None
        until = bounds_of_day(options["until"])[1] - MOMENT if options["until"] else None
        opening = queries.opening_balance(code, unit, before=since)
        lines = queries.stream_statement(code, unit, since=since, until=until)
        write = getattr(self, f"_{options['format']}")
        write(opening, lines, queries.decimals_of(unit))

    def _text(self, opening: int, lines: Iterator[StatementLine], decimals: int) -> None:
        """Print one line per movement, amounts aligned."""
        balance = opening
        first, last = _("Opening balance"), _("Closing balance")
        self.stdout.write(f"{first:<58} {decimal_text(opening, decimals):>30}")
        for line in lines:
            balance = line.balance
            day = timezone.localtime(line.occurred_at).strftime("%Y-%m-%d %H:%M")
            self.stdout.write(
                f"{day}  {line.kind:<14.14} {line.other_account:<25.25}"
                f" {decimal_text(line.amount, decimals):>14} {decimal_text(balance, decimals):>14}"
            )
        self.stdout.write(f"{last:<58} {decimal_text(balance, decimals):>30}")

    def _csv(self, _opening: int, lines: Iterator[StatementLine], decimals: int) -> None:
        """Write the columns of a table."""
        rows = (
            {
                "occurred_at": line.occurred_at.isoformat(),
                "kind": line.kind,
                "other_account": line.other_account,
                "amount": decimal_text(line.amount, decimals),
                "balance": decimal_text(line.balance, decimals),
                "reason": line.reason,
                "key": line.key,
            }
            for line in lines
        )
        write_table(sys.stdout, COLUMNS, rows)

    def _json(self, opening: int, lines: Iterator[StatementLine], _decimals: int) -> None:
        """Write one object: amounts are whole numbers of the smallest part."""
        rows = [
            {
                "occurred_at": line.occurred_at.isoformat(),
                "group": str(line.group_id),
                "kind": line.kind,
                "other_account": line.other_account,
                "amount": line.amount,
                "balance": line.balance,
                "reason": line.reason,
                "key": line.key,
            }
            for line in lines
        ]
        closing = rows[-1]["balance"] if rows else opening
        json.dump({"opening": opening, "lines": rows, "closing": closing}, sys.stdout)
        sys.stdout.write("\n")
