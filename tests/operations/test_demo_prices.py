"""Prices of the demonstration: a package, brackets with a fund, help at home, an employer's hours."""

import pytest

from filiere.agreements.models import FreeHoursCard
from filiere.billing import queries
from filiere.billing.models import HomeHelp, PriceKind
from filiere.operations.demo import prices as demo_prices
from tests.agenda.factories import (
    AT,
    OfferFactory,
    OrganisationFactory,
    PlaceFactory,
    UnitFactory,
)

pytestmark = pytest.mark.django_db


def test_fill_states_each_kind_of_price_once_and_says_it_is_invented():
    place, employer = PlaceFactory(), OrganisationFactory()
    services = ("daily_tools", "employment", "leisure", "procedures")
    offers = [OfferFactory(place=place, service=service) for service in services]
    for _twice in range(2):
        demo_prices.fill(place, employer, at=AT)
    found = queries.prices_of([offer.pk for offer in offers], AT.date())
    kinds = [found[pk.pk].kind if pk.pk in found else None for pk in offers]
    assert kinds == [PriceKind.PACK, PriceKind.HOURLY, PriceKind.SESSION, None]
    assert all(price.is_invented for price in found.values())
    assert [band.amount_cents for band in found[offers[2].pk].bands] == [200, 700]
    assert HomeHelp.objects.get().offer == offers[1]
    account = queries.hours_accounts(employer.pk, on=AT.date())[0]
    assert (account.quota_minutes, account.cards) == (6_000, 20)
    assert FreeHoursCard.objects.count() == 20


def test_fill_shows_what_comes_back_of_help_at_home_and_gives_an_attestation():
    place = PlaceFactory()
    UnitFactory(worker__place=place)
    offers = [
        OfferFactory(place=place, service=name) for name in ("daily_tools", "employment", "leisure")
    ]
    for _twice in range(2):
        demo_prices.fill(place, OrganisationFactory(), at=AT)
    credit = queries.credits_of_offers({offers[1].pk: 4_500}, on=AT.date())[offers[1].pk]
    assert credit.credit_cents == 2_250
    (helped,) = queries.people_at_home(place.organisation_id, year=AT.year - 1)
    assert (helped.sessions, helped.paid_cents) == (3, 27_000)
    paper = queries.attestation(
        place.organisation_id, helped.person_id, year=AT.year - 1, on=AT.date()
    )
    assert paper.credit.credit_cents == 13_500
