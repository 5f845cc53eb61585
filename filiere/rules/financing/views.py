"""The same budget as each funder sees it: what it counts, on which base, what it may give.

Amounts are integer cents.

Source: each scheme's own terms (see ``bases``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from filiere.rules.financing import bases
from filiere.rules.financing.bases import Limits
from filiere.rules.financing.shape import FlatRate, Kind, Line, Source
from filiere.rules.financing.wording import Rule


@dataclass(frozen=True, slots=True)
class SeenLine:
    """One line as a funder sees it: the cents it counts, and the rule by which it counts none."""

    line: Line
    counted_cents: int
    rule: Rule | None

    @property
    def left_out_cents(self) -> int:
        """Cents of the line that the funder does not count."""
        return self.line.amount_cents - self.counted_cents


@dataclass(frozen=True, slots=True)
class FunderView:
    """A funder's budget of the project: its lines, its flat rate in cents, its limits.

    ``limits.base`` is the sum of what it counts, flat rate included.
    """

    source: str
    lines: tuple[SeenLine, ...]
    flat_rate_cents: int
    limits: Limits

    @property
    def rate(self) -> Fraction | None:
        """What is asked over the base, None when nothing is counted."""
        return Fraction(self.limits.by_amount, self.limits.base) if self.limits.base else None


def view_of(source: Source, lines: Sequence[Line], on: date) -> FunderView:
    """Give the budget of a project as one funder sees it.

    Args:
        source: the funder's terms and what is asked of it.
        lines: every line of the project.
        on: day of the parameters.

    Returns:
        Every line, with what is counted of it; under a flat rate, real indirect costs count for
        nothing and the flat rate stands for them.

    Raises:
        ParameterNotInForce: the flat rate does not exist on that day.

    Source: the scheme's own terms.
    """
    limits = bases.limits_of(source, lines, on)
    seen = tuple(_seen(line, source) for line in lines)
    counted = sum(one.counted_cents for one in seen)
    return FunderView(source.key, seen, max(0, limits.base - counted), limits)


def _seen(line: Line, source: Source) -> SeenLine:
    """Say what a funder counts of one line, and why not more."""
    terms = source.terms
    if source.kind == Kind.VOLUNTEERING:
        counted = line.amount_cents if line.is_in_kind else 0
        return SeenLine(line, counted, None if line.is_in_kind else Rule.IN_KIND)
    if not bases.is_in_period(line, terms):
        return SeenLine(line, 0, Rule.PERIOD)
    if line.is_in_kind and not terms.counts_in_kind:
        return SeenLine(line, 0, Rule.IN_KIND)
    covered = line.is_indirect and terms.flat_rate != FlatRate.NONE
    other = terms.flat_rate == FlatRate.STAFF_ALL_OTHERS and not line.nature.startswith(bases.STAFF)
    if covered or other or not bases.is_eligible(line, terms):
        return SeenLine(line, 0, Rule.NOT_ELIGIBLE)
    return SeenLine(line, bases.counted_cents(line, terms), None)


def moved_by(
    before: Sequence[Line], after: Sequence[Line], sources: Sequence[Source], on: date
) -> tuple[str, ...]:
    """Give the sources whose view of the budget a change of lines moves.

    Args:
        before: lines as they were.
        after: lines as they are.
        sources: the funders.
        on: day of the parameters.

    Returns:
        Keys, in the order of the sources.

    Raises:
        ParameterNotInForce: a flat rate does not exist on that day.

    Source: see ``view_of``.
    """

    def counted(source: Source, lines: Sequence[Line]) -> tuple[dict[str, int], int]:
        view = view_of(source, lines, on)
        parts = {one.line.key: one.counted_cents for one in view.lines if one.counted_cents}
        return parts, view.limits.base

    return tuple(one.key for one in sources if counted(one, before) != counted(one, after))
