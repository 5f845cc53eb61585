from datetime import date

import pytest

from filiere.rules.financing.delays import (
    AT_ONCE,
    Delays,
    learned_delays,
    months_for,
    usual_delays,
)
from filiere.rules.financing.shape import Kind
from tests.rules.financing.scenes import ON


@pytest.mark.parametrize(
    ("kind", "on", "first", "last"),
    [
        pytest.param(Kind.EU, date(2018, 6, 1), 90, 540, id="18 months at worst, 2014-2020"),
        pytest.param(Kind.EU, ON, 80, 540, id="18 months at worst, 2021-2027"),
        pytest.param(Kind.STATE, ON, 90, 180, id="the State, as the field reports"),
        pytest.param(Kind.FOUNDATION, ON, 90, 180, id="a foundation"),
        pytest.param(Kind.INCOME, ON, 0, 0, id="sales are paid at once"),
        pytest.param(Kind.OWN, ON, 0, 0, id="one's own money"),
    ],
)
def test_r6_usual_delays_go_from_the_best_case_to_the_worst(kind, on, first, last):
    found = usual_delays(kind, on)

    assert (found.days[0], found.days[-1]) == (first, last)
    assert list(found.days) == sorted(found.days)


def test_learned_delays_forget_the_usual_ones_once_a_funder_is_known():
    usual = Delays((90, 180))

    assert learned_delays([], usual, ON) == usual
    assert learned_delays([30, 45], usual, ON).days == (30, 45, 90, 180)
    assert learned_delays([50, 40, 30, 20, 10], usual, ON).days == (10, 20, 30, 40, 50)


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 10), (10, 10), (50, 30), (99, 40), (100, 50)]
)
def test_quantile_is_a_delay_that_was_seen(percent, expected):
    assert Delays((50, 10, 20, 40, 30)).quantile(percent) == expected


@pytest.mark.parametrize("days", [(), (-1,), (3_651,)])
def test_delays_refuse_what_is_no_delay(days):
    with pytest.raises(ValueError, match="delays are days"):
        Delays(days)


def test_quantile_refuses_a_percentage_out_of_range():
    with pytest.raises(ValueError, match="percent"):
        AT_ONCE.quantile(101)


@pytest.mark.parametrize(("days", "months"), [(0, 0), (1, 1), (30, 1), (31, 2), (540, 18)])
def test_months_for_counts_the_money_at_the_end_of_the_month(days, months):
    assert months_for(days) == months
