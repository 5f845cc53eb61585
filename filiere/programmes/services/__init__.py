"""Programmes, what funders promise to them, and the cash that arrives. Amounts in euro cents."""

from filiere.programmes.services.bank_lines import hold_lines_of, require_line_for
from filiere.programmes.services.commissions import confirm_commission, set_commission_aside
from filiere.programmes.services.funding import (
    close_programme,
    create_programme,
    edit_programme,
    sign_programme,
)
from filiere.programmes.services.promises import match_tranches, promise_tranche
from filiere.programmes.services.receipts import (
    confirm_line,
    confirm_receipt,
    undo_receipt,
)
from filiere.programmes.services.returns import confirm_return, return_to_funder
from filiere.programmes.services.statements import declare_ring_fence, import_statement

__all__ = [
    "close_programme",
    "confirm_commission",
    "confirm_line",
    "confirm_receipt",
    "confirm_return",
    "create_programme",
    "declare_ring_fence",
    "edit_programme",
    "hold_lines_of",
    "import_statement",
    "match_tranches",
    "promise_tranche",
    "require_line_for",
    "return_to_funder",
    "set_commission_aside",
    "sign_programme",
    "undo_receipt",
]
