"""Reading programmes: their rule, their money, who pays a lot, leverage, the ring-fenced cash."""

from filiere.programmes.queries.bank import (
    lines_without_use,
    receipts,
    ring_fence_accounts,
    unresolved_bounces,
)
from filiere.programmes.queries.leverage import Leverage, leverage
from filiere.programmes.queries.money import (
    ProgrammeRule,
    TrancheMoney,
    available_by_tranche,
    available_cents,
    commission_account,
    covers,
    funder_account,
    funder_name,
    money_of,
    received_cents,
    return_account,
    rule_of,
    territories_of,
    tranche_account,
)
from filiere.programmes.queries.parts import parts_for_lot, require_parts
from filiere.programmes.queries.ring_fence import RingFenceCover, Verdict, ring_fence_cover

__all__ = [
    "Leverage",
    "ProgrammeRule",
    "RingFenceCover",
    "TrancheMoney",
    "Verdict",
    "available_by_tranche",
    "available_cents",
    "commission_account",
    "covers",
    "funder_account",
    "funder_name",
    "leverage",
    "lines_without_use",
    "money_of",
    "parts_for_lot",
    "receipts",
    "received_cents",
    "require_parts",
    "return_account",
    "ring_fence_accounts",
    "ring_fence_cover",
    "rule_of",
    "territories_of",
    "tranche_account",
    "unresolved_bounces",
]
