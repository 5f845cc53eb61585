"""Programmes of commissioners, tranches of funders, the cash received and where it is kept."""

from filiere.programmes.models.bank import BankLine, BankStatement, RingFence
from filiere.programmes.models.cash import Commission, FunderReturn, Receipt, ReceiptBounce
from filiere.programmes.models.funding import MatchRule, Programme, ProgrammeState, Tranche

__all__ = [
    "BankLine",
    "BankStatement",
    "Commission",
    "FunderReturn",
    "MatchRule",
    "Programme",
    "ProgrammeState",
    "Receipt",
    "ReceiptBounce",
    "RingFence",
    "Tranche",
]
