from datetime import date
from fractions import Fraction

import pytest

from filiere.rules.fragility import CommuneFacts, population_share
from filiere.territories import queries
from filiere.territories.models import Kind, Territory


def found(text, **choice):
    return [match.code for match in queries.find_commune(text, **choice)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Guéret", "23096"),
        ("GUERET", "23096"),
        ("gueret 23000", "23096"),
        ("23000 Guéret", "23096"),
        ("st fiel", "23189"),
        ("Saint Fiel", "23189"),
        ("Paris 13", "75113"),
        ("paris 13e", "75113"),
        ("Paris 13ème arrondissement", "75113"),
        ("75013", "75113"),
        ("75013 Paris", "75113"),
        ("Paris 75116", "75116"),
        ("Paris", "75056"),
        ("Rimondeix", "23149"),
    ],
)
def test_find_commune_understands(territories, text, code):
    best = queries.find_commune(text)[0]
    assert (best.code, best.is_exact) == (code, True)


def test_find_commune_forgives_a_mistake_and_says_it_is_not_exact(territories):
    best = queries.find_commune("Gueretz")[0]

    assert (best.label, best.is_exact) == ("Guéret (23000)", False)


def test_find_commune_names_the_merged_commune(territories):
    assert queries.find_commune("rimondeix")[0].former_name == "Rimondeix"


def test_find_commune_gives_every_commune_of_a_postcode(territories):
    assert found("23000") == ["23096", "23189"]


def test_find_commune_prefers_the_nearest_among_equals(territories):
    assert found("23000", near=(46.21, 1.90))[0] == "23189"


def test_find_commune_ignores_a_wrong_postcode_rather_than_find_nothing(territories):
    assert found("Guéret 99999")[0] == "23096"


@pytest.mark.parametrize("text", ["", "   ", "xyzzy", "Paris 42", "%", "99999", "é" * 500])
def test_find_commune_finds_nothing_in_nonsense(territories, text):
    assert [m for m in queries.find_commune(text) if m.is_exact] == []


def test_find_commune_query_count(territories, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        queries.find_commune("Gueretz")


def test_suggest_waits_for_two_characters(territories):
    assert queries.suggest("g") == []
    assert [match.name for match in queries.suggest("gu")] == ["Guéret"]


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        (("departement", "23"), ("commune", "23096"), True),
        (("region", "75"), ("commune", "23096"), True),
        (("epci", "200034825"), ("commune", "23096"), True),
        (("epci", "200034825"), ("commune", "23008"), False),
        (("nation", "FR"), ("commune", "23096"), True),
        (("commune", "75056"), ("arrondissement", "75113"), True),
        (("arrondissement", "75113"), ("commune", "75056"), False),
        (("departement", "23"), ("arrondissement", "75113"), False),
        (("commune", "23096"), ("commune", "23096"), True),
        (("commune", "23096"), ("departement", "23"), False),
    ],
)
def test_contains(territories, outer, inner, expected):
    assert queries.contains(territories[outer], territories[inner]) is expected


def test_contains_follows_the_members_of_a_perimeter(territories):
    perimeter = Territory.objects.create(kind=Kind.PERIMETER, code="p1", name="Vallée")
    perimeter.members.set([territories["epci", "200034825"], territories["commune", "75056"]])

    inside = {t.code for t in Territory.objects.filter(queries.within(perimeter))}
    assert inside == {"23096", "23189", "75056", "75113", "75116"}
    assert not queries.contains(perimeter, territories["commune", "23008"])


def test_contains_is_false_for_an_empty_perimeter(territories):
    perimeter = Territory.objects.create(kind=Kind.PERIMETER, code="p1", name="Vide")
    assert not queries.contains(perimeter, territories["commune", "23096"])


def test_communes_of_counts_a_city_once(territories):
    paris = queries.communes_of(territories["departement", "75"])
    assert [commune.code for commune in paris] == ["75056"]


def test_around_gives_the_nearest_first_and_leaves_the_unplaced_out(territories):
    assert [(c.code, round(km)) for c, km in queries.around(46.17, 1.868, 60)] == [
        ("23096", 0),
        ("23189", 5),
        ("23008", 33),
    ]


def test_living_standards_are_the_latest_and_unknown_stays_unknown(territories):
    ids = [
        territories[key]
        for key in [("commune", "23096"), ("commune", "23008"), ("arrondissement", "75113")]
    ]
    assert queries.living_standards(ids) == {ids[0]: 20380, ids[1]: None, ids[2]: 29730}


def test_fragility_facts_feed_the_published_rule(territories):
    facts = queries.fragility_facts(territories["departement", "23"])

    assert CommuneFacts(12_734, 20_380, Fraction(1527, 10_000)) in facts
    share = population_share(facts, at=date(2026, 11, 22))
    assert (share.share, share.covered, share.total) == (Fraction(1), 12_734, 17_534)


def test_indicators_of_gives_the_latest_vintage(territories):
    known = queries.indicators_of(territories["commune", "23096"])
    assert [(i.key, i.vintage, int(i.value)) for i in known] == [
        ("living_standard_median", 2021, 20_380)
    ]


@pytest.mark.parametrize(
    ("code", "name", "postcode", "expected", "how"),
    [
        ("23096", "Guéret", "23000", "23096", "code"),
        ("23096", "Aubusson", "23200", "23096", "code_disagrees"),
        ("23165", "Rimondeix", "23140", "23149", "former_code"),
        (None, "GUERET", "23000", "23096", "name"),
        (None, "Rimondeix", "23140", "23149", "former_name"),
        (None, "Gueret-en-Creuse", "23000", "23096", "name_alike"),
        (None, "Guéret Cedex", "23011", "23096", "name_in_departement"),
        (None, "Aubusson", "23000", "23008", "name_in_departement"),
        (None, "Le Bourg", "23200", "23008", "postcode_only"),
        (None, "Paris", "75013", "75113", "name"),
        (None, "Paris 13e", "75013", "75113", "name"),
        (None, "Nulle-Part", "23000", None, "commune_unknown"),
        (None, "Guéret", None, None, "commune_unknown"),
        ("99999", "", None, None, "commune_unknown"),
    ],
)
def test_resolve(territories, code, name, postcode, expected, how):
    [resolution] = queries.resolve([queries.Written(code, name, postcode)])

    codes = {pk: code for (_kind, code), pk in territories.items()}
    assert (codes.get(resolution.territory_id), resolution.how) == (expected, how)


def test_resolve_takes_two_queries_for_any_number_of_lines(territories, django_assert_num_queries):
    lines = [queries.Written(None, "Guéret", "23000")] * 50
    with django_assert_num_queries(2):
        queries.resolve(lines)
