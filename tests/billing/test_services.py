import datetime

import pytest

from filiere.agenda import services as agenda
from filiere.billing import queries, services
from filiere.billing.errors import PriceNotPossible
from filiere.billing.models import Charge, ChargeState
from filiere.directory.models import Fee
from tests.billing.factories import AT, DAY, commitment, lot_for, world

pytestmark = pytest.mark.django_db


def price(offer, kind, cents, on):
    return services.set_price(
        offer_id=offer.pk, kind=kind, amount_cents=cents, from_on=on, actor="test", at=AT
    )


def test_price_of_takes_the_latest_rule_in_force():
    here = world(price=None)
    price(here.offer, "session", 1000, datetime.date(2026, 1, 1))
    price(here.offer, "session", 1200, datetime.date(2026, 12, 1))
    assert queries.price_of(here.offer.pk, 60, DAY) == 1000
    assert queries.price_of(here.offer.pk, 60, datetime.date(2026, 12, 1)) == 1200
    assert queries.price_of(here.offer.pk, 60, datetime.date(2025, 12, 31)) is None


def test_price_of_an_hour_is_rounded_down_to_the_cent():
    here = world(price=1000, kind="hourly")
    assert queries.price_of(here.offer.pk, 50, DAY) == 833
    assert queries.price_of(here.offer.pk, 120, DAY) == 2000


def test_a_blank_price_is_not_stated_and_only_a_source_that_says_free_is_free():
    here = world(price=None)
    assert queries.price_of(here.offer.pk, 60, DAY) is None
    here.offer.fee = Fee.FREE
    here.offer.save()
    assert queries.price_of(here.offer.pk, 60, DAY) == 0


def test_prices_of_answers_for_many_offers_in_two_queries(django_assert_num_queries):
    offers = [world(price=cents).offer.pk for cents in (0, 500, 700, None)]
    with django_assert_num_queries(2):
        found = queries.prices_of(offers, DAY)
    assert [found[offer].amount_cents for offer in offers[:3]] == [0, 500, 700]
    assert offers[3] not in found


def test_set_price_refuses_what_is_not_possible():
    here = world(price=None)
    for kind, cents in (("free", 1), ("session", -1), ("monthly", 10)):
        with pytest.raises(PriceNotPossible):
            price(here.offer, kind, cents, DAY)


def test_a_charge_is_raised_by_a_presence_and_not_by_an_absence():
    here = world(price=1500)
    assert here.charge().price_cents == 1500
    absent = here.registration()
    agenda.record_attendance(
        registration_id=absent.pk, present=False, at=absent.slot.starts_at, actor="test"
    )
    assert not Charge.objects.filter(registration=absent).exists()


def test_a_charge_keeps_the_price_of_its_day():
    here = world(price=1500)
    charge = here.charge()
    price(here.offer, "session", 9900, DAY)
    charge.refresh_from_db()
    assert charge.price_cents == 1500


def test_a_charge_without_stated_price_says_so_and_is_split_at_once():
    charge = world(price=None).charge()
    assert (charge.price_cents, charge.price_stated, charge.state) == (0, False, ChargeState.SPLIT)
    free = world(price=0, kind="free").charge()
    assert (free.price_cents, free.price_stated, free.state) == (0, True, ChargeState.SPLIT)


def test_raise_charge_twice_is_once():
    charge = world().charge()
    again = services.raise_charge(registration_id=charge.registration_id, at=AT, actor="test")
    assert again.pk == charge.pk


def test_an_attendance_undone_then_recorded_again_raises_the_same_charge():
    charge = world(price=1500).charge()
    at = charge.raised_at + datetime.timedelta(minutes=3)
    agenda.undo_attendance(registration_id=charge.registration_id, at=at, actor="test")
    charge.refresh_from_db()
    assert charge.state == ChargeState.CANCELLED
    assert queries.charge_of(charge.registration_id) is None
    agenda.record_attendance(
        registration_id=charge.registration_id, present=True, at=at, actor="test"
    )
    charge.refresh_from_db()
    assert charge.state == ChargeState.OPEN


def test_receipt_lines_name_each_payer_and_add_up():
    here = world(price=3000)
    payer = commitment()
    charge = here.split(lot_for(here, face=1000).issued[0].code, commitment=payer)
    receipt = queries.receipt_lines(charge)
    assert [line.amount_cents for line in receipt.lines] == [1000, 1000, 1000]
    assert receipt.lines[1].label == payer.agreement.promiser.name
    assert (receipt.total_cents, receipt.person_cents) == (3000, 1000)


def test_earnings_add_up_by_payer_with_what_waits():
    here = world(price=2000)
    paid = here.split(lot_for(here, face=500).issued[0].code)
    waiting = here.charge()
    found = queries.earnings([paid.registration_id, waiting.registration_id])
    assert (found.voucher_cents, found.person_cents, found.open_cents) == (500, 1500, 2000)
    assert found.total_cents == 4000


def test_charges_of_provider_are_those_of_the_days_asked():
    here = world()
    today, later = here.charge(), here.charge(on=DAY + datetime.timedelta(days=2))
    found = queries.charges_of_provider(
        here.provider.pk, end=datetime.datetime(2026, 11, 25, tzinfo=datetime.UTC)
    )
    assert list(found) == [today]
    assert list(queries.charges_of_provider(here.provider.pk)) == [later, today]
