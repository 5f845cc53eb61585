from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.aims import (
    AimState,
    CommuneCoverage,
    Conclusion,
    autonomy,
    conclude,
    floor,
    targeting,
)
from filiere.rules.fragility import PopulationShare

AT = date(2026, 11, 22)
SHARE = PopulationShare(Fraction(1, 5), covered=900, total=1000)
EVERYTHING = frozenset({"procedures", "daily_tools", "safety", "access"})


@pytest.mark.parametrize(
    ("fragile", "known", "share", "value", "state"),
    [
        (30, 100, SHARE, Fraction(3, 2), AimState.REACHED),
        (20, 100, SHARE, Fraction(1), AimState.NOT_REACHED),
        (0, 0, SHARE, None, AimState.UNKNOWN),
        (30, 100, PopulationShare(None, 0, 1000), None, AimState.UNKNOWN),
    ],
)
def test_r7_targeting(fragile, known, share, value, state):
    result = targeting(
        helped_fragile=fragile, helped_known=known, helped_unknown=4, share=share, at=AT
    )

    assert (result.value, result.state) == (value, state)
    assert result.counts["helped_unknown"] == 4
    assert result.counts["population_total"] == 1000


@pytest.mark.parametrize(
    ("alone", "answered", "value", "state"),
    [
        (0, 0, None, AimState.NOT_YET_KNOWN),
        (1, 2, Fraction(1, 2), AimState.REACHED),
        (1, 3, Fraction(1, 3), AimState.NOT_REACHED),
    ],
)
def test_r7_autonomy(alone, answered, value, state):
    result = autonomy(alone=alone, answered=answered, non_response=7, at=AT)

    assert (result.value, result.state) == (value, state)
    assert result.counts == {"alone": alone, "answered": answered, "non_response": 7}


def test_r7_floor_names_the_worst_commune_and_what_it_lacks():
    found = floor(
        [
            CommuneCoverage("23001", 800, EVERYTHING),
            CommuneCoverage("23002", 100, EVERYTHING - {"safety"}),
            CommuneCoverage("23003", 60, frozenset({"access"})),
            CommuneCoverage("23004", 40, frozenset({"access"})),
            CommuneCoverage("23005", 500, None),
            CommuneCoverage("23006", 0, frozenset()),
        ],
        at=AT,
    )

    assert found.result.value == Fraction(4, 5)
    assert found.result.state is AimState.NOT_REACHED
    assert found.worst_code == "23003"
    assert found.worst_missing == ("procedures", "daily_tools", "safety")
    assert found.result.counts == {
        "served": 800,
        "measured": 1000,
        "population": 1500,
        "communes_measured": 4,
        "communes": 6,
    }


def test_floor_without_a_lacking_commune_has_no_worst():
    found = floor([CommuneCoverage("23001", 800, EVERYTHING | {"leisure"})], at=AT)

    assert (found.result.value, found.worst_code) == (Fraction(1), None)
    assert found.result.state is AimState.REACHED


def test_floor_without_measure_is_unknown():
    assert floor([CommuneCoverage("23001", 800, None)], at=AT).result.state is AimState.UNKNOWN
    assert floor([], at=AT).result.value is None


@given(
    communes=st.lists(
        st.tuples(
            st.integers(0, 10**6), st.none() | st.frozensets(st.sampled_from(sorted(EVERYTHING)))
        ),
        max_size=10,
    )
)
def test_floor_is_a_share_and_agrees_with_the_worst(communes):
    coverages = [CommuneCoverage(str(index), *one) for index, one in enumerate(communes)]
    found = floor(coverages, at=AT)

    assert found.result.value is None or 0 <= found.result.value <= 1
    assert (found.worst_code is None) == (found.result.value in (None, 1))


def test_conclude_counts_only_what_is_known():
    results = [
        autonomy(alone=1, answered=1, non_response=0, at=AT),
        autonomy(alone=0, answered=0, non_response=0, at=AT),
        autonomy(alone=0, answered=1, non_response=0, at=AT),
    ]

    assert conclude(results) == Conclusion(reached=1, known=2, total=3)


def test_wrong_figures_are_refused():
    with pytest.raises(ValueError, match="impossible counts"):
        autonomy(alone=2, answered=1, non_response=0, at=AT)
    with pytest.raises(ValueError, match="helped_unknown is negative"):
        targeting(helped_fragile=0, helped_known=0, helped_unknown=-1, share=SHARE, at=AT)
    with pytest.raises(ValueError, match="population is negative"):
        floor([CommuneCoverage("1", -1, None)], at=AT)
