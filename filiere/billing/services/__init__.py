"""What billing does: prices, charges, their split between payers. Amounts in euro cents."""

from filiere.billing.services.charges import cancel_charge, raise_charge
from filiere.billing.services.offline import upload_sessions
from filiere.billing.services.prices import set_price, withdraw_price
from filiere.billing.services.refunding import lock_payments, refund_charge
from filiere.billing.services.splitting import SplitPreview, preview_split, split_charge
from filiere.billing.services.third_parties import receive_third_party, release_covered_shares

__all__ = [
    "SplitPreview",
    "cancel_charge",
    "lock_payments",
    "preview_split",
    "raise_charge",
    "receive_third_party",
    "refund_charge",
    "release_covered_shares",
    "set_price",
    "split_charge",
    "upload_sessions",
    "withdraw_price",
]
