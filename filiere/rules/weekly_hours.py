"""A week of opening hours as people type it, and as the national standard writes it.

Seven texts, Monday first, such as « 9h-12h30, 14:00-17:00 »; blank is closed. The standard's
form is the OpenStreetMap one: ``Mo-Fr 09:00-12:30,14:00-17:00; Sa 09:00-12:00; PH off``.
"""

import re
from collections.abc import Sequence

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HOLIDAYS_OFF = "PH off"
_HOUR = r"(\d{1,2})\s*(?:[h:.]\s*(\d{2})?)?"
_SPELL = re.compile(rf"{_HOUR}\s*(?:-|–|à|a|to)\s*{_HOUR}", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;/]*(?:et|and)?[\s,;/]*", re.IGNORECASE)
_RULE = re.compile(r"(Mo|Tu|We|Th|Fr|Sa|Su)(?:-(Mo|Tu|We|Th|Fr|Sa|Su))? ([\d:,-]+)")
MINUTES_A_DAY = 24 * 60


def read_day(text: str) -> tuple[str, ...]:
    """Read the open spells of one day, in order, each as ``HH:MM-HH:MM``.

    Raises:
        ValueError: something else is written, a spell ends before it begins, or two overlap.

    >>> read_day("9h-12h30, 14:00 à 17h")
    ('09:00-12:30', '14:00-17:00')
    >>> read_day(" ")
    ()
    """
    position, last, spells = 0, 0, []
    text = text.strip()
    while position < len(text):
        found = _SPELL.match(text, position)
        if found is None:
            raise ValueError(text)
        starts, ends = _minutes(found[1], found[2]), _minutes(found[3], found[4])
        if not last <= starts < ends <= MINUTES_A_DAY:
            raise ValueError(text)
        spells.append(f"{_clock(starts)}-{_clock(ends)}")
        between = _BETWEEN.match(text, found.end())
        position = between.end() if between else found.end()
        last = ends
    return tuple(spells)


def _minutes(hours: str, minutes: str | None) -> int:
    """Count the minutes since midnight; 24:00 is the end of the day."""
    if int(minutes or 0) > 59:
        raise ValueError(minutes)
    return int(hours) * 60 + int(minutes or 0)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def to_expression(week: Sequence[str], *, closed_on_holidays: bool = False) -> str:
    """Write a week as the national standard does; days that are alike are put together.

    Args:
        week: seven texts, Monday first.
        closed_on_holidays: add that public holidays are closed.

    Returns:
        Blank when no day is open: that is "not stated", never "closed".

    Raises:
        ValueError: a day cannot be read (see ``read_day``).

    >>> to_expression(["9h-12h"] * 5 + ["", ""], closed_on_holidays=True)
    'Mo-Fr 09:00-12:00; PH off'
    """
    days = [",".join(read_day(text)) for text in week]
    rules, first = [], 0
    for index in range(1, len(DAYS) + 1):
        if index < len(DAYS) and days[index] == days[first]:
            continue
        if days[first]:
            alone = index - first == 1
            name = DAYS[first] if alone else f"{DAYS[first]}-{DAYS[index - 1]}"
            rules.append(f"{name} {days[first]}")
        first = index
    if not rules:
        return ""
    return "; ".join([*rules, HOLIDAYS_OFF] if closed_on_holidays else rules)


def from_expression(expression: str) -> tuple[tuple[str, ...], bool] | None:
    """Read back seven texts, and whether holidays are closed; None when it says more than that.

    >>> from_expression("Mo-We 09:00-12:00; PH off")
    (('09:00-12:00', '09:00-12:00', '09:00-12:00', '', '', '', ''), True)
    >>> from_expression("Jan-Mar Mo 09:00-12:00") is None
    True
    """
    week, holidays_off = [""] * len(DAYS), False
    for rule in filter(None, (part.strip() for part in expression.split(";"))):
        if rule == HOLIDAYS_OFF:
            holidays_off = True
            continue
        found = _RULE.fullmatch(rule)
        if found is None:
            return None
        first = DAYS.index(found[1])
        last = DAYS.index(found[2]) if found[2] else first
        try:
            spells = ", ".join(read_day(found[3]))
        except ValueError:
            return None
        if last < first:
            return None
        week[first : last + 1] = [spells] * (last + 1 - first)
    return tuple(week), holidays_off
