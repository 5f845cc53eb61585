"""The till (régie): its act, its receipts, its money, its months. Called through here only."""

from filiere.billing.services.tills.holding import count_cash, deposit
from filiere.billing.services.tills.months import (
    hand_over_month,
    send_back_month,
    sign_month,
)
from filiere.billing.services.tills.opening import close_till, end_duty, name_duty, open_till
from filiere.billing.services.tills.recording import (
    record_receipt,
    reverse_receipt,
    reverse_receipt_of,
)
from filiere.billing.services.tills.selling import sell_package

__all__ = [
    "close_till",
    "count_cash",
    "deposit",
    "end_duty",
    "hand_over_month",
    "name_duty",
    "open_till",
    "record_receipt",
    "reverse_receipt",
    "reverse_receipt_of",
    "sell_package",
    "send_back_month",
    "sign_month",
]
