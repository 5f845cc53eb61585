"""SQL of where the money of an invoice stands: read by pages, judged by triggers. Euro cents."""

POSITION = """
    SELECT invoice.id, notes.credited, paid.refunded, settled.cents AS settled,
           GREATEST(paid.elsewhere, invoice.paid_cents) AS elsewhere,
           GREATEST(0, invoice.total_cents - GREATEST(paid.elsewhere, invoice.paid_cents)
                       - GREATEST(0, notes.credited - paid.refunded_elsewhere)) AS due
      FROM billing_invoice AS invoice
     CROSS JOIN LATERAL (
           SELECT COALESCE(SUM(note.total_cents), 0) AS credited
             FROM billing_invoice AS note WHERE note.corrects_id = invoice.id) AS notes
     CROSS JOIN LATERAL (
           SELECT COALESCE(SUM(cents) FILTER (WHERE is_paid), 0) AS elsewhere,
                  COALESCE(SUM(cents) FILTER (WHERE is_back), 0) AS refunded,
                  COALESCE(SUM(cents) FILTER (WHERE is_paid AND is_back), 0) AS refunded_elsewhere
             FROM (SELECT share.amount_cents AS cents, charge.state = 'refunded' AS is_back,
                          share.kind = 'person' OR share.released_group_id IS NOT NULL AS is_paid
                     FROM billing_invoiceline AS line
                     JOIN billing_invoicedshare AS asked ON asked.line_id = line.id
                     JOIN billing_payershare AS share ON share.id = asked.share_id
                     JOIN billing_charge AS charge ON charge.id = share.charge_id
                    WHERE line.invoice_id = invoice.id) AS share) AS paid
     CROSS JOIN LATERAL (
           SELECT COALESCE(SUM(amount_cents), 0) AS cents
             FROM billing_allocation WHERE invoice_id = invoice.id) AS settled
     WHERE invoice.kind = 'invoice'
"""
"""SQL: of each invoice, what payments on it must come to in all (``due``) and come to (``settled``).

What the counter or the operator collected (``elsewhere``) is paid; a credit note asks for less, but
when it gives back a session that was collected elsewhere and is refunded there too.
"""


def within_invoice(invoice: str) -> str:
    """SQL: payments on an invoice come to at most what it asks; writers wait for each other.

    Args:
        invoice: SQL of its id, e.g. ``NEW.invoice_id``; null judges nothing.
    """
    return f"""
    IF {invoice} IS NULL THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('billing.invoice_money', {invoice}));
    IF EXISTS (
        SELECT FROM ({POSITION} AND invoice.id = {invoice}) AS one
         WHERE one.settled NOT BETWEEN 0 AND one.due) THEN
        RAISE EXCEPTION 'invoice % would be paid more than it asks', {invoice}
              USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_paid_within';
    END IF;
    """
