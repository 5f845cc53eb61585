from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.tills import (
    HELD_MEANS,
    CashState,
    Line,
    LineKind,
    Means,
    cash_state,
    deposit_due_on,
    month_after,
    month_of,
    totals_by_means,
)

LINES = st.builds(
    Line, st.sampled_from(LineKind), st.sampled_from(HELD_MEANS), st.integers(1, 100_000)
)


@given(opening=st.dictionaries(st.sampled_from(HELD_MEANS), st.integers(0, 10**6)),
       lines=st.lists(LINES, max_size=30))  # fmt: skip
def test_totals_by_means_add_up_to_the_journal_in_any_order(opening, lines):
    totals = totals_by_means(opening, lines)
    assert totals == totals_by_means(opening, reversed(lines))
    assert sum(one.closing_cents for one in totals) == sum(opening.values()) + sum(
        line.signed_cents for line in lines
    )
    for one in totals:
        mine = [line.signed_cents for line in lines if line.means == one.means]
        assert one.closing_cents == opening.get(one.means, 0) + sum(mine)


@given(lines=st.lists(LINES, max_size=30), cut=st.integers(0, 30))
def test_totals_of_two_months_follow_each_other(lines, cut):
    before = totals_by_means({}, lines[:cut])
    after = totals_by_means({one.means: one.closing_cents for one in before}, lines[cut:])
    whole = totals_by_means({}, lines)
    assert {one.means: one.closing_cents for one in after if one.closing_cents} == {
        one.means: one.closing_cents for one in whole if one.closing_cents
    }


@pytest.mark.parametrize(
    ("in_hand", "state"),
    [(0, CashState.FINE), (7_999, CashState.FINE), (8_000, CashState.NEAR),
     (9_999, CashState.NEAR), (10_000, CashState.FULL), (12_000, CashState.FULL)],
)  # fmt: skip
def test_cash_state_warns_from_four_fifths_of_the_limit(in_hand, state):
    assert cash_state(in_hand, 10_000) == state


def test_cash_state_refuses_a_limit_of_nothing():
    with pytest.raises(ValueError, match="above 0"):
        cash_state(1, 0)


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_month_of_and_month_after_hold_the_day(day):
    first, after = month_of(day), month_after(month_of(day))
    assert first <= day < after
    assert (first.day, after.day) == (1, 1)
    assert deposit_due_on(day, 1) > day


def test_vouchers_are_never_in_hand():
    assert Means.VOUCHER not in HELD_MEANS
