"""Prices from a day on, their history, and taking one back."""

import datetime

import pytest

from filiere.billing import queries, services
from filiere.billing.errors import PriceBegun
from filiere.billing.models import PriceKind, PriceRule
from tests.agenda.factories import OfferFactory

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)
DAY = datetime.timedelta(days=1)


def state(offer, cents, from_on, at, kind=PriceKind.SESSION):
    return services.set_price(
        offer_id=offer.pk, kind=kind, amount_cents=cents, from_on=from_on, at=at, actor="user:1"
    )


def test_price_history_gives_every_price_latest_first_in_one_query(at, django_assert_num_queries):
    offer, bare = OfferFactory(), OfferFactory()
    for cents, day in ((1000, TODAY), (3000, TODAY + 9 * DAY), (2000, TODAY + DAY)):
        state(offer, cents, day, at)

    with django_assert_num_queries(1):
        history = queries.price_history([offer.pk, bare.pk])
    assert [rule.amount_cents for rule in history[offer.pk]] == [3000, 2000, 1000]
    assert history[bare.pk] == []


def test_withdraw_price_leaves_the_one_before_or_nothing_stated(at):
    offer = OfferFactory()
    first, second = state(offer, 1000, TODAY, at), state(offer, 2000, TODAY + DAY, at)
    later = TODAY + 2 * DAY

    services.withdraw_price(rule_id=second.pk, on=TODAY, at=at, actor="user:1")
    assert queries.price_of(offer.pk, 60, later) == 1000

    services.withdraw_price(rule_id=first.pk, on=TODAY, at=at, actor="user:1")
    assert queries.price_of(offer.pk, 60, later) is None


def test_withdraw_price_refuses_one_that_people_were_told(at):
    rule = state(OfferFactory(), 1000, TODAY, at)

    with pytest.raises(PriceBegun) as refusal:
        services.withdraw_price(rule_id=rule.pk, on=TODAY + DAY, at=at, actor="user:1")
    assert "2026" in refusal.value.sentence
    assert PriceRule.objects.filter(pk=rule.pk).exists()
