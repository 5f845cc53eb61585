"""What must always be true of tranches and receipts; cash is read in the ledger below."""

from filiere.kernel.checks import Invariant
from filiere.kernel.checks import declare as declare_invariants

INVARIANTS = (
    Invariant(
        "programmes.receipt_is_its_transfer",
        "Each receipt moved exactly its amount from its funder to its tranche.",
        """
        SELECT r.bank_reference, format('%s on the receipt, %s in the ledger', r.amount_cents, t.cents)
          FROM programmes_receipt r
          JOIN programmes_tranche tranche ON tranche.id = r.tranche_id
          LEFT JOIN LATERAL (
                SELECT sum(t.amount) AS cents
                  FROM ledger_transfer t
                  JOIN ledger_account debited ON debited.id = t.debit_account_id
                  JOIN ledger_account credited ON credited.id = t.credit_account_id
                 WHERE t.group_id = r.posting_group_id
                   AND debited.code = 'funder:' || tranche.funder_id
                   AND credited.code = 'tranche:' || tranche.id) t ON true
         WHERE t.cents IS DISTINCT FROM r.amount_cents::numeric
         ORDER BY r.bank_reference
        """,
    ),
    Invariant(
        "programmes.tranche_is_guarded",
        "The cash of each tranche is guarded: it can never go under zero.",
        """
        SELECT 'tranche:' || tranche.id, 'no floor at zero'
          FROM programmes_tranche tranche
         WHERE NOT EXISTS (
                SELECT FROM ledger_account account
                  JOIN ledger_guardedbalance guard ON guard.account_id = account.id
                 WHERE account.code = 'tranche:' || tranche.id AND guard.floor = 0)
         ORDER BY tranche.id
        """,
    ),
)


def declare() -> None:
    """Register these statements; called once when the app is ready."""
    declare_invariants(*INVARIANTS)
