"""Days and months in legal French time: the day a moment falls on, the same day months later."""

import calendar
from datetime import date, datetime, time, timedelta

from django.utils import timezone


def legal_day(at: datetime) -> date:
    """Give the calendar day of a moment in legal French time, whatever zone it is written in.

    Args:
        at: a time-zone aware moment.
    """
    return timezone.localdate(at, timezone=timezone.get_default_timezone())


def bounds_of_day(day: date) -> tuple[datetime, datetime]:
    """Give the first moment of a legal day and of the next: 23, 24 or 25 hours apart."""
    zone = timezone.get_default_timezone()
    return (
        datetime.combine(day, time.min, tzinfo=zone),
        datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone),
    )


def add_months(day: date, months: int) -> date:
    """Give the same day of the month, ``months`` later (earlier if negative).

    A day the month does not have becomes its last: 31 August + 6 months is 28 or 29 February.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
