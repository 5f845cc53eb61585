"""What providers are owed, the batches that pay them, the bank's answers, the debit notes."""

from filiere.settlement.models.batches import (
    BankAccount,
    Batch,
    BatchState,
    OrderLine,
    OrderState,
    PaymentOrder,
)
from filiere.settlement.models.followups import (
    Alert,
    AlertKind,
    AnswerOutcome,
    BankAnswer,
    BankAnswerLine,
    BankMatch,
    DebitNote,
    DebitNoteState,
    ProviderHold,
)

__all__ = [
    "Alert",
    "AlertKind",
    "AnswerOutcome",
    "BankAccount",
    "BankAnswer",
    "BankAnswerLine",
    "BankMatch",
    "Batch",
    "BatchState",
    "DebitNote",
    "DebitNoteState",
    "OrderLine",
    "OrderState",
    "PaymentOrder",
    "ProviderHold",
]
