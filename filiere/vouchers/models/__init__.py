"""Lots, vouchers, their movements, and the devices that redeem them offline."""

from filiere.vouchers.models.custody import Booklet, Recall, RecallScope
from filiere.vouchers.models.devices import (
    ClaimState,
    Device,
    OfflineClaim,
    PinAttempt,
    SigningKey,
)
from filiere.vouchers.models.disputes import CLOSING, ClaimStep, ClaimStepKind
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
from filiere.vouchers.models.withdrawals import Withdrawal, WithdrawalKind

__all__ = [
    "CLOSING",
    "AlertKind",
    "Booklet",
    "ClaimState",
    "ClaimStep",
    "ClaimStepKind",
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
    "Withdrawal",
    "WithdrawalKind",
]
