"""State aid received, added up by undertaking on the day of a grant."""

import datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from filiere.projects import queries, services
from filiere.projects.errors import AidNotPossible, UndertakingTaken
from filiere.projects.models import AidRecord, AidRegime, UndertakingMember
from tests.agenda.factories import OrganisationFactory
from tests.projects.factories import ACT, TODAY, granted, project

pytestmark = pytest.mark.django_db
DE_MINIMIS = AidRegime.DE_MINIMIS
JANUARY = datetime.date(2025, 1, 1)


def aid(of, cents=10_000_000, on=TODAY, **fields):
    given = {"grantor_name": "Région", "regime": DE_MINIMIS} | ACT | fields
    return services.record_aid(organisation_id=of.pk, granted_on=on, gross_cents=cents, **given)


def join(organisation, name="Groupe du Lien", on=JANUARY):
    return services.join_undertaking(organisation_id=organisation.pk, name=name, from_on=on, **ACT)


def test_headroom_of_counts_the_whole_undertaking_over_three_rolling_years():
    mine, sister, stranger = (OrganisationFactory() for _n in range(3))
    join(mine)
    join(sister)
    aid(mine)
    aid(sister, 5_000_000)
    aid(stranger, 29_000_000)
    aid(mine, 20_000_000, on=datetime.date(2023, 11, 24))  # three years to the day: out
    aid(mine, 1_000_000, regime=AidRegime.DE_MINIMIS_SGEI)
    room = queries.headroom_of(mine.pk, DE_MINIMIS, on=TODAY)
    assert (room.ceiling_cents, room.used_cents, room.free_cents) == (
        30_000_000, 15_000_000, 15_000_000,
    )  # fmt: skip
    assert queries.free_aid(mine.pk, on=TODAY)["de_minimis"] == 15_000_000


def test_linked_to_follows_the_days_of_control():
    mine, sister = OrganisationFactory(), OrganisationFactory()
    join(mine)
    member = join(sister)
    services.leave_undertaking(member=member, until_on=datetime.date(2026, 6, 30), **ACT)
    assert queries.linked_to(mine.pk, on=datetime.date(2026, 6, 30)) == {sister.pk}
    assert queries.linked_to(mine.pk, on=datetime.date(2026, 7, 1)) == frozenset()
    assert queries.linked_to(mine.pk, on=datetime.date(2024, 12, 31)) == frozenset()
    with pytest.raises(AidNotPossible):
        services.leave_undertaking(member=member, until_on=datetime.date(2024, 1, 1), **ACT)


def test_join_undertaking_is_one_at_a_time_and_twice_is_once():
    mine = OrganisationFactory()
    assert join(mine).pk == join(mine).pk
    with pytest.raises(UndertakingTaken, match="Groupe du Lien"):
        join(mine, "Autre groupe")
    with pytest.raises(AidNotPossible):
        join(mine, " ")
    first = UndertakingMember.objects.get()
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        UndertakingMember.objects.create(
            undertaking=first.undertaking, organisation=mine, from_on=JANUARY
        )


def test_cancel_aid_is_its_opposite_once_and_counts_no_more():
    mine = OrganisationFactory()
    record = aid(mine)
    opposite = services.cancel_aid(record=record, **ACT)
    assert services.cancel_aid(record=record, **ACT).pk == opposite.pk
    assert (opposite.gross_cents, queries.aid_received(frozenset({mine.pk}))) == (-10_000_000, [])
    with pytest.raises(AidNotPossible):
        services.cancel_aid(record=opposite, **ACT)
    with pytest.raises(DatabaseError), transaction.atomic():
        AidRecord.objects.filter(pk=record.pk).update(gross_cents=1)
    again = aid(mine)
    with pytest.raises(IntegrityError, match="not what this record cancels"), transaction.atomic():
        AidRecord.objects.create(
            organisation=mine, grantor_name="Région", granted_on=TODAY, gross_cents=-1,
            regime=DE_MINIMIS, cancels=again, recorded_at=ACT["at"], recorded_by="t",
        )  # fmt: skip


def test_record_aid_of_one_source_is_once_and_refuses_what_means_nothing():
    made = project()
    town = granted(made, regime=DE_MINIMIS)
    first = aid(made.carrier, 600_000, source_id=town.pk)
    assert aid(made.carrier, 600_000, source_id=town.pk).pk == first.pk
    services.cancel_aid(record=first, **ACT)
    with pytest.raises(AidNotPossible):
        aid(made.carrier, 500_000, source_id=town.pk)
    assert aid(made.carrier, 500_000).gross_cents == 500_000
    for wrong in ({"cents": 0}, {"cents": -1}, {"grantor_name": " "}, {"regime": "gift"}):
        with pytest.raises(AidNotPossible):
            aid(made.carrier, **wrong)
