"""The order of the places proposed to a person, and the one cause of each rank.

The order is written: what fits the request, then a free place (sooner first), then the trip,
then the price. No place pays to climb. Each rank names what decided it against its neighbour,
so that two different causes never get the same sentence.

Source: our own rule; chain of referral without capacity criticised in 2018 (C25).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from math import floor

from filiere.rules import parameters
from filiere.rules.geo import TravelMode, travel_minutes
from filiere.rules.opening import PARIS, Openness


class PriceKnown(StrEnum):
    """What a place states about its price; unknown is never read as free."""

    FREE = "free"
    CONDITIONAL = "conditional"
    PAID = "paid"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """Where the help happens."""

    ON_SITE = "on_site"
    MOBILE = "mobile"
    HOME = "home"
    REMOTE = "remote"


class Cause(StrEnum):
    """What decided a rank: ``first_*`` against the second, the others against the one before.

    ``*_but_nearer`` and ``*_but_cheaper`` say what the place still has for itself.
    """

    ONLY_ONE = "only_one"
    FIRST_ANSWERS_NEED = "first_answers_need"
    FIRST_ACCESSIBLE = "first_accessible"
    FIRST_SUITABLE_CHANNEL = "first_suitable_channel"
    FIRST_IN_WINDOW = "first_in_window"
    FIRST_SLOT_PUBLISHED = "first_slot_published"
    FIRST_SOONER = "first_sooner"
    FIRST_NEARER = "first_nearer"
    FIRST_TRIP_KNOWN = "first_trip_known"
    FIRST_CHEAPER = "first_cheaper"
    FIRST_PRICE_KNOWN = "first_price_known"
    FIRST_OPEN = "first_open"
    FIRST_NAME = "first_name"
    NEED_NOT_STATED = "need_not_stated"
    NOT_ACCESSIBLE = "not_accessible"
    ACCESS_NOT_STATED = "access_not_stated"
    UNSUITABLE_CHANNEL = "unsuitable_channel"
    LATER = "later"
    LATER_BUT_NEARER = "later_but_nearer"
    LATER_BUT_CHEAPER = "later_but_cheaper"
    AFTER_WINDOW = "after_window"
    AFTER_WINDOW_BUT_NEARER = "after_window_but_nearer"
    NO_SLOT = "no_slot"
    NO_SLOT_BUT_NEARER = "no_slot_but_nearer"
    FURTHER = "further"
    FURTHER_AND_DEARER = "further_and_dearer"
    FURTHER_BUT_CHEAPER = "further_but_cheaper"
    TRIP_UNKNOWN = "trip_unknown"
    DEARER = "dearer"
    PRICE_CONDITIONAL = "price_conditional"
    PRICE_NOT_STATED = "price_not_stated"
    CLOSED_NOW = "closed_now"
    HOURS_NOT_STATED = "hours_not_stated"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Price:
    """A price as stated; ``amount_cents`` in euro cents, None when the amount is not stated."""

    known: PriceKnown = PriceKnown.UNKNOWN
    amount_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place or offer to rank.

    ``key`` identifies it and settles ties; ``distance_km`` is in a straight line, None when the
    place or the person is not located; ``free_slot_at`` is its first free place, aware, None
    when none is published; ``accessible`` is None when not stated.
    """

    key: str
    distance_km: float | None = None
    free_slot_at: datetime | None = None
    price: Price = field(default_factory=Price)
    serves_need: bool = True
    accessible: bool | None = None
    open_state: Openness = Openness.UNKNOWN
    channel: Channel = Channel.ON_SITE


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person asked: from when to when (days included), how they come, what they need."""

    from_day: date
    until_day: date
    mode: TravelMode = TravelMode.CAR
    needs_access: bool = False
    channels: frozenset[Channel] = frozenset(Channel)
    zone: tzinfo = PARIS


@dataclass(frozen=True, slots=True)
class Ranked:
    """One ranked place: 1 for the first, its cause, and the figures of the sentence.

    ``parameters`` may hold ``other`` (key of the place compared with), ``days``, ``minutes``,
    ``km``, ``cents`` (differences, positive) and ``slot_day`` (ISO date).
    """

    candidate_key: str
    position: int
    cause: Cause
    parameters: dict[str, str | int | float]


class _Criterion(StrEnum):
    """The written order; each has one place in the key."""

    NEED = "need"
    ACCESS = "access"
    CHANNEL = "channel"
    SLOT = "slot"
    TRIP = "trip"
    PRICE = "price"
    OPEN = "open"
    NAME = "name"


_IN_WINDOW, _AFTER_WINDOW, _NO_SLOT = 0, 1, 2
_PRICES = {
    PriceKnown.FREE: 0, PriceKnown.CONDITIONAL: 1, PriceKnown.PAID: 2, PriceKnown.UNKNOWN: 4,
}  # fmt: skip
_OPENNESS = {Openness.OPEN: 0, Openness.UNKNOWN: 1, Openness.CLOSED: 2}
_NOWHERE_NEAR = 10**6


@dataclass(frozen=True, slots=True)
class _Measured:
    """A candidate with what the order compares."""

    candidate: Candidate
    minutes: int | None
    key: dict[_Criterion, tuple[int | str, ...]]


def rank(candidates: Sequence[Candidate], *, wishes: Wishes) -> list[Ranked]:
    """Order candidates and explain each rank by one cause.

    The order is total and does not depend on the order given: fit to the request (need, access,
    channel), free place (days of the window first, sooner day first; then later days; then none
    published), trip in steps of minutes, price (free, conditional, paid by amount, amount not
    stated, price not stated), open now, then the key. Publishing a free place, coming nearer or
    lowering a price never lowers a rank.

    Args:
        candidates: the places, with different keys.
        wishes: what the person asked.

    Returns:
        All candidates, the best first.

    Raises:
        ValueError: two candidates share a key, a distance is negative, or the window is empty.

    Source: our own rule; see the module.

    >>> wishes = Wishes(from_day=date(2026, 11, 23), until_day=date(2026, 11, 29))
    >>> near, far = Candidate("near", distance_km=1.0), Candidate("far", distance_km=20.0)
    >>> [(one.candidate_key, one.cause.value) for one in rank([far, near], wishes=wishes)]
    [('near', 'first_nearer'), ('far', 'further')]
    """
    if len({candidate.key for candidate in candidates}) < len(candidates):
        raise ValueError("two candidates share a key")
    if wishes.until_day < wishes.from_day:
        raise ValueError(f"the window is empty: {wishes.from_day} to {wishes.until_day}")
    ordered = sorted(
        (_measure(candidate, wishes) for candidate in candidates),
        key=lambda one: tuple(one.key[criterion] for criterion in _Criterion),
    )
    ranked = []
    for index, one in enumerate(ordered):
        if index == 0:
            cause, figures = _why_first(ordered)
        else:
            cause, figures = _why_after(ordered[index - 1], one)
        if one.candidate.free_slot_at:
            figures["slot_day"] = _slot_day(one.candidate.free_slot_at, wishes).isoformat()
        ranked.append(Ranked(one.candidate.key, index + 1, cause, figures))
    return ranked


def _slot_day(at: datetime, wishes: Wishes) -> date:
    """Give the day of a slot in the legal time of the request."""
    return at.astimezone(wishes.zone).date()


def _measure(candidate: Candidate, wishes: Wishes) -> _Measured:
    """Compute what the order compares."""
    comes_to_person = candidate.channel in (Channel.REMOTE, Channel.HOME)
    minutes = None
    if comes_to_person:
        minutes = 0
    elif candidate.distance_km is not None:
        minutes = travel_minutes(candidate.distance_km, mode=wishes.mode, on=wishes.from_day)
    step = parameters.whole("ranking.trip_step_minutes", wishes.from_day)
    access = {True: 0, None: 1, False: 2}[candidate.accessible] if wishes.needs_access else 0
    amount = candidate.price.amount_cents
    price = _PRICES[candidate.price.known]
    if price == _PRICES[PriceKnown.PAID] and amount is None:
        price += 1
    return _Measured(
        candidate,
        minutes,
        {
            _Criterion.NEED: (0 if candidate.serves_need else 1,),
            _Criterion.ACCESS: (access,),
            _Criterion.CHANNEL: (0 if candidate.channel in wishes.channels else 1,),
            _Criterion.SLOT: _slot_key(candidate, wishes),
            _Criterion.TRIP: (_NOWHERE_NEAR if minutes is None else floor(minutes / step),),
            _Criterion.PRICE: (price, amount or 0),
            _Criterion.OPEN: (_OPENNESS[candidate.open_state],),
            _Criterion.NAME: (candidate.key,),
        },
    )


def _slot_key(candidate: Candidate, wishes: Wishes) -> tuple[int, int]:
    """Place the first free slot: tier, then day."""
    if candidate.free_slot_at is None:
        return _NO_SLOT, 0
    day = _slot_day(candidate.free_slot_at, wishes)
    tier = _IN_WINDOW if day <= wishes.until_day else _AFTER_WINDOW
    return tier, max(day, wishes.from_day).toordinal()


def _decider(first: _Measured, second: _Measured) -> _Criterion:
    """Find the first criterion on which two candidates differ."""
    return next(
        criterion for criterion in _Criterion if first.key[criterion] != second.key[criterion]
    )


def _why_first(ordered: Sequence[_Measured]) -> tuple[Cause, dict[str, str | int | float]]:
    """Say what put the first before the second."""
    if len(ordered) == 1:
        return Cause.ONLY_ONE, {}
    first, second = ordered[0], ordered[1]
    decider = _decider(first, second)
    simple = {
        _Criterion.NEED: Cause.FIRST_ANSWERS_NEED,
        _Criterion.ACCESS: Cause.FIRST_ACCESSIBLE,
        _Criterion.CHANNEL: Cause.FIRST_SUITABLE_CHANNEL,
        _Criterion.OPEN: Cause.FIRST_OPEN,
        _Criterion.NAME: Cause.FIRST_NAME,
    }
    if decider in simple:
        cause = simple[decider]
    elif decider is _Criterion.SLOT:
        cause = {
            (_IN_WINDOW, _AFTER_WINDOW): Cause.FIRST_IN_WINDOW,
            (_IN_WINDOW, _NO_SLOT): Cause.FIRST_SLOT_PUBLISHED,
            (_AFTER_WINDOW, _NO_SLOT): Cause.FIRST_SLOT_PUBLISHED,
        }.get((_tier(first), _tier(second)), Cause.FIRST_SOONER)
    elif decider is _Criterion.TRIP:
        cause = Cause.FIRST_TRIP_KNOWN if second.minutes is None else Cause.FIRST_NEARER
    else:
        unknown = second.candidate.price.known is PriceKnown.UNKNOWN
        cause = Cause.FIRST_PRICE_KNOWN if unknown else Cause.FIRST_CHEAPER
    return cause, _figures(first, second)


def _why_after(before: _Measured, one: _Measured) -> tuple[Cause, dict[str, str | int | float]]:
    """Say what put a candidate after the one before it."""
    decider = _decider(before, one)
    nearer = one.key[_Criterion.TRIP] < before.key[_Criterion.TRIP]
    cheaper = one.key[_Criterion.PRICE] < before.key[_Criterion.PRICE]
    if decider is _Criterion.SLOT:
        cause = _why_later(before, one, nearer=nearer, cheaper=cheaper)
    elif decider is _Criterion.TRIP:
        dearer = before.key[_Criterion.PRICE] < one.key[_Criterion.PRICE]
        cause = Cause.FURTHER_BUT_CHEAPER if cheaper else Cause.FURTHER
        if dearer and one.candidate.price.known is PriceKnown.PAID:
            cause = Cause.FURTHER_AND_DEARER
        if one.minutes is None:
            cause = Cause.TRIP_UNKNOWN
    else:
        cause = _why_other(decider, one)
    return cause, _figures(one, before)


def _why_later(before: _Measured, one: _Measured, *, nearer: bool, cheaper: bool) -> Cause:
    """Name a rank decided by the free place."""
    if _tier(one) == _NO_SLOT:
        return Cause.NO_SLOT_BUT_NEARER if nearer else Cause.NO_SLOT
    if _tier(one) == _AFTER_WINDOW and _tier(before) == _IN_WINDOW:
        return Cause.AFTER_WINDOW_BUT_NEARER if nearer else Cause.AFTER_WINDOW
    if nearer:
        return Cause.LATER_BUT_NEARER
    return Cause.LATER_BUT_CHEAPER if cheaper else Cause.LATER


def _why_other(decider: _Criterion, one: _Measured) -> Cause:
    """Name a rank decided by fit, price, opening or name."""
    candidate = one.candidate
    if decider is _Criterion.ACCESS:
        return Cause.ACCESS_NOT_STATED if candidate.accessible is None else Cause.NOT_ACCESSIBLE
    if decider is _Criterion.PRICE:
        return {
            PriceKnown.CONDITIONAL: Cause.PRICE_CONDITIONAL,
            PriceKnown.UNKNOWN: Cause.PRICE_NOT_STATED,
        }.get(candidate.price.known, Cause.DEARER)
    if decider is _Criterion.OPEN:
        unknown = candidate.open_state is Openness.UNKNOWN
        return Cause.HOURS_NOT_STATED if unknown else Cause.CLOSED_NOW
    return {
        _Criterion.NEED: Cause.NEED_NOT_STATED,
        _Criterion.CHANNEL: Cause.UNSUITABLE_CHANNEL,
    }.get(decider, Cause.SAME)


def _tier(one: _Measured) -> int:
    """Give the tier of the first free slot."""
    return int(one.key[_Criterion.SLOT][0])


def _figures(one: _Measured, other: _Measured) -> dict[str, str | int | float]:
    """Give the differences with the other candidate, positive, only where both are known."""
    figures: dict[str, str | int | float] = {"other": other.candidate.key}
    if _tier(one) != _NO_SLOT and _tier(other) != _NO_SLOT:
        gap = int(one.key[_Criterion.SLOT][1]) - int(other.key[_Criterion.SLOT][1])
        figures["days"] = abs(gap)
    if one.minutes is not None and other.minutes is not None:
        figures["minutes"] = abs(one.minutes - other.minutes)
    here, there = one.candidate.distance_km, other.candidate.distance_km
    if here is not None and there is not None:
        figures["km"] = round(abs(here - there), 1)
    if (mine := _amount(one)) is not None and (theirs := _amount(other)) is not None:
        figures["cents"] = abs(mine - theirs)
    return figures


def _amount(one: _Measured) -> int | None:
    """Give the amount a person would pay, in euro cents, when it is stated."""
    price = one.candidate.price
    return 0 if price.known is PriceKnown.FREE else price.amount_cents
