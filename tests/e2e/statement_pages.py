"""Addresses of the statements of each party, and of a person's year of help."""

from typing import Any

from django.urls import reverse

from filiere.accounts.models import Organisation, User
from filiere.agenda.models import Registration
from filiere.agreements.models import Agreement, AgreementKind
from filiere.billing.models import Charge
from filiere.directory.models import Place
from filiere.web import bookings

KARIM, SANDRINE = "karim@demo.example", "sandrine@demo.example"
FUNDER, AUDITOR, ANYONE = "departement@demo.example", "controle@demo.example", ""


def statement_pages(desk: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Give them: every quality once, days without a line, a person's year here and in private."""
    funder = Organisation.objects.get(name="Département (démonstration)").pk
    place = Place.objects.get(pk=desk["unit"].place_id).organisation_id
    third = Agreement.objects.filter(kind=AgreementKind.THIRD_PARTY).order_by("pk")[0].promiser_id
    alone = Registration.objects.filter(booked_by__startswith="visitor:").order_by("pk").first()
    every = [
        (AUDITOR, reverse("statement", args=[pk, party]))
        for pk, party in (
            (place, "lieu"), (funder, "financeur"), (third, "tiers-payeur"),
            (funder, "employeur"), (funder, "client"),
        )
    ]  # fmt: skip
    quiet = reverse("statement", args=[place, "lieu"]) + "?du=2001-01-01&au=2001-12-31"
    found = {
        "statements": [(AUDITOR, reverse("statements")), (FUNDER, reverse("statements"))],
        "statement": [*every, (AUDITOR, quiet)],
        "year_of_help": [(KARIM, reverse("year_of_help", args=[desk["settled"].ref]))],
    }
    mine = Charge.objects.filter(
        provider=User.objects.get(email=SANDRINE).memberships.order_by("pk")[0].organisation
    ).order_by("pk")[0]
    found["personal_file"] = [
        (SANDRINE, reverse("personal_file", args=[mine.registration.ref])),
    ]
    if alone is not None:
        found["my_year"] = [(ANYONE, bookings.year_address(alone))]
    return found
