import datetime

import pytest

from filiere.settlement import queries, services
from filiere.settlement.errors import AlertsToRead
from filiere.settlement.models import BatchState
from filiere.vouchers.models import Voucher
from tests.billing.factories import AT, bank_account, lot_for, world
from tests.settlement.factories import LATER, owed
from tests.settlement.test_services import freeze

pytestmark = pytest.mark.django_db


def found(batch):
    return [(one.kind, one.sessions, one.amount_cents) for one in queries.alerts_of(batch)]


def test_attack_33_a_run_of_vouchers_within_minutes_is_an_alert_to_read():
    owed(1000, sessions=5)
    batch = freeze()
    assert found(batch) == [("serial_run", 5, 5000)]
    with pytest.raises(AlertsToRead):
        services.approve_batch(batch=batch, at=LATER, actor="user:2")
    alert = queries.alerts_of(batch).get()
    approved = services.approve_batch(batch=batch, at=LATER, actor="user:2", alerts_read=[alert.pk])
    alert.refresh_from_db()
    assert (approved.state, alert.read_by) == (BatchState.APPROVED, "user:2")


def test_four_vouchers_in_a_row_or_five_spread_over_the_day_raise_nothing():
    owed(1000, sessions=4)
    assert found(freeze()) == []
    here = world(price=1000)
    for rank, issued in enumerate(lot_for(here, face=1000, count=5).issued):
        here.split(issued.code, at=AT + datetime.timedelta(minutes=4 * rank))
    bank_account(here, "FR1420041010050500013M02606")
    assert found(freeze("VIR-2")) == []


def test_attack_34_vouchers_handed_out_by_who_redeems_them_are_an_alert():
    here = owed(1000)
    Voucher.objects.update(handed_out_by=here.provider, handed_out_at=AT)
    assert found(freeze()) == [("self_prescription", 1, 1000)]


@pytest.mark.parametrize(
    ("hours", "alerts"),
    [
        ("Mo-Su 03:00-04:00", [("outside_hours", 1, 1000)]),
        ("Mo-Su 00:00-24:00", []),
        ("", []),
        ("le matin", []),
    ],
)
def test_attack_33_a_voucher_redeemed_while_the_place_says_it_is_closed_is_an_alert(hours, alerts):
    here = owed(1000)
    here.offer.place.opening_hours = hours
    here.offer.place.save()
    assert found(freeze()) == alerts
