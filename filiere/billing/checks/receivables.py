"""What must always be true of payments on invoices, checked on the stored state."""

from filiere.billing.models import POSITION
from filiere.kernel.checks import Invariant

INVARIANTS = (
    Invariant(
        "billing.invoice_paid_within",
        "Payments on an invoice never come to more than it asks.",
        f"""
        SELECT 'invoice:' || one.id, one.due, one.settled
          FROM ({POSITION}) AS one
         WHERE one.settled NOT BETWEEN 0 AND one.due
         ORDER BY one.id
        """,
    ),
    Invariant(
        "billing.payment_used_within",
        "A payment is put on invoices or given back for at most its amount; nothing once it bounced.",
        """
        SELECT 'invoice-payment:' || payment.id, payment.amount_cents, used.cents, given.cents,
               bounce.id
          FROM billing_invoicepayment AS payment
         CROSS JOIN LATERAL (
               SELECT COALESCE(SUM(amount_cents), 0) AS cents FROM billing_allocation
                WHERE payment_id = payment.id) AS used
         CROSS JOIN LATERAL (
               SELECT COALESCE(SUM(amount_cents), 0) AS cents FROM billing_creditrefund
                WHERE payment_id = payment.id) AS given
          LEFT JOIN billing_paymentbounce AS bounce ON bounce.payment_id = payment.id
         WHERE used.cents + given.cents
               > CASE WHEN bounce.id IS NULL THEN payment.amount_cents ELSE 0 END
         ORDER BY payment.id
        """,
    ),
    Invariant(
        "billing.receivables_are_in_the_ledger",
        "The ledger holds each debtor's credit balance, and what is paid on each invoice.",
        """
        WITH rest (code, cents) AS (
               SELECT 'advance:' || payment.debtor_id, payment.amount_cents
                 FROM billing_invoicepayment AS payment
                WHERE NOT EXISTS (SELECT FROM billing_paymentbounce AS bounce
                                   WHERE bounce.payment_id = payment.id)
                UNION ALL
               SELECT 'advance:' || payment.debtor_id, -given.amount_cents
                 FROM billing_creditrefund AS given
                 JOIN billing_invoicepayment AS payment ON payment.id = given.payment_id
                UNION ALL
               SELECT 'advance:' || payment.debtor_id, -put.amount_cents
                 FROM billing_allocation AS put
                 JOIN billing_invoicepayment AS payment ON payment.id = put.payment_id
                UNION ALL
               SELECT 'invoice:' || invoice_id, amount_cents FROM billing_allocation),
        told AS (SELECT code, SUM(cents) AS cents FROM rest GROUP BY code),
        held AS (
            SELECT account.code, SUM(moved.amount) AS cents
              FROM ledger_account AS account
              JOIN (SELECT credit_account_id AS account_id, amount FROM ledger_transfer
                    UNION ALL
                    SELECT debit_account_id, -amount FROM ledger_transfer) AS moved
                ON moved.account_id = account.id
             WHERE account.kind IN ('advance', 'invoice')
             GROUP BY account.code)
        SELECT COALESCE(told.code, held.code), COALESCE(told.cents, 0), COALESCE(held.cents, 0)
          FROM told FULL JOIN held ON held.code = told.code
         WHERE COALESCE(told.cents, 0) <> COALESCE(held.cents, 0)
         ORDER BY 1
        """,
    ),
    Invariant(
        "billing.plan_is_its_instalments",
        "The instalments of a payment plan come to what was left to pay when it was agreed.",
        """
        SELECT 'invoice:' || plan.invoice_id, plan.amount_cents,
               COALESCE(SUM(part.amount_cents), 0)
          FROM billing_paymentplan AS plan
          LEFT JOIN billing_instalment AS part ON part.plan_id = plan.id
         GROUP BY plan.id
        HAVING plan.amount_cents <> COALESCE(SUM(part.amount_cents), 0)
         ORDER BY plan.id
        """,
    ),
)
