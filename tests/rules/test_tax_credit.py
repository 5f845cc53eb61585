"""Home help and what comes back of it: ceilings, exclusions, the half."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.tax_credit import (
    EXCLUDED,
    Household,
    Nature,
    attestation_due,
    estimate_credit,
    household_ceiling,
)

DAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("price", "aid", "before", "others", "credit"),
    [
        pytest.param(6_000, 0, 0, 0, 3_000, id="half"),
        pytest.param(6_000, 1_000, 0, 0, 2_500, id="aid is taken off first"),
        pytest.param(6_000, 6_000, 0, 0, 0, id="nothing was paid"),
        pytest.param(6_001, 0, 0, 0, 3_000, id="the odd cent is rounded down"),
        pytest.param(6_000, 0, 298_000, 0, 1_000, id="what is left of 3,000 euros"),
        pytest.param(6_000, 0, 300_000, 0, 0, id="ceiling reached"),
        pytest.param(6_000, 0, 0, 1_198_000, 1_000, id="household ceiling"),
        pytest.param(400_000, 0, 0, 0, 150_000, id="most 1,500 euros a year"),
    ],
)
def test_r12_estimate_credit(price, aid, before, others, credit):
    found = estimate_credit(
        price_cents=price, aid_cents=aid, nature=Nature.TRAINING, on=DAY,
        counted_before_cents=before, other_home_services_cents=others,
    )  # fmt: skip
    assert (found.credit_cents, found.net_cents) == (credit, price - aid - credit)


@pytest.mark.parametrize("nature", sorted(EXCLUDED))
def test_estimate_credit_is_nothing_for_remote_help_repair_and_sale(nature):
    found = estimate_credit(price_cents=6_000, aid_cents=0, nature=nature, on=DAY)
    assert (found.credit_cents, found.net_cents) == (0, 6_000)


@pytest.mark.parametrize(
    ("household", "ceiling"),
    [
        (Household(), 1_200_000),
        (Household(dependants=2), 1_500_000),
        (Household(dependants=9), 1_500_000),
        (Household(first_year=True), 1_500_000),
        (Household(first_year=True, dependants=3), 1_800_000),
        (Household(disability=True, dependants=3), 2_000_000),
    ],
)
def test_r12_household_ceiling(household, ceiling):
    assert household_ceiling(DAY, household) == ceiling


def test_estimate_credit_refuses_what_is_out_of_range():
    with pytest.raises(ValueError, match="aid is not between"):
        estimate_credit(price_cents=1, aid_cents=2, nature="training", on=DAY)
    with pytest.raises(ValueError, match="spent before"):
        estimate_credit(
            price_cents=1, aid_cents=0, nature="training", on=DAY, counted_before_cents=-1
        )
    with pytest.raises(ValueError, match="dependants"):
        household_ceiling(DAY, Household(dependants=-1))
    assert attestation_due(2025) == date(2026, 3, 31)


@given(st.lists(st.integers(0, 200_000), max_size=12))
def test_estimate_credit_of_acts_one_by_one_never_exceeds_the_year(prices):
    before = credit = 0
    for price in prices:
        found = estimate_credit(
            price_cents=price, aid_cents=0, nature="training", on=DAY, counted_before_cents=before
        )
        before += found.counted_cents
        credit += found.credit_cents
    year = estimate_credit(price_cents=sum(prices), aid_cents=0, nature="training", on=DAY)
    assert before == year.counted_cents
    assert year.credit_cents - len(prices) <= credit <= year.credit_cents <= 150_000
