"""A model in figures: three years, the size from which it pays, dependence on one payer."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.business_model import Year, critical_size, dependence, forecast

ON = date(2026, 11, 22)
CENTS = st.integers(0, 10**10)
YEARS = st.builds(
    Year,
    volume=st.integers(0, 100_000),
    price_cents=st.integers(0, 100_000),
    session_cents=st.integers(0, 100_000),
    fixed_cents=CENTS,
    grants_cents=CENTS,
)


def test_year_adds_up_and_gives_the_cost_of_one_session():
    year = Year(1_200, 3_000, 450, 4_800_000, 1_500_000)
    assert (year.sales_cents, year.receipts_cents) == (3_600_000, 5_100_000)
    assert (year.costs_cents, year.result_cents) == (5_340_000, -240_000)
    assert year.cost_each_cents == 4_450
    assert year.own_share == Fraction(12, 17)
    assert Year(3, 0, 0, 100).cost_each_cents == 34
    assert Year(0, 0, 0, 100).cost_each_cents is None
    assert Year(0, 0, 0, 100).own_share is None


@pytest.mark.parametrize("name", ["volume", "price_cents", "fixed_cents", "grants_cents"])
def test_year_refuses_figures_below_zero(name):
    good = {"volume": 1, "price_cents": 1, "session_cents": 1, "fixed_cents": 1}
    with pytest.raises(ValueError, match=name):
        Year(**good | {name: -1})


def test_critical_size_is_fixed_cost_over_what_a_session_leaves():
    size = critical_size(Year(900, 3_000, 500, 5_000_001, 2_500_000))
    assert (size.with_grants, size.alone) == (1_001, 2_001)
    assert (size.lacks(900), size.lacks(1_001)) == (101, 0)
    never = critical_size(Year(900, 500, 500, 100, 99))
    assert (never.with_grants, never.alone, never.lacks(9)) == (None, None, None)
    assert critical_size(Year(0, 500, 500, 100, 100)).with_grants == 0
    assert critical_size(Year(0, 400, 500, 100, 500)).with_grants is None


@given(YEARS)
def test_critical_size_is_the_fewest_that_holds(year):
    size = critical_size(year).with_grants

    def result(volume):
        return (
            volume * (year.price_cents - year.session_cents) + year.grants_cents - year.fixed_cents
        )

    if size is None:
        assert year.price_cents <= year.session_cents
    else:
        assert result(size) >= 0
        assert size == 0 or result(size - 1) < 0


@given(st.lists(YEARS, max_size=4))
def test_forecast_cumulates_every_result(years):
    found = forecast(years)
    assert [one.number for one in found] == list(range(1, len(years) + 1))
    assert sum(one.result_cents for one in years) == (found[-1].cumulated_cents if found else 0)


def test_dependence_says_who_how_much_and_what_would_be_left():
    found = dependence({"Ville": 2_500, "Région": 5_001, "Personne": 0, "Usagers": 2_500}, ON)
    assert (found.largest, found.largest_cents, found.total_cents) == ("Région", 5_001, 10_001)
    assert found.is_strong
    assert found.left_without_cents(1_000) == -4_001
    half = dependence({"b": 50, "a": 50}, ON)
    assert (half.largest, half.is_strong, half.index, half.as_many) == (
        "a", False, Fraction(1, 2), 2,
    )  # fmt: skip
    assert dependence({"seule": 7}, ON).index == 1
    assert dependence({}, ON) is None
    assert dependence({"a": 0}, ON) is None
    with pytest.raises(ValueError, match="less than 0"):
        dependence({"a": -1}, ON)


@given(st.dictionaries(st.text(max_size=3), CENTS, min_size=1, max_size=8))
def test_dependence_index_lies_between_equal_shares_and_one(payers):
    found = dependence(payers, ON)
    if found is not None:
        paying = sum(cents > 0 for cents in payers.values())
        assert Fraction(1, paying) <= found.index <= 1
        assert found.share**2 <= found.index
