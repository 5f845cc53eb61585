"""What can be done with lots and vouchers. Amounts are integer euro cents."""

from filiere.vouchers.services.counter import Quote, Redeemed, quote, redeem
from filiere.vouchers.services.custody import (
    block,
    declare_lost,
    hand_out,
    hand_out_many,
    unblock,
)
from filiere.vouchers.services.issue import (
    IssuedCode,
    activate_lot,
    create_lot,
    generate_vouchers,
)

__all__ = [
    "IssuedCode",
    "Quote",
    "Redeemed",
    "activate_lot",
    "block",
    "create_lot",
    "declare_lost",
    "generate_vouchers",
    "hand_out",
    "hand_out_many",
    "quote",
    "redeem",
    "unblock",
]
