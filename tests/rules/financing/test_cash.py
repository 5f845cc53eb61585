from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiere.rules.financing.cash import (
    Call,
    Curve,
    Due,
    Receipts,
    draw,
    forecast,
    pace_of,
    price_of_bridge,
    schedule,
)
from filiere.rules.financing.delays import AT_ONCE, Delays


def test_schedule_pays_an_advance_on_claims_and_a_balance_to_the_cent():
    found = schedule(
        100_00, signed=1, reported=24, advance=Fraction(1, 3), claims=[(12, Fraction(1, 3))]
    )

    assert found == (Due(1, 33_34), Due(12, 33_33), Due(24, 33_33))
    assert schedule(500, signed=0, reported=9, advance=Fraction(0)) == (Due(9, 500),)
    assert schedule(500, signed=0, reported=9, advance=Fraction(1)) == (Due(0, 500),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"advance": Fraction(-1, 2)},
        {"advance": Fraction(2, 3), "claims": [(6, Fraction(1, 2))]},
        {"advance": Fraction(0), "signed": -1},
    ],
)
def test_schedule_refuses_shares_that_exceed_the_whole(wrong):
    with pytest.raises(ValueError, match="negative, or shares"):
        schedule(100, **({"signed": 0, "reported": 12} | wrong))


def test_r6_bridge_is_the_most_that_lacks_without_doubt():
    sure = Receipts("a", (Due(0, 300), Due(3, 700)), Delays((60,)))
    found = forecast([sure], [250] * 4 + [0, 0], opening_cents=100)

    expected = Curve((-150, -400, -350, -600, -600, 100))
    assert (found.prudent, found.typical, found.lucky) == (expected, expected, expected)
    assert (expected.low.month, expected.low.cents) == (3, -600)
    assert (expected.bridge_cents, expected.bridge_months, expected.back_month) == (600, 5, 5)
    assert found.unpaid_share == 0
    assert found.calls == ()


def test_forecast_orders_its_curves_and_says_what_never_comes():
    maybe = Receipts("a", (Due(0, 1000),), AT_ONCE, chance=Fraction(1, 2))
    late = Receipts("b", (Due(0, 1000),), Delays((30, 720)))
    found = forecast([maybe, late], [500, 500, 0], runs=4000)

    assert found.prudent.cents[2] == -1000
    assert found.typical.cents[2] == 0
    assert found.lucky.cents[2] == 1000
    assert abs(found.unpaid_share - Fraction(1, 2)) < Fraction(1, 20)


def test_forecast_is_the_same_with_the_same_seed():
    one = Receipts("a", (Due(0, 1000),), Delays((30, 60, 400)), Fraction(1, 2))

    first = forecast([one], [100] * 12, seed=7)
    assert first == forecast([one], [100] * 12, seed=7)
    assert first != forecast([one], [100] * 12, seed=8, runs=13)


def test_calls_name_the_funder_whose_early_payment_moves_the_date_most():
    slow = Receipts("slow", (Due(0, 900),), Delays((30, *[300] * 9)))
    small = Receipts("small", (Due(0, 50),), Delays((30, *[300] * 9)))
    fixed = Receipts("fixed", (Due(0, 50),), Delays((90,)))
    found = forecast([small, slow, fixed], [400, 400, 100] + [0] * 12, runs=2000)

    assert found.typical.back_month == 10
    assert found.typical.bridge_cents == 900
    assert found.calls == (Call("slow", 9, 500), Call("small", 0, 50))


def test_r6_price_of_bridge_is_rounded_up_and_refuses_what_means_nothing():
    assert price_of_bridge(14_200_00, 3, Fraction(5, 100)) == 177_50
    assert price_of_bridge(1, 1, Fraction(1, 100)) == 1
    assert price_of_bridge(0, 12, Fraction(1, 2)) == 0
    for wrong in ((-1, 1, Fraction(0)), (1, -1, Fraction(0)), (1, 1, Fraction(2))):
        with pytest.raises(ValueError, match="rate between"):
            price_of_bridge(*wrong)


@pytest.mark.parametrize(
    ("spent", "more"), [([], {}), ([1], {"runs": 0}), ([-1], {})], ids=["no month", "no run", "<0"]
)
def test_forecast_refuses_what_means_nothing(spent, more):
    with pytest.raises(ValueError, match="at least one month"):
        forecast([], spent, **more)


def test_receipts_refuse_a_negative_amount_or_an_impossible_chance():
    with pytest.raises(ValueError, match="negative"):
        Receipts("a", (Due(0, -1),), AT_ONCE)
    with pytest.raises(ValueError, match="between 0 and 1"):
        Receipts("a", (), AT_ONCE, Fraction(3, 2))


def test_forecast_of_nothing_is_what_is_spent():
    assert forecast([], [10, 10], opening_cents=5).typical.cents == (-5, -15)


def test_curve_that_never_goes_under_zero_needs_no_bridge():
    found = Curve((5, 0, 3))

    assert (found.bridge_cents, found.bridge_months, found.back_month) == (0, 0, 0)
    assert Curve((5, -1)).back_month is None


def test_pace_is_the_share_received_at_the_median_delay():
    one = Receipts("a", (Due(0, 30), Due(6, 70)), Delays((30, 60, 90)))

    assert pace_of(one, 9) == (0, 0, *[Fraction(3, 10)] * 6, 1)


DELAYS = st.lists(st.integers(0, 900), min_size=1, max_size=6).map(lambda days: Delays(tuple(days)))


@st.composite
def receipts(draw_one):
    """Some sources with dues and delays at random."""
    dues = st.lists(st.builds(Due, st.integers(0, 40), st.integers(0, 10**12)), max_size=4)
    chances = st.fractions(min_value=0, max_value=1, max_denominator=9)
    return [
        Receipts(f"s{rank}", tuple(draw_one(dues)), draw_one(DELAYS), draw_one(chances))
        for rank in range(draw_one(st.integers(0, 5)))
    ]


@settings(max_examples=60, deadline=None)
@given(receipts(), st.integers(1, 40), st.integers(0, 2**32))
def test_every_cent_promised_is_received_too_late_or_refused(given_receipts, horizon, seed):
    drawn = draw(given_receipts, horizon=horizon, runs=17, seed=seed)

    promised = sum(one.total_cents for one in given_receipts)
    assert (drawn.received.sum(axis=1) + drawn.refused == promised).all()
    assert (drawn.received >= 0).all()
    assert drawn.received.dtype == np.int64


@settings(max_examples=40, deadline=None)
@given(receipts(), st.lists(st.integers(0, 10**9), min_size=1, max_size=36))
def test_curves_never_cross_and_calls_never_harm(given_receipts, spent):
    found = forecast(given_receipts, spent, runs=31)

    both = zip(found.prudent.cents, found.typical.cents, found.lucky.cents, strict=True)
    assert all(low <= middle <= high for low, middle, high in both)
    assert 0 <= found.unpaid_share <= 1
    assert all(call.months_sooner > 0 or call.bridge_spared_cents > 0 for call in found.calls)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**12), st.fractions(0, 1, max_denominator=12))
def test_schedule_sums_to_the_grant(amount, advance):
    found = schedule(amount, signed=0, reported=24, advance=advance)

    assert sum(due.cents for due in found) == amount
