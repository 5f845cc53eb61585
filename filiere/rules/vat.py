"""Value added tax of an invoice: its treatments, its rounding, what is written about it.

Amounts are integer euro cents. A tax is computed once for each group of lines of one treatment and
one rate, never line by line, and rounded to the nearest cent, a half cent up.

Source: ``data/vat.yaml``; EN 16931-1, rules BR-CO-17 and BR-S-09.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from types import MappingProxyType

from filiere.rules import money, parameters
from filiere.rules.parameters import Confidence, load_yaml

BASIS_POINTS = 10_000


class Treatment(StrEnum):
    """How a sale stands towards value added tax."""

    STANDARD = "standard"
    FRANCHISE = "franchise"
    ASSOCIATION = "association"
    TRAINING = "training"
    NOT_SUBJECT = "not_subject"


@dataclass(frozen=True, slots=True)
class Wording:
    """What an invoice writes of one treatment; ``mention`` is the sentence of the law, in French."""

    category: str
    mention: str
    reason_code: str
    legal_ref: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Amount:
    """One line to be taxed: ``cents`` > 0, with or without tax as the caller says."""

    treatment: Treatment
    rate_bp: int
    cents: int


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one treatment and one rate: their sum without tax, and its tax."""

    treatment: Treatment
    rate_bp: int
    base_cents: int
    vat_cents: int


@dataclass(frozen=True, slots=True)
class Taxed:
    """The lines' amounts without tax, in order, and the groups they make."""

    nets: tuple[int, ...]
    groups: tuple[Group, ...]

    @property
    def net_cents(self) -> int:
        """Sum without tax."""
        return sum(self.nets)

    @property
    def vat_cents(self) -> int:
        """Tax in all."""
        return sum(group.vat_cents for group in self.groups)

    @property
    def total_cents(self) -> int:
        """Sum with tax."""
        return self.net_cents + self.vat_cents


@cache
def wordings() -> Mapping[Treatment, Wording]:
    """Give what is written of each treatment.

    Source: ``data/vat.yaml``.

    >>> wordings()[Treatment.FRANCHISE].mention
    'TVA non applicable, art. 293 B du CGI'
    """
    return MappingProxyType(
        {
            Treatment(key): Wording(
                category=entry["category"],
                mention=entry["mention"],
                reason_code=entry["reason_code"],
                legal_ref=entry["legal_ref"],
                confidence=Confidence(entry["confidence"]),
            )
            for key, entry in load_yaml("vat.yaml").items()
        }
    )


def rate_bp(treatment: Treatment, on: date) -> int:
    """Give the rate of a treatment on the day of the service, in basis points (2000 is 20 %).

    Only the standard treatment has one.

    Raises:
        ParameterNotInForce: before the first rate known.

    Source: ``vat.normal_rate`` in ``data/parameters.yaml``.

    >>> rate_bp(Treatment.STANDARD, date(2013, 12, 31)), rate_bp(Treatment.TRAINING, date(2026, 1, 1))
    (1960, 0)
    """
    if treatment != Treatment.STANDARD:
        return 0
    return int(parameters.ratio("vat.normal_rate", on) * BASIS_POINTS)


def nearest(exact: Fraction) -> int:
    """Round to the nearest cent, a half cent up.

    Args:
        exact: cents, >= 0.

    Source: usual commercial rounding, that of EN 16931.

    >>> nearest(Fraction(5, 2)), nearest(Fraction(7, 3))
    (3, 2)
    """
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def added(base_cents: int, bp: int) -> int:
    """Give the tax added to a sum without tax.

    Raises:
        ValueError: a negative sum or rate.

    Source: EN 16931-1, BR-CO-17.

    >>> added(10_02, 2000)
    200
    """
    _check(base_cents, bp)
    return nearest(Fraction(base_cents * bp, BASIS_POINTS))


def within(total_cents: int, bp: int) -> int:
    """Give the tax contained in a sum with tax: the rest is the sum without tax.

    Some sums with tax are nobody's sum without tax plus its rounded tax (3 cents at 20 %): the
    tax told then differs by at most one cent from that of ``added``, and the sum asked is kept.

    Raises:
        ValueError: a negative sum or rate.

    Source: EN 16931-1; the price told to the person is the price paid.

    >>> within(30_00, 2000), within(3, 2000)
    (500, 1)
    """
    _check(total_cents, bp)
    return nearest(Fraction(total_cents * bp, BASIS_POINTS + bp))


def _check(cents: int, bp: int) -> None:
    if cents < 0 or not 0 <= bp <= BASIS_POINTS:
        raise ValueError(f"out of range: {cents} cents at {bp} basis points")


def tax(amounts: Sequence[Amount], *, tax_included: bool) -> Taxed:
    """Compute the tax of an invoice, group by group, in order of first line.

    Args:
        tax_included: the amounts hold their tax (prices told to persons) or not (between
            professionals).

    Returns:
        With ``tax_included`` the total is exactly the sum of the amounts; a group's tax is then
        taken off its lines by largest remainder.

    Raises:
        ValueError: an amount is not above 0.

    Source: see the module.

    >>> tax([Amount(Treatment.STANDARD, 2000, 3000)], tax_included=True).nets
    (2500,)
    """
    if any(one.cents <= 0 for one in amounts):
        raise ValueError("an amount is not above 0")
    places: dict[tuple[Treatment, int], list[int]] = {}
    for place, one in enumerate(amounts):
        places.setdefault((one.treatment, one.rate_bp), []).append(place)
    nets = [one.cents for one in amounts]
    groups = []
    for (treatment, bp), own in places.items():
        given = [amounts[place].cents for place in own]
        if tax_included:
            vat = within(sum(given), bp)
            for place, cents in zip(own, money.share(sum(given) - vat, given), strict=True):
                nets[place] = cents
        else:
            vat = added(sum(given), bp)
        groups.append(Group(treatment, bp, sum(nets[place] for place in own), vat))
    return Taxed(tuple(nets), tuple(groups))


def credited(group: Group, *, base_cents: int, base_before: int, vat_before: int) -> int:
    """Give the tax of a part of a group that a credit note gives back.

    The last part gives back the rest, so that all parts together are the group to the cent.

    Args:
        base_cents: without tax, what this credit note gives back, >= 0.
        base_before: what earlier credit notes gave back, without tax.
        vat_before: the tax they gave back.

    Raises:
        ValueError: more would be given back than the group has.

    Source: see the module.

    >>> credited(Group(Treatment.STANDARD, 2000, 2500, 500), base_cents=1000, base_before=0, vat_before=0)
    200
    """
    if base_cents < 0 or base_before + base_cents > group.base_cents:
        raise ValueError(f"{base_cents} after {base_before} is more than {group.base_cents}")
    left = group.vat_cents - vat_before
    if base_before + base_cents == group.base_cents:
        return left
    return min(left, nearest(Fraction(group.vat_cents * base_cents, group.base_cents)))
