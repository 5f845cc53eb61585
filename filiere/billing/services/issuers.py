"""Who issues invoices and whom they are addressed to.

Called through ``billing.services``.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from stdnum.eu import vat
from stdnum.fr import siren, siret

from filiere.billing.errors import IssuerNotPossible
from filiere.billing.models import Customer, Issuer, VatRegime
from filiere.billing.models.issuers import MOST_DAYS
from filiere.kernel.services import record
from filiere.rules.iban import read_iban
from filiere.rules.vat import BASIS_POINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingIdentity:
    """What an issuer says of itself; blanks are not stated.

    Attributes:
        payment_days: 0 to 60, from the day of issue.
        late_rate_bp: yearly late penalties, in basis points; at least three times the legal rate
            between professionals, which is for the issuer to know.
    """

    legal_name: str
    legal_form: str
    siren: str
    street: str
    postcode: str
    city: str
    vat_regime: str
    size: str
    late_rate_bp: int
    payment_days: int = 30
    siret: str = ""
    vat_number: str = ""
    registration: str = ""
    iban: str = ""
    is_invented: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An organisation as its invoices must bear it."""

    legal_name: str
    street: str
    postcode: str
    city: str
    siret: str = ""
    vat_number: str = ""
    is_public: bool = False
    service_code: str = ""


@transaction.atomic
def save_issuer(
    *, organisation_id: int, identity: BillingIdentity, at: datetime, actor: str
) -> Issuer:
    """Write an organisation's billing identity, or change it: invoices already issued keep theirs.

    Raises:
        IssuerNotPossible: a number whose check digits are wrong, an account that does not exist,
            a term or a rate outside what the law allows, or no VAT number where one is charged.
    """
    fields = asdict(identity) | {
        "siren": _checked(siren, identity.siren),
        "siret": _checked(siret, identity.siret) if identity.siret else "",
        "vat_number": _checked(vat, identity.vat_number) if identity.vat_number else "",
        "iban": _account(identity.iban),
    }
    if fields["siret"] and not fields["siret"].startswith(fields["siren"]):
        raise IssuerNotPossible(value=identity.siret)
    if identity.vat_regime == VatRegime.STANDARD and not fields["vat_number"]:
        raise IssuerNotPossible(value=identity.vat_number)
    if not 0 <= identity.payment_days <= MOST_DAYS:
        raise IssuerNotPossible(value=identity.payment_days)
    if not 0 <= identity.late_rate_bp <= BASIS_POINTS:
        raise IssuerNotPossible(value=identity.late_rate_bp)
    saved, _created = Issuer.objects.update_or_create(
        organisation_id=organisation_id, defaults=fields
    )
    record(actor=actor, action="billing.issuer_saved", subject=f"issuer:{saved.pk}", at=at)
    return saved


@transaction.atomic
def save_customer(
    *, issuer: Issuer, organisation_id: int, address: Address, at: datetime, actor: str
) -> Customer:
    """Write the name and the address an issuer's invoices to an organisation bear.

    Raises:
        IssuerNotPossible: a number whose check digits are wrong, or a public body without SIRET.
    """
    fields = asdict(address) | {
        "siret": _checked(siret, address.siret) if address.siret or address.is_public else "",
        "vat_number": _checked(vat, address.vat_number) if address.vat_number else "",
    }
    saved, _created = Customer.objects.update_or_create(
        issuer=issuer, organisation_id=organisation_id, defaults=fields
    )
    record(actor=actor, action="billing.customer_saved", subject=f"customer:{saved.pk}", at=at)
    return saved


def _checked(kind: object, written: str) -> str:
    """Read a number as people write it; its check digits must be right."""
    try:
        found: str = kind.validate(written)  # type: ignore[attr-defined]
    except ValueError as error:
        raise IssuerNotPossible(value=written) from error
    return found


def _account(written: str) -> str:
    if not written:
        return ""
    try:
        return read_iban(written).iban
    except ValueError as error:
        raise IssuerNotPossible(value=written) from error
