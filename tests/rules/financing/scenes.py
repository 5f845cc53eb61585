"""Small plans that tests start from."""

from datetime import date
from fractions import Fraction

from filiere.rules.financing.shape import Allocation, Kind, Line, Plan, Source, State, Terms

ON = date(2026, 11, 22)


def line(key, euros, nature="64", year=2027, **more):
    """A line of so many euros."""
    return Line(key=key, nature=nature, amount_cents=euros * 100, year=year, **more)


def source(key, euros, kind=Kind.FOUNDATION, state=State.ENVISAGED, chance="1", **more):
    """A source of so many euros; the rest is its terms, but for ``regime`` and ``funder``."""
    regime = {"regime": more.pop("regime")} if "regime" in more else {}
    funder = more.pop("funder", key)
    return Source(
        key=key, funder=funder, kind=kind, amount_cents=euros * 100, state=state,
        probability=Fraction(chance), terms=Terms(scheme=key, **more), **regime,
    )  # fmt: skip


def plan(lines, sources, parts=(), **more):
    """A plan; parts are ``(source, line, euros)``."""
    allocations = tuple(Allocation(one, other, euros * 100) for one, other, euros in parts)
    return Plan(tuple(lines), tuple(sources), allocations, **more)
