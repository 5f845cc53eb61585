from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.money import share, split_by_rate, spread_runs, take_in_proportion

WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("amount", "weights", "expected"),
    [
        pytest.param(100, [1, 1, 1], [34, 33, 33], id="the odd cent goes to the first"),
        pytest.param(10, [0, 1], [0, 10], id="no weight, no part"),
        pytest.param(1, [1, 2, 2], [0, 1, 0], id="the largest remainder wins, then position"),
        pytest.param(0, [3, 4], [0, 0], id="nothing to share"),
        pytest.param(0, [0, 0], [0, 0], id="nothing and no weight"),
        pytest.param(0, [], [], id="nobody and nothing"),
    ],
)
def test_share(amount, weights, expected):
    assert share(amount, weights) == expected


@given(amount=st.integers(0, 10**12), weights=WEIGHTS)
def test_share_is_exact_and_within_one_unit_of_proportion(amount, weights):
    parts = share(amount, weights)

    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1


@pytest.mark.parametrize(
    ("amount", "weights", "message"),
    [(-1, [1], "amount is negative"), (1, [2, -1], "weight is negative"), (1, [0], "no weight")],
)
def test_share_refuses_what_cannot_be_shared(amount, weights, message):
    with pytest.raises(ValueError, match=message):
        share(amount, weights)


@given(amount=st.integers(0, 10**12), rate=st.fractions(0, 1, max_denominator=1000))
def test_split_by_rate_is_exact_and_rounds_as_told(amount, rate):
    up, rest_of_up = split_by_rate(amount, rate, "up")
    down, rest_of_down = split_by_rate(amount, rate, "down")

    assert up + rest_of_up == down + rest_of_down == amount
    assert down <= amount * rate <= up <= down + 1


@pytest.mark.parametrize(
    ("amount", "rate", "rounding", "message"),
    [
        (-1, Fraction(0), "up", "amount is negative: -1"),
        (1, Fraction(3, 2), "up", "rate is not between 0 and 1"),
        (1, Fraction(1), "near", "neither up nor down"),
    ],
)
def test_split_by_rate_refuses_a_wrong_argument(amount, rate, rounding, message):
    with pytest.raises(ValueError, match=message):
        split_by_rate(amount, rate, rounding)


@given(data=st.data(), left=WEIGHTS)
def test_take_in_proportion_never_overdraws_and_empties_exactly(data, left):
    total = sum(left)
    for _ in range(4):
        amount = data.draw(st.integers(0, sum(left)))
        taken = take_in_proportion(amount, left)
        assert sum(taken) == amount
        assert all(0 <= part <= pocket for part, pocket in zip(taken, left, strict=True))
        left = [pocket - part for pocket, part in zip(left, taken, strict=True)]
    assert sum(left) <= total
    assert take_in_proportion(sum(left), left) == left


def test_take_in_proportion_keeps_three_equal_funders_within_what_they_gave():
    pockets = [[334, 333, 333] for _ in range(1000)]
    spent = [0, 0, 0]
    for left in pockets:
        while sum(left):
            taken = take_in_proportion(50, left)
            left[:] = [pocket - part for pocket, part in zip(left, taken, strict=True)]
            spent = [one + part for one, part in zip(spent, taken, strict=True)]

    assert spent == [334_000, 333_000, 333_000]


def test_take_in_proportion_refuses_more_than_is_left():
    with pytest.raises(ValueError, match="4 is more than what is left: 3"):
        take_in_proportion(4, [1, 2])
    with pytest.raises(ValueError, match="a pocket is negative"):
        take_in_proportion(1, [2, -1])


@given(st.data(), st.integers(1, 200), st.integers(1, 5_000), st.integers(1, 6))
def test_spread_runs_gives_each_total_and_each_piece_exactly(data, count, face, payers):
    total = count * face
    cuts = sorted(
        data.draw(st.lists(st.integers(0, total), min_size=payers - 1, max_size=payers - 1))
    )
    totals = [after - before for before, after in zip([0, *cuts], [*cuts, total], strict=True)]

    runs = spread_runs(totals, count)

    assert sum(number for number, _faces in runs) == count
    assert all(sum(faces) == face for _number, faces in runs)
    assert [sum(n * faces[i] for n, faces in runs) for i in range(payers)] == totals
    assert all(
        total // count <= faces[i] <= -(-total // count)
        for _number, faces in runs
        for i, total in enumerate(totals)
    )


@pytest.mark.parametrize(("totals", "count"), [([5], 2), ([-1, 3], 2), ([4], 0)])
def test_spread_runs_refuses_unequal_pieces(totals, count):
    with pytest.raises(ValueError, match="equal pieces"):
        spread_runs(totals, count)
