"""Addresses of the pages of a town hall's till, and who reads them."""

from django.urls import reverse

from filiere.billing.models import Till
from filiere.billing.queries import tills as queries

MANAGER, DEPUTY = "regie@demo.example", "mairie@demo.example"
ACCOUNTANT, AUDITOR = "tresorerie@demo.example", "controle@demo.example"


def till_pages() -> dict[str, list[tuple[str, str]]]:
    """Give them: the till of the demonstration, with a signed month and one that waits."""
    till = Till.objects.get(closed_on=None)
    month = f"{max(queries.months_of(till)):%Y-%m}"
    receipt = till.receipts.filter(sale=None, reverses=None, reversal=None).earliest("number")
    sold = till.receipts.filter(sale__isnull=False, reverses=None).earliest("number")
    return {
        "tills": [(AUDITOR, reverse("tills"))],
        "till": [(who, reverse("till", args=[till.pk])) for who in (DEPUTY, MANAGER, ACCOUNTANT)],
        "till_new": [(MANAGER, reverse("till_new"))],
        "till_aids": [(MANAGER, reverse("till_aids"))],
        "till_sell": [(DEPUTY, reverse("till_sell", args=[till.pk]))],
        "till_sale": [(DEPUTY, reverse("till_sale", args=[sold.pk]))],
        "till_count": [(MANAGER, reverse("till_count", args=[till.pk]))],
        "till_deposit": [(MANAGER, reverse("till_deposit", args=[till.pk]))],
        "till_team": [(MANAGER, reverse("till_team", args=[till.pk]))],
        "till_close": [(MANAGER, reverse("till_close", args=[till.pk]))],
        "till_month": [(ACCOUNTANT, reverse("till_month", args=[till.pk, month]))],
        "till_month_paper": [(ACCOUNTANT, reverse("till_month_paper", args=[till.pk, month]))],
        "till_reverse": [(MANAGER, reverse("till_reverse", args=[receipt.pk]))],
    }
