"""Reading the ledger. Amounts are whole numbers of the smallest part of their unit."""

from filiere.ledger.queries.auditing import (
    GroupOrigins,
    Violation,
    check_chain,
    check_sums,
    group_origins,
    pointers,
)
from filiere.ledger.queries.balances import balance, balances, balances_of, moved, moved_between
from filiere.ledger.queries.chain import Backlog, Root, backlog, root, root_of_hash
from filiere.ledger.queries.statements import (
    Statement,
    StatementLine,
    account_exists,
    decimals_of,
    opening_balance,
    statement,
    statement_page,
    stream_statement,
)

__all__ = [
    "Backlog",
    "GroupOrigins",
    "Root",
    "Statement",
    "StatementLine",
    "Violation",
    "account_exists",
    "backlog",
    "balance",
    "balances",
    "balances_of",
    "check_chain",
    "check_sums",
    "decimals_of",
    "group_origins",
    "moved",
    "moved_between",
    "opening_balance",
    "pointers",
    "root",
    "root_of_hash",
    "statement",
    "statement_page",
    "stream_statement",
]
