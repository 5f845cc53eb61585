"""A line of the bank statement stands for one thing: a receipt, its bounce, a return, a commission."""

from django.db import connection
from django.db.models import Model

from filiere.kernel.wording import Euros
from filiere.programmes.errors import BankLineMismatch, BankLineTaken
from filiere.programmes.models import BankLine

USES = ("receipt", "bounce", "funder_return", "commission")


def require_line_for(line: BankLine, *, amount_cents: int, holder: Model | None) -> None:
    """Refuse a line of another amount, or that already stands for anything but ``holder``.

    Others that want the same line wait until the caller's transaction ends. No row is locked: the
    application may not change a line.

    Args:
        amount_cents: what the line must show, negative for a debit.
        holder: the receipt, bounce, return or commission to tie to the line; None when it is new.

    Raises:
        BankLineMismatch: the line shows another amount.
        BankLineTaken: it stands for something else.
    """
    if line.amount_cents != amount_cents:
        raise BankLineMismatch(amount=Euros(line.amount_cents))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"bank-line:{line.pk}"]
        )
    known = BankLine.objects.select_related(*USES).get(pk=line.pk)
    if any(getattr(known, use, holder) != holder for use in USES):
        raise BankLineTaken
