"""Prices of the demonstration beyond one amount: a package, brackets, a fund, an employer's hours.

Everything is invented and says so.
"""

from datetime import date, datetime, timedelta

from filiere.accounts.models import Organisation
from filiere.agreements import cards
from filiere.agreements import services as agreements
from filiere.agreements.models import Agreement, AgreementKind
from filiere.billing import services as billing
from filiere.billing.models import BandBasis, HomeHelp
from filiere.directory.models import Offer, Place
from filiere.kernel.calendar import legal_day
from filiere.rules.pricing import Band

TITLE = "Heures offertes aux agents et à leurs familles (démonstration)"
QUOTA_MINUTES = 6_000
CARDS = 20
YEAR = timedelta(days=365)
BRACKETS = (
    Band("Quotient familial jusqu’à 600 €", 200),
    Band("Quotient familial de 601 à 1 000 €", 700),
)
# What the first offers of the place are priced like, "procedures" left as it is.
KEPT = "procedures"


def fill(place: Place, employer: Organisation, *, at: datetime) -> None:
    """State a package, brackets with a fund and help at home; sign an employer's hours. Once.

    Args:
        place: where prices are stated; its offer of help with procedures keeps its price.
        employer: who offers hours to its staff.
    """
    if Agreement.objects.filter(title=TITLE, promiser=employer).exists():
        return
    today = legal_day(at)
    offers = list(place.offers.filter(closed_on=None).exclude(service=KEPT).order_by("service"))
    for offer, state in zip(offers, (_package, _brackets, _at_home), strict=False):
        state(offer, today, at)
    agreement = agreements.sign(
        kind=AgreementKind.EMPLOYER,
        title=TITLE,
        promiser_id=employer.pk,
        starts_on=today,
        ends_on=today + YEAR,
        commitments=[agreements.Promise(TITLE, quota_minutes=QUOTA_MINUTES)],
        at=at,
        actor="demo",
        is_invented=True,
    )
    cards.issue_cards(
        commitment_id=agreement.commitments.get().pk, count=CARDS, at=at, actor="demo"
    )


def _package(offer: Offer, on: date, at: datetime) -> None:
    billing.set_price(
        offer_id=offer.pk, kind="pack", amount_cents=10_000, from_on=on, at=at, actor="demo",
        package=billing.Package(valid_days=180, minutes=600, single_cents=1_500), is_invented=True,
    )  # fmt: skip


def _brackets(offer: Offer, on: date, at: datetime) -> None:
    group = billing.open_subsidy_group(
        organisation_id=offer.place.organisation_id, name="Ateliers solidaires", at=at, actor="demo"
    )
    billing.set_price(
        offer_id=offer.pk, kind="session", amount_cents=1_800, from_on=on, at=at, actor="demo",
        bands=BRACKETS, basis=BandBasis.INCOME,
        solidarity=billing.Solidarity(group.pk, cost_cents=1_200), is_invented=True,
    )  # fmt: skip


def _at_home(offer: Offer, on: date, at: datetime) -> None:
    if HomeHelp.objects.filter(offer=offer).exists():
        return
    billing.declare_home_help(
        offer_id=offer.pk, number="SAP123456789", nature="training", from_on=on, at=at,
        actor="demo", is_invented=True,
    )  # fmt: skip
