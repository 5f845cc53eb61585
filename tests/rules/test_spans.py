"""The same day, years before or after."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.spans import years_after


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2024, 1, 30), -3, date(2021, 1, 30)),
        (date(9998, 5, 1), 5, date(9999, 5, 1)),
    ],
)
def test_years_after(day, years, expected):
    assert years_after(day, years) == expected


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-10, 10))
def test_years_after_keeps_the_month_and_comes_back_to_a_day_at_most_away(day, years):
    there = years_after(day, years)
    assert (there.year, there.month) == (day.year + years, day.month)
    assert abs((years_after(there, -years) - day).days) <= 1
