"""What must always be true of invoices and credit notes; read by ``checks``."""

from filiere.kernel.checks import Invariant

INVARIANTS = (
    Invariant(
        "billing.invoices_have_no_gap",
        "The numbers of each issuer, kind and year are 1, 2, 3… in the order of the days.",
        """
        SELECT 'series:' || series.id, series.code || '-' || series.year, series.last_rank,
               COUNT(invoice.id), MAX(invoice.rank)
          FROM billing_invoiceseries AS series
          LEFT JOIN billing_invoice AS invoice ON invoice.series_id = series.id
         GROUP BY series.id
        HAVING series.last_rank <> COUNT(invoice.id)
            OR series.last_rank <> COALESCE(MAX(invoice.rank), 0)
        UNION ALL
        SELECT 'invoice:' || one.id, one.number, one.rank, before.rank, NULL
          FROM billing_invoice AS one
          JOIN billing_invoice AS before
            ON before.series_id = one.series_id AND before.rank = one.rank - 1
         WHERE before.issued_on > one.issued_on
         ORDER BY 1
        """,
    ),
    Invariant(
        "billing.invoices_add_up",
        "The lines of each invoice are its sum without tax, its groups its tax.",
        """
        SELECT 'invoice:' || invoice.id, invoice.number, invoice.net_cents, lines.net,
               groups.base, invoice.vat_cents, groups.vat
          FROM billing_invoice AS invoice
          LEFT JOIN (SELECT invoice_id, SUM(net_cents) AS net
                       FROM billing_invoiceline GROUP BY invoice_id) AS lines
            ON lines.invoice_id = invoice.id
          LEFT JOIN (SELECT invoice_id, SUM(base_cents) AS base, SUM(vat_cents) AS vat
                       FROM billing_invoicevat GROUP BY invoice_id) AS groups
            ON groups.invoice_id = invoice.id
         WHERE (lines.net, groups.base, groups.vat)
               IS DISTINCT FROM (invoice.net_cents, invoice.net_cents, invoice.vat_cents)
         ORDER BY invoice.id
        """,
    ),
    Invariant(
        "billing.credit_notes_within",
        "Credit notes never give back more than their invoice, as a whole or line by line.",
        """
        SELECT 'invoice:' || invoice.id, invoice.number, invoice.total_cents,
               SUM(note.total_cents)
          FROM billing_invoice AS invoice
          JOIN billing_invoice AS note ON note.corrects_id = invoice.id
         GROUP BY invoice.id
        HAVING SUM(note.total_cents) > invoice.total_cents
        UNION ALL
        SELECT 'line:' || line.id, invoice.number, line.net_cents, SUM(back.net_cents)
          FROM billing_invoiceline AS line
          JOIN billing_invoice AS invoice ON invoice.id = line.invoice_id
          JOIN billing_invoiceline AS back ON back.credits_id = line.id
         GROUP BY line.id, invoice.id
        HAVING SUM(back.net_cents) > line.net_cents
         ORDER BY 1
        """,
    ),
    Invariant(
        "billing.invoiced_shares_are_their_invoice",
        "An invoice of sessions asks for exactly their shares, of its own issuer, each once.",
        """
        SELECT 'invoice:' || invoice.id, invoice.number, invoice.total_cents,
               SUM(share.amount_cents)
          FROM billing_invoice AS invoice
          JOIN billing_invoiceline AS line ON line.invoice_id = invoice.id
          JOIN billing_invoicedshare AS invoiced ON invoiced.line_id = line.id
          JOIN billing_payershare AS share ON share.id = invoiced.share_id
          JOIN billing_charge AS charge ON charge.id = share.charge_id
          JOIN billing_issuer AS issuer ON issuer.id = invoice.issuer_id
         GROUP BY invoice.id, issuer.id
        HAVING SUM(share.amount_cents) <> invoice.total_cents
            OR BOOL_OR(charge.provider_id <> issuer.organisation_id)
         ORDER BY invoice.id
        """,
    ),
)
