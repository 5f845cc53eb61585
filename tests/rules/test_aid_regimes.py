"""R5: what an undertaking may still receive, day to day; the register."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules import parameters
from filiere.rules.aid_regimes import (
    REGISTER_FIELDS,
    Aid,
    Regime,
    first_day,
    fiscal_year_start,
    headroom,
    register_rows,
    single_undertaking,
)
from filiere.rules.spans import years_after

MINIMIS, SGEI = Regime.DE_MINIMIS, Regime.SGEI
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def aid(granted_on, euros, regime=MINIMIS, undertaking="a"):
    return Aid(granted_on, euros * 100, regime, undertaking)


@pytest.mark.parametrize(
    ("regime", "on", "euros", "rolling"),
    [
        (MINIMIS, date(2014, 1, 1), 200_000, 0),
        (MINIMIS, date(2023, 12, 31), 200_000, 0),
        (MINIMIS, date(2024, 1, 1), 300_000, 1),
        (MINIMIS, date(2030, 12, 31), 300_000, 1),
        (SGEI, date(2023, 12, 31), 500_000, 0),
        (SGEI, date(2024, 1, 1), 750_000, 1),
        (SGEI, date(2030, 12, 31), 750_000, 1),
    ],
)
def test_r5_table_of_regimes(regime, on, euros, rolling):
    found = headroom([], on, regime, undertaking="a")
    assert (found.ceiling_cents, found.free_cents) == (euros * 100, euros * 100)
    assert found.is_rolling is bool(rolling)
    assert parameters.whole(f"{regime}.window_years", on) == 3


@pytest.mark.parametrize("regime", list(Regime))
def test_r5_nothing_is_known_after_2030(regime):
    with pytest.raises(parameters.ParameterNotInForce):
        headroom([], date(2031, 1, 1), regime, undertaking="a")


def test_r5_published_example_of_30_january_2024():
    on = date(2024, 1, 30)
    given_before = [
        aid(date(2021, 1, 30), 1), aid(date(2021, 1, 31), 2), aid(date(2022, 6, 1), 4),
        aid(date(2024, 1, 30), 8), aid(date(2024, 1, 31), 16),
    ]  # fmt: skip
    found = headroom(given_before, on, MINIMIS, undertaking="a")
    assert (found.first_day, found.used_cents) == (date(2021, 1, 31), 1_400)


def test_r5_rolling_window_is_not_the_fiscal_years():
    early_2021 = aid(date(2021, 2, 1), 100_000)
    old = headroom([early_2021], date(2023, 12, 31), MINIMIS, undertaking="a")
    new = headroom([early_2021], date(2024, 1, 30), MINIMIS, undertaking="a")
    later = headroom([early_2021], date(2024, 2, 1), MINIMIS, undertaking="a")
    assert [one.used_cents for one in (old, new, later)] == [10_000_000, 10_000_000, 0]
    assert old.first_day == date(2021, 1, 1)


def test_r5_fiscal_years_of_the_older_rule_follow_the_body_s_own_year():
    found = first_day(date(2023, 3, 1), MINIMIS, (8, 31))
    assert found == date(2020, 9, 1)
    assert fiscal_year_start(date(2024, 2, 29), (2, 28)) == date(2023, 3, 1)
    assert fiscal_year_start(date(2024, 3, 1), (2, 28)) == date(2024, 3, 1)


@pytest.mark.parametrize(("euros", "allowed"), [(100_000, True), (100_001, False)])
def test_r5_ceiling_is_exact(euros, allowed):
    found = headroom([aid(date(2025, 1, 1), 200_000)], date(2026, 1, 1), MINIMIS, undertaking="a")
    assert (found.allows(euros * 100), found.free_cents) == (allowed, 10_000_000)


def test_r5_linked_bodies_count_as_one_undertaking():
    aids = [aid(date(2025, 1, 1), 200_000), aid(date(2025, 1, 1), 90_000, undertaking="b")]
    on = date(2026, 1, 1)
    alone = headroom(aids, on, MINIMIS, undertaking="a")
    together = headroom(aids, on, MINIMIS, undertaking="a", linked=frozenset({"b"}))
    assert (alone.free_cents, together.free_cents) == (10_000_000, 1_000_000)


def test_r5_sgei_counts_linked_bodies_since_2024_only():
    linked = frozenset({"b"})
    old = [aid(date(2023, 5, 1), 100, SGEI, "b")]
    before = headroom(old, date(2023, 12, 31), SGEI, undertaking="a", linked=linked)
    after = headroom(old, date(2024, 1, 1), SGEI, undertaking="a", linked=linked)
    assert (before.used_cents, after.used_cents) == (0, 10_000)


def test_r5_each_regime_is_counted_apart():
    aids = [aid(date(2025, 1, 1), 300_000), aid(date(2025, 1, 1), 5, SGEI)]
    on = date(2026, 1, 1)
    assert headroom(aids, on, MINIMIS, undertaking="a").free_cents == 0
    assert headroom(aids, on, SGEI, undertaking="a").used_cents == 500


def test_headroom_already_passed_is_zero_and_a_negative_aid_is_refused():
    over = headroom([aid(date(2025, 1, 1), 300_001)], date(2026, 1, 1), MINIMIS, undertaking="a")
    assert (over.free_cents, over.allows(0)) == (0, False)
    with pytest.raises(ValueError, match="below 0"):
        headroom([aid(date(2025, 1, 1), -1)], date(2026, 1, 1), MINIMIS, undertaking="a")


def test_single_undertaking_follows_chains_both_ways():
    links = [("parent", "a"), ("parent", "b"), ("b", "c"), ("x", "y")]
    assert single_undertaking("a", links) == {"parent", "b", "c"}
    assert single_undertaking("z", links) == frozenset()


def test_r5_register_holds_aid_given_from_2026():
    aids = [
        aid(date(2026, 5, 2), 10), aid(date(2025, 12, 31), 20), aid(date(2026, 1, 1), 30, SGEI),
        aid(date(2027, 1, 1), 40),
    ]  # fmt: skip
    rows = register_rows(aids, date(2026, 11, 22))
    assert [(row[1], row[2], row[-1]) for row in rows] == [
        ("30.00", "2026-01-01", "2023/2832"),
        ("10.00", "2026-05-02", "2023/2831"),
    ]
    assert {len(row) for row in rows} == {len(REGISTER_FIELDS)}


@given(
    aids=st.lists(st.tuples(DAYS, st.integers(0, 400_000)), max_size=12),
    on=DAYS,
    new=st.integers(0, 400_000),
)
def test_headroom_adds_up_and_forgets_nothing_within_three_years(aids, on, new):
    given_before = [aid(day, euros) for day, euros in aids]
    found = headroom(given_before, on, MINIMIS, undertaking="a")
    start = years_after(on, -3)
    expected = sum(euros * 100 for day, euros in aids if start < day <= on)
    assert found.used_cents == expected
    assert found.allows(new * 100) == (expected + new * 100 <= 30_000_000)
    assert found.free_cents == max(0, 30_000_000 - expected)


@given(on=DAYS)
def test_first_day_moves_day_by_day(on):
    step = first_day(on + timedelta(days=1), MINIMIS) if on < date(2030, 12, 31) else None
    if step is not None:
        assert timedelta(0) <= step - first_day(on, MINIMIS) <= timedelta(days=2)
