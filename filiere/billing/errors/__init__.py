"""What billing refuses. Each code is documented in docs/errors.md."""

from filiere.billing.errors.charges import (
    ChargeAlreadySplit,
    ChargeCancelled,
    ChargeNotPaid,
    ReceiptConflict,
    ReceiptNotPossible,
    RefundReasonMissing,
    WaiverNotAccepted,
)
from filiere.billing.errors.offline import (
    SessionElsewhere,
    SessionUnknown,
)
from filiere.billing.errors.prices import (
    PriceBegun,
    PriceNotPossible,
)

__all__ = [
    "ChargeAlreadySplit",
    "ChargeCancelled",
    "ChargeNotPaid",
    "PriceBegun",
    "PriceNotPossible",
    "ReceiptConflict",
    "ReceiptNotPossible",
    "RefundReasonMissing",
    "SessionElsewhere",
    "SessionUnknown",
    "WaiverNotAccepted",
]
