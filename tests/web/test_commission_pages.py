"""A commission leads down to the uses it is counted on."""

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Role
from filiere.settlement.commissions import commission_of, settled_uses
from tests.settlement.test_commissions import paid
from tests.settlement.test_services import LATER
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(LATER, tick=False):
        yield


def test_settled_uses_add_up_to_what_the_commission_is_counted_on():
    made, _where, _charge = paid(3000, 3000)
    uses, account = list(settled_uses(made)), commission_of(made)

    assert len(uses) == account.uses == 2
    assert sum(one.amount_cents for one in uses) == account.settled_cents == 6000


def test_commission_leads_to_its_uses_and_each_to_its_act(django_assert_num_queries):
    made, _where, charge = paid(3000, 3000)
    auditor, uses = signed_in(Role.AUDITOR), reverse("commission_uses", args=[made.pk])
    assert uses in auditor.get(reverse("commission", args=[made.pk])).content.decode()

    with django_assert_num_queries(10):
        page = auditor.get(uses)

    assert heading(page) == "€60.00 paid to places, 2 sessions"
    share = charge.shares.get(kind="voucher")
    assert reverse("act", args=[share.movement_id]) in page.content.decode()
    own = signed_in(Role.OPERATOR).get(uses)
    assert own.status_code == 200
    assert reverse("act", args=[share.movement_id]) not in own.content.decode()


def test_commission_uses_are_for_who_runs_or_commissions_the_programme():
    made, _where, _charge = paid(3000)
    address = reverse("commission_uses", args=[made.pk])

    assert signed_in(Role.COMMISSIONER, made.commissioner).get(address).status_code == 200
    assert signed_in(Role.COMMISSIONER).get(address).status_code == 403
    assert signed_in(Role.MANAGER).get(address).status_code == 403
    assert signed_in(Role.AUDITOR).get(reverse("commission_uses", args=[10**9])).status_code == 404
