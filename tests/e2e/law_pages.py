"""Addresses of what the law allows: decision aids, figures, thresholds of an organisation."""

from django.urls import reverse

from filiere.projects.models import BusinessModel

ANYONE, HUB, SANDRINE = "", "hub@demo.example", "sandrine@demo.example"
LUC = "projet@demo.example"
UNDER = (
    "?disinterested=oui&preponderant=oui&tax=corporate&closed_on=2025-06-30&receipts=80+011%2C00"
)
OVER = UNDER.replace("80+011%2C00", "80+011%2C01")
THIS_YEAR = UNDER.replace("2025-06-30", "2026-06-30")


def carried() -> int:
    """Give the project of the demonstration whose model is written."""
    return int(BusinessModel.objects.order_by("pk").values_list("project", flat=True)[0])


def law_pages() -> dict[str, list[tuple[str, str]]]:
    """Give them: a question, each kind of answer, an answer refused, a past day."""
    franchise = reverse("rule", args=["franchise"])
    return {
        "rules": [(ANYONE, reverse("rules"))],
        "rule": [
            (ANYONE, franchise),
            (ANYONE, franchise + UNDER),
            (ANYONE, franchise + OVER),
            (ANYONE, franchise + THIS_YEAR),
            (ANYONE, franchise + "?disinterested=oui&preponderant=oui&tax=vat"),
            (ANYONE, franchise + UNDER.replace("80+011%2C00", "80+k%E2%82%AC")),
            (ANYONE, reverse("rule", args=["who_may_fund"])),
        ],
        "rule_values": [
            (ANYONE, reverse("rule_values")),
            (HUB, reverse("rule_values") + "?a_verifier=on"),
            (ANYONE, reverse("rule_values") + "?le=2019-06-30"),
        ],
        "rule_sign": [(HUB, reverse("rule_sign", args=["association.franchise_cents@2026"]))],
        "project_model": [(LUC, reverse("project_model", args=[carried()]))],
        "compliance": [
            (SANDRINE, reverse("compliance")),
            (LUC, reverse("compliance") + "?ailleurs=36+000"),
        ],
    }
