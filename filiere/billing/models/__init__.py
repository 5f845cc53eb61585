"""Prices, charges, and who pays them."""

from filiere.billing.models.charges import (
    Charge,
    ChargeState,
    PayerKind,
    PayerShare,
    Refund,
    ThirdPartyReceipt,
)
from filiere.billing.models.prices import PriceKind, PriceRule

__all__ = [
    "Charge",
    "ChargeState",
    "PayerKind",
    "PayerShare",
    "PriceKind",
    "PriceRule",
    "Refund",
    "ThirdPartyReceipt",
]
