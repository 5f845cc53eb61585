"""Invoices and credit notes on paper, with the same facts for programs inside."""
