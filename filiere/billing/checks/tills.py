"""What must always be true of tills, checked on the stored state."""

from filiere.kernel.checks import Invariant

INVARIANTS = (
    Invariant(
        "billing.till_numbers_have_no_gap",
        "The receipts of a till bear the numbers 1, 2, 3… without a gap.",
        """
        SELECT 'till:' || till.id, till.last_receipt, COUNT(receipt.id), MAX(receipt.number)
          FROM billing_till AS till
          LEFT JOIN billing_tillreceipt AS receipt ON receipt.till_id = till.id
         GROUP BY till.id
        HAVING till.last_receipt <> COUNT(receipt.id)
            OR till.last_receipt <> COALESCE(MAX(receipt.number), 0)
         ORDER BY till.id
        """,
    ),
    Invariant(
        "billing.till_holds_its_journal",
        "What the ledger says is in hand at a till is what its journal says, for each means.",
        """
        WITH moved (till_id, means, cents) AS (
               SELECT till_id, means,
                      CASE WHEN reverses_id IS NULL THEN amount_cents
                           WHEN by_accountant THEN 0 ELSE -amount_cents END
                 FROM billing_tillreceipt
                UNION ALL
               SELECT till_id, means, -amount_cents FROM billing_tilldeposit
                UNION ALL
               SELECT till_id, 'cash', counted_cents - expected_cents FROM billing_tillcount)
        SELECT 'till:' || till.id || ':' || held.means, told.cents, COALESCE(guard.balance, 0)
          FROM billing_till AS till
         CROSS JOIN (VALUES ('cash'), ('cheque'), ('card'), ('transfer')) AS held (means)
         CROSS JOIN LATERAL (
               SELECT COALESCE(SUM(moved.cents), 0) AS cents FROM moved
                WHERE moved.till_id = till.id AND moved.means = held.means) AS told
          LEFT JOIN ledger_account AS account
            ON account.code = 'till:' || till.id || ':' || held.means AND account.unit = 'EUR'
          LEFT JOIN ledger_guardedbalance AS guard ON guard.account_id = account.id
         WHERE told.cents <> COALESCE(guard.balance, 0)
         ORDER BY till.id, held.means
        """,
    ),
    Invariant(
        "billing.till_under_its_limit",
        "The ledger keeps the cash of each open till between nothing and what its act allows.",
        """
        SELECT 'till:' || till.id, till.cash_limit_cents, guard.ceiling, guard.balance
          FROM billing_till AS till
          LEFT JOIN ledger_account AS account
            ON account.code = 'till:' || till.id || ':cash' AND account.unit = 'EUR'
          LEFT JOIN ledger_guardedbalance AS guard ON guard.account_id = account.id
         WHERE till.closed_on IS NULL
           AND (guard.floor IS DISTINCT FROM 0
                OR guard.ceiling IS DISTINCT FROM till.cash_limit_cents
                OR guard.balance > till.cash_limit_cents)
         ORDER BY till.id
        """,
    ),
    Invariant(
        "billing.till_receipt_is_its_share",
        "A receipt of a till is the person's share of a session of its organisation, still paid.",
        """
        SELECT 'till-receipt:' || receipt.till_id || '-' || receipt.number, receipt.amount_cents,
               share.amount_cents, share.kind, charge.state
          FROM billing_tillreceipt AS receipt
          JOIN billing_till AS till ON till.id = receipt.till_id
          JOIN billing_payershare AS share ON share.id = receipt.share_id
          JOIN billing_charge AS charge ON charge.id = share.charge_id
         WHERE receipt.amount_cents <> share.amount_cents
            OR share.kind <> 'person'
            OR charge.provider_id <> till.organisation_id
            OR (charge.state <> 'split' AND receipt.reverses_id IS NULL AND NOT EXISTS (
                SELECT FROM billing_tillreceipt AS undone WHERE undone.reverses_id = receipt.id))
         ORDER BY receipt.till_id, receipt.number
        """,
    ),
    Invariant(
        "billing.package_sale_is_its_receipt",
        "A package sold alone has one receipt of its price, and is cancelled with it.",
        """
        SELECT 'package-sale:' || sale.id, sale.price_cents, receipt.amount_cents, package.id
          FROM billing_packagesale AS sale
          JOIN directory_offer AS offer ON offer.id = sale.offer_id
          JOIN directory_place AS place ON place.id = offer.place_id
          LEFT JOIN billing_package AS package
            ON package.sale_id = sale.id AND package.offer_id = sale.offer_id
           AND package.person_id = sale.person_id
          LEFT JOIN billing_tillreceipt AS receipt
            ON receipt.sale_id = sale.id AND receipt.reverses_id IS NULL
          LEFT JOIN billing_till AS till
            ON till.id = receipt.till_id AND till.organisation_id = place.organisation_id
         WHERE package.id IS NULL OR till.id IS NULL OR receipt.amount_cents <> sale.price_cents
            OR (package.cancelled_at IS NOT NULL) <> EXISTS (
                SELECT FROM billing_tillreceipt AS undone WHERE undone.reverses_id = receipt.id)
         ORDER BY sale.id
        """,
    ),
    Invariant(
        "billing.till_month_is_what_was_handed",
        "A month handed over or signed still holds the receipts and the money it was added up from.",
        """
        SELECT 'till-month:' || month.till_id || ':' || month.month, month.receipts, found.receipts,
               signed.cents, found.cents
          FROM billing_tillmonth AS month
         CROSS JOIN LATERAL (
               SELECT COUNT(*) AS receipts, COALESCE(SUM(amount_cents), 0) AS cents
                 FROM billing_tillreceipt AS receipt
                WHERE receipt.till_id = month.till_id AND receipt.reverses_id IS NULL
                  AND date_trunc('month', receipt.day)::date = month.month) AS found
         CROSS JOIN LATERAL (
               SELECT COALESCE(SUM((one ->> 'received_cents')::bigint), 0) AS cents
                 FROM jsonb_array_elements(month.totals) AS one) AS signed
         WHERE month.state <> 'sent_back'
           AND (month.receipts <> found.receipts OR signed.cents <> found.cents)
         ORDER BY month.till_id, month.month
        """,
    ),
)
