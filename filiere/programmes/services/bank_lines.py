"""A line of the bank statement stands for one thing: a receipt, its bounce, a return, a commission.

The database holds it (trigger ``programmes_use_bank_line``); here it is refused in words.
"""

from typing import Protocol

from django.db import connection

from filiere.kernel.wording import Euros
from filiere.programmes.errors import BankLineMismatch, BankLineTaken
from filiere.programmes.models import BankLine, BankLineUse


class Holder(Protocol):
    """What may stand behind a line: a receipt, a bounce, a return, a commission."""

    bank_line_id: int | None


def hold_lines_of(statement_id: int) -> None:
    """Make others that want a line of this statement wait until the caller's transaction ends.

    No row is locked: the application may not change a line.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"bank-lines:{statement_id}"],
        )


def require_line_for(line: BankLine, *, amount_cents: int, holder: Holder | None) -> None:
    """Refuse a line of another amount, or that already stands for anything but ``holder``.

    Others that want a line of the same statement wait until the caller's transaction ends.

    Args:
        amount_cents: what the line must show, negative for a debit.
        holder: the receipt, bounce, return or commission to tie to the line; None when it is new.

    Raises:
        BankLineMismatch: the line shows another amount.
        BankLineTaken: it stands for something else.
    """
    if line.amount_cents != amount_cents:
        raise BankLineMismatch(amount=Euros(line.amount_cents))
    hold_lines_of(line.statement_id)
    is_its_own = holder is not None and holder.bank_line_id == line.pk
    if not is_its_own and BankLineUse.objects.filter(line=line).exists():
        raise BankLineTaken
