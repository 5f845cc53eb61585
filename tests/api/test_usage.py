"""The funnel of a programme, the reach of a lot, booklets entrusted."""

import pytest

from tests.api.conftest import Caller, signed_in
from tests.api.scenes import booked, shop
from tests.programmes.factories import organisation
from tests.vouchers.factories import active

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_usage_is_public_only_when_the_programme_says_so(anyone: Caller):
    kept, published = active(), active(seed=8, funnel_is_public=True)

    assert anyone.get(f"programmes/{kept.lot.programme_id}/usage")[0] == 404
    assert anyone.get("programmes/0/usage")[0] == 404
    status, answer = anyone.get(f"programmes/{published.lot.programme_id}/usage", by="lot")

    assert status == 200
    assert answer["stages"][1] == {"stage": "activated", "vouchers": 3, "cents": 15_000}
    assert [(row["handed_out"], row["used"]) for row in answer["rows"]] == [(0, 0)]
    assert answer["hidden"] == 0


def test_usage_is_whole_for_those_who_run_it():
    made = shop()
    made.mediator.post(f"sessions/{booked(made)}/attendance", {"present": True})
    steward = signed_in("steward")

    status, answer = steward.get(f"programmes/{made.vouchers.lot.programme_id}/usage")

    assert status == 200
    assert [stage["stage"] for stage in answer["stages"]] == [
        "ordered", "activated", "handed_out", "used", "paid",
    ]  # fmt: skip


def test_reach_names_the_communes_where_it_would_fail():
    scene = active()
    address = f"lots/{scene.lot.pk}/reach"

    status, answer = signed_in("operator").get(address)

    assert status == 200
    assert (answer["percent"], answer["minutes"], answer["wanted_percent"]) == (None, 30, 80)
    assert answer["unmeasured_communes"] == 1
    assert signed_in("commissioner").get(address)[0] == 403
    assert signed_in("operator").get("lots/0/reach")[0] == 404


def test_entrust_moves_whole_booklets():
    scene, keeper, operator = active(), organisation("CCAS"), signed_in("operator")
    first, last = scene.issued[0].serial, scene.issued[-1].serial
    given = {"organisation_id": keeper.pk, "serial_from": first, "serial_to": last}
    address = f"lots/{scene.lot.pk}/entrust"

    assert operator.post(address, given) == (200, {"booklets": 1})
    assert operator.post(address, given) == (200, {"booklets": 0})
    status, problem = operator.post(address, given | {"serial_to": first})
    assert (status, problem["code"]) == (422, "vouchers.booklets_unknown")
    assert signed_in("prescriber").post(address, given)[0] == 403
