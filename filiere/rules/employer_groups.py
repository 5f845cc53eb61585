"""Forms an employer group may take, and what one of its members pays for shared staff.

Pure functions. Money is integer euro cents, time whole minutes.

Source: Code du travail, art. L. 1253-2, as quoted by the texts of 2018: three forms, the third in
Moselle, Bas-Rhin and Haut-Rhin only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import ceil

from filiere.rules import parameters
from filiere.rules.money import share


class GroupForm(StrEnum):
    """A form of employer group; the last two are the third case of the article."""

    ASSOCIATION = "association_1901"
    COOPERATIVE = "cooperative"
    LOCAL_ASSOCIATION = "local_association"
    CRAFT_COOPERATIVE = "craft_cooperative"


LOCAL_LAW = frozenset({GroupForm.LOCAL_ASSOCIATION, GroupForm.CRAFT_COOPERATIVE})
"""Forms of local law."""


@dataclass(frozen=True, slots=True)
class MemberShare:
    """What one member pays for a month, in cents: the cost of its hours, and management."""

    minutes: int
    cost_cents: int
    fee_cents: int

    @property
    def total_cents(self) -> int:
        """The invoice of the member, before any tax."""
        return self.cost_cents + self.fee_cents


def forms_open(departement: str, on: date) -> tuple[GroupForm, ...]:
    """Give the forms an employer group may take in a departement.

    Args:
        departement: its code, such as ``94`` or ``67``.

    Raises:
        ParameterNotInForce: before 2018.

    Source: Code du travail, art. L. 1253-2.

    >>> [str(form) for form in forms_open("94", date(2026, 11, 22))]
    ['association_1901', 'cooperative']
    >>> len(forms_open("57", date(2026, 11, 22)))
    4
    """
    local = departement in parameters.words("employer_group.local_law_departements", on)
    return tuple(form for form in GroupForm if local or form not in LOCAL_LAW)


def shares_of_month(
    *, cost_cents: int, minutes: Sequence[int], fee_rate: Fraction
) -> tuple[MemberShare, ...]:
    """Share the cost of one employee among members by the time each used, and add management.

    The shares of the cost add up to it exactly; each fee is rounded up to the cent.

    Args:
        cost_cents: full cost of the month, >= 0.
        minutes: time each member used, >= 0; at least one above zero when there is a cost.
        fee_rate: management fee as a share of the cost, between 0 and 1.

    Raises:
        ValueError: an argument is outside its range.

    Source: cost times hours, plus management; sharing by largest remainder, our own choice.

    >>> [one.total_cents for one in shares_of_month(
    ...     cost_cents=300_000, minutes=[60, 120], fee_rate=Fraction(1, 20))]
    [105000, 210000]
    """
    if not 0 <= fee_rate <= 1:
        raise ValueError(f"fee_rate is not between 0 and 1: {fee_rate}")
    return tuple(
        MemberShare(used, cost, ceil(cost * fee_rate))
        for used, cost in zip(minutes, share(cost_cents, minutes), strict=True)
    )
