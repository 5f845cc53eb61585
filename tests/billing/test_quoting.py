"""A quote for one person, whatever payers there may be: reads only, and what a split would do."""

import datetime

import pytest
from django.db import connection

from filiere.agreements import cards
from filiere.agreements import services as agreements
from filiere.billing import services
from filiere.billing.errors import BandUnknown
from filiere.billing.models import Charge, PayerShare
from filiere.rules.pricing import Band
from tests.agenda.factories import OrganisationFactory, new_person
from tests.billing.factories import AT, DAY, commitment, lot_for, world

pytestmark = pytest.mark.django_db
JANUARY = datetime.date(2026, 1, 1)


def card(minutes=600):
    agreement = agreements.sign(
        kind="employer", title="Heures", promiser_id=OrganisationFactory().pk, starts_on=JANUARY,
        commitments=[agreements.Promise("h", quota_minutes=minutes)], at=AT, actor="test",
    )  # fmt: skip
    promise = agreement.commitments.get()
    return cards.issue_cards(commitment_id=promise.pk, count=1, at=AT, actor="test")[0]


def quote(here, **asked):
    return services.quote_offer(offer_id=here.offer.pk, minutes=60, on=DAY, at=AT, **asked)


def test_quote_offer_asks_five_payers_in_order_and_writes_nothing(django_assert_num_queries):
    here = world(price=3000)
    person = new_person(commune_id=here.commune.pk)
    first, second = commitment(rate_ppm=200_000), commitment(rate_ppm=500_000, cap=300)
    code, hours = lot_for(here, face=1000).issued[0].code, card()
    rows = (Charge.objects.count(), PayerShare.objects.count())
    with django_assert_num_queries(5) as asked:
        told = quote(
            here, person_id=person, voucher_code=code, card_code=hours,
            commitment_ids=[first.pk, second.pk],
        )  # fmt: skip
    assert not [one for one in asked.captured_queries if "UPDATE" in one["sql"][:6]]
    given = [(share.kind.value, share.amount_cents) for share in told.shares]
    assert given == [
        ("voucher", 1000), ("third_party", 400), ("third_party", 300), ("employer", 1300),
        ("person", 0),
    ]  # fmt: skip
    assert (Charge.objects.count(), PayerShare.objects.count()) == rows


def test_quote_offer_tells_what_the_split_then_does():
    here, promise = world(price=3000), commitment()
    code = lot_for(here, face=1000).issued[0].code
    told = quote(here, voucher_code=code, commitment_ids=[promise.pk])
    done = here.split(code, commitment=promise)
    kept = PayerShare.objects.filter(charge=done).order_by("pk").values_list("kind", "amount_cents")
    assert [(share.kind.value, share.amount_cents) for share in told.shares] == list(kept)


def test_quote_offer_says_nothing_is_stated_and_refuses_an_unknown_band():
    here = world(price=None)
    assert quote(here).priced is None
    assert quote(here).person_cents == 0
    services.set_price(
        offer_id=here.offer.pk, kind="session", amount_cents=3000, from_on=JANUARY, actor="test",
        at=AT, bands=[Band("low", 500)],
    )  # fmt: skip
    assert quote(here, band="low").person_cents == 500
    with pytest.raises(BandUnknown):
        quote(here, band="high")


def test_quote_offer_counts_the_persons_package_and_the_tax_credit():
    here = world(price=None)
    services.set_price(
        offer_id=here.offer.pk, kind="pack", amount_cents=9000, from_on=JANUARY, actor="test",
        at=AT, package=services.Package(90, sessions=3),
    )  # fmt: skip
    services.declare_home_help(
        offer_id=here.offer.pk, number="SAP123456789", nature="training", from_on=JANUARY, at=AT,
        actor="test",
    )  # fmt: skip
    person = new_person(commune_id=here.commune.pk)
    assert quote(here, person_id=person).credit.credit_cents == 4500
    here.charge(person=person)
    assert quote(here, person_id=person).person_cents == 0
    connection.check_constraints()
