import datetime

import pytest

from filiere.accounts.models import Organisation
from filiere.directory import services
from filiere.directory.errors import CommuneNotInhabited, PlaceIsClosed, ServiceUnknown
from filiere.directory.events import PlaceClosed, PlaceReopened
from filiere.kernel import events

DAY = datetime.date(2026, 12, 1)


@pytest.fixture
def told(monkeypatch):
    """The facts published, in order."""
    published = []
    monkeypatch.setattr(events, "publish", published.append)
    return published


@pytest.fixture
def open_place(territories, at):
    organisation = Organisation.objects.create(name="Mairie", folded="mairie")

    def open_place(**choice):
        return services.open_place(
            **{
                "organisation_id": organisation.pk, "name": "Médiathèque",
                "commune_id": territories["commune", "23096"], "address": "2 rue Sénéchal",
                "postcode": "23000", "services": ["procedures"], "at": at, "actor": "user:1",
            }
            | choice
        )  # fmt: skip

    return open_place


def test_open_place_is_ours_and_stands_at_the_centre_of_its_commune(open_place):
    place = open_place(is_invented=True)

    assert (place.source, place.source_id, place.folded) == (
        "filiere", f"lieu-{place.pk}", "mediatheque",
    )  # fmt: skip
    assert float(place.latitude) == pytest.approx(46.1703)
    assert list(place.offers.values_list("service", "is_invented")) == [("procedures", True)]


def test_open_place_refuses_a_territory_that_is_no_commune(open_place, territories):
    with pytest.raises(CommuneNotInhabited, match="Creuse"):
        open_place(commune_id=territories["departement", "23"])


def test_open_place_refuses_a_service_of_no_standard(open_place):
    with pytest.raises(ServiceUnknown, match="cuisine"):
        open_place(services=["procedures", "cuisine"])


def test_close_place_tells_once(open_place, told, at):
    place = open_place()
    for _ in range(2):
        place = services.close_place(place=place, on=DAY, at=at, actor="user:1")

    assert place.closed_on == DAY
    assert told == [PlaceClosed(place.pk, DAY, "user:1", at)]


def test_reopen_place_tells_once(open_place, told, at):
    place = services.close_place(place=open_place(), on=DAY, at=at, actor="user:1")
    for _ in range(2):
        place = services.reopen_place(place=place, at=at, actor="user:1")

    assert place.closed_on is None
    assert told[1:] == [PlaceReopened(place.pk, "user:1", at)]


def test_qualify_place_keeps_the_earlier_day(open_place, at):
    place = open_place()
    services.qualify_place(place=place, on=DAY, at=at, actor="user:1")
    later = DAY + datetime.timedelta(days=9)
    again = services.qualify_place(place=place, on=later, at=at, actor="user:1")
    assert again.qualified_on == DAY

    gone = services.disqualify_place(place=place, at=at, actor="user:1")
    assert gone.qualified_on is None


def test_qualify_place_refuses_a_closed_place(open_place, told, at):
    place = services.close_place(place=open_place(), on=DAY, at=at, actor="user:1")
    with pytest.raises(PlaceIsClosed, match="01/12/2026"):
        services.qualify_place(place=place, on=DAY, at=at, actor="user:1")
