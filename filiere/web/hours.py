"""Opening hours of a coming week, day by day, from what the place wrote."""

import datetime as dt

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from filiere.kernel.calendar import bounds_of_day
from filiere.rules.opening import Openness, is_open
from filiere.web.formats import hour_words

MOST_CHANGES = 12


def hours_words(expression: str, first: dt.date) -> list[tuple[str, str]]:
    """Say the hours of the seven days from a day on; nothing when they are not stated.

    Args:
        expression: opening hours of the national standard; may be blank or unreadable.
        first: first of the seven days.
    """
    start, _end = bounds_of_day(first)
    if is_open(expression, start).openness is Openness.UNKNOWN:
        return []
    week = []
    for offset in range(7):
        day = first + dt.timedelta(days=offset)
        opens, closes = bounds_of_day(day)
        week.append((str(WEEKDAYS[day.weekday()]), _day_words(expression, opens, closes)))
    return week


def _day_words(expression: str, opens: dt.datetime, closes: dt.datetime) -> str:
    """Say the open spells of one day."""
    spells, moment = [], opens
    for _change in range(MOST_CHANGES):
        state = is_open(expression, moment)
        end = min(state.next_change_at or closes, closes)
        if state.openness is Openness.OPEN:
            spells.append(
                _("%(from)s to %(until)s") % {"from": hour_words(moment), "until": hour_words(end)}
            )
        if end >= closes:
            break
        moment = end
    return ", ".join(spells) or _("Closed")
