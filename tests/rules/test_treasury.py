"""Lending treasury between associations: dates, length, links (R13)."""

from dataclasses import replace
from datetime import date

import pytest

from filiere.rules.parameters import all_parameters
from filiere.rules.treasury import Advance, Link, Obstacle, Operation, obstacles

DAY = date(2026, 11, 22)
FAIR = Advance(date(2020, 1, 1), DAY, date(2027, 11, 21), Link.SAME_UNION)


def test_r13_a_loan_within_one_union_may_be_made():
    assert obstacles(FAIR) == ()


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        ({"lender_declared_on": date(2023, 11, 23)}, "lender_too_young"),
        ({"due_on": date(2028, 11, 22)}, "too_long"),
        ({"link": Link.NONE}, "no_link"),
        ({"has_interest": True}, "interest"),
        ({"from_long_term": False}, "short_resources"),
    ],
)
def test_r13_every_condition_is_needed(change, obstacle):
    assert obstacles(replace(FAIR, **change)) == (Obstacle(obstacle),)


def test_r13_three_years_to_the_day_and_strictly_less_than_two_years():
    assert obstacles(replace(FAIR, lender_declared_on=date(2023, 11, 22))) == ()
    assert obstacles(replace(FAIR, due_on=date(2028, 11, 21))) == ()


@pytest.mark.parametrize("link", [Link.SAME_GROUP, Link.CLOSE_RELATIONS])
def test_r13_the_widening_of_15_april_2024(link):
    before = Advance(date(2020, 1, 1), date(2024, 4, 14), date(2025, 1, 1), link)
    assert obstacles(before) == (Obstacle.NO_LINK,)
    assert obstacles(replace(before, lent_on=date(2024, 4, 15))) == ()


def test_r13_a_common_treasury_exists_since_2024_and_has_no_length():
    pooled = replace(FAIR, operation=Operation.POOLING, due_on=date(2036, 1, 1))
    assert obstacles(pooled) == ()
    early = replace(pooled, lent_on=date(2024, 4, 14))
    assert obstacles(early) == (Obstacle.NO_POOLING,)


def test_r13_nothing_before_the_law_of_2021():
    early = replace(FAIR, lent_on=date(2021, 6, 30), due_on=date(2022, 1, 1))
    assert obstacles(early) == (Obstacle.TOO_EARLY,)


def test_r13_all_that_is_against_is_named():
    advance = Advance(DAY, DAY, date(2030, 1, 1), Link.NONE, has_interest=True)
    assert [str(one) for one in obstacles(advance)] == [
        "lender_too_young", "no_link", "interest", "too_long",
    ]  # fmt: skip


def test_the_figures_of_treasury_are_the_published_ones():
    known = {key: all_parameters()[key].values for key in all_parameters() if "treasury." in key}
    assert known == {
        "treasury.lender_years": ((date(2021, 7, 1), 3),),
        "treasury.loan_years": ((date(2021, 7, 1), 2),),
        "treasury.wider_links": ((date(2024, 4, 15), 1),),
    }


def test_an_advance_is_not_due_before_it_is_lent():
    with pytest.raises(ValueError, match="due on 2026-11-21, before 2026-11-22"):
        obstacles(replace(FAIR, due_on=date(2026, 11, 21)))
