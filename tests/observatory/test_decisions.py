"""What a steward can decide this week: need without place, refusals, places without hours."""

import datetime

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from filiere.accounts.models import Membership, Role
from filiere.observatory import queries
from filiere.observatory.decisions import _cause
from filiere.orientation.models import Attempt, AttemptState, Referral, UnmetCause, UnmetNeed
from filiere.pathways import services as pathways
from filiere.rules.diagnosis import Request
from filiere.territories.models import Kind
from tests.agenda.factories import (
    AT,
    OfferFactory,
    OrganisationFactory,
    PlaceFactory,
    UserFactory,
    hours,
    new_person,
    new_slot,
)
from tests.observatory.test_board import commune, departement
from tests.programmes.factories import territory
from tests.vouchers.factories import active

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def need(where, count, at=AT, cause=UnmetCause.NO_OFFER):
    UnmetNeed.objects.bulk_create(
        UnmetNeed(commune=where, need="procedure", cause=cause, at=at - DAY)
        for _one in range(count)
    )


def attempts(place, **states):
    """Requests to a place, so many of each state; each referral left alone by itself."""
    offer = OfferFactory(place=place)
    sender = OrganisationFactory()
    for state, count in states.items():
        for number in range(count):
            person_id = new_person()
            diagnosis = pathways.diagnose(
                person_id=person_id, answers={}, request=Request(), at=AT, actor="user:1"
            )
            referral = Referral.objects.create(
                ref=f"OR-{place.pk}{state[0]}{number}", person_id=person_id, sender=sender,
                diagnosis=diagnosis, need="procedure", commune=place.commune, sent_at=AT - DAY,
                without_agreement=True,
            )  # fmt: skip
            Attempt.objects.create(
                referral=referral, position=1, offer=offer, state=AttemptState(state),
                asked_at=AT - DAY,
            )  # fmt: skip


def test_decisions_name_towns_in_need_without_qualified_place_and_hide_small_ones():
    creuse = departement()
    far, few, served = (commune(creuse, lat=46.0 + n, lon=1.5) for n in range(3))
    for town, count in ((far, 6), (few, 4), (served, 9)):
        need(town, count)
    PlaceFactory(commune=served, qualified_on=AT.date())
    PlaceFactory(commune=far)

    found = queries.decisions(creuse, at=AT)

    assert [(one.name, one.demands) for one in found.towns] == [(far.name, 6)]
    assert found.threshold == 5


def test_decisions_forget_old_needs_other_territories_and_towns_without_position():
    creuse = departement()
    old, unplaced = commune(creuse), commune(creuse)
    unplaced.latitude = unplaced.longitude = None
    unplaced.save()
    need(old, 9, at=AT - 200 * DAY)
    need(unplaced, 9)
    need(commune(None), 9)

    found = queries.decisions(creuse, at=AT)

    assert found.towns == []
    assert [one.towns for one in found.causes] == [((unplaced.name, 9),)]
    assert queries.decisions(territory(Kind.DEPARTEMENT), at=AT).is_empty


def test_decisions_name_places_that_refuse_or_stay_silent():
    creuse = departement()
    where = commune(creuse)
    often, seldom = PlaceFactory(commune=where), PlaceFactory(commune=where)
    attempts(often, refused=3, expired=2, accepted=1)
    attempts(seldom, refused=4)

    found = queries.decisions(creuse, at=AT).refusing

    assert [(one.place_id, one.asked, one.refused, one.silent) for one in found] == [
        (often.pk, 6, 3, 2)
    ]


def test_decisions_name_qualified_places_without_an_hour_to_come():
    creuse = departement()
    where = commune(creuse)
    empty, busy, late = (
        PlaceFactory(commune=where, qualified_on=AT.date(), folded=name) for name in "abc"
    )
    PlaceFactory(commune=where)
    PlaceFactory(commune=where, qualified_on=AT.date(), closed_on=AT.date())
    new_slot(OfferFactory(place=busy), starts_at=AT + hours(24))
    new_slot(OfferFactory(place=late), starts_at=AT + 20 * DAY)

    found = queries.decisions(creuse, at=AT).without_hours

    assert [one.place_id for one in found] == [empty.pk, late.pk]


def test_decisions_count_why_needs_found_no_answer_and_name_no_small_town():
    creuse = departement()
    big, small, tiny = (commune(creuse) for _town in range(3))
    for town, cause, count in (
        (big, UnmetCause.NONE_SUITS, 9),
        (small, UnmetCause.NONE_SUITS, 4),
        (tiny, UnmetCause.NONE_SUITS, 3),
        (big, UnmetCause.NO_SEAT, 6),
        (tiny, UnmetCause.NO_SEAT, 1),
        (big, UnmetCause.NO_OFFER, 4),
    ):
        need(town, count, cause=cause)
    need(big, 9, at=AT - 200 * DAY, cause=UnmetCause.ALL_REFUSED)

    found = queries.decisions(creuse, at=AT)

    assert [(one.cause, one.needs, one.towns, one.elsewhere) for one in found.causes] == [
        (UnmetCause.NONE_SUITS, 16, ((big.name, 9),), 7),
        # One need in one other town: naming the first would tell of the second.
        (UnmetCause.NO_SEAT, 7, (), 7),
    ]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=8), st.integers(2, 6))
def test_causes_never_tell_of_a_few_people(counts, threshold):
    towns = [(f"commune {rank}", count) for rank, count in enumerate(counts)]

    found = _cause(UnmetCause.NO_SEAT, towns, threshold)

    assert found.needs == sum(counts)
    assert found.elsewhere + sum(count for _name, count in found.towns) == found.needs
    assert all(count >= threshold for _name, count in found.towns)
    assert found.elsewhere == 0 or found.elsewhere >= threshold or found.needs < threshold


@pytest.mark.parametrize(
    ("cause", "action"),
    [
        (UnmetCause.NO_OFFER, "Choisir un lieu à habiliter"),
        (UnmetCause.NO_SEAT, "Voir les lieux sans créneau"),
        (UnmetCause.ALL_REFUSED, "Voir les lieux qui refusent"),
        (UnmetCause.NONE_SUITS, "Voir ce que chaque commune a à sa portée"),
    ],
)
def test_board_says_why_needs_found_no_answer_and_leads_to_a_decision(pages, cause, action):
    creuse, client = pages
    town = commune(creuse)
    PlaceFactory(commune=town, qualified_on=AT.date())
    need(town, 6, cause=cause)

    page = client.get(reverse("board_of", args=[creuse.kind, creuse.code])).content.decode()

    assert "6 besoins sont restés sans réponse" in page
    assert action in page
    source = reverse("decision", args=[creuse.kind, creuse.code, "causes"])
    rows = " ".join(client.get(source).content.decode().split())
    assert f"<td>{town.name}</td>" in rows
    assert ">6</td>" in rows


def test_decisions_take_seven_queries_whatever_the_size(django_assert_num_queries):
    creuse = departement()
    for number in range(8):
        town = commune(creuse, lat=46 + number / 10)
        need(town, 6)
        PlaceFactory(commune=town, qualified_on=AT.date())

    with django_assert_num_queries(7):
        queries.decisions(creuse, at=AT)


@pytest.fixture
def pages(client):
    import time_machine

    creuse = departement()
    user = UserFactory()
    Membership.objects.create(
        user=user, organisation=OrganisationFactory(), role=Role.STEWARD, territory=creuse
    )
    client.force_login(user)
    with time_machine.travel(AT, tick=False):
        yield creuse, client


def test_board_shows_each_decision_with_its_figure_source_and_action(pages):
    creuse, client = pages
    need(commune(creuse), 6)
    source = reverse("decision", args=[creuse.kind, creuse.code, "habiliter"])

    page = client.get(reverse("board_of", args=[creuse.kind, creuse.code])).content.decode()

    assert "À décider cette semaine" in page
    assert source in page
    assert reverse("qualifications") in page
    assert "6" in client.get(source).content.decode()
    assert client.get(source.replace("habiliter", "autre")).status_code == 404


def test_board_says_that_nothing_waits_and_hides_decisions_from_others(pages):
    creuse, client = pages
    commune(creuse)
    address = reverse("board_of", args=[creuse.kind, creuse.code])
    assert "Rien n’attend de décision" in client.get(address).content.decode()
    for what in ("habiliter", "refus", "creneaux", "causes", "fins"):
        source = reverse("decision", args=[creuse.kind, creuse.code, what])
        assert "Rien à décider ici" in client.get(source).content.decode()

    other = UserFactory()
    Membership.objects.create(user=other, organisation=OrganisationFactory(), role=Role.CARRIER)
    client.force_login(other)
    assert "À décider cette semaine" not in client.get(address).content.decode()
    assert client.get(source).status_code == 403


def test_decisions_name_lots_that_end_soon_with_money_left_where_they_can_be_used():
    creuse, elsewhere = departement(), territory()
    town = commune(creuse)
    soon = AT.date() + 30 * DAY
    near = active(territory_ids=[town.pk], use_until=soon, count=2, face=5000, seed=1)
    whole = active(territory_ids=[creuse.pk], use_until=soon + DAY, count=1, face=1000, seed=2)
    active(territory_ids=[elsewhere.pk], use_until=soon, seed=3)
    active(territory_ids=[creuse.pk], use_until=AT.date() + 60 * DAY, seed=4)
    spent = active(territory_ids=[creuse.pk], use_until=soon, count=1, face=1000, seed=5)
    spent.redeem(commune_id=town.pk)

    found = queries.decisions(creuse, at=AT)

    assert [(one.lot_id, one.left_cents) for one in found.ending_lots] == [
        (near.lot.pk, 10_000),
        (whole.lot.pk, 1_000),
    ]
    assert [one.lot_id for one in queries.decisions(town, at=AT).ending_lots] == [
        near.lot.pk,
        whole.lot.pk,
    ]
    assert found.lot_days == 45


def test_board_names_the_lots_that_end_and_leads_to_their_use(pages):
    creuse, client = pages
    scene = active(territory_ids=[creuse.pk], use_until=AT.date() + 30 * DAY, count=2, seed=6)

    page = client.get(reverse("board_of", args=[creuse.kind, creuse.code])).content.decode()

    assert "1 lot de chèques finit bientôt avec de l’argent dessus" in page
    assert reverse("usage", args=[scene.lot.programme_id]) in page
    rows = client.get(reverse("decision", args=[creuse.kind, creuse.code, "fins"])).content.decode()
    assert scene.lot.programme.name in rows
    assert "100,00\u00a0€" in rows
