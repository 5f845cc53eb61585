"""Closing with a reason, qualifying with a reason, who works there, and the lists behind."""

import datetime

import pytest

from filiere.directory import queries, services
from filiere.directory.errors import PlaceIsClosed
from filiere.directory.models import ClosingReason, Qualification
from tests.agenda.factories import CommuneFactory, PlaceFactory, UserFactory

pytestmark = pytest.mark.django_db
ME = {"actor": "user:7"}


def test_qualify_place_writes_each_decision_down(at):
    place, later = PlaceFactory(), at + datetime.timedelta(days=3)

    for _twice in range(2):
        services.qualify_place(place=place, on=at.date(), reason="Visité", at=at, **ME)
    services.disqualify_place(place=place, reason="Plus d'accueil", at=later, **ME)

    written = [
        (one.granted, one.from_on, one.reason, one.decided_by)
        for one in queries.decisions_on(place.pk)
    ]
    assert written == [
        (False, later.date(), "Plus d'accueil", "user:7"),
        (True, at.date(), "Visité", "user:7"),
    ]


def test_disqualify_place_writes_nothing_of_a_place_that_was_not_qualified(at):
    services.disqualify_place(place=PlaceFactory(), at=at, **ME)

    assert not Qualification.objects.exists()


def test_close_place_keeps_its_reason_until_it_opens_again(at):
    place = PlaceFactory()

    closed = services.close_place(
        place=place, on=at.date(), because=ClosingReason.MOVED, at=at, **ME
    )
    assert closed.closed_because == "moved"

    opened = services.reopen_place(place=place, at=at, **ME)
    assert opened.closed_because == "unstated"


def test_add_worker_names_someone_once_and_takes_them_back(at):
    place, user = PlaceFactory(), UserFactory()
    add = {"place": place, "user_id": user.pk, "public_name": "Nadia", "at": at, **ME}

    first, again = services.add_worker(**add), services.add_worker(**add)
    services.remove_worker(worker_id=first.pk, on=at.date(), at=at, **ME)
    assert list(queries.workers_of(place.pk)) == []
    back = services.add_worker(**add, profession="médiatrice")

    assert first == again == back
    assert [one.profession for one in queries.workers_of(place.pk)] == ["médiatrice"]


def test_add_worker_refuses_a_closed_place(at):
    place = PlaceFactory(closed_on=at.date())

    with pytest.raises(PlaceIsClosed):
        services.add_worker(place=place, user_id=UserFactory().pk, public_name="Nadia", at=at, **ME)


def test_places_to_decide_sorts_places_by_what_was_decided(at):
    commune = CommuneFactory(name="Ahun", folded="ahun")
    new = PlaceFactory(commune=commune, folded="new")
    known = PlaceFactory(commune=commune, folded="known", qualified_on=at.date())
    gone = PlaceFactory(commune=commune, folded="gone", closed_on=at.date())
    PlaceFactory(folded="elsewhere")

    def found(state, text=""):
        return list(queries.places_to_decide(territory=commune, state=state, text=text))

    assert found(queries.UNQUALIFIED) == [new]
    assert found(queries.QUALIFIED) == [known]
    assert found(queries.CLOSED) == [gone]
    assert found(queries.UNQUALIFIED, "AHUN new") == [new]
    assert found(queries.UNQUALIFIED, "guéret") == []
    assert queries.places_to_decide(territory=None).count() == 2


def test_places_of_puts_open_places_first_in_two_queries(at, django_assert_num_queries):
    closed = PlaceFactory(folded="a", closed_on=at.date())
    b, c = (PlaceFactory(folded=name, organisation=closed.organisation) for name in "bc")
    PlaceFactory()

    with django_assert_num_queries(2):
        assert list(queries.places_of(closed.organisation_id)) == [b, c, closed]
