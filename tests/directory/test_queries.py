import csv
import io

import pytest

from filiere.directory import queries, services
from filiere.directory.models import Place
from filiere.kernel.errors import NotFound
from filiere.rules import national_lists as lists
from filiere.rules.geo import Box
from filiere.rules.national_standard import parse_row

PLACES = [
    {"id": "1"},
    {
        "id": "2", "nom": "Médiathèque d'Aubusson", "commune": "Aubusson", "code_postal": "23200",
        "code_insee": "23008", "latitude": "45.9561", "longitude": "2.1684",
        "services": "Utilisation sécurisée du numérique",
    },
    {
        "id": "3", "nom": "Espace Paris", "commune": "Paris", "code_postal": "75013",
        "code_insee": "75113", "latitude": "", "longitude": "",
    },
]  # fmt: skip


@pytest.fixture
def places(load):
    load(*PLACES)
    return {place.source_id: place for place in Place.objects.order_by("pk")}


def ids(page):
    return [place.source_id for place in page.places]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["3", "1", "2"]),
        ("espace", ["1", "3"]),
        ("ESPACE gueret", ["1"]),
        ("23200", ["2"]),
        ("mediateque", ["2"]),
        ("xyzzy", []),
        ("100%", []),
    ],
)
def test_search_places_by_words(places, text, expected):
    assert sorted(ids(queries.search_places(text=text))) == sorted(expected)


def test_search_places_in_a_territory_for_a_service(places, territories):
    creuse = territories["departement", "23"]
    found = queries.search_places(territory=creuse, service="procedures")

    assert (ids(found), found.total) == (["1"], 1)
    assert found.by_service == {"procedures": 1, "safety": 2}
    paris = territories["commune", "75056"]
    assert ids(queries.search_places(territory=paris)) == ["3"]


def test_search_places_gives_the_nearest_page_there_is(places):
    page = queries.search_places(page=99, per_page=2)
    assert (page.page, page.pages, page.total, len(page.places)) == (2, 2, 3, 1)
    assert queries.search_places(page=-1, per_page=2).page == 1


def test_search_places_leaves_closed_places_and_stopped_offers_out(places, at):
    services.close_place(place=places["1"], on=at.date(), at=at, actor="user:1")
    places["2"].offers.update(closed_on=at.date())

    page = queries.search_places()
    assert ids(page) == ["3", "2"]
    assert page.places[1].current_offers == []


def test_search_places_query_count(places, django_assert_num_queries):
    with django_assert_num_queries(5):
        page = queries.search_places(text="espace", service="safety")
        assert [(p.commune.name, p.organisation.name, p.current_offers) for p in page.places]


def test_place_page_gives_offers_and_workers(places, django_assert_num_queries):
    places["1"].workers.create(public_name="Odile", profession="médiatrice")
    with django_assert_num_queries(3):
        sheet = queries.place_page(places["1"].pk)

    assert sheet.place.commune.departement.name == "Creuse"
    assert [offer.service for offer in sheet.offers] == ["procedures", "safety"]
    assert [worker.public_name for worker in sheet.workers] == ["Odile"]


def test_place_page_refuses_an_unknown_place(db):
    with pytest.raises(NotFound):
        queries.place_page(1)


def test_near_gives_the_nearest_first_within_the_radius(places):
    assert [(p.source_id, round(km)) for p, km in queries.near(46.17, 1.868, 50)] == [
        ("1", 0), ("2", 33),
    ]  # fmt: skip
    assert [p.source_id for p, _km in queries.near(46.17, 1.868, 20)] == ["1"]
    assert [p.source_id for p, _km in queries.near(45.9, 2.2, 60, ["procedures"])] == ["1"]


def test_in_box_gives_places_for_a_map(places):
    assert [p.source_id for p in queries.in_box(Box(45, 1, 46, 3))] == ["2"]


def exported(**choice):
    stream = io.StringIO()
    count = queries.export_csv(stream, **choice)
    rows = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert count == len(rows)
    return rows


def test_export_csv_never_gives_back_what_was_imported(places):
    assert exported() == []


def test_export_csv_gives_imported_places_under_their_own_source_when_asked(places):
    rows = exported(include_imported=True)

    assert tuple(rows[0]) == lists.columns()
    assert [(row["source"], row["id"]) for row in rows] == [("Hub de test", n) for n in "123"]
    assert rows[0]["services"] == (
        "Aide aux démarches administratives|Utilisation sécurisée du numérique"
    )
    assert (rows[0]["frais_a_charge"], rows[0]["code_insee"]) == ("Gratuit", "23096")
    assert parse_row(rows[0]).issues == ()


def test_export_csv_keeps_to_a_territory(places, territories):
    creuse = territories["departement", "23"]
    rows = exported(territory=creuse, include_imported=True)
    assert [row["id"] for row in rows] == ["1", "2"]


def test_export_csv_says_which_place_is_invented(places, territories, at):
    services.open_place(
        organisation_id=places["1"].organisation_id, name="Inventé",
        commune_id=territories["commune", "23096"], address="1 rue", postcode="23000",
        services=["safety"], at=at, actor="user:1", is_invented=True,
    )  # fmt: skip
    [row] = exported()
    assert row["source"] == "filiere-invente"
    assert row["presentation_resume"] != ""
