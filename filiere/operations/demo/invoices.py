"""Invoices of the demonstration: a place that invoices a workshop to the département."""

import datetime as dt

from filiere.accounts.models import Organisation
from filiere.billing import services
from filiere.billing.models import Invoice, Issuer
from filiere.billing.queries.invoices import issuer_of
from filiere.kernel.calendar import legal_day
from filiere.operations.demo import receivables

# Numbers whose check digits are right and that nobody bears.
SIREN, SIRET_OF_CUSTOMER = "000000018", "00000002600005"
WEEK = dt.timedelta(days=7)


def prepare(provider: Organisation, customer: Organisation, *, at: dt.datetime) -> Invoice:
    """Issue an invoice two weeks ago and give back a part of it last week. Twice is once."""
    known = issuer_of(provider.pk)
    if known is not None:
        return known.invoices.get(request_key="demo")
    begun = at - 2 * WEEK
    issuer = _issuer(provider, at=at - 20 * WEEK)
    receivables.prepare(issuer, at=at)
    _customer(issuer, customer, at=begun)
    made = services.issue_invoice(
        issuer=issuer,
        organisation_id=customer.pk,
        lines=[
            services.LineWanted(
                wording="Atelier collectif : premiers pas avec un téléphone",
                detail="Trois heures, huit personnes, à Saint-Vaury",
                unit_price_cents=24_000,
                quantity_hundredths=200,
            ),
            services.LineWanted(wording="Déplacement du bus numérique", unit_price_cents=3_550),
        ],
        issued_on=legal_day(begun),
        order_reference="2026-0142",
        key="demo",
        at=begun,
        actor="demo",
    )
    line = made.lines.order_by("position")[1]
    services.issue_credit_note(
        invoice=made,
        reason="Le bus n’est pas venu : le déplacement n’est pas dû.",
        net_by_line={line.pk: line.net_cents},
        issued_on=legal_day(at - WEEK),
        key="demo credit note",
        at=at - WEEK,
        actor="demo",
    )
    return made


def _issuer(provider: Organisation, *, at: dt.datetime) -> Issuer:
    """Say what the place's invoices bear."""
    return services.save_issuer(
        organisation_id=provider.pk,
        identity=services.BillingIdentity(
            legal_name=provider.name,
            legal_form="Association loi 1901 (démonstration)",
            siren=SIREN,
            street="2 place de la Mairie",
            postcode="23320",
            city="Saint-Vaury",
            vat_regime="association",
            size="micro",
            late_rate_bp=1_200,
            is_invented=True,
        ),
        at=at,
        actor="demo",
    )


def _customer(issuer: Issuer, customer: Organisation, *, at: dt.datetime) -> None:
    """Write the address of the département, a public body."""
    services.save_customer(
        issuer=issuer,
        organisation_id=customer.pk,
        address=services.Address(
            legal_name=customer.name,
            street="1 place du Département",
            postcode="23000",
            city="Guéret",
            siret=SIRET_OF_CUSTOMER,
            is_public=True,
            service_code="INCLUSION",
        ),
        at=at,
        actor="demo",
    )
