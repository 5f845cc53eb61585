from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.fragility import (
    CommuneFacts,
    PopulationShare,
    is_most_fragile,
    population_share,
    targeting_ratio,
)

AT = date(2026, 11, 22)
FACTS = st.builds(
    CommuneFacts,
    population=st.integers(0, 10**6),
    living_standard=st.none() | st.integers(12_000, 40_000),
    share_75_plus=st.none() | st.fractions(0, 1, max_denominator=1000),
)


@pytest.mark.parametrize(
    ("birth_year", "living_standard", "expected"),
    [
        pytest.param(1951, 30_000, True, id="75 this year"),
        pytest.param(1952, 30_000, False, id="74 this year"),
        pytest.param(1990, 20_380, True, id="at the threshold"),
        pytest.param(1990, 20_381, False, id="just over"),
        pytest.param(None, 20_380, True, id="age unknown, poor commune"),
        pytest.param(1940, None, True, id="old, commune unknown"),
        pytest.param(None, 30_000, None, id="age unknown"),
        pytest.param(1990, None, None, id="commune unknown"),
        pytest.param(None, None, None, id="nothing known"),
    ],
)
def test_is_most_fragile(birth_year, living_standard, expected):
    found = is_most_fragile(birth_year=birth_year, commune_living_standard=living_standard, at=AT)

    assert found is expected


def test_is_most_fragile_refuses_a_birth_to_come():
    with pytest.raises(ValueError, match="after 2026: 2027"):
        is_most_fragile(birth_year=2027, commune_living_standard=None, at=AT)


def test_population_share_leaves_unknown_communes_out_of_both_terms():
    facts = [
        CommuneFacts(1000, 18_000, None),
        CommuneFacts(3000, 25_000, Fraction(1, 10)),
        CommuneFacts(500, None, Fraction(1, 5)),
        CommuneFacts(500, 25_000, None),
    ]

    found = population_share(facts, at=AT)

    assert found == PopulationShare(Fraction(1300, 4000), covered=4000, total=5000)
    assert found.coverage == Fraction(4, 5)


def test_population_share_of_nobody_is_unknown():
    assert population_share([], at=AT) == PopulationShare(None, 0, 0)
    assert population_share([], at=AT).coverage is None
    assert population_share([CommuneFacts(10, None, None)], at=AT).share is None


@given(facts=st.lists(FACTS, max_size=20))
def test_population_share_is_a_share(facts):
    found = population_share(facts, at=AT)

    assert 0 <= found.covered <= found.total
    assert found.share is None or 0 <= found.share <= 1


@given(population=st.integers(1, 10**5), living_standard=st.integers(12_000, 40_000))
def test_the_rule_counts_persons_and_population_alike(population, living_standard):
    young = is_most_fragile(birth_year=1990, commune_living_standard=living_standard, at=AT)
    share = population_share([CommuneFacts(population, living_standard, Fraction(0))], at=AT).share

    assert share == (1 if young else 0)


@pytest.mark.parametrize(
    ("fragile", "known", "share", "expected"),
    [
        (30, 100, Fraction(1, 5), Fraction(3, 2)),
        (0, 100, Fraction(1, 5), Fraction(0)),
        (0, 0, Fraction(1, 5), None),
        (30, 100, None, None),
        (30, 100, Fraction(0), None),
    ],
)
def test_targeting_ratio(fragile, known, share, expected):
    assert targeting_ratio(fragile, known, share) == expected


def test_wrong_figures_are_refused():
    with pytest.raises(ValueError, match="2 fragile of 1 known"):
        targeting_ratio(2, 1, None)
    with pytest.raises(ValueError, match="population is negative"):
        population_share([CommuneFacts(-1, None, None)], at=AT)
    with pytest.raises(ValueError, match="share_75_plus"):
        population_share([CommuneFacts(1, None, Fraction(2))], at=AT)
