"""Whether one association may lend its treasury to another, by date, length and link.

Pure functions.

Source: Code monétaire et financier, art. L. 511-6 (loi 2021-875) and L. 511-7, I ter (law of
15 April 2024, which widened it to close relations and to operations of treasury).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from filiere.rules import parameters
from filiere.rules.spans import years_after


class Link(StrEnum):
    """What ties the two associations. The second and third count since 2024."""

    SAME_UNION = "same_union"
    SAME_GROUP = "same_group"
    CLOSE_RELATIONS = "close_relations"
    NONE = "none"


class Operation(StrEnum):
    """What is done with the treasury: a loan, or a common account (since 2024)."""

    LOAN = "loan"
    POOLING = "pooling"


class Obstacle(StrEnum):
    """What keeps the money from being lent."""

    TOO_EARLY = "too_early"
    LENDER_TOO_YOUNG = "lender_too_young"
    NO_LINK = "no_link"
    NO_POOLING = "no_pooling"
    INTEREST = "interest"
    TOO_LONG = "too_long"
    SHORT_RESOURCES = "short_resources"


@dataclass(frozen=True, slots=True)
class Advance:
    """An advance between two non-profit bodies.

    ``has_interest``: something more than the sum is given back; ``from_long_term``: the lender
    takes it from resources it holds for long.
    """

    lender_declared_on: date
    lent_on: date
    due_on: date
    link: Link
    operation: Operation = Operation.LOAN
    has_interest: bool = False
    from_long_term: bool = True


def _is_wider(on: date) -> bool:
    try:
        return bool(parameters.whole("treasury.wider_links", on))
    except parameters.ParameterNotInForce:
        return False


def obstacles(advance: Advance) -> tuple[Obstacle, ...]:
    """Give what forbids an advance on the day it is made; nothing when it may be made.

    The lender was declared three years ago or more, that day included; the loan lasts strictly
    less than two years; no interest; from long-term resources; within one union or federation,
    and since 15 April 2024 within one group or close relations. The rules of loans do not bear on
    the length of operations of treasury.

    Raises:
        ValueError: it is due before it is lent.

    >>> obstacles(Advance(date(2023, 1, 1), date(2026, 1, 1), date(2027, 12, 31), Link.SAME_UNION))
    ()
    """
    if advance.due_on < advance.lent_on:
        raise ValueError(f"due on {advance.due_on}, before {advance.lent_on}")
    on = advance.lent_on
    try:
        years = parameters.whole("treasury.lender_years", on)
    except parameters.ParameterNotInForce:
        return (Obstacle.TOO_EARLY,)
    is_wider = _is_wider(on)
    is_linked = advance.link == Link.SAME_UNION or (is_wider and advance.link != Link.NONE)
    is_loan = advance.operation == Operation.LOAN
    last = years_after(on, parameters.whole("treasury.loan_years", on))
    found = {
        Obstacle.LENDER_TOO_YOUNG: years_after(advance.lender_declared_on, years) > on,
        Obstacle.NO_LINK: not is_linked,
        Obstacle.NO_POOLING: not is_loan and not is_wider,
        Obstacle.INTEREST: advance.has_interest,
        Obstacle.TOO_LONG: is_loan and advance.due_on >= last,
        Obstacle.SHORT_RESOURCES: is_loan and not advance.from_long_term,
    }
    return tuple(one for one, is_met in found.items() if is_met)
