"""The funnel of a programme, and what of it is published."""

import pytest

from filiere.observatory.queries import UsageBy, usage_of_programme
from filiere.persons import services as persons
from filiere.vouchers import services as vouchers
from tests.programmes.factories import organisation
from tests.vouchers.factories import AT, ON, active, entrust

pytestmark = pytest.mark.django_db


def hand_out(scene, issued, keeper):
    vouchers.hand_out(
        voucher_serial=issued.serial, person_id=persons.open_file(at=AT, actor="test"),
        organisation_id=keeper, at=AT, actor="test",
    )  # fmt: skip


@pytest.fixture
def scene():
    """Twelve vouchers: seven handed out by one organisation, six used; four by another, one used."""
    made = active(count=12, face=1000, lot_terms={"booklet_size": 8, "label": "Automne"})
    other = organisation("Autre")
    entrust(made.lot, other.pk, serial_from=made.issued[8].serial)
    for rank, issued in enumerate(made.issued[:7]):
        hand_out(made, issued, made.provider.pk)
        if rank < 6:
            made.redeem(issued.code, reference=f"R-{rank}", wanted_cents=500)
    for rank, issued in enumerate(made.issued[8:]):
        hand_out(made, issued, other.pk)
        if not rank:
            made.redeem(issued.code, reference="R-9", wanted_cents=500)
    return made


def test_usage_of_programme_counts_each_stage(scene):
    stages = usage_of_programme(scene.lot.programme, by=UsageBy.LOT).stages

    counted = (stages.ordered, stages.activated, stages.handed_out, stages.used, stages.paid)
    assert [stage.vouchers for stage in counted] == [12, 12, 11, 7, 0]
    assert [stage.cents for stage in counted] == [12_000, 12_000, 11_000, 3_500, 0]


def test_usage_of_programme_groups_by_lot_and_prescriber(scene):
    programme = scene.lot.programme

    (lot,) = usage_of_programme(programme, by=UsageBy.LOT).rows
    assert (lot.label, lot.handed_out, lot.used, lot.used_cents) == ("Automne", 11, 7, 3_500)
    rows = usage_of_programme(programme, by=UsageBy.PRESCRIBER).rows
    assert [(row.handed_out, row.used, row.used_cents) for row in rows] == [
        (7, 6, 3_000),
        (4, 1, 500),
    ]
    (commune,) = usage_of_programme(programme, by=UsageBy.COMMUNE).rows
    assert (commune.handed_out, commune.used) == (None, 7)


def test_usage_of_programme_hides_a_small_group_and_another(scene):
    published = usage_of_programme(scene.lot.programme, by=UsageBy.PRESCRIBER, public_on=ON)

    assert published.rows == ()
    assert published.hidden == 2


def test_usage_of_programme_publishes_large_groups(scene):
    published = usage_of_programme(scene.lot.programme, by=UsageBy.LOT, public_on=ON)

    assert [row.used for row in published.rows] == [7]
    assert published.hidden == 0
