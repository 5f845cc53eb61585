import pytest

from filiere.accounts.models import Membership, Role, User
from filiere.billing.models import MonthState, Package, TillReceipt
from filiere.billing.queries import tills as queries
from filiere.directory.models import Place
from filiere.kernel import checks
from filiere.operations.demo import tills as demo_tills
from tests.agenda.factories import OfferFactory
from tests.conftest import AT

pytestmark = pytest.mark.django_db


def test_the_demonstration_has_a_signed_month_a_waiting_one_and_payments_of_today():
    place: Place = OfferFactory(service="procedures").place
    for role in (Role.MANAGER, Role.MEDIATOR, Role.ACCOUNTANT):
        user = User.objects.create_user(f"{role}@test.example", display_name=role.label)
        Membership.objects.create(user=user, organisation=place.organisation, role=role)

    tills = [demo_tills.prepare(place, at=AT) for _again in range(2)]

    assert tills[0] == tills[1]
    till = tills[0]
    months = queries.months_of(till)
    assert [one.state for one in months.values()] == [MonthState.SIGNED, MonthState.HANDED]
    assert queries.to_record(till).count() == 2
    assert queries.in_hand(till)["cash"] == demo_tills.PRICE_CENTS
    assert list(TillReceipt.objects.order_by("number").values_list("number", flat=True)) == list(
        range(1, 13)
    )
    left = Package.objects.order_by("pk").values_list("sessions_left", "sale__price_cents")
    assert list(left) == [(9, None), (10, demo_tills.PACKAGE_CENTS)]
    sold = [
        line.line.amount_cents for line in queries.journal(till, max(months)).lines if line.sold
    ]
    assert sold == [demo_tills.PACKAGE_CENTS] * 2
    assert [one.name for one in checks.run() if not one.holds] == []
