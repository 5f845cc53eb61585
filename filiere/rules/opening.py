"""Opening hours as OpenStreetMap and the national standard write them.

What is blank or cannot be understood is « unknown », never open and never closed.

Source: OpenStreetMap opening_hours specification, parsed by opening-hours-py; French public
holidays from the same library.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

# ParserError exists but is missing from the library's own type stub (1.x).
from opening_hours import (  # type: ignore[attr-defined,unused-ignore]
    OpeningHours,
    ParserError,
    State,
)

PARIS = ZoneInfo("Europe/Paris")


class Openness(StrEnum):
    """Whether a place is open at a moment."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OpenState:
    """Openness at a moment, and when it next changes.

    ``next_change_at`` is aware, in the place's time zone: end of the opening when open, next
    opening when closed; None when unknown or when nothing changes within a year.
    """

    openness: Openness
    next_change_at: datetime | None = None


UNKNOWN = OpenState(Openness.UNKNOWN)


@lru_cache(maxsize=8192)
def _parsed(expression: str) -> OpeningHours | None:
    """Parse an expression once; None when it is blank or not understood."""
    if not expression.strip():
        return None
    try:
        return OpeningHours(expression, country="FR", max_interval_days=366)
    except ParserError:
        return None


def is_readable(expression: str) -> bool:
    """Say whether an expression is understood; a blank one is not.

    Source: OpenStreetMap opening_hours specification.

    >>> is_readable("Mo-Fr 09:00-12:00,14:00-18:00"), is_readable("le matin")
    (True, False)
    """
    return _parsed(expression) is not None


def is_open(expression: str, at: datetime, zone: tzinfo = PARIS) -> OpenState:
    """Say whether a place is open at a moment, and when that changes.

    Args:
        expression: opening hours, such as ``Mo-Fr 09:00-12:00``; may be blank.
        at: the moment, aware.
        zone: legal time where the place is.

    Returns:
        The state; unknown when the expression is blank, not understood or says so itself.

    Raises:
        ValueError: ``at`` is not aware.

    Source: OpenStreetMap opening_hours specification; a public holiday only closes a place
    whose expression says ``PH off``.

    >>> at = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)
    >>> state = is_open("Mo-Fr 09:00-12:00", at)
    >>> state.openness.value, state.next_change_at.hour
    ('open', 12)
    """
    if at.tzinfo is None:
        raise ValueError(f"at is not aware: {at}")
    hours = _parsed(expression)
    if hours is None:
        return UNKNOWN
    local = at.astimezone(zone).replace(tzinfo=None)
    state, _ = hours.state(local)
    if state not in (State.OPEN, State.CLOSED):
        return UNKNOWN
    change = hours.next_change(local)
    openness = Openness.OPEN if state == State.OPEN else Openness.CLOSED
    return OpenState(openness, change.replace(tzinfo=zone) if change else None)
