"""Programmes of commissioners, tranches of funders, the cash received and where it is kept."""

from filiere.programmes.models.bank import BankLine, BankLineUse, BankStatement, LineUse, RingFence
from filiere.programmes.models.cash import Commission, FunderReturn, Receipt, ReceiptBounce
from filiere.programmes.models.funding import MatchRule, Programme, ProgrammeState, Tranche

__all__ = [
    "BankLine",
    "BankLineUse",
    "BankStatement",
    "Commission",
    "FunderReturn",
    "LineUse",
    "MatchRule",
    "Programme",
    "ProgrammeState",
    "Receipt",
    "ReceiptBounce",
    "RingFence",
    "Tranche",
]
