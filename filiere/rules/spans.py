"""Spans of whole years between days: the same day years before or after.

Pure functions. A 29 February with no counterpart becomes 28 February, our own choice.
"""

from datetime import MAXYEAR, date


def years_after(day: date, years: int) -> date:
    """Give the same day some years later, earlier if negative.

    >>> years_after(date(2024, 2, 29), 1), years_after(date(2024, 1, 30), -3)
    (datetime.date(2025, 2, 28), datetime.date(2021, 1, 30))
    """
    try:
        return day.replace(year=min(day.year + years, MAXYEAR))
    except ValueError:
        return day.replace(year=min(day.year + years, MAXYEAR), day=28)
