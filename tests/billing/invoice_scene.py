"""Issuers, customers and shares to invoice, for the tests of invoices."""

import datetime

from filiere.billing import services
from filiere.billing.models import Issuer
from tests.agenda.factories import OrganisationFactory
from tests.billing.factories import World
from tests.conftest import AT

SIREN, SIRET, VAT_NUMBER = "732829320", "73282932000074", "FR44732829320"
POST_SIRET = "35600000000048"
TODAY = AT.date()
LATER = AT + datetime.timedelta(days=60)


def identity(**fields) -> services.BillingIdentity:
    """An association exempt of tax, unless said otherwise."""
    return services.BillingIdentity(
        **{
            "legal_name": "Médiathèque du fil",
            "legal_form": "Association loi 1901",
            "siren": SIREN,
            "siret": SIRET,
            "street": "1 rue du Fil",
            "postcode": "23000",
            "city": "Guéret",
            "vat_regime": "association",
            "size": "micro",
            "late_rate_bp": 1200,
            "iban": "FR7630006000011234567890189",
        }
        | fields
    )


def issuer(where: World | None = None, **fields) -> Issuer:
    organisation = where.provider if where else OrganisationFactory()
    if fields.get("vat_regime") == "standard":
        fields = {"vat_number": VAT_NUMBER} | fields
    return services.save_issuer(
        organisation_id=organisation.pk, identity=identity(**fields), at=AT, actor="test"
    )


def customer(of: Issuer, organisation=None, **fields):
    """An organisation of which the issuer knows the address."""
    address = services.Address(
        **{
            "legal_name": "Caisse de la Creuse",
            "street": "2 place du Pont",
            "postcode": "23000",
            "city": "Guéret",
        }
        | fields
    )
    return services.save_customer(
        issuer=of,
        organisation_id=(organisation or OrganisationFactory()).pk,
        address=address,
        at=AT,
        actor="test",
    )


def written(of: Issuer, to, *cents: int, key: str = "key", **fields):
    """Issue an invoice of one line for each amount, without tax."""
    return services.issue_invoice(
        issuer=of,
        organisation_id=to.organisation_id,
        lines=[
            services.LineWanted(wording=f"Atelier {place}", unit_price_cents=amount)
            for place, amount in enumerate(cents, start=1)
        ],
        **{"issued_on": TODAY, "key": key, "at": AT, "actor": "test"} | fields,
    )


def give_back(invoice, key: str = "back", **fields):
    return services.issue_credit_note(
        invoice=invoice,
        **{"reason": "Erreur de tarif", "issued_on": TODAY, "key": key, "at": AT, "actor": "test"}
        | fields,
    )
