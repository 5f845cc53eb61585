"""What must always be true of payments, checked on the stored state."""

from filiere.kernel.checks import Invariant
from filiere.kernel.checks import declare as declare_invariants

INVARIANTS = (
    Invariant(
        "settlement.batch_adds_up",
        "A batch's total is the sum of its payments, and their lines are what they pay for.",
        """
        SELECT 'batch:' || batch.label, batch.total_cents, orders.total, lines.total
          FROM settlement_batch AS batch
         CROSS JOIN LATERAL (
               SELECT COALESCE(SUM(amount_cents), 0) AS total,
                      COALESCE(SUM(gross_cents), 0) AS gross, COUNT(*) AS count
                 FROM settlement_paymentorder WHERE batch_id = batch.id) AS orders
         CROSS JOIN LATERAL (
               SELECT COALESCE(SUM(line.amount_cents), 0) AS total
                 FROM settlement_orderline AS line
                 JOIN settlement_paymentorder AS payment ON payment.id = line.order_id
                WHERE payment.batch_id = batch.id) AS lines
         WHERE batch.total_cents <> orders.total OR orders.gross <> lines.total
            OR batch.orders_count <> orders.count
         ORDER BY batch.id
        """,
    ),
    Invariant(
        "settlement.order_adds_up",
        "A payment is its lines less its debit notes; each line is its share, of its provider.",
        """
        SELECT 'order:' || payment.id, payment.gross_cents, SUM(line.amount_cents)
          FROM settlement_paymentorder AS payment
          LEFT JOIN settlement_orderline AS line ON line.order_id = payment.id
          LEFT JOIN billing_payershare AS share ON share.id = line.share_id
          LEFT JOIN billing_charge AS charge ON charge.id = share.charge_id
         GROUP BY payment.id
        HAVING payment.gross_cents IS DISTINCT FROM SUM(line.amount_cents)
            OR payment.state NOT IN ('rejected', 'returned', 'cancelled')
               AND payment.set_off_cents <> (
                   SELECT COALESCE(SUM(note.amount_cents), 0) FROM settlement_debitnote AS note
                    WHERE note.order_id = payment.id)
            OR COALESCE(SUM(line.amount_cents), 0) <> COALESCE(SUM(share.amount_cents), 0)
            OR BOOL_OR(charge.provider_id <> payment.provider_id)
         ORDER BY payment.id
        """,
    ),
    Invariant(
        "settlement.line_is_payable",
        "Only payable shares are paid: vouchers', and third parties' whose cash came.",
        """
        SELECT 'line:' || line.id, share.kind, charge.state
          FROM settlement_orderline AS line
          JOIN billing_payershare AS share ON share.id = line.share_id
          JOIN billing_charge AS charge ON charge.id = share.charge_id
         WHERE NOT line.cancelled
           AND (charge.state <> 'split' AND NOT EXISTS (
                    SELECT FROM settlement_debitnote AS note WHERE note.share_id = share.id)
                OR share.kind = 'person'
                OR share.kind IN ('third_party', 'employer') AND share.released_group_id IS NULL)
         ORDER BY line.id
        """,
    ),
    Invariant(
        "settlement.share_in_one_live_line",
        "A share is in one live payment at most; a payment given up has no live line.",
        """
        SELECT 'share:' || line.share_id, COUNT(*) FILTER (WHERE NOT line.cancelled),
               MIN(batch.label)
          FROM settlement_orderline AS line
          JOIN settlement_paymentorder AS payment ON payment.id = line.order_id
          JOIN settlement_batch AS batch ON batch.id = payment.batch_id
         GROUP BY line.share_id
        HAVING COUNT(*) FILTER (WHERE NOT line.cancelled) > 1
            OR BOOL_OR(line.cancelled
                       <> (payment.state IN ('cancelled', 'rejected', 'returned')))
         ORDER BY line.share_id
        """,
    ),
    Invariant(
        "settlement.order_is_posted",
        "Each emitted payment left the payables for its amount; others left nothing.",
        """
        SELECT 'order:' || payment.id, payment.amount_cents, COALESCE(posted.total, 0)
          FROM settlement_paymentorder AS payment
          LEFT JOIN LATERAL (
               SELECT SUM(moved.amount) AS total FROM ledger_transfer AS moved
                 JOIN ledger_account AS account ON account.id = moved.credit_account_id
                WHERE moved.group_id = payment.posting_group_id
                  AND account.kind = 'transit') AS posted ON TRUE
         WHERE COALESCE(posted.total, 0)
               <> CASE WHEN payment.state IN ('prepared', 'cancelled') THEN 0
                       ELSE payment.amount_cents END
         ORDER BY payment.id
        """,
    ),
    Invariant(
        "settlement.refusal_is_reversed",
        "What the bank rejected or returned came back to the payables; nothing else did.",
        """
        SELECT 'order:' || payment.id, payment.state, opposite.id
          FROM settlement_paymentorder AS payment
          LEFT JOIN ledger_postinggroup AS opposite
            ON opposite.reverses_id = payment.posting_group_id
         WHERE (payment.state IN ('rejected', 'returned')) <> (opposite.id IS NOT NULL)
         ORDER BY payment.id
        """,
    ),
    Invariant(
        "settlement.transit_is_what_the_bank_holds",
        "The money on its way to the bank is the payments sent, neither paid nor rejected.",
        """
        WITH held AS (
            SELECT split_part(account.code, ':', 2)::bigint AS batch, SUM(moved.amount) AS total
              FROM ledger_account AS account
              JOIN (SELECT credit_account_id AS account_id, amount FROM ledger_transfer
                    UNION ALL
                    SELECT debit_account_id, -amount FROM ledger_transfer) AS moved
                ON moved.account_id = account.id
             WHERE account.kind = 'transit'
             GROUP BY 1),
        sent AS (
            SELECT batch_id AS batch, SUM(amount_cents) AS total FROM settlement_paymentorder
             WHERE state IN ('sent', 'accepted') GROUP BY 1)
        SELECT 'batch:' || COALESCE(held.batch, sent.batch),
               COALESCE(held.total, 0), COALESCE(sent.total, 0)
          FROM held FULL JOIN sent ON sent.batch = held.batch
         WHERE COALESCE(held.total, 0) <> COALESCE(sent.total, 0)
         ORDER BY 1
        """,
    ),
    Invariant(
        "settlement.payables_are_what_is_owed",
        "Each provider's payables hold its shares not yet sent, less the debit notes not yet taken.",
        """
        WITH held AS (
            SELECT split_part(account.code, ':', 2)::bigint AS provider, SUM(moved.amount) AS total
              FROM ledger_account AS account
              JOIN (SELECT credit_account_id AS account_id, amount FROM ledger_transfer
                    UNION ALL
                    SELECT debit_account_id, -amount FROM ledger_transfer) AS moved
                ON moved.account_id = account.id
             WHERE account.kind = 'payable'
             GROUP BY 1),
        parts AS (
            SELECT charge.provider_id AS provider, share.amount_cents AS cents
              FROM billing_payershare AS share
              JOIN billing_charge AS charge ON charge.id = share.charge_id
             WHERE charge.state = 'split'
               AND (share.kind = 'voucher'
                    OR share.kind IN ('third_party', 'employer') AND share.released_group_id IS NOT NULL)
               AND NOT EXISTS (
                   SELECT FROM settlement_orderline AS line
                     JOIN settlement_paymentorder AS payment ON payment.id = line.order_id
                    WHERE line.share_id = share.id AND NOT line.cancelled
                      AND payment.state <> 'prepared')
            UNION ALL
            SELECT note.provider_id, -note.amount_cents
              FROM settlement_debitnote AS note
              LEFT JOIN settlement_paymentorder AS payment ON payment.id = note.order_id
             WHERE note.state = 'open' OR payment.state = 'prepared'),
        owed AS (SELECT provider, SUM(cents) AS total FROM parts GROUP BY 1)
        SELECT 'organisation:' || COALESCE(held.provider, owed.provider),
               COALESCE(held.total, 0), COALESCE(owed.total, 0)
          FROM held FULL JOIN owed ON owed.provider = held.provider
         WHERE COALESCE(held.total, 0) <> COALESCE(owed.total, 0)
         ORDER BY 1
        """,
    ),
    Invariant(
        "settlement.file_unaltered",
        "The bank file of each emitted batch is the one that was emitted.",
        """
        SELECT 'batch:' || label, file_sha256,
               encode(sha256(convert_to(file_xml, 'UTF8')), 'hex')
          FROM settlement_batch
         WHERE state IN ('emitted', 'paid', 'rejected')
           AND file_sha256 IS DISTINCT FROM encode(sha256(convert_to(file_xml, 'UTF8')), 'hex')
         ORDER BY id
        """,
    ),
)


def declare() -> None:
    """Register the invariants of this app."""
    declare_invariants(*INVARIANTS)
