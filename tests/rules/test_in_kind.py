"""Gifts in kind: accounts of class 8 and their value (R11)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.in_kind import ACCOUNTS, InKind, enters_accounts, volunteering_value
from filiere.rules.parameters import Confidence, ParameterNotInForce, all_parameters

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("kind", "debit", "credit"),
    [
        ("relief", "860", "870"), ("goods", "861", "871"), ("premises", "861", "871"),
        ("service", "862", "871"), ("volunteering", "864", "875"),
    ],
)  # fmt: skip
def test_r11_accounts_of_class_8(kind, debit, credit):
    accounts = ACCOUNTS[InKind(kind)]
    assert (accounts.debit, accounts.credit) == (debit, credit)


def test_every_kind_has_its_accounts():
    assert set(ACCOUNTS) == set(InKind)


@pytest.mark.parametrize(
    ("on", "cents"),
    [
        (date(2026, 1, 1), 1_202), (date(2026, 5, 31), 1_202), (date(2026, 6, 1), 1_231),
        (DAY, 1_231),
    ],
)  # fmt: skip
def test_r11_a_volunteer_hour_is_worth_the_minimum_wage_of_its_day(on, cents):
    assert volunteering_value(minutes=60, on=on) == cents


def test_the_minimum_wage_is_the_published_one_and_no_year_is_invented():
    wage = all_parameters()["minimum_wage.hour_cents"]
    assert wage.values == ((date(2026, 1, 1), 1_202), (date(2026, 6, 1), 1_231))
    assert (wage.confidence, wage.confirmed_until) == (Confidence.OPENFISCA, date(2026, 12, 31))
    with pytest.raises(ParameterNotInForce):
        volunteering_value(minutes=60, on=date(2025, 12, 31))


def test_volunteering_value_takes_the_cost_of_replacement_and_rounds_down():
    assert volunteering_value(minutes=90, on=DAY, hour_cents=3_333) == 4_999
    assert volunteering_value(minutes=90, on=date(2020, 1, 1), hour_cents=2_000) == 3_000
    with pytest.raises(ValueError, match="minutes is negative: -1"):
        volunteering_value(minutes=-1, on=DAY)
    with pytest.raises(ValueError, match="hour_cents is negative: -1"):
        volunteering_value(minutes=1, on=DAY, hour_cents=-1)


def test_a_gift_enters_class_8_when_essential_and_measurable_since_2020():
    day = date(2020, 1, 1)
    assert enters_accounts(opened_on=day, is_essential=True, is_measurable=True)
    assert not enters_accounts(opened_on=day, is_essential=True, is_measurable=False)
    assert not enters_accounts(opened_on=day, is_essential=False, is_measurable=True)
    with pytest.raises(ParameterNotInForce):
        enters_accounts(opened_on=date(2019, 12, 31), is_essential=True, is_measurable=True)


@given(first=st.integers(0, 10**6), second=st.integers(0, 10**6))
def test_two_times_apart_are_never_worth_more_than_together(first, second):
    apart = volunteering_value(minutes=first, on=DAY) + volunteering_value(minutes=second, on=DAY)
    together = volunteering_value(minutes=first + second, on=DAY)
    assert together - 1 <= apart <= together
