import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.observed_prices import PublicCost, public_cost, spread

CENTS = st.integers(0, 10**7)


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        pytest.param([2990], (2990, None, 2990, None, 2990), id="one price has no quarters"),
        pytest.param([0, 2990], (0, None, 1495, None, 2990), id="two prices meet in the middle"),
        pytest.param([4990, 0, 3990, 2990], (0, 2243, 3490, 4240, 4990), id="half cents go up"),
        pytest.param([1, 2, 3, 4, 5], (1, 2, 3, 4, 5), id="five prices are their own quarters"),
        pytest.param([500] * 7, (500,) * 5, id="one price everywhere"),
    ],
)
def test_spread(prices, expected):
    found = spread(prices)
    assert found.count == len(prices)
    assert (
        found.lowest_cents, found.lower_quartile_cents, found.median_cents,
        found.upper_quartile_cents, found.highest_cents,
    ) == expected  # fmt: skip


def test_spread_of_nothing_is_unknown():
    assert spread([]) is None


def test_spread_refuses_a_negative_price():
    with pytest.raises(ValueError, match="negative: -1"):
        spread([5, -1])


@given(st.lists(CENTS, min_size=4, max_size=60), st.randoms())
def test_spread_is_ordered_and_blind_to_the_order_of_what_was_seen(prices, random):
    found = spread(prices)
    told = [
        found.lowest_cents, found.lower_quartile_cents, found.median_cents,
        found.upper_quartile_cents, found.highest_cents,
    ]  # fmt: skip
    assert told == sorted(told)
    assert (told[0], told[-1]) == (min(prices), max(prices))
    under = sum(price <= found.median_cents for price in prices)
    assert 2 * under >= len(prices)
    random.shuffle(prices)
    assert spread(prices) == found


def test_public_cost_of_the_vehicle_registration_of_2017():
    """29.90 € each, 1,000 times in a territory of 115,000 people: 26 cents each."""
    assert public_cost(
        volume=1000, price_cents=2990, own_price_cents=2500, inhabitants=115_000
    ) == PublicCost(2_990_000, 2_500_000, 490_000, 26)


def test_public_cost_says_unknown_and_not_zero():
    found = public_cost(volume=10, price_cents=100, own_price_cents=None, inhabitants=None)
    assert (found.own_cents, found.gap_cents, found.each_inhabitant_cents) == (None, None, None)


@given(st.integers(0, 10**6), CENTS, st.none() | CENTS, st.none() | st.integers(1, 10**8))
def test_public_cost_adds_up(volume, price, own, inhabitants):
    found = public_cost(
        volume=volume, price_cents=price, own_price_cents=own, inhabitants=inhabitants
    )
    assert found.market_cents == volume * price
    if own is not None:
        assert found.own_cents + found.gap_cents == found.market_cents
    if inhabitants is not None:
        gap = found.each_inhabitant_cents * inhabitants - found.market_cents
        assert 2 * abs(gap) <= inhabitants


@pytest.mark.parametrize(
    "wrong", [{"volume": -1}, {"price_cents": -1}, {"own_price_cents": -1}, {"inhabitants": 0}]
)
def test_public_cost_refuses_what_is_out_of_range(wrong):
    right = {"volume": 1, "price_cents": 1, "own_price_cents": 1, "inhabitants": 1}
    with pytest.raises(ValueError, match="is n"):
        public_cost(**right | wrong)
