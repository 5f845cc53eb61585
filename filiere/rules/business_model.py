"""Does a model hold? Three years of figures, the size from which it pays, and one funder too many.

Amounts are integer euro cents, without VAT; volumes are whole sessions. A decision aid.

Source: arithmetic on the figures given. Critical size (fixed cost over volume) and dependence after
the texts of 2018; the share from which dependence is told is our own choice,
``business_model.dependence_share``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from filiere.rules import parameters

YEARS = 3
# What a model says in words, in the order it is told.
BOXES = (
    "people", "help", "ways", "bond", "work", "means", "partners", "costs", "income",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Year:
    """What is expected of one year, all >= 0.

    Attributes:
        volume: sessions.
        price_cents: what one session brings, whoever pays it.
        session_cents: what one session costs more (travel, paper, hours paid by the session).
        fixed_cents: what the year costs whatever the volume (posts, rent, vehicle).
        grants_cents: subsidies and gifts of the year, that do not depend on the volume.
    """

    volume: int
    price_cents: int
    session_cents: int
    fixed_cents: int
    grants_cents: int = 0

    def __post_init__(self) -> None:
        """Refuse figures below zero."""
        for name in ("volume", "price_cents", "session_cents", "fixed_cents", "grants_cents"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is below 0: {getattr(self, name)}")

    @property
    def sales_cents(self) -> int:
        """What the sessions bring."""
        return self.volume * self.price_cents

    @property
    def receipts_cents(self) -> int:
        """All that comes in."""
        return self.sales_cents + self.grants_cents

    @property
    def costs_cents(self) -> int:
        """All that goes out."""
        return self.fixed_cents + self.volume * self.session_cents

    @property
    def result_cents(self) -> int:
        """What is left at the end, below 0 when it is missing."""
        return self.receipts_cents - self.costs_cents

    @property
    def cost_each_cents(self) -> int | None:
        """What one session costs in all, rounded up; None without any session."""
        return -(-self.costs_cents // self.volume) if self.volume else None

    @property
    def own_share(self) -> Fraction | None:
        """Share of the receipts that the sessions bring; None without receipts."""
        return Fraction(self.sales_cents, self.receipts_cents) if self.receipts_cents else None


@dataclass(frozen=True, slots=True)
class ForecastYear:
    """One year and what the years so far add up to."""

    number: int
    year: Year
    cumulated_cents: int


def forecast(years: Sequence[Year]) -> tuple[ForecastYear, ...]:
    """Add up the results of the years, in order.

    >>> [one.cumulated_cents for one in forecast([Year(10, 5, 1, 100), Year(50, 5, 1, 100)])]
    [-60, 40]
    """
    found, total = [], 0
    for number, year in enumerate(years, start=1):
        total += year.result_cents
        found.append(ForecastYear(number, year, total))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class CriticalSize:
    """How many sessions a year make it hold: with its grants, and by its sessions alone.

    None: no volume does, because a session brings no more than it costs.
    """

    with_grants: int | None
    alone: int | None

    def lacks(self, volume: int) -> int | None:
        """Tell how many sessions are missing with the grants; 0 when there are enough."""
        return None if self.with_grants is None else max(0, self.with_grants - volume)


def critical_size(year: Year) -> CriticalSize:
    """Give the fewest sessions for which receipts cover costs, to the cent.

    Source: fixed costs, less grants, over what one session leaves.

    >>> critical_size(Year(0, 3_000, 500, 5_000_000, 2_500_000))
    CriticalSize(with_grants=1000, alone=2000)
    >>> critical_size(Year(0, 500, 500, 1))
    CriticalSize(with_grants=None, alone=None)
    """
    return CriticalSize(
        _fewest(year.fixed_cents - year.grants_cents, year.price_cents - year.session_cents),
        _fewest(year.fixed_cents, year.price_cents - year.session_cents),
    )


def _fewest(to_cover: int, margin: int) -> int | None:
    if to_cover <= 0:
        return 0 if margin >= 0 else None
    return -(-to_cover // margin) if margin > 0 else None


@dataclass(frozen=True, slots=True)
class Dependence:
    """How much rests on the largest of those who pay.

    Attributes:
        index: sum of the squared shares, 1 when one pays all (Herfindahl).
        as_many: how many equal payers would give the same index, rounded down to hundredths.
    """

    largest: str
    largest_cents: int
    total_cents: int
    index: Fraction
    is_strong: bool

    @property
    def share(self) -> Fraction:
        """Share of the largest."""
        return Fraction(self.largest_cents, self.total_cents)

    @property
    def as_many(self) -> Fraction:
        """How many equal payers make the same index."""
        return Fraction(int(100 / self.index), 100)

    def left_without_cents(self, result_cents: int) -> int:
        """Give the result of a year that the largest would leave."""
        return result_cents - self.largest_cents


def dependence(payers: Mapping[str, int], on: date) -> Dependence | None:
    """Measure how much rests on one payer; None when nobody pays anything.

    Args:
        payers: cents by name, >= 0; who pays 0 does not count.
        on: day of the parameter.

    Raises:
        ValueError: an amount is below 0.

    >>> dependence({"Région": 60, "Ville": 40}, date(2026, 11, 22)).index
    Fraction(13, 25)
    """
    if any(cents < 0 for cents in payers.values()):
        raise ValueError("nobody pays less than 0")
    total = sum(payers.values())
    if not total:
        return None
    largest = min(payers, key=lambda name: (-payers[name], name))
    share = Fraction(payers[largest], total)
    return Dependence(
        largest=largest,
        largest_cents=payers[largest],
        total_cents=total,
        index=sum((Fraction(cents, total) ** 2 for cents in payers.values()), Fraction(0)),
        is_strong=share > parameters.ratio("business_model.dependence_share", on),
    )


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a model amounts to; ``size`` is that of the first year, None without any."""

    years: tuple[ForecastYear, ...]
    size: CriticalSize | None
    rests_on: Dependence | None

    @property
    def left_cents(self) -> int | None:
        """The result of the first year if the largest payer left; None when either lacks."""
        if self.rests_on is None or not self.years:
            return None
        return self.rests_on.left_without_cents(self.years[0].year.result_cents)


def diagnose(years: Sequence[Year], payers: Mapping[str, int], on: date) -> Diagnosis:
    """Work out a model on a day; see ``forecast``, ``critical_size`` and ``dependence``."""
    return Diagnosis(
        years=forecast(years),
        size=critical_size(years[0]) if years else None,
        rests_on=dependence(payers, on),
    )
