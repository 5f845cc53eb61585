"""Prices of the demonstration beyond one amount: a package, brackets, a fund, help at home, hours.

Everything is invented and says so.
"""

from datetime import date, datetime, timedelta

from filiere.accounts.models import Organisation
from filiere.agenda import services as agenda
from filiere.agenda.models import Unit
from filiere.agreements import cards
from filiere.agreements import services as agreements
from filiere.agreements.models import Agreement, AgreementKind
from filiere.billing import queries as billing_queries
from filiere.billing import services as billing
from filiere.billing.models import BandBasis, HomeHelp
from filiere.directory.models import Offer, Place
from filiere.kernel.calendar import bounds_of_day, legal_day
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.rules.pricing import Band

TITLE = "Heures offertes aux agents et à leurs familles (démonstration)"
QUOTA_MINUTES = 6_000
CARDS = 20
YEAR = timedelta(days=365)
BRACKETS = (
    Band("Quotient familial jusqu’à 600 €", 200),
    Band("Quotient familial de 601 à 1 000 €", 700),
)
AT_HOME_CENTS, AT_HOME_MINUTES, HOURS_AT = 4_500, 120, timedelta(hours=18)
# Whom the place visited last autumn, and on which days: its attestation can be printed.
AT_HOME_NAME, AT_HOME_DAYS = "Jeanne Aubert", ((10, 7), (11, 4), (12, 2))
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
    for offer, state in zip(offers, (_package, _at_home, _brackets), strict=False):
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
    """Declare a service at home since last autumn, by the hour, with what somebody paid of it."""
    if HomeHelp.objects.filter(offer=offer).exists():
        return
    since = date(on.year - 1, 10, 1)
    billing.declare_home_help(
        offer_id=offer.pk, number="SAP123456789", nature="training", from_on=since, at=at,
        actor="demo", is_invented=True,
    )  # fmt: skip
    for day in (since, on):
        billing.set_price(
            offer_id=offer.pk, kind="hourly", amount_cents=AT_HOME_CENTS, from_on=day, at=at,
            actor="demo", is_invented=True,
        )  # fmt: skip
    unit = Unit.objects.filter(place=offer.place, worker__isnull=False).order_by("pk").first()
    if unit is not None:
        _visit(offer, unit, [date(since.year, *day) for day in AT_HOME_DAYS])


def _visit(offer: Offer, unit: Unit, days: list[date]) -> None:
    """Let one person be helped at home on some days, and pay each session."""
    begun = bounds_of_day(days[0] - timedelta(days=7))[0]
    person = persons.open_file(birth_year=1948, at=begun, actor="demo", is_invented=True)
    persons.record_consent(
        person_id=person, purpose=Purpose.KEEP_IDENTITY, given=True, at=begun, actor="demo"
    )
    persons.seal_identity(person_id=person, name=AT_HOME_NAME, at=begun, actor="demo")
    opened = agenda.publish_slots(
        offer_id=offer.pk, worker_unit=unit, minutes=AT_HOME_MINUTES, seats=1, at=begun,
        starts=[bounds_of_day(day)[0] + HOURS_AT for day in days], actor="demo", is_invented=True,
    )  # fmt: skip
    for slot in opened.created:
        seat = agenda.book(
            slot_id=slot.pk, person_id=person, need="learn", procedure="", at=begun, actor="demo"
        )
        agenda.record_attendance(
            registration_id=seat.pk, present=True, at=slot.ends_at, actor="demo"
        )
        charge = billing_queries.charge_of(seat.pk)
        if charge is not None:
            billing.split_charge(charge=charge, voucher_code=None, at=slot.ends_at, actor="demo")
