"""Addresses of the pages of invoices, with an invoice and its credit note behind them."""

from django.urls import reverse

from filiere.accounts.models import OrganisationKind, User
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
        "invoice_credit": [(SANDRINE, reverse("invoice_credit", args=[made.pk]))],
    }
