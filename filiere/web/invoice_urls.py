"""URLs of invoices and credit notes."""

from django.urls import path

from filiere.web.views import invoices

urlpatterns = [
    path("factures", invoices.invoices, name="invoices"),
    path("factures/emetteur", invoices.invoice_issuer, name="invoice_issuer"),
    path("factures/nouvelle", invoices.invoice_new, name="invoice_new"),
    path("factures/<int:pk>", invoices.invoice, name="invoice"),
    path("factures/<int:pk>/avoir", invoices.invoice_credit, name="invoice_credit"),
    path("factures/<int:pk>.pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("factures/<int:pk>.xml", invoices.invoice_xml, name="invoice_xml"),
]
