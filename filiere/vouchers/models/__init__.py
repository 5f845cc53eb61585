"""Lots, vouchers, their movements, and the devices that redeem them offline."""

from filiere.vouchers.models.custody import Booklet, Recall, RecallScope
from filiere.vouchers.models.devices import (
    ClaimState,
    Device,
    OfflineClaim,
    PinAttempt,
    SigningKey,
)
from filiere.vouchers.models.lifecycle import (
    AlertKind,
    ClosingLine,
    ClosingStatement,
    LateReturn,
    LotAlert,
    ReachOverride,
)
from filiere.vouchers.models.lots import (
    Lot,
    LotMode,
    LotPart,
    LotState,
    Voucher,
    VoucherPart,
    VoucherState,
)
from filiere.vouchers.models.movements import (
    Movement,
    MovementChannel,
    MovementPart,
    Reversal,
)

__all__ = [
    "AlertKind",
    "Booklet",
    "ClaimState",
    "ClosingLine",
    "ClosingStatement",
    "Device",
    "LateReturn",
    "Lot",
    "LotAlert",
    "LotMode",
    "LotPart",
    "LotState",
    "Movement",
    "MovementChannel",
    "MovementPart",
    "OfflineClaim",
    "PinAttempt",
    "ReachOverride",
    "Recall",
    "RecallScope",
    "Reversal",
    "SigningKey",
    "Voucher",
    "VoucherPart",
    "VoucherState",
]
