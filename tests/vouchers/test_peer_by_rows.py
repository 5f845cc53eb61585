"""The comparator of the benchmark does the same work, by the statements it is known for."""

import pytest
from django.db import connections

from benchmarks.peers import by_rows
from filiere.kernel import checks
from filiere.territories.models import Kind, Territory
from filiere.vouchers import services
from filiere.vouchers.models import Movement
from tests.programmes.factories import AT
from tests.vouchers.factories import ON, active

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def scene():
    return active(count=2, face=9000, parts=[6000, 6000, 6000])


def told(scene, rank, reference):
    return {
        "code": scene.issued[rank].code,
        "reference": reference,
        "provider_id": scene.provider.pk,
        "wanted_cents": 700,
        "service": "Aider aux démarches administratives",
        "commune_id": scene.commune.pk,
        "on": ON,
        "at": AT,
        "actor": "test",
    }


def test_by_rows_redeem_asks_what_it_is_known_to_ask(scene, django_assert_num_queries):
    by_rows.redeem(**told(scene, 0, "R-0"))  # the payables exist from now on
    with django_assert_num_queries(by_rows.STATEMENTS, connection=connections["owner"]):
        by_rows.redeem(**told(scene, 1, "R-1"))


def test_by_rows_redeem_writes_what_the_service_writes(scene):
    ours = services.redeem(**told(scene, 0, "R-0"))
    theirs = by_rows.redeem(**told(scene, 1, "R-1"))
    again = by_rows.redeem(**told(scene, 1, "R-1"))

    assert again == theirs
    assert list(theirs.parts.order_by("tranche_id").values_list("tranche_id", "amount_cents")) == (
        ours.parts
    )
    assert Movement.objects.values("amount_cents", "left_cents").distinct().count() == 1
    wanted = {"ledger", "vouchers"}
    assert [v for v in checks.run() if not v.holds and v.name.split(".")[0] in wanted] == []


def test_by_rows_redeem_refuses_an_act_done_elsewhere(scene):
    with pytest.raises(by_rows.Refused, match="territory"):
        by_rows.redeem(**told(scene, 0, "R-0") | {"commune_id": outside().pk})


def outside():
    return Territory.objects.create(kind=Kind.COMMUNE, code="99999", name="Loin", folded="loin")
