"""Prices of the demonstration: a package, brackets with a fund, help at home, an employer's hours."""

import pytest

from filiere.agreements.models import FreeHoursCard
from filiere.billing import queries
from filiere.billing.models import HomeHelp, PriceKind
from filiere.operations.demo import prices as demo_prices
from tests.agenda.factories import AT, OfferFactory, OrganisationFactory, PlaceFactory

pytestmark = pytest.mark.django_db


def test_fill_states_each_kind_of_price_once_and_says_it_is_invented():
    place, employer = PlaceFactory(), OrganisationFactory()
    services = ("daily_tools", "employment", "leisure", "procedures")
    offers = [OfferFactory(place=place, service=service) for service in services]
    for _twice in range(2):
        demo_prices.fill(place, employer, at=AT)
    found = queries.prices_of([offer.pk for offer in offers], AT.date())
    kinds = [found[pk.pk].kind if pk.pk in found else None for pk in offers]
    assert kinds == [PriceKind.PACK, PriceKind.SESSION, None, None]
    assert all(price.is_invented for price in found.values())
    assert [band.amount_cents for band in found[offers[1].pk].bands] == [200, 700]
    assert HomeHelp.objects.get().offer == offers[2]
    account = queries.hours_accounts(employer.pk, on=AT.date())[0]
    assert (account.quota_minutes, account.cards) == (6_000, 20)
    assert FreeHoursCard.objects.count() == 20
