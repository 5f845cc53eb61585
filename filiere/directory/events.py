"""Facts the directory tells the apps above it."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PlaceClosed:
    """A place gives help no more from this day on."""

    place_id: int
    on: date
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PlaceReopened:
    """A place that was closed gives help again."""

    place_id: int
    actor: str
    at: datetime
