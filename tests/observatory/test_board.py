import datetime
import time
from decimal import Decimal
from fractions import Fraction

import pytest

from filiere.directory.models import Offer, Place
from filiere.observatory import queries
from filiere.pathways.models import FollowUp, FollowUpState
from filiere.rules.aims import AimState
from filiere.territories.models import IndicatorValue, Kind, Territory
from tests.agenda.factories import CommuneFactory, OrganisationFactory, new_person
from tests.billing.factories import AT, DAY, world

pytestmark = pytest.mark.django_db
SERVICES = ("procedures", "daily_tools", "safety", "access")


def departement():
    found = Territory.objects.create(
        kind=Kind.DEPARTEMENT, code="23", name="Creuse", folded="creuse"
    )
    known(found, "share_75_plus", "0.1")
    return found


def known(territory, key, value):
    IndicatorValue.objects.create(
        territory=territory, key=key, vintage=2021, value=Decimal(value), source="test"
    )


def commune(of, *, population=1000, standard=None, lat=46.17, lon=1.87):
    found = CommuneFactory(
        departement=of,
        population=population,
        latitude=Decimal(str(lat)),
        longitude=Decimal(str(lon)),
    )
    if standard:
        known(found, "living_standard_median", standard)
    return found


def place_in(where, *services, **fields):
    place = Place.objects.create(
        organisation=OrganisationFactory(),
        commune=where,
        name="Lieu",
        folded="lieu",
        postcode="23000",
        source="test",
        source_id=f"{where.pk}-{Place.objects.count()}",
        **fields,
    )
    Offer.objects.bulk_create(Offer(place=place, service=service) for service in services)
    return place


def help_persons(where, *births):
    here = world(commune=where)
    for born in births:
        here.charge(person=new_person(birth_year=born, commune_id=where.pk))


def test_board_of_an_empty_territory_knows_nothing():
    found = queries.board(departement(), at=AT)
    assert [aim.state for aim in found.aims] == [
        AimState.UNKNOWN,
        AimState.NOT_YET_KNOWN,
        AimState.UNKNOWN,
    ]
    assert (found.conclusion.reached, found.conclusion.known) == (0, 0)
    assert found.sources.sessions == 0


def test_targeting_compares_people_helped_with_the_population():
    creuse = departement()
    rich = commune(creuse, standard="30000")
    help_persons(rich, 1940, 1990, 1990, None)
    aim = queries.board(creuse, at=AT).targeting
    assert aim.counts["helped_known"] == 3
    assert aim.counts["helped_unknown"] == 1
    assert aim.value == Fraction(1, 3) / Fraction(1, 10)
    assert aim.state is AimState.REACHED


def test_targeting_counts_each_person_once():
    creuse = departement()
    rich = commune(creuse, standard="30000")
    here, person = world(commune=rich), new_person(birth_year=1940, commune_id=rich.pk)
    for _ in range(3):
        here.charge(person=person)
    found = queries.board(creuse, at=AT)
    assert found.targeting.counts["helped_known"] == 1
    assert (found.sources.sessions, found.sources.persons) == (3, 1)
    assert [row.sessions for row in queries.sessions_by_place(creuse, at=AT)] == [3]


def test_targeting_is_unknown_without_either_term():
    creuse = departement()
    unknown = commune(creuse)
    help_persons(unknown, None)
    assert queries.board(creuse, at=AT).targeting.state is AimState.UNKNOWN
    help_persons(unknown, 1940)
    aim = queries.board(creuse, at=AT).targeting
    assert (aim.counts["helped_known"], aim.state) == (1, AimState.UNKNOWN)


def test_people_helped_elsewhere_are_not_counted():
    creuse = departement()
    elsewhere = CommuneFactory()
    help_persons(elsewhere, 1940)
    assert queries.board(creuse, at=AT).sources.persons == 0


def answer(where, alone, *, months=6, state=FollowUpState.ANSWERED):
    registration = world(commune=where).charge().registration
    return FollowUp.objects.create(
        registration=registration,
        person_id=registration.person_id,
        months=months,
        due_on=DAY,
        state=state,
        did_it_alone=alone,
        answered_at=AT if alone is not None else None,
    )


def test_autonomy_is_not_yet_known_until_somebody_answered_at_six_months():
    creuse = departement()
    where = commune(creuse)
    answer(where, True, months=1)
    answer(where, None, state=FollowUpState.NO_ANSWER)
    answer(where, None, state=FollowUpState.PLANNED)
    found = queries.board(creuse, at=AT)
    assert found.autonomy.state is AimState.NOT_YET_KNOWN
    assert found.autonomy.counts == {"alone": 0, "answered": 0, "non_response": 1}
    assert found.sources.follow_ups_planned == 1


def test_autonomy_is_a_share_of_the_answers_beside_the_silences():
    creuse = departement()
    where = commune(creuse)
    for alone in (True, True, False):
        answer(where, alone)
    answer(where, None, state=FollowUpState.NO_ANSWER)
    aim = queries.board(creuse, at=AT).autonomy
    assert aim.value == Fraction(2, 3)
    assert aim.counts == {"alone": 2, "answered": 3, "non_response": 1}


def test_an_answer_after_the_day_of_the_board_is_not_known_yet():
    creuse = departement()
    answer(commune(creuse), True)
    before = AT - datetime.timedelta(days=1)
    assert queries.board(creuse, at=before).autonomy.state is AimState.NOT_YET_KNOWN


def test_floor_counts_inhabitants_near_every_minimum_service():
    creuse = departement()
    served = commune(creuse, population=900)
    far = commune(creuse, population=100, lat=46.9)
    place_in(served, *SERVICES)
    found = queries.board(creuse, at=AT)
    assert found.floor.result.value == Fraction(9, 10)
    assert (found.worst.territory_id, found.worst.missing) == (far.pk, SERVICES)


def test_floor_reaches_across_the_border_and_not_beyond_the_reach():
    creuse = departement()
    at_edge = queries.reach_km(DAY) / 111.2
    here = commune(creuse)
    neighbour = CommuneFactory()
    place_in(neighbour, *SERVICES, latitude=Decimal(str(46.17 + at_edge - 0.002)), longitude="1.87")
    (reach,) = queries.reach_of_communes(creuse.pk, on=DAY)
    assert (reach.territory_id, reach.missing) == (here.pk, ())
    Place.objects.update(latitude=Decimal(str(46.17 + at_edge + 0.002)))
    (reach,) = queries.reach_of_communes(creuse.pk, on=DAY)
    assert reach.missing == SERVICES


def test_floor_ignores_closed_places_and_stopped_offers():
    creuse = departement()
    where = commune(creuse)
    place_in(where, *SERVICES, closed_on=DAY)
    stopped = place_in(where, *SERVICES)
    stopped.offers.filter(service="safety").update(closed_on=DAY)
    (reach,) = queries.reach_of_communes(creuse.pk, on=DAY)
    assert reach.missing == ("safety",)


def test_floor_does_not_guess_a_commune_without_coordinates():
    creuse = departement()
    CommuneFactory(departement=creuse, population=50)
    found = queries.board(creuse, at=AT)
    assert found.floor.result.state is AimState.UNKNOWN
    assert found.sources.communes_not_measured == 1


def test_board_of_a_large_departement_is_fast(django_assert_max_num_queries):
    creuse = departement()
    Territory.objects.bulk_create(
        Territory(
            kind=Kind.COMMUNE,
            code=f"23{number:03}",
            name=f"Commune {number}",
            folded=f"commune {number}",
            population=500,
            departement=creuse,
            latitude=Decimal("45.7") + Decimal(number % 20) / 20,
            longitude=Decimal("1.4") + Decimal(number // 20) / 20,
        )
        for number in range(500)
    )
    communes = Territory.objects.filter(departement=creuse).order_by("code")
    for where in communes[:500:5]:
        place_in(where, *SERVICES[: 1 + where.pk % 4])
    started = time.process_time()
    with django_assert_max_num_queries(16):
        found = queries.board(creuse, at=AT)
    assert time.process_time() - started < 1
    assert found.sources.communes == 500
