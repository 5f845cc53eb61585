"""Bank accounts, and the batches that pay providers: frozen, approved, emitted, answered, paid.

Two people take part: whoever prepares a batch never approves it (the database refuses it too).
"""

from filiere.settlement.answers import import_status
from filiere.settlement.bank_accounts import (
    HOLD,
    hold_payments,
    lift_hold,
    register_bank_account,
)
from filiere.settlement.emission import approve_batch, cancel_batch, emit_batch
from filiere.settlement.freezing import freeze_batch
from filiere.settlement.matching import match_line, match_statement
from filiere.settlement.outcomes import mark_paid

__all__ = [
    "HOLD",
    "approve_batch",
    "cancel_batch",
    "emit_batch",
    "freeze_batch",
    "hold_payments",
    "import_status",
    "lift_hold",
    "mark_paid",
    "match_line",
    "match_statement",
    "register_bank_account",
]
