"""What the finder asks and answers: moments, the trip, one place, the whole finding."""

from dataclasses import dataclass
from datetime import date, datetime, time

from filiere.orientation.models import UnmetCause
from filiere.rules.geo import TravelMode
from filiere.rules.opening import UNKNOWN, OpenState
from filiere.rules.ranking import Channel, Price
from filiere.territories.models import Territory

NOT_STATED = Price()


@dataclass(frozen=True, slots=True)
class Moments:
    """When in the day and the week the person is free; blank means at any time."""

    hours: tuple[time, time] | None = None
    weekdays: tuple[int, ...] = ()


ANY_TIME = Moments()


@dataclass(frozen=True, slots=True)
class Trip:
    """How the person comes, on which day, from where, the access they need, free until when.

    ``centre`` is a latitude and a longitude, in degrees; None when the commune is not located.
    """

    mode: TravelMode
    on: date
    access: frozenset[str]
    centre: tuple[float, float] | None
    end: datetime


@dataclass(frozen=True, slots=True)
class Option:
    """One place that helps with the need, with what a person wants to know before going.

    ``distance_km`` is in a straight line and ``minutes`` an estimate, both None when the place or
    the commune is not located. ``slot_id`` is its first free slot, None when none is published.
    ``price.amount_cents`` is what one session costs, in euro cents, None when not stated.
    """

    offer_id: int
    place_id: int
    place_name: str
    folded: str
    service: str
    address: str
    postcode: str
    commune_name: str
    phone: str
    booking_url: str
    opening_hours: str
    latitude: float | None
    longitude: float | None
    distance_km: float | None
    is_invented: bool
    fee: str
    modes: tuple[str, ...] = ()
    special_care: tuple[str, ...] = ()
    accessible: bool | None = None
    minutes: int | None = None
    slot_id: int | None = None
    slot_starts_at: datetime | None = None
    slot_ends_at: datetime | None = None
    free_seats: int = 0
    in_window: bool = False
    price: Price = NOT_STATED
    open_state: OpenState = UNKNOWN
    with_name: str = ""
    with_profession: str = ""
    position: int = 0
    why: str = ""
    figures: tuple[tuple[str, str | int | float], ...] = ()

    @property
    def key(self) -> str:
        """Identify the option; ties are settled by the name of the place."""
        return f"{self.folded}:{self.place_id}"

    @property
    def channel(self) -> Channel:
        """Where the help happens: remote only when nothing else is stated."""
        return Channel.REMOTE if set(self.modes) == {"remote"} else Channel.ON_SITE


@dataclass(frozen=True, slots=True)
class Finding:
    """What the finder answers.

    ``with_seats`` counts the places within reach that have a free seat in the window and
    ``total_places`` all those within reach that help with the need. ``reason_if_none`` is set
    when no seat is free within reach in the window; ``soonest_elsewhere`` is then the soonest
    seat further away or later, if there is one.
    """

    commune: Territory
    options: list[Option]
    total_places: int
    with_seats: int
    reason_if_none: UnmetCause | None
    soonest_elsewhere: Option | None
    reach_km: float
