from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.payers import PayerSplit, ThirdParty, split_price

HALF, ALL = Fraction(1, 2), Fraction(1)


@pytest.mark.parametrize(
    ("price", "voucher", "others", "expected"),
    [
        pytest.param(3000, 5000, [], (3000, {}, 0), id="the voucher covers all"),
        pytest.param(3000, 1000, [], (1000, {}, 2000), id="the person pays the rest"),
        pytest.param(3000, 1000, [("a", ALL, None)], (1000, {"a": 2000}, 0), id="a third party"),
        pytest.param(
            100, 0, [("a", Fraction(1, 3), None)], (0, {"a": 34}, 66), id="the odd cent is not hers"
        ),
        pytest.param(3000, 0, [("a", ALL, 500)], (0, {"a": 500}, 2500), id="the cap holds"),
        pytest.param(
            3000,
            1000,
            [("a", HALF, None), ("b", HALF, None)],
            (1000, {"a": 1000, "b": 1000}, 0),
            id="two halves of the rest",
        ),
        pytest.param(
            101,
            0,
            [("a", HALF, None), ("b", HALF, None)],
            (0, {"a": 51, "b": 50}, 0),
            id="the second only pays what is unpaid",
        ),
        pytest.param(
            1000, 1000, [("a", HALF, None)], (1000, {"a": 0}, 0), id="a payer at zero is named"
        ),
        pytest.param(0, 1000, [], (0, {}, 0), id="free"),
    ],
)
def test_r8_split_price(price, voucher, others, expected):
    split = split_price(
        price_cents=price,
        voucher_cents=voucher,
        third_parties=[ThirdParty(*other) for other in others],
    )

    assert (split.voucher_cents, split.third_parties, split.person_cents) == expected
    assert split.forgone_cents == 0


def test_split_price_leaves_nothing_to_the_person_under_a_regulated_price():
    split = split_price(price_cents=3000, voucher_cents=1000, regulated=True)

    assert split == PayerSplit(1000, {}, 0, forgone_cents=2000)


def test_r8_split_price_asks_third_parties_first_when_the_programme_says_so():
    asked = {"price_cents": 3000, "voucher_cents": 5000, "voucher_first": False}

    split = split_price(third_parties=[ThirdParty("a", HALF, 1000)], **asked)
    assert (split.voucher_cents, split.third_parties, split.person_cents) == (2000, {"a": 1000}, 0)
    whole = split_price(third_parties=[ThirdParty("a", ALL)], **asked)
    assert (whole.voucher_cents, whole.third_parties) == (0, {"a": 3000})


@given(
    price=st.integers(0, 10**9),
    voucher=st.integers(0, 10**9),
    others=st.lists(
        st.tuples(st.fractions(0, 1, max_denominator=1000), st.none() | st.integers(0, 10**9)),
        max_size=5,
    ),
    regulated=st.booleans(),
    voucher_first=st.booleans(),
)
def test_r8_split_price_loses_and_creates_no_cent(price, voucher, others, regulated, voucher_first):
    parties = [ThirdParty(str(index), rate, cap) for index, (rate, cap) in enumerate(others)]
    split = split_price(
        price_cents=price,
        voucher_cents=voucher,
        third_parties=parties,
        regulated=regulated,
        voucher_first=voucher_first,
    )
    parts = [split.voucher_cents, *split.third_parties.values()]
    parts += [split.person_cents, split.forgone_cents]

    assert sum(parts) == split.price_cents == price
    assert min(parts) >= 0
    assert split.voucher_cents <= voucher
    assert list(split.third_parties) == [party.key for party in parties]
    for party in parties:
        assert party.cap_cents is None or split.third_parties[party.key] <= party.cap_cents


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"price_cents": -1, "voucher_cents": 0}, "price_cents is negative: -1"),
        ({"price_cents": 1, "voucher_cents": -2}, "voucher_cents is negative: -2"),
        (
            {"price_cents": 1, "voucher_cents": 0, "third_parties": [ThirdParty("a", ALL, -1)]},
            "cap of a is negative",
        ),
        (
            {"price_cents": 1, "voucher_cents": 0, "third_parties": [ThirdParty("a", 2 * ALL)]},
            "rate is not between 0 and 1",
        ),
        (
            {"price_cents": 1, "voucher_cents": 0, "third_parties": [ThirdParty("a", ALL)] * 2},
            "named twice",
        ),
    ],
)
def test_split_price_refuses_a_wrong_argument(arguments, message):
    with pytest.raises(ValueError, match=message):
        split_price(**arguments)
