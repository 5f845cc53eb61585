"""Units of account beside euros, minutes and points: a local currency is two words and a number."""

import re
from datetime import datetime

from django.db import connection, transaction

from filiere.kernel.services import record
from filiere.ledger.errors import UnitRefused
from filiere.ledger.models import AccountUnit

CODE = re.compile(r"[A-Z][A-Z0-9]{1,11}")
MAX_DECIMALS = 6


@transaction.atomic
def create_unit(*, code: str, name: str, decimals: int, at: datetime, actor: str) -> None:
    """Add a unit of account. Each unit balances by itself: nothing is ever converted.

    Creating the same unit again changes nothing. A unit is never edited: every amount would change
    its meaning.

    Args:
        code: 2 to 12 capital letters and digits, a letter first, e.g. ``EUSKO``.
        name: what people call it, at most 60 characters.
        decimals: where the comma stands in its amounts, 0…6: 2 for cents.

    Raises:
        UnitRefused: a code or a number of decimals out of range, or a code that means another unit.
    """
    if not CODE.fullmatch(code) or not name or not 0 <= decimals <= MAX_DECIMALS:
        raise UnitRefused(code=code)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_accountunit (code, name, decimals) VALUES (%s, %s, %s)"
            " ON CONFLICT (code) DO NOTHING",
            [code, name, decimals],
        )
        created = cursor.rowcount == 1
    if created:
        record(actor=actor, action="ledger.unit_created", subject=f"unit:{code}", at=at)
    elif not AccountUnit.objects.filter(code=code, name=name, decimals=decimals).exists():
        raise UnitRefused(code=code)
