"""The price of one session: each kind, packages, brackets; no cent is lost."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.payers import ThirdParty, split_price
from filiere.rules.pricing import (
    KINDS,
    PACKAGES,
    Band,
    Left,
    PriceTerms,
    Reason,
    cost_of,
    session_price,
)

FIVE = PriceTerms("pack", 10_000, sessions=5, valid_days=90)
TEN_HOURS = PriceTerms("pack", 20_000, single_cents=3_000, minutes=600, valid_days=180)
YEAR = PriceTerms("subscription", 6_000, valid_days=365)


@pytest.mark.parametrize(
    ("terms", "minutes", "held", "expected"),
    [
        pytest.param(PriceTerms("free"), 60, (), (0, Reason.FREE), id="free"),
        pytest.param(PriceTerms("session", 3000), 120, (), (3000, Reason.SESSION), id="flat"),
        pytest.param(PriceTerms("hourly", 2500), 50, (), (2083, Reason.HOURLY), id="part of hour"),
        pytest.param(FIVE, 60, (), (10_000, Reason.BOUGHT), id="first session buys"),
        pytest.param(FIVE, 60, (Left(1),), (0, Reason.USED), id="last session of the pack"),
        pytest.param(FIVE, 60, (Left(0),), (10_000, Reason.BOUGHT), id="pack used up"),
        pytest.param(TEN_HOURS, 60, (), (3000, Reason.SINGLE), id="alone"),
        pytest.param(TEN_HOURS, 60, (Left(None, 20),), (2000, Reason.PART_USED), id="20 of 60 min"),
        pytest.param(TEN_HOURS, 60, (Left(None, 20), Left(None, 40)), (0, Reason.USED), id="two"),
        pytest.param(YEAR, 240, (Left(),), (0, Reason.USED), id="subscription"),
        pytest.param(
            PriceTerms("hourly", 2400), 60, (Left(None, 30),), (1200, Reason.PART_USED),
            id="an old pack pays half of an hourly session",
        ),
    ],
)  # fmt: skip
def test_session_price(terms, minutes, held, expected):
    priced = session_price(terms, minutes=minutes, held=held)
    assert (priced.cents, priced.reason) == expected


def test_session_price_takes_the_package_when_asked():
    priced = session_price(TEN_HOURS, minutes=60, take_package=True)
    assert (priced.cents, priced.buys, priced.first_minutes) == (20_000, True, 60)


def test_session_price_asks_a_band_its_own_amount():
    terms = PriceTerms("hourly", 3000, bands=[Band("QF under 600", 600)])
    assert session_price(terms, minutes=90, band="QF under 600").cents == 900
    with pytest.raises(ValueError, match="no band"):
        session_price(terms, minutes=90, band="other")


@pytest.mark.parametrize(
    ("terms", "minutes"), [(PriceTerms("monthly"), 60), (FIVE, 0), (PriceTerms("hourly", -1), 60)]
)
def test_session_price_refuses_what_is_out_of_range(terms, minutes):
    with pytest.raises(ValueError, match=r"unknown price|lasts some minutes|negative"):
        session_price(terms, minutes=minutes)


def test_cost_of_an_hour_follows_the_length():
    assert cost_of(2400, kind="hourly", minutes=45) == 1800
    assert cost_of(2400, kind="session", minutes=45) == 2400
    with pytest.raises(ValueError, match="out of range"):
        cost_of(-1, kind="session", minutes=60)


@st.composite
def rules(draw):
    kind = draw(st.sampled_from(KINDS))
    amount = 0 if kind == "free" else draw(st.integers(0, 50_000))
    by_sessions = kind == "pack" and draw(st.booleans())
    return PriceTerms(
        kind,
        amount,
        single_cents=draw(st.none() | st.integers(0, 9_000)) if kind in PACKAGES else None,
        sessions=draw(st.integers(1, 20)) if by_sessions else None,
        minutes=draw(st.integers(1, 1200)) if kind == "pack" and not by_sessions else None,
        valid_days=90 if kind in PACKAGES else None,
        bands=[] if kind == "free" else [Band("low", draw(st.integers(0, amount or 1)))],
    )


LEFT = st.lists(
    st.builds(Left, st.none(), st.integers(0, 90)) | st.builds(Left, st.integers(0, 3)), max_size=3
)
PAYERS = st.lists(
    st.tuples(st.fractions(0, 1, max_denominator=100), st.none() | st.integers(0, 9_000)),
    max_size=4,
)


@given(rules(), st.integers(1, 480), LEFT, st.booleans(), st.booleans())
def test_session_price_is_never_negative_and_takes_no_more_than_is_left(
    terms, minutes, held, take, low
):
    band = "low" if low and terms.bands else ""
    priced = session_price(terms, minutes=minutes, band=band, held=held, take_package=take)
    assert (
        0
        <= priced.cents
        <= max(terms.amount_cents, terms.single_cents or 0) * max(1, -(-minutes // 60))
    )
    assert 0 <= priced.from_package <= minutes
    assert priced.from_package + priced.first_minutes <= minutes
    if priced.reason == Reason.USED:
        assert (priced.cents, priced.from_package) == (0, minutes)


@given(rules(), st.integers(1, 480), LEFT, PAYERS, st.integers(0, 60_000), st.booleans())
def test_shares_add_up_to_the_price_for_every_price_rule_and_payer_order(
    terms, minutes, held, asked, voucher, voucher_first
):
    cents = session_price(terms, minutes=minutes, held=held).cents
    payers = [ThirdParty(str(rank), rate, cap) for rank, (rate, cap) in enumerate(asked)]
    employer = ThirdParty("employer", Fraction(min(minutes, 30), minutes))
    split = split_price(
        price_cents=cents,
        voucher_cents=voucher,
        third_parties=[*payers, employer],
        voucher_first=voucher_first,
    )
    assert split.price_cents == cents
    assert split.voucher_cents <= voucher
    assert min(split.person_cents, *split.third_parties.values()) >= 0
    for payer in payers:
        assert payer.cap_cents is None or split.third_parties[payer.key] <= payer.cap_cents
