"""Gifts in kind in the accounts: their accounts of class 8, and what they are worth.

Pure functions. Money is integer euro cents, time whole minutes; a value is rounded down to the
cent, our own choice, so that nothing is worth more than it is.

Source: Règlement ANC 2018-06 (years opened from 1 January 2020); minimum wage by date. Which credit
account answers which debit account is from memory and to verify.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from filiere.rules import parameters

MINUTES_AN_HOUR = 60


class InKind(StrEnum):
    """What is given without money."""

    RELIEF = "relief"
    GOODS = "goods"
    PREMISES = "premises"
    SERVICE = "service"
    VOLUNTEERING = "volunteering"


class Valuation(StrEnum):
    """How it is valued: an hour at the minimum wage, or what it would have cost otherwise."""

    MINIMUM_WAGE = "minimum_wage"
    REPLACEMENT = "replacement"


@dataclass(frozen=True, slots=True)
class Accounts:
    """The two accounts of class 8 a gift in kind is written in, for the same amount."""

    debit: str
    credit: str


ACCOUNTS: Mapping[InKind, Accounts] = MappingProxyType(
    {
        InKind.RELIEF: Accounts("860", "870"),
        InKind.GOODS: Accounts("861", "871"),
        InKind.PREMISES: Accounts("861", "871"),
        InKind.SERVICE: Accounts("862", "871"),
        InKind.VOLUNTEERING: Accounts("864", "875"),
    }
)
"""The accounts of each kind of gift."""


def volunteering_value(*, minutes: int, on: date, hour_cents: int | None = None) -> int:
    """Value volunteers' time, in euro cents.

    Args:
        minutes: time given, >= 0.
        on: day the time was given; the minimum wage is that of the day.
        hour_cents: what an hour would have cost otherwise, >= 0; the minimum wage when None.

    Raises:
        ValueError: a negative argument.
        ParameterNotInForce: the minimum wage of that day is not known here.

    >>> volunteering_value(minutes=600, on=date(2026, 11, 22))
    12310
    """
    if minutes < 0:
        raise ValueError(f"minutes is negative: {minutes}")
    if hour_cents is None:
        hour_cents = parameters.whole("minimum_wage.hour_cents", on)
    if hour_cents < 0:
        raise ValueError(f"hour_cents is negative: {hour_cents}")
    return minutes * hour_cents // MINUTES_AN_HOUR


def enters_accounts(*, opened_on: date, is_essential: bool, is_measurable: bool) -> bool:
    """Tell whether a gift in kind is written in class 8; otherwise the notes tell of it.

    Args:
        opened_on: first day of the accounting year.

    Raises:
        ParameterNotInForce: the year opened before the rule (2020).

    >>> enters_accounts(opened_on=date(2026, 1, 1), is_essential=True, is_measurable=False)
    False
    """
    return bool(parameters.whole("in_kind.valued_from", opened_on)) and (
        is_essential and is_measurable
    )
