"""What must always be true of the journal, re-added from its transfers."""

from filiere.kernel.checks import Invariant
from filiere.kernel.checks import declare as declare_invariants

INVARIANTS = (
    Invariant(
        "ledger.group_has_transfers",
        "Every posting group has at least one transfer.",
        """
        SELECT g.key, 'no transfer' FROM ledger_postinggroup g
         WHERE NOT EXISTS (SELECT FROM ledger_transfer t WHERE t.group_id = g.id)
         ORDER BY g.key
        """,
    ),
    Invariant(
        "ledger.group_unaltered",
        "Every posting group still holds exactly the transfers that were asked for.",
        """
        SELECT s.key, 'transfers differ from what was asked' FROM (
            SELECT g.key, g.fingerprint, g.kind, g.reverses_id,
                   array_agg(debited.code::text ORDER BY t.sequence) AS d,
                   array_agg(credited.code::text ORDER BY t.sequence) AS c,
                   array_agg(t.amount ORDER BY t.sequence) AS a,
                   array_agg(t.unit::text ORDER BY t.sequence) AS u
              FROM ledger_postinggroup g
              JOIN ledger_transfer t ON t.group_id = g.id
              JOIN ledger_account debited ON debited.id = t.debit_account_id
              JOIN ledger_account credited ON credited.id = t.credit_account_id
             GROUP BY g.id) s
         WHERE s.fingerprint <> ledger_fingerprint(s.kind, s.reverses_id, s.d, s.c, s.a, s.u)
         ORDER BY s.key
        """,
    ),
    Invariant(
        "ledger.transfer_has_group",
        "Every transfer belongs to a posting group.",
        """
        SELECT t.id::text, 'its group is missing' FROM ledger_transfer t
         WHERE NOT EXISTS (SELECT FROM ledger_postinggroup g WHERE g.id = t.group_id)
         ORDER BY t.id
        """,
    ),
    Invariant(
        "ledger.transfer_amount_positive",
        "Every transfer moves an amount above zero.",
        """
        SELECT t.id::text, t.amount::text FROM ledger_transfer t WHERE t.amount < 1
         ORDER BY t.id
        """,
    ),
    Invariant(
        "ledger.transfer_one_unit",
        "Every transfer stays within one unit of account.",
        """
        SELECT t.id::text, t.unit FROM ledger_transfer t
          LEFT JOIN ledger_account debited ON debited.id = t.debit_account_id
          LEFT JOIN ledger_account credited ON credited.id = t.credit_account_id
         WHERE t.unit IS DISTINCT FROM debited.unit OR t.unit IS DISTINCT FROM credited.unit
         ORDER BY t.id
        """,
    ),
    Invariant(
        "ledger.guarded_balance_is_its_sum",
        "Every guarded balance is the sum of its account's transfers.",
        """
        SELECT account.code, format('stored %s, transfers %s', guard.balance, sums.total)
          FROM ledger_guardedbalance guard
          JOIN ledger_account account ON account.id = guard.account_id
         CROSS JOIN LATERAL (
                SELECT coalesce((SELECT sum(amount) FROM ledger_transfer
                                  WHERE credit_account_id = account.id), 0)
                     - coalesce((SELECT sum(amount) FROM ledger_transfer
                                  WHERE debit_account_id = account.id), 0) AS total) sums
         WHERE guard.balance <> sums.total
         ORDER BY account.code
        """,
    ),
    Invariant(
        "ledger.guarded_balance_within_bounds",
        "Every guarded balance is within its bounds.",
        """
        SELECT account.code, guard.balance::text
          FROM ledger_guardedbalance guard
          JOIN ledger_account account ON account.id = guard.account_id
         WHERE guard.balance < guard.floor OR guard.balance > guard.ceiling
         ORDER BY account.code
        """,
    ),
)


def declare() -> None:
    """Register these statements; called once when the app is ready."""
    declare_invariants(*INVARIANTS)
