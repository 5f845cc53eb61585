"""Prices seen of the demonstration: published, waiting, above a ceiling; surveys ended and open."""

import datetime

import pytest

from filiere.billing.models import ObservedPrice, WillingnessSurvey
from filiere.billing.queries import observed, willingness
from filiere.operations.demo import observed as demo
from filiere.territories.models import Kind
from tests.agenda.factories import AT, CommuneFactory, PlaceFactory

pytestmark = pytest.mark.django_db


def test_fill_shows_every_kind_of_place_once_and_says_it_is_invented():
    for code in ("49", "974"):
        CommuneFactory(code=code, kind=Kind.DEPARTEMENT)
    CommuneFactory(code="23096", departement=CommuneFactory(code="23", kind=Kind.DEPARTEMENT))
    for name in [survey[0] for survey in demo.SURVEYS] + [demo.OPEN_PLACE]:
        PlaceFactory(name=name, source="demonstration")
    for _twice in range(2):
        demo.fill(at=AT, source="demonstration")
    today = AT.date()
    prices = list(observed.published_prices(on=today, procedure=demo.CAR))
    judged = observed.judged(prices, observed.ceilings(on=today))
    kinds = observed.prices_by_kind(judged)
    assert [one.kind for one in kinds] == [
        "public",
        "association",
        "shop",
        "website",
        "independent",
    ]
    assert sum(one.over_cents is not None for one in judged) == 9
    assert observed.prices_to_read().count() == 2
    assert not ObservedPrice.objects.filter(is_invented=False).exists()
    told = willingness.demand_by_kind(on=today)
    assert [(one.kind, one.imagined, one.answers) for one in told] == [
        ("public", False, 64), ("association", False, 34), ("shop", False, 46), ("shop", True, 59),
    ]  # fmt: skip
    open_now = WillingnessSurvey.objects.filter(ends_on__gte=today)
    assert [one.ends_on for one in open_now] == [today + datetime.timedelta(days=28)]
