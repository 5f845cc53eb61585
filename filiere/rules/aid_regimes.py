"""Small State aid: what an undertaking may still receive on a day, and the rows of the register.

Amounts are integer euro cents of gross grant equivalent, counted on the day the right is given,
not on the day of payment. A decision aid, not legal advice.

Source: Regulations (EU) 1407/2013 and 360/2012 to 31 December 2023; (EU) 2023/2831 and 2023/2832
from 1 January 2024; ``de_minimis.*`` and ``de_minimis_sgei.*`` in ``data/parameters.yaml``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from filiere.rules import parameters
from filiere.rules.spans import years_after


class Regime(StrEnum):
    """Under which regulation small aid is given."""

    DE_MINIMIS = "de_minimis"
    SGEI = "de_minimis_sgei"


@dataclass(frozen=True, slots=True)
class Aid:
    """One aid given: ``granted_on`` the day of the right, ``amount_cents`` >= 0.

    ``undertaking`` is the body that received it; a blank is not known.
    """

    granted_on: date
    amount_cents: int
    regime: Regime
    undertaking: str
    authority: str = ""
    instrument: str = ""
    sector: str = ""


@dataclass(frozen=True, slots=True)
class Headroom:
    """What may still be given on ``on``: aid given from ``first_day`` to that day counts.

    Attributes:
        is_rolling: three years day to day; else the fiscal year and the two before.
        counted: the aid that counts, in order of day.
    """

    regime: Regime
    on: date
    first_day: date
    is_rolling: bool
    ceiling_cents: int
    counted: tuple[Aid, ...]

    @property
    def used_cents(self) -> int:
        """What was given in the window."""
        return sum(aid.amount_cents for aid in self.counted)

    @property
    def free_cents(self) -> int:
        """What may still be given; 0 when the ceiling is reached or passed."""
        return max(0, self.ceiling_cents - self.used_cents)

    def allows(self, amount_cents: int) -> bool:
        """Tell whether a new aid fits, to the cent."""
        return self.used_cents + amount_cents <= self.ceiling_cents


def fiscal_year_start(on: date, ends: tuple[int, int] = (12, 31)) -> date:
    """Give the first day of the fiscal year a day is in.

    Args:
        ends: month and day on which the fiscal year ends.

    >>> fiscal_year_start(date(2023, 3, 1)), fiscal_year_start(date(2023, 9, 1), (8, 31))
    (datetime.date(2023, 1, 1), datetime.date(2023, 9, 1))
    """
    month, day = ends
    start = _last_day(on.year, month, day) + timedelta(days=1)
    return start if start <= on else _last_day(on.year - 1, month, day) + timedelta(days=1)


def _last_day(year: int, month: int, day: int) -> date:
    if (month, day) in {(2, 28), (2, 29)}:
        return date(year, 3, 1) - timedelta(days=1)
    return date(year, month, day)


def first_day(on: date, regime: Regime, fiscal_year_ends: tuple[int, int] = (12, 31)) -> date:
    """Give the first day whose aid counts for a grant on a day.

    Raises:
        ParameterNotInForce: the regime has no rule known on that day.

    Source: three years day to day, ``(on − 3 years, on]``, since 1 January 2024; before, the fiscal
    year and the two before it.

    >>> first_day(date(2024, 1, 30), Regime.DE_MINIMIS)
    datetime.date(2021, 1, 31)
    >>> first_day(date(2023, 12, 31), Regime.DE_MINIMIS)
    datetime.date(2021, 1, 1)
    """
    years = parameters.whole(f"{regime}.window_years", on)
    if parameters.whole(f"{regime}.rolling_window", on):
        return years_after(on, -years) + timedelta(days=1)
    start = fiscal_year_start(on, fiscal_year_ends)
    for _year in range(years - 1):
        start = fiscal_year_start(start - timedelta(days=1), fiscal_year_ends)
    return start


def headroom(
    aids: Iterable[Aid],
    on: date,
    regime: Regime,
    *,
    undertaking: str,
    linked: frozenset[str] = frozenset(),
    fiscal_year_ends: tuple[int, int] = (12, 31),
) -> Headroom:
    """Say what an undertaking may still receive on a day under one regime.

    Args:
        aids: any aid; those of another regime, body or time are left out.
        on: day of the new grant.
        linked: other bodies of the same single undertaking, where the regime counts them as one.
        fiscal_year_ends: month and day, needed by the rule before 2024 only.

    Raises:
        ValueError: an aid is below 0.
        ParameterNotInForce: no rule is known on that day (before the regime, or after 2030).

    Source: see the module.

    >>> given = [Aid(date(2021, 1, 30), 100, Regime.DE_MINIMIS, "a")]
    >>> headroom(given, date(2024, 1, 30), Regime.DE_MINIMIS, undertaking="a").used_cents
    0
    """
    as_one = parameters.whole(f"{regime}.single_undertaking", on)
    bodies = {undertaking} | (linked if as_one else frozenset())
    start = first_day(on, regime, fiscal_year_ends)
    counted = []
    for aid in aids:
        if aid.amount_cents < 0:
            raise ValueError(f"an aid is below 0: {aid.amount_cents}")
        if aid.regime == regime and aid.undertaking in bodies and start <= aid.granted_on <= on:
            counted.append(aid)
    return Headroom(
        regime=regime,
        on=on,
        first_day=start,
        is_rolling=bool(parameters.whole(f"{regime}.rolling_window", on)),
        ceiling_cents=parameters.whole(f"{regime}.ceiling_cents", on),
        counted=tuple(sorted(counted, key=lambda aid: aid.granted_on)),
    )


def single_undertaking(body: str, links: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Give the other bodies that make one undertaking with a body, through any chain of links.

    Args:
        links: pairs of bodies of which one controls the other, whichever way.

    Source: Regulation (EU) 2023/2831, art. 2 (2).

    >>> sorted(single_undertaking("a", [("b", "a"), ("b", "c"), ("d", "e")]))
    ['b', 'c']
    """
    pairs = list(links)
    found, edge = {body}, {body}
    while edge:
        reached = {two for one, two in pairs if one in edge} | {
            one for one, two in pairs if two in edge
        }
        edge = reached - found
        found |= edge
    return frozenset(found - {body})


REGISTER_FIELDS = (
    "beneficiary",
    "amount",
    "granted_on",
    "authority",
    "instrument",
    "sector",
    "regulation",
)
"""Columns of the register, from memory: to verify against the register's own notice."""


def register_rows(aids: Iterable[Aid], on: date) -> tuple[tuple[str, ...], ...]:
    """Give the rows of the central register for the aid that must be in it, in order of day.

    Returns:
        One row per aid, in the order of ``REGISTER_FIELDS``; amounts in euros with a point and two
        decimals, days as ISO 8601.

    Source: Regulation (EU) 2023/2831 art. 6: aid given from 1 January 2026.

    >>> register_rows([Aid(date(2026, 3, 1), 150_050, Regime.SGEI, "130025265")], date(2026, 11, 22))
    (('130025265', '1500.50', '2026-03-01', '', '', '', '2023/2832'),)
    """
    starts = parameters.all_parameters()["state_aid.register"].values[0][0]
    due = sorted(
        (aid for aid in aids if starts <= aid.granted_on <= on), key=lambda aid: aid.granted_on
    )
    return tuple(
        (
            aid.undertaking,
            f"{aid.amount_cents // 100}.{aid.amount_cents % 100:02}",
            aid.granted_on.isoformat(),
            aid.authority,
            aid.instrument,
            aid.sector,
            "2023/2832" if aid.regime == Regime.SGEI else "2023/2831",
        )
        for aid in due
    )
