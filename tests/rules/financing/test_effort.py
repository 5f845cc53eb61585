from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.financing.effort import (
    File,
    compare_pooling,
    effort_of,
    fragmentation_of,
)


def test_effort_counts_the_hours_of_refused_and_unanswered_files():
    found = effort_of(
        [File("a", 1200, 20_000_00, 10_000_00), File("b", 600, 10_000_00, 0), File("c", 600, 1)]
    )

    assert (found.files, found.answered, found.granted) == (3, 2, 1)
    assert (found.minutes, found.raised_cents) == (2400, 10_000_00)
    assert found.hours_per_euro == Fraction(40, 10_000)
    assert found.success_rate == Fraction(1, 2)
    assert found.cost_share(30_00) == Fraction(12, 100)


def test_effort_that_raised_nothing_has_no_price_per_euro():
    found = effort_of([File("a", 60, 100)])

    assert (found.hours_per_euro, found.success_rate, found.cost_share(1)) == (None, None, None)
    with pytest.raises(ValueError, match="not negative"):
        File("a", -1, 100)


def test_section_3_5_twenty_grants_of_nine_thousand_euros():
    found = fragmentation_of([(f"f{rank}", 9_000_00) for rank in range(20)])

    assert (found.funders, found.grants, found.median_cents) == (20, 20, 9_000_00)
    assert (found.largest_share, found.as_many_equal) == (Fraction(1, 20), 20)


def test_fragmentation_counts_a_funder_once_and_says_what_depends_on_it():
    found = fragmentation_of([("a", 60), ("a", 20), ("b", 20)])

    assert (found.funders, found.grants, found.median_cents) == (2, 3, 20)
    assert found.largest_share == Fraction(4, 5)
    assert found.as_many_equal == Fraction(10_000, 6_800)
    assert fragmentation_of([]) is None
    with pytest.raises(ValueError, match="above zero"):
        fragmentation_of([("a", 0)])


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 10**9)), min_size=1))
def test_fragmentation_lies_between_one_funder_and_as_many_as_there_are(grants):
    found = fragmentation_of(grants)

    assert 1 <= found.as_many_equal <= found.funders
    assert Fraction(1, found.funders) <= found.largest_share <= 1


def test_compare_pooling_says_what_is_spared_and_from_how_many_members():
    towns = {f"m{rank}": 900 for rank in range(7)}
    found = compare_pooling(
        alone_minutes=towns, common_minutes=1500, own_minutes=150, files=2, hour_cents=40_00
    )

    assert (found.alone_minutes, found.pooled_minutes) == (12_600, 5_100)
    assert (found.spared_minutes, found.spared_cents) == (7_500, 5_000_00)
    assert found.members_needed == 2


def test_compare_pooling_says_when_it_never_pays():
    found = compare_pooling(
        alone_minutes={"a": 60, "b": 60}, common_minutes=1, own_minutes=60, files=1, hour_cents=0
    )

    assert (found.spared_minutes, found.members_needed) == (-1, None)
    with pytest.raises(ValueError, match="at least one member"):
        compare_pooling(alone_minutes={}, common_minutes=1, own_minutes=1, files=1, hour_cents=1)
