"""Employer groups: three forms, the third in 57, 67 and 68, and the invoice of a member (R9)."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.employer_groups import GroupForm, forms_open, shares_of_month
from filiere.rules.parameters import all_parameters

DAY = date(2026, 11, 22)
CODES = ("57", "67", "68")
EVERYWHERE = ("association_1901", "cooperative")


def test_r9_the_three_departements_are_those_of_the_article():
    parameter = all_parameters()["employer_group.local_law_departements"]
    assert parameter.values == ((date(2018, 1, 1), CODES),)


@pytest.mark.parametrize("departement", CODES)
def test_r9_local_law_forms_exist_in_moselle_bas_rhin_and_haut_rhin(departement):
    assert forms_open(departement, DAY) == tuple(GroupForm)


@pytest.mark.parametrize("departement", ["54", "66", "69", "94", "2A", "974", ""])
def test_r9_they_exist_nowhere_else(departement):
    assert forms_open(departement, DAY) == EVERYWHERE


def test_shares_of_month_gives_cost_by_the_hour_and_management():
    first, second = shares_of_month(
        cost_cents=300_001, minutes=[4_800, 4_800], fee_rate=Fraction(7, 100)
    )
    assert (first.cost_cents, second.cost_cents) == (150_001, 150_000)
    assert (first.fee_cents, second.fee_cents) == (10_501, 10_500)
    assert first.total_cents == 160_502


def test_shares_of_month_refuses_what_cannot_be():
    with pytest.raises(ValueError, match="fee_rate is not between 0 and 1: 2"):
        shares_of_month(cost_cents=1, minutes=[1], fee_rate=Fraction(2))
    with pytest.raises(ValueError, match="no weight above zero"):
        shares_of_month(cost_cents=1, minutes=[0, 0], fee_rate=Fraction(0))


@given(
    cost=st.integers(0, 10**8),
    minutes=st.lists(st.integers(0, 20_000), min_size=1, max_size=12).filter(any),
    rate=st.fractions(0, 1, max_denominator=100),
)
def test_shares_of_month_loses_no_cent(cost, minutes, rate):
    shares = shares_of_month(cost_cents=cost, minutes=minutes, fee_rate=rate)
    assert sum(one.cost_cents for one in shares) == cost
    assert all(one.cost_cents * rate <= one.fee_cents for one in shares)
    assert sum(one.fee_cents for one in shares) < cost * rate + len(minutes)
    assert all(one.cost_cents == 0 for one in shares if not one.minutes)
