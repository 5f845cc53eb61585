"""No lot is activated where people have no qualified, open place in reach."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from filiere.directory.models import Place
from filiere.territories.models import Kind
from filiere.vouchers import errors, queries, services
from filiere.vouchers.models import ReachOverride
from tests.agenda.factories import OfferFactory, PlaceFactory, new_slot
from tests.programmes.factories import AT, programme, territory, tranche
from tests.vouchers.factories import seeded

pytestmark = pytest.mark.django_db


def lot_of(departement, **fields):
    made = programme(territory_ids=[departement.pk], **fields)
    paid = tranche(made, cash=10_000)
    lot = services.create_lot(
        programme=made, count=2, face_cents=5000, use_until=datetime.date(2026, 12, 31),
        parts={paid.pk: 10_000}, at=AT, actor="test",
    )  # fmt: skip
    services.generate_vouchers(lot=lot, at=AT, actor="test", random_bytes=seeded())
    return lot


def towns(*, near=8_000, far=2_000):
    """A département of two towns, 60 km apart, and one whose position nobody knows."""
    departement = territory(Kind.DEPARTEMENT)
    here = territory(departement=departement, population=near, latitude=46.17, longitude=1.87)
    there = territory(departement=departement, population=far, latitude=46.70, longitude=1.87)
    territory(departement=departement, population=500)
    return departement, here, there


def open_place(commune, *, service="procedures", starts=AT + datetime.timedelta(days=2), **fields):
    place = PlaceFactory(
        commune=commune, latitude=None, longitude=None, qualified_on=datetime.date(2026, 1, 1)
    )
    offer = OfferFactory(place=place, service=service)
    new_slot(offer, starts_at=starts, at=AT - datetime.timedelta(days=1))
    Place.objects.filter(pk=place.pk).update(**{"is_invented": True} | fields)
    return place


def test_reach_of_counts_people_near_a_place_with_a_free_seat():
    departement, here, there = towns()
    open_place(here)

    reach = queries.reach_of(lot_of(departement), at=AT)

    assert (reach.inhabitants, reach.within, reach.percent) == (10_000, 8_000, 80)
    assert [one.name for one in reach.far] == [there.name]
    assert (reach.unmeasured, reach.minutes, reach.wanted_percent) == (1, 30, 80)
    assert reach.is_enough


@pytest.mark.parametrize(
    "fields",
    [
        {"qualified_on": None},
        {"qualified_on": datetime.date(2026, 11, 25)},
        {"closed_on": datetime.date(2026, 11, 1)},
        {"starts": datetime.datetime(2027, 1, 4, 9, tzinfo=datetime.UTC)},
    ],
)
def test_reach_of_leaves_out_places_that_cannot_help(fields):
    departement, here, _there = towns()
    open_place(here, **fields)

    assert queries.reach_of(lot_of(departement), at=AT).percent == 0


def test_reach_of_looks_at_the_services_and_places_the_lot_pays():
    departement, here, _there = towns()
    place = open_place(here)

    assert queries.reach_of(lot_of(departement, services=["daily_tools"]), at=AT).percent == 0
    other = PlaceFactory(commune=here).organisation_id
    assert queries.reach_of(lot_of(departement, provider_ids=[other]), at=AT).percent == 0
    own = lot_of(departement, provider_ids=[place.organisation_id], services=["procedures"])
    assert queries.reach_of(own, at=AT).percent == 80


def test_activate_lot_refuses_out_of_reach_and_names_the_towns():
    departement, here, there = towns(near=7_000, far=3_000)
    open_place(here)
    lot = lot_of(departement)

    with pytest.raises(errors.LotOutOfReach) as refusal:
        services.activate_lot(lot=lot, at=AT, actor="test")

    assert refusal.value.parameters["share"] == 70
    assert there.name in refusal.value.sentence
    ready = queries.readiness(lot, at=AT)
    assert (ready.is_generated, ready.missing, ready.is_ready) == (True, (), False)

    open_place(there)
    assert queries.readiness(lot, at=AT).is_ready
    assert services.activate_lot(lot=lot, at=AT, actor="test").reach_percent == 100


def test_activate_lot_refuses_when_nothing_is_known():
    with pytest.raises(errors.ReachUnknown):
        services.activate_lot(lot=lot_of(territory(Kind.DEPARTEMENT)), at=AT, actor="test")


def test_override_takes_two_people_and_is_published():
    departement, _here, _there = towns()
    lot = lot_of(departement)
    order = {"lot": lot, "at": AT}
    with pytest.raises(errors.OverrideNotAsked):
        services.confirm_reach_override(**order, actor="b")
    with pytest.raises(errors.ReasonMissing):
        services.ask_reach_override(**order, reason=" ", actor="a")
    services.ask_reach_override(**order, reason="Bus dès janvier", actor="a")
    with pytest.raises(errors.OverrideByTheSame):
        services.confirm_reach_override(**order, actor="a")
    with pytest.raises(errors.LotOutOfReach):
        services.activate_lot(**order, actor="a")
    assert list(queries.published_overrides()) == []

    services.confirm_reach_override(**order, actor="b")

    assert services.activate_lot(**order, actor="a").reach_percent == 0
    assert [one.reason for one in queries.published_overrides()] == ["Bus dès janvier"]
    with pytest.raises(errors.LotAlreadyGenerated):
        services.ask_reach_override(**order, reason="trop tard", actor="a")
    with pytest.raises(IntegrityError, match="reachoverride_two_people"), transaction.atomic():
        ReachOverride.objects.update(confirmed_by="a")


def test_readiness_tells_whose_cash_is_missing():
    departement, here, _there = towns()
    open_place(here)
    made = programme(territory_ids=[departement.pk])
    paid = tranche(made, cap=10_000, cash=4_000)
    lot = services.create_lot(
        programme=made, count=2, face_cents=5000, use_until=datetime.date(2026, 12, 31),
        parts={paid.pk: 10_000}, at=AT, actor="test",
    )  # fmt: skip

    ready = queries.readiness(lot, at=AT)

    assert [(one.funder, one.cents) for one in ready.missing] == [(paid.funder.name, 6_000)]
    assert not ready.is_generated
    assert Place.objects.count() == 1
