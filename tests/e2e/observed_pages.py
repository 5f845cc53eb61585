"""Addresses of the pages about prices seen and what people would pay, and who reads them."""

from django.urls import reverse

from filiere.billing.models import ObservedPrice, PriceCeiling, WillingnessSurvey

ANYONE, HUB = "", "hub@demo.example"
KARIM, SANDRINE = "karim@demo.example", "sandrine@demo.example"
CAR = "vehicle_registration"


def observed_pages() -> dict[str, list[tuple[str, str]]]:
    """Give them: prices of the demonstration, its ceiling, its surveys open and ended."""
    price = ObservedPrice.objects.filter(state="noted").earliest("pk")
    own = WillingnessSurvey.objects.latest("ends_on")
    ended = WillingnessSurvey.objects.earliest("ends_on")
    ceiling = PriceCeiling.objects.get(territory__code="23")
    return {
        "observed_prices": [(ANYONE, reverse("observed_prices"))],
        "observed_procedure": [
            (ANYONE, reverse("observed_procedure", args=[key])) for key in (CAR, "school_choice")
        ],
        "observed_cost": [
            (ANYONE, reverse("observed_cost", args=[CAR])),
            (ANYONE, reverse("observed_cost", args=[CAR]) + "?territoire=23&fois=10&prix=1"),
        ],
        "observed_note": [(KARIM, reverse("observed_note"))],
        "observed_sheet": [(KARIM, reverse("observed_sheet"))],
        "observed_review": [(HUB, reverse("observed_review"))],
        "observed_set_aside": [(HUB, reverse("observed_set_aside", args=[price.pk]))],
        "observed_ceilings": [(HUB, reverse("observed_ceilings"))],
        "observed_ceiling_end": [(HUB, reverse("observed_ceiling_end", args=[ceiling.pk]))],
        "willingness_results": [(ANYONE, reverse("willingness_results"))],
        "willingness_answer": [
            (ANYONE, reverse("willingness_answer", args=[own.ref])),
            (ANYONE, reverse("willingness_answer", args=[own.ref]) + "?merci"),
            (ANYONE, reverse("willingness_answer", args=[ended.ref])),
        ],
        "willingness_paper": [(ANYONE, reverse("willingness_paper", args=[own.ref]))],
        "willingness_surveys": [(SANDRINE, reverse("willingness_surveys"))],
        "willingness_enter": [(SANDRINE, reverse("willingness_enter", args=[own.pk]))],
        "willingness_close": [(SANDRINE, reverse("willingness_close", args=[own.pk]))],
    }
