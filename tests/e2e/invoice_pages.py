"""Addresses of the pages of invoices, with an invoice and its credit note behind them."""

from django.urls import reverse

from filiere.accounts.models import OrganisationKind, User
from filiere.billing.models import InvoiceDispute, InvoicePayment, PaymentPlan, Reminder
from filiere.operations.demo import invoices as demo_invoices
from filiere.operations.loop.world import organisation
from tests.conftest import AT

SANDRINE, FUNDER = "sandrine@demo.example", "departement@demo.example"


def invoice_pages() -> dict[str, list[tuple[str, str]]]:
    """Give them, for whoever issued the invoice and whoever received it."""
    provider = User.objects.get(email=SANDRINE).memberships.order_by("pk")[0].organisation
    funder = organisation("Département (démonstration)", OrganisationKind.DEPARTEMENT)
    made = demo_invoices.prepare(provider, funder, at=AT)
    note = made.credit_notes.get()
    new = reverse("invoice_new")
    return {
        "invoices": [
            (SANDRINE, reverse("invoices")),
            (SANDRINE, reverse("invoices") + "?sens=recues"),
            (FUNDER, reverse("invoices") + "?sens=recues"),
        ],
        "invoice_issuer": [(SANDRINE, reverse("invoice_issuer"))],
        "invoice_new": [(SANDRINE, new), (SANDRINE, f"{new}?organisation={funder.pk}")],
        "invoice": [
            (SANDRINE, reverse("invoice", args=[made.pk])),
            (SANDRINE, reverse("invoice", args=[note.pk])),
            (FUNDER, reverse("invoice", args=[made.pk])),
        ],
        **_receivable_pages(),
        "invoice_credit": [(SANDRINE, reverse("invoice_credit", args=[made.pk]))],
    }


def _receivable_pages() -> dict[str, list[tuple[str, str]]]:
    """Pages of what is due, for whoever issued the invoices of the demonstration."""
    payment = InvoicePayment.objects.order_by("pk")[0]
    paid = payment.allocations.order_by("pk")[0].invoice
    paid_too_much = InvoicePayment.objects.order_by("-amount_cents")[0].allocations.get().invoice
    planned = PaymentPlan.objects.get().invoice
    disputed = InvoiceDispute.objects.get().invoice
    reminders = Reminder.objects.order_by("pk")
    due = reverse("receivables")
    return {
        "receivables": [(SANDRINE, due), (SANDRINE, f"{due}?age=2&qui=company")],
        "receivable": [
            (SANDRINE, reverse("receivable", args=[one.pk]))
            for one in (paid, paid_too_much, planned, disputed)
        ],
        "receivable_refund": [(SANDRINE, reverse("receivable_refund", args=[paid_too_much.pk]))],
        "receivable_bounce": [(SANDRINE, reverse("receivable_bounce", args=[payment.pk]))],
        "receivable_plan": [
            (SANDRINE, reverse("receivable_plan", args=[one.pk])) for one in (paid, planned)
        ],
        "receivable_dispute": [
            (SANDRINE, reverse("receivable_dispute", args=[one.pk])) for one in (paid, disputed)
        ],
        "receivable_reminders": [(SANDRINE, reverse("receivable_reminders"))],
        "receivable_reminder": [
            (SANDRINE, reverse("receivable_reminder", args=[one.pk]))
            for one in (reminders[0], reminders.filter(state="prepared")[0])
        ],
    }
