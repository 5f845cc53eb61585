"""A town hall's till by the API: recording a payment, reading a month."""

import pytest

from filiere.accounts.models import Membership
from filiere.billing.models import TillReceipt
from filiere.billing.services import tills
from tests.agenda.factories import OrganisationFactory
from tests.api.conftest import signed_in
from tests.billing.factories import AT
from tests.billing.test_tills import NOVEMBER, handed, opened, recorded, town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


class Hall:
    """A town hall: its manager holds the till, one mediator records there, another does not."""

    def __init__(self, **act):
        self.world = town(price=400)
        self.manager = signed_in("manager", self.world.provider)
        self.deputy = signed_in("mediator", self.world.provider)
        self.other = signed_in("mediator", self.world.provider)
        self.till = opened(self.world, manager=self._held(self.manager), **act)
        tills.name_duty(
            till_id=self.till.pk, membership=self._held(self.deputy), duty="deputy",
            from_on=AT.date(), at=AT, actor="test",
        )  # fmt: skip

    def _held(self, caller):
        return Membership.objects.get(user=caller.user)

    def session(self):
        """Reference of a session whose price is left to the person."""
        return self.world.split().registration.ref


def test_record_at_till_twice_is_one_receipt():
    hall = Hall()
    ref = hall.session()

    answers = [
        hall.deputy.post(f"registrations/{ref}/till-receipt", {"means": "cash"}) for _ in range(2)
    ]

    assert answers[0] == answers[1]
    assert answers[0] == (
        200,
        {"till_id": hall.till.pk, "number": 1, "ref": ref, "means": "cash", "amount_cents": 400,
         "day": "2026-11-24"},
    )  # fmt: skip
    assert TillReceipt.objects.get().recorded_by == hall.deputy.user.actor


def test_record_at_till_is_for_those_named_there():
    hall = Hall()
    address = f"registrations/{hall.session()}/till-receipt"

    assert hall.other.post(address, {"means": "cash"})[0] == 403
    assert signed_in("mediator", OrganisationFactory()).post(address, {"means": "cash"})[0] == 403
    assert hall.deputy.post("registrations/OR-0000-0000/till-receipt", {"means": "cash"})[0] == 404
    assert TillReceipt.objects.count() == 0


@pytest.mark.parametrize(
    ("means", "act", "code"),
    [
        ("cheque", {}, "billing.means_not_allowed"),
        ("voucher", {}, "billing.means_not_allowed"),
        ("gold", {}, "api.request_wrong"),
        ("cash", {"cash_limit_cents": 300}, "billing.cash_limit_reached"),
    ],
)
def test_record_at_till_refuses_and_says_why(means, act, code):
    hall = Hall(**act)

    _status, answer = hall.deputy.post(
        f"registrations/{hall.session()}/till-receipt", {"means": means}
    )

    assert answer["code"] == code
    assert TillReceipt.objects.count() == 0


def test_record_at_till_without_a_till_is_not_found():
    here = town()
    mediator = signed_in("mediator", here.provider)
    ref = here.split().registration.ref

    assert mediator.post(f"registrations/{ref}/till-receipt", {"means": "cash"})[0] == 404


def test_till_tells_what_is_in_hand_and_what_waits():
    hall = Hall()
    recorded(hall.world)
    waiting = hall.session()

    _status, listed = hall.other.get("tills")
    status, found = hall.other.get(f"tills/{hall.till.pk}")

    assert [one["id"] for one in listed] == [hall.till.pk]
    assert (status, found["held"]) == (200, [{"means": "cash", "amount_cents": 400}])
    assert [(one["ref"], one["amount_cents"]) for one in found["waiting"]] == [(waiting, 400)]
    assert (found["waiting_count"], found["deposit_due_on"]) == (1, "2026-12-24")


def test_till_month_gives_its_lines_and_totals():
    hall = Hall()
    receipt = recorded(hall.world, "card")

    status, month = hall.manager.get(f"tills/{hall.till.pk}/months/2026-11-24")

    assert (status, month["month"], month["state"], month["receipts"]) == (
        200, NOVEMBER.isoformat(), None, 1,
    )  # fmt: skip
    (line,) = month["lines"]
    assert (line["kind"], line["means"], line["amount_cents"]) == ("receipt", "card", 400)
    assert line["ref"] == receipt.share.charge.registration.ref
    (total,) = month["totals"]
    assert (total["received_cents"], total["closing_cents"]) == (400, 400)


def test_till_month_says_where_it_stands():
    hall = Hall()
    recorded(hall.world)
    tills.count_cash(till_id=hall.till.pk, counted_cents=400, note="", at=AT, actor="user:7")
    tills.deposit(
        till_id=hall.till.pk, means="cash", amount_cents=400, reference="V-1", at=AT,
        actor="user:7",
    )  # fmt: skip
    handed(hall.till)

    _status, month = hall.manager.get(f"tills/{hall.till.pk}/months/2026-11-01")

    assert month["state"] == "handed"
    assert sorted(one["kind"] for one in month["lines"]) == ["deposit", "receipt"]


def test_a_till_is_not_opened_to_strangers():
    hall = Hall()
    stranger = signed_in("accountant", OrganisationFactory())

    assert stranger.get("tills") == (200, [])
    assert stranger.get(f"tills/{hall.till.pk}")[0] == 403
    assert stranger.get(f"tills/{hall.till.pk}/months/2026-11-01")[0] == 403
    assert hall.manager.get("tills/0")[0] == 404
    assert hall.manager.get(f"tills/{hall.till.pk}/months/2026-13-01")[0] == 422
    assert [one["id"] for one in signed_in("auditor").get("tills")[1]] == [hall.till.pk]
