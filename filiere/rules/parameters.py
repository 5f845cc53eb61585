"""Dated parameters, and the only reading of files in the rules: the YAML of ``data/``.

A parameter has a key, a unit, a source, a confidence and one value per date it came into force.
Whole numbers are ``int``; other numbers are written as text in the YAML and read as exact
``Fraction``; lists are tuples of text. No value is a float.

Source: each entry of ``data/parameters.yaml`` names its own.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml

ParameterValue = int | Fraction | tuple[str, ...] | None
# The same language either way; written in C it reads ten times faster.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Years a question may be about: what is typed outside is a slip.
FIRST_YEAR, LAST_YEAR = 1990, 2100


class Confidence(StrEnum):
    """How far a value can be trusted; shown beside every result that uses it."""

    STATED = "S"  # stated by one of the three texts of 2018
    VERIFIED = "V"  # read in a public source, named
    OPENFISCA = "O"  # read in the parameters of openfisca-france
    DERIVED = "D"  # computed by us from figures that are named
    OWN_CHOICE = "P"  # policy of this project, open to discussion
    MEMORY = "M"  # to verify before relying on it


@dataclass(frozen=True, slots=True)
class Parameter:
    """One dated parameter: ``values`` in order of date; a None value ends the parameter.

    Attributes:
        confirmed_until: last day for which somebody published a value, for those that change every
            year; None when the last value holds until another text.
        marks: confidence of the values that differ from the others, by date.
    """

    key: str
    unit: str
    source: str
    confidence: Confidence
    values: tuple[tuple[date, ParameterValue], ...]
    legal_ref: str = ""
    confirmed_until: date | None = None
    marks: tuple[tuple[date, Confidence], ...] = ()


@dataclass(frozen=True, slots=True)
class InForce:
    """The value of a parameter on a day, since when, and how far it can be trusted that day.

    Attributes:
        sign_key: what somebody signs to confirm it: the key, and the year when that is what lacks.
    """

    parameter: Parameter
    value: int | Fraction | tuple[str, ...]
    since: date
    confidence: Confidence
    is_unconfirmed: bool
    sign_key: str

    @property
    def is_doubtful(self) -> bool:
        """Tell whether it is from memory, or of a year for which nothing was published."""
        return self.is_unconfirmed or self.confidence == Confidence.MEMORY


class ParameterUnknown(LookupError):
    """No parameter bears this key: a caller's bug."""


class ParameterNotInForce(LookupError):
    """The parameter has no value on this date: before its first, or after its end."""


@cache
def load_yaml(name: str) -> Any:
    """Read one YAML file shipped beside the code, once per process.

    Args:
        name: file name inside ``filiere/rules/data``.

    Returns:
        The parsed content; callers turn it into frozen objects and never change it.

    Raises:
        FileNotFoundError: no such file is shipped.

    Source: files of the package.
    """
    text = resources.files("filiere.rules").joinpath("data", name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=LOADER)  # noqa: S506, both only build plain values


def _read_value(raw: object) -> ParameterValue:
    """Turn a YAML value into an exact one; a float is refused."""
    if raw is None or (isinstance(raw, int) and not isinstance(raw, bool)):
        return raw
    if isinstance(raw, str):
        return Fraction(raw)
    if isinstance(raw, list):
        return tuple(str(item) for item in raw)
    raise ValueError(f"a parameter is an integer, an exact text number or a list, not {raw!r}")


@cache
def all_parameters() -> Mapping[str, Parameter]:
    """Give every parameter by key, in the order of the file.

    Returns:
        A read-only mapping.

    Source: ``data/parameters.yaml``.

    >>> all_parameters()["small_cells.threshold"].unit
    'persons'
    """
    parameters = {}
    for key, entry in load_yaml("parameters.yaml").items():
        dated = sorted((day, _read_value(raw)) for day, raw in entry["values"].items())
        parameters[key] = Parameter(
            key=key,
            unit=entry["unit"],
            source=entry["source"],
            confidence=Confidence(entry["confidence"]),
            values=tuple(dated),
            legal_ref=entry.get("legal_ref", ""),
            confirmed_until=entry.get("confirmed_until"),
            marks=tuple((day, Confidence(mark)) for day, mark in entry.get("marks", {}).items()),
        )
    return MappingProxyType(parameters)


def value(key: str, on: date) -> int | Fraction | tuple[str, ...]:
    """Give the value of a parameter in force on a day.

    Args:
        key: name of the parameter, such as ``de_minimis.ceiling_cents``.
        on: reference date of the computation, never today by default.

    Returns:
        The value, in the parameter's unit.

    Raises:
        ParameterUnknown: no parameter bears this key.
        ParameterNotInForce: it has no value on that day.

    Source: ``data/parameters.yaml``.

    >>> value("de_minimis.ceiling_cents", date(2023, 12, 31))
    20000000
    >>> value("de_minimis.ceiling_cents", date(2024, 1, 1))
    30000000
    """
    return in_force(key, on).value


def in_force(key: str, on: date) -> InForce:
    """Give the value of a parameter on a day with what must be told beside it; see ``value``.

    Returns:
        ``is_unconfirmed`` when the day is after the last one for which a value was published: the
        value given is then the last one known, to verify.

    Raises:
        ParameterUnknown: no parameter bears this key.
        ParameterNotInForce: it has no value on that day.

    >>> in_force("association.franchise_cents", date(2026, 11, 22)).is_unconfirmed
    True
    """
    parameter = all_parameters().get(key)
    if parameter is None:
        raise ParameterUnknown(f"no parameter is named {key}")
    position = bisect_right([day for day, _ in parameter.values], on)
    since, found = parameter.values[position - 1] if position else (on, None)
    if found is None:
        raise ParameterNotInForce(f"{key} has no value on {on.isoformat()}")
    until = parameter.confirmed_until
    is_unconfirmed = until is not None and on > until
    return InForce(
        parameter=parameter,
        value=found,
        since=since,
        confidence=dict(parameter.marks).get(since, parameter.confidence),
        is_unconfirmed=is_unconfirmed,
        sign_key=f"{key}@{on.year}" if is_unconfirmed else key,
    )


def whole(key: str, on: date) -> int:
    """Give the value of a whole-number parameter on a day; see ``value``.

    Raises:
        ValueError: the parameter is not a whole number.

    >>> whole("small_cells.threshold", date(2026, 11, 22))
    5
    """
    found = value(key, on)
    if not isinstance(found, int):
        raise ValueError(f"{key} is not a whole number: {found}")  # noqa: TRY004
    return found


def ratio(key: str, on: date) -> Fraction:
    """Give the value of a numeric parameter on a day as an exact fraction; see ``value``.

    Raises:
        ValueError: the parameter is a list.

    >>> ratio("travel.foot.detour", date(2026, 11, 22))
    Fraction(13, 10)
    """
    found = value(key, on)
    if isinstance(found, tuple):
        raise ValueError(f"{key} is a list: {found}")  # noqa: TRY004
    return Fraction(found)


def words(key: str, on: date) -> tuple[str, ...]:
    """Give the value of a list parameter on a day; see ``value``.

    Raises:
        ValueError: the parameter is a number.

    >>> "procedures" in words("floor.minimum_services", date(2026, 11, 22))
    True
    """
    found = value(key, on)
    if not isinstance(found, tuple):
        raise ValueError(f"{key} is not a list: {found}")  # noqa: TRY004
    return found
