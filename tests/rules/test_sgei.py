"""R5: compensation of a service of general economic interest, every advantage counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.sgei import Compensation

AMOUNT = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("costs", "receipts", "money", "lent", "over", "uncovered"),
    [
        (10_000, 2_000, 8_000, (0, 0, 0), 0, 0),
        (10_000, 2_000, 8_001, (0, 0, 0), 1, 0),
        (10_000, 2_000, 6_000, (1_000, 1_000, 1_000), 1_000, 0),
        (10_000, 2_000, 6_000, (500, 500, 500), 0, 500),
        (2_000, 10_000, 0, (0, 0, 1), 1, 0),
    ],
)
def test_r5_compensation_counts_premises_staff_and_equipment(
    costs, receipts, money, lent, over, uncovered
):
    found = Compensation(costs, receipts, money, *lent)
    assert (found.over_cents, found.uncovered_cents) == (over, uncovered)


def test_compensation_refuses_an_amount_below_zero():
    with pytest.raises(ValueError, match="below 0: -1"):
        Compensation(1, 1, 1, staff_cents=-1)


@given(st.tuples(AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT))
def test_compensation_is_over_or_uncovered_never_both(amounts):
    found = Compensation(*amounts)
    assert min(found.over_cents, found.uncovered_cents) == 0
    assert found.advantage_cents - found.over_cents + found.uncovered_cents == found.net_cost_cents
