"""Moving value. Amounts are whole numbers of the smallest part of their unit."""

from filiere.ledger.services.closing import restamp, roll_up, seal
from filiere.ledger.services.holding import capture, expire_holds, hold, void
from filiere.ledger.services.posting import (
    MAX_AMOUNT,
    Entry,
    Posting,
    guard,
    post,
    post_many,
    require_amount,
    reverse,
)
from filiere.ledger.services.refusing import refusals
from filiere.ledger.services.units import create_unit

__all__ = [
    "MAX_AMOUNT",
    "Entry",
    "Posting",
    "capture",
    "create_unit",
    "expire_holds",
    "guard",
    "hold",
    "post",
    "post_many",
    "refusals",
    "require_amount",
    "restamp",
    "reverse",
    "roll_up",
    "seal",
    "void",
]
