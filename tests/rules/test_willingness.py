import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.willingness import PRICES_ASKED_CENTS, DemandPoint, demand

ANSWERS = st.lists(st.sampled_from(PRICES_ASKED_CENTS), max_size=120)


def test_demand_says_who_pays_who_is_left_out_and_what_a_hundred_people_bring():
    found = demand([0] * 10 + [500] * 20 + [2000] * 10, least=5)
    assert found[0] == DemandPoint(0, 40, 0, 0)
    assert {p.price_cents: (p.accepting, p.excluded, p.takings_cents) for p in found[1:]} == {
        200: (30, 10, 15_000),
        500: (30, 10, 37_500),
        1_000: (10, 30, 25_000),
        1_500: (10, 30, 37_500),
        2_000: (10, 30, 50_000),
        3_000: (0, 40, 0),
        5_000: (0, 40, 0),
    }


def test_demand_is_not_told_of_fewer_people_than_the_threshold():
    assert demand([500] * 4, least=5) == ()
    assert [p.price_cents for p in demand([500] * 5, least=5)] == list(PRICES_ASKED_CENTS)


def test_demand_leaves_out_the_price_that_shows_one_person():
    prices = [p.price_cents for p in demand([0] * 6 + [500] * 9 + [5000], least=5)]
    assert prices == [0, 200, 500]


@given(ANSWERS, st.integers(1, 8))
def test_demand_never_shows_a_small_group(answers, least):
    found = demand(answers, least=least)
    ends = [p.accepting for p in found] + [0] * bool(found)
    groups = [before - after for before, after in itertools.pairwise(ends)]
    assert all(group == 0 or group >= least for group in groups)
    assert sum(groups) == (len(answers) if found else 0)


@given(ANSWERS.filter(bool))
def test_demand_goes_down_and_counts_everybody_once(answers):
    found = demand(answers, least=1)
    accepting = [p.accepting for p in found]
    assert accepting == sorted(accepting, reverse=True)
    assert accepting[0] == len(answers)
    assert all(p.accepting + p.excluded == len(answers) for p in found)
    assert all(abs(p.takings_cents * len(answers) - 100 * p.price_cents * p.accepting) * 2
               <= len(answers) for p in found)  # fmt: skip


@pytest.mark.parametrize(("answers", "least"), [([300], 1), ([0], 0)])
def test_demand_refuses_what_was_not_asked(answers, least):
    with pytest.raises(ValueError, match=r"not a price asked: 300|least is under 1"):
        demand(answers, least=least)
