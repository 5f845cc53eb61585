"""A warning before each threshold, from real figures; never a value nobody confirmed as sure."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.aid_regimes import Aid, Regime, headroom
from filiere.rules.compliance import Figure, Level, level_of, watch, watch_aid

ON = date(2025, 11, 22)


def one(figure, amount, on=ON, verified=frozenset()):
    return watch({figure: amount}, on, verified)[0]


@pytest.mark.parametrize(
    ("amount", "level", "left"),
    [
        (6_400_879, Level.FAR, 1_600_221),
        (6_400_880, Level.NEAR, 1_600_220),
        (8_001_100, Level.NEAR, 0),
        (8_001_101, Level.ABOVE, -1),
    ],
)
def test_watch_warns_at_four_fifths_of_the_threshold(amount, level, left):
    found = one(Figure.LUCRATIVE_RECEIPTS, amount)
    assert (found.level, found.left_cents, found.is_to_verify) == (level, left, False)


def test_watch_gives_the_last_value_known_of_an_unconfirmed_year_to_verify():
    found = one(Figure.LUCRATIVE_RECEIPTS, 1, date(2026, 11, 22))
    assert (found.threshold_cents, found.since, found.is_to_verify) == (
        8_001_100, date(2025, 1, 1), True,
    )  # fmt: skip
    signed = frozenset({"association.franchise_cents@2026"})
    assert not one(Figure.LUCRATIVE_RECEIPTS, 1, date(2026, 11, 22), signed).is_to_verify


@pytest.mark.parametrize("figure", list(Figure))
def test_watch_knows_every_figure(figure):
    found = one(figure, 0)
    assert (found.level, bool(found.source)) == (Level.FAR, True)


def test_watch_is_unknown_before_the_first_value():
    found = one(Figure.VAT_GOODS, 1, date(2020, 1, 1))
    assert (found.level, found.threshold_cents, found.left_cents) == (Level.UNKNOWN, None, None)


def test_watch_puts_what_is_above_first():
    found = watch({Figure.SUBSIDIES: 0, Figure.SUBSIDY_OF_ONE: 2_300_001}, ON)
    assert [one.key for one in found] == [Figure.SUBSIDY_OF_ONE, Figure.SUBSIDIES]


def test_watch_aid_is_near_its_ceiling():
    aids = [Aid(date(2025, 1, 1), 24_000_000, Regime.DE_MINIMIS, "a")]
    found = watch_aid(headroom(aids, ON, Regime.DE_MINIMIS, undertaking="a"))
    assert (found.key, found.level, found.left_cents) == (
        "de_minimis.ceiling_cents", Level.NEAR, 6_000_000,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "threshold", "warn"),
    [(-1, 1, Fraction(1)), (1, 0, Fraction(1)), (1, 1, Fraction(2))],
)
def test_level_of_refuses_what_is_out_of_range(amount, threshold, warn):
    with pytest.raises(ValueError, match="out of range"):
        level_of(amount, threshold, warn)


def test_watch_refuses_a_figure_below_zero():
    with pytest.raises(ValueError, match="below 0"):
        one(Figure.SUBSIDIES, -1)


@given(amount=st.integers(0, 10**9), more=st.integers(0, 10**9))
def test_level_of_never_goes_down_when_the_figure_grows(amount, more):
    order = [Level.FAR, Level.NEAR, Level.ABOVE]
    warn = Fraction(4, 5)
    assert order.index(level_of(amount + more, 10**8, warn)) >= order.index(
        level_of(amount, 10**8, warn)
    )
