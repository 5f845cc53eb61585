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
    Invariant(
        "programmes.bank_line_is_what_it_confirms",
        "The bank line of each receipt, bounce, return and commission shows exactly its amount.",
        """
        SELECT line.external_id,
               format('%s on the line, %s confirmed', line.amount_cents, sum(use.cents))
          FROM (SELECT bank_line_id, amount_cents AS cents, 'receipt' AS kind
                  FROM programmes_receipt
                 WHERE bank_line_id IS NOT NULL
                 UNION ALL
                SELECT bounce.bank_line_id, -receipt.amount_cents, 'bounce'
                  FROM programmes_receiptbounce bounce
                  JOIN programmes_receipt receipt ON receipt.id = bounce.receipt_id
                 WHERE bounce.bank_line_id IS NOT NULL
                 UNION ALL
                SELECT bank_line_id, -amount_cents, 'funder_return' FROM programmes_funderreturn
                 WHERE bank_line_id IS NOT NULL
                 UNION ALL
                SELECT bank_line_id, -amount_cents, 'commission' FROM programmes_commission
                 WHERE bank_line_id IS NOT NULL) use
          JOIN programmes_bankline line ON line.id = use.bank_line_id
          LEFT JOIN programmes_banklineuse known
                 ON known.line_id = line.id AND known.kind = use.kind
         GROUP BY line.id
        HAVING count(*) > 1 OR sum(use.cents) <> line.amount_cents OR count(known.line_id) = 0
         ORDER BY line.external_id
        """,
    ),
    Invariant(
        "programmes.return_is_its_transfer",
        "Each return moved exactly its amount out of its tranche.",
        """
        SELECT 'return:' || r.id, format('%s on the return, %s in the ledger', r.amount_cents, t.cents)
          FROM programmes_funderreturn r
          LEFT JOIN LATERAL (
                SELECT sum(t.amount) AS cents
                  FROM ledger_transfer t
                  JOIN ledger_account debited ON debited.id = t.debit_account_id
                  JOIN ledger_account credited ON credited.id = t.credit_account_id
                 WHERE t.group_id = r.posting_group_id
                   AND debited.code = 'tranche:' || r.tranche_id
                   AND credited.code = 'return:' || r.tranche_id) t ON true
         WHERE t.cents IS DISTINCT FROM r.amount_cents::numeric
         ORDER BY r.id
        """,
    ),
    Invariant(
        "programmes.commission_is_earned",
        "A commission left a promise that pays fees, for its amount; all of them are within the terms.",
        """
        SELECT 'commission:' || c.id, format('%s taken in all, %s on it, %s in the ledger',
               c.so_far, c.amount_cents, t.cents)
          FROM (SELECT commission.*, tranche.pays_fees, programme.commission_basis_points AS rate,
                       programme.commission_cents_per_use AS per_use,
                       sum(commission.amount_cents) OVER (
                           PARTITION BY programme.id ORDER BY commission.id) AS so_far
                  FROM programmes_commission commission
                  JOIN programmes_tranche tranche ON tranche.id = commission.tranche_id
                  JOIN programmes_programme programme ON programme.id = tranche.programme_id) c
          LEFT JOIN LATERAL (
                SELECT sum(t.amount) AS cents
                  FROM ledger_transfer t
                  JOIN ledger_account debited ON debited.id = t.debit_account_id
                  JOIN ledger_account credited ON credited.id = t.credit_account_id
                 WHERE t.group_id = c.posting_group_id
                   AND debited.code = 'tranche:' || c.tranche_id
                   AND credited.code = 'commission:' || c.tranche_id) t ON true
         WHERE t.cents IS DISTINCT FROM c.amount_cents::numeric OR NOT c.pays_fees
            OR c.so_far > c.settled_cents * c.rate / 10000 + c.uses * c.per_use
         ORDER BY c.id
        """,
    ),
    Invariant(
        "programmes.match_within_its_cap",
        "Matching money joins two tranches of one programme, and lots hold no more than its cap.",
        """
        SELECT 'tranche:' || rule.matching_id, format('%s in lots, cap %s', coalesce(t.cents, 0),
               rule.cap_cents)
          FROM programmes_matchrule rule
          JOIN programmes_tranche matching ON matching.id = rule.matching_id
          JOIN programmes_tranche trigger ON trigger.id = rule.trigger_id
          LEFT JOIN LATERAL (
                SELECT sum(CASE WHEN credited.code LIKE 'pocket:%' THEN t.amount ELSE -t.amount END)
                       AS cents
                  FROM ledger_account pot
                  JOIN ledger_transfer t
                    ON pot.id IN (t.debit_account_id, t.credit_account_id)
                  JOIN ledger_account debited ON debited.id = t.debit_account_id
                  JOIN ledger_account credited ON credited.id = t.credit_account_id
                 WHERE pot.code = 'tranche:' || rule.matching_id
                   AND (credited.code LIKE 'pocket:%' OR debited.code LIKE 'pocket:%')) t ON true
         WHERE coalesce(t.cents, 0) > rule.cap_cents
            OR matching.programme_id <> trigger.programme_id
         ORDER BY rule.matching_id
        """,
    ),
)


def declare() -> None:
    """Register these statements; called once when the app is ready."""
    declare_invariants(*INVARIANTS)
