"""The price of one session for one person: the place's price rule, bracket and package.

Pure functions: no database, no clock. Money is integer euro cents; lengths are minutes.

Source: Stratégie nationale pour un numérique inclusif (2018): places bill by the hour or by
subscription, and some people pay more so that others pay less. Roundings are our own choice: a
part of an hour, or of a session, is rounded down to the cent, in the person's favour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MINUTES_PER_HOUR = 60
FREE, SESSION, HOURLY, PACK, SUBSCRIPTION = "free", "session", "hourly", "pack", "subscription"
KINDS = (FREE, SESSION, HOURLY, PACK, SUBSCRIPTION)
"""How an offer may be priced."""
PACKAGES = (PACK, SUBSCRIPTION)
"""Prices paid once for several sessions."""


class Reason(StrEnum):
    """Why a session costs what it costs; each is a sentence on the receipt."""

    FREE = "free"
    SESSION = "session"
    HOURLY = "hourly"
    SINGLE = "single"  # one session, without taking the package
    BOUGHT = "bought"  # this session buys the package
    USED = "used"  # the package had been bought before
    PART_USED = "part_used"  # the package ended within this session


@dataclass(frozen=True, slots=True)
class Band:
    """What one public, or one income bracket, pays instead of the full price, in euro cents."""

    label: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """What a place states. Amounts in euro cents.

    ``amount_cents`` is asked per session, per hour, or once for a package. ``single_cents`` is
    one session for who does not take the package; None when the package must be taken. A pack
    holds ``sessions`` or ``minutes``; a subscription holds any number while ``valid_days`` last.
    """

    kind: str
    amount_cents: int = 0
    single_cents: int | None = None
    sessions: int | None = None
    minutes: int | None = None
    valid_days: int | None = None
    bands: Sequence[Band] = ()

    @property
    def is_package(self) -> bool:
        """Whether it is paid once for several sessions."""
        return self.kind in PACKAGES

    def amount_for(self, band: str) -> int:
        """Give the amount of a band, in cents; the full amount when no band is said.

        Raises:
            ValueError: the rule has no such band.
        """
        if not band:
            return self.amount_cents
        for one in self.bands:
            if one.label == band:
                return one.amount_cents
        raise ValueError(f"no band is called {band}")


@dataclass(frozen=True, slots=True)
class Left:
    """What a bought package still holds; None in a field is without limit."""

    sessions: int | None = None
    minutes: int | None = None

    def covers(self, minutes: int) -> int:
        """Minutes of a session that the package pays, from 0 to ``minutes``."""
        if self.sessions is not None:
            return minutes if self.sessions else 0
        return minutes if self.minutes is None else min(minutes, self.minutes)


@dataclass(frozen=True, slots=True)
class Priced:
    """The price of one session, in euro cents, and why.

    ``from_package`` are the minutes that packages bought before pay; ``buys`` says that the price
    is that of a package, of which ``first_minutes`` go to this session.
    """

    cents: int
    reason: Reason
    band: str = ""
    from_package: int = 0
    buys: bool = False
    first_minutes: int = 0


def session_price(
    terms: PriceTerms,
    *,
    minutes: int,
    band: str = "",
    held: Sequence[Left] = (),
    take_package: bool = False,
) -> Priced:
    """Price one session for one person.

    Args:
        terms: what the place states on the day of the session.
        minutes: length of the session, > 0.
        band: the public or income bracket the person says to be of; blank for the full price.
        held: packages the person bought before and may use that day, in the order they are used.
        take_package: True to buy the package although a session alone has a price.

    Raises:
        ValueError: an unknown kind, no length, a negative amount, or an unknown band.

    Source: our own choice of order (packages first) and rounding (down to the cent).

    >>> session_price(PriceTerms("hourly", 2500), minutes=50).cents
    2083
    >>> ten = PriceTerms("pack", 10000, sessions=5)
    >>> session_price(ten, minutes=60).cents, session_price(ten, minutes=60, held=[Left(4)]).cents
    (10000, 0)
    """
    if terms.kind not in KINDS:
        raise ValueError(f"unknown price: {terms.kind}")
    if minutes <= 0:
        raise ValueError(f"a session lasts some minutes: {minutes}")
    amount = terms.amount_for(band)
    if min(amount, terms.single_cents or 0) < 0:
        raise ValueError(f"a price is negative: {amount}, {terms.single_cents}")
    covered = 0
    for left in held:
        covered += left.covers(minutes - covered)
    if covered and covered == minutes:
        return Priced(0, Reason.USED, from_package=covered)
    if not terms.is_package and not covered:
        return _plain(terms, amount, minutes, band)
    rest = minutes - covered
    if terms.is_package and (terms.single_cents is None or take_package):
        first = rest if terms.minutes is None else min(rest, terms.minutes)
        return Priced(amount, Reason.BOUGHT, band, covered, buys=True, first_minutes=first)
    whole = terms.single_cents if terms.is_package else _plain(terms, amount, minutes, band).cents
    return Priced(
        (whole or 0) * rest // minutes,
        Reason.PART_USED if covered else Reason.SINGLE,
        "" if terms.is_package else band,
        covered,
    )


def _plain(terms: PriceTerms, amount: int, minutes: int, band: str) -> Priced:
    if terms.kind == FREE:
        return Priced(0, Reason.FREE)
    if terms.kind == HOURLY:
        return Priced(amount * minutes // MINUTES_PER_HOUR, Reason.HOURLY, band)
    return Priced(amount, Reason.SESSION, band)


def cost_of(cost_cents: int, *, kind: str, minutes: int) -> int:
    """What one session costs a group in which some pay more so that others pay less, in cents.

    Args:
        cost_cents: what the place says it costs, per hour when priced by the hour, else per
            session, >= 0.

    >>> cost_of(2400, kind="hourly", minutes=90)
    3600
    """
    if cost_cents < 0 or minutes <= 0:
        raise ValueError(f"cost or length out of range: {cost_cents}, {minutes}")
    return cost_cents * minutes // MINUTES_PER_HOUR if kind == HOURLY else cost_cents
