"""What a person gets back of home help: an estimate, never a promise. A dated decision aid.

Pure functions. Money is integer euro cents. Aid received (voucher, third party, employer) is taken
off what counts. Remote help, repair and sale open no credit.

Source: Code général des impôts, art. 199 sexdecies; Code du travail, art. D. 7231-1 and D. 7233-5.
The half is rounded down to the cent, our own choice.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from filiere.rules import parameters
from filiere.rules.money import split_by_rate

PARAMETERS = (
    "home_help.credit_rate",
    "home_help.computer_ceiling_cents",
    "home_help.household_ceiling_cents",
)
"""What every estimate rests on: shown with its source and confidence beside the result."""


class Nature(StrEnum):
    """What is done at home. The last three open no credit."""

    TRAINING = "training"
    INSTALLATION = "installation"
    MAINTENANCE = "maintenance"
    DELIVERY = "delivery"
    REMOTE = "remote"
    REPAIR = "repair"
    SALE = "sale"


EXCLUDED = frozenset({Nature.REMOTE, Nature.REPAIR, Nature.SALE})
"""Help that opens no credit, even from a declared provider."""


@dataclass(frozen=True, slots=True)
class Household:
    """What raises the ceiling of all home services. ``dependants``: children, members of 65 or more.

    ``first_year``: first year of direct employment at home.
    """

    dependants: int = 0
    first_year: bool = False
    disability: bool = False


ORDINARY = Household()
"""A household of which nothing more is known."""


@dataclass(frozen=True, slots=True)
class CreditEstimate:
    """What comes back, in cents: ``paid_cents`` by the person, ``counted_cents`` within ceilings.

    ``net_cents`` is what the help costs in the end.
    """

    paid_cents: int
    counted_cents: int
    credit_cents: int

    @property
    def net_cents(self) -> int:
        """What is left once the credit came."""
        return self.paid_cents - self.credit_cents


def household_ceiling(on: date, household: Household = ORDINARY) -> int:
    """Ceiling of all home services of a household in a year, in euro cents.

    Args:
        on: a day of the year of the spending.

    Raises:
        ValueError: a negative number of dependants.
        ParameterNotInForce: before 2017.

    >>> household_ceiling(date(2026, 5, 1), Household(dependants=1))
    1350000
    """
    if household.dependants < 0:
        raise ValueError(f"dependants is negative: {household.dependants}")
    if household.disability:
        return parameters.whole("home_help.disability_ceiling_cents", on)
    name = "first_year" if household.first_year else "household"
    most = parameters.whole(f"home_help.{name}_most_cents", on)
    more = household.dependants * parameters.whole("home_help.dependant_cents", on)
    return min(most, parameters.whole(f"home_help.{name}_ceiling_cents", on) + more)


def estimate_credit(
    *,
    price_cents: int,
    aid_cents: int,
    nature: Nature | str,
    on: date,
    counted_before_cents: int = 0,
    other_home_services_cents: int = 0,
    household: Household = ORDINARY,
) -> CreditEstimate:
    """Estimate what comes back of one act, or of a year of them.

    ``net = price − aid − rate × min(price − aid, what is left of the ceilings)``.

    Args:
        price_cents: what the help costs, >= 0.
        aid_cents: what voucher, third party and employer pay of it, 0 to the price.
        nature: what was done.
        on: day of the act.
        counted_before_cents: computer help already counted this year, >= 0.
        other_home_services_cents: other home services of the household this year, >= 0.

    Raises:
        ValueError: an amount or the nature is out of range.
        ParameterNotInForce: before 2017.

    >>> estimate_credit(
    ...     price_cents=6000, aid_cents=1000, nature="training", on=date(2026, 5, 1)
    ... ).net_cents
    2500
    """
    if not 0 <= aid_cents <= price_cents:
        raise ValueError(f"aid is not between 0 and the price: {aid_cents} of {price_cents}")
    if min(counted_before_cents, other_home_services_cents) < 0:
        raise ValueError("what was spent before is negative")
    paid = price_cents - aid_cents
    if Nature(nature) in EXCLUDED:
        return CreditEstimate(paid, 0, 0)
    own = parameters.whole("home_help.computer_ceiling_cents", on) - counted_before_cents
    whole = household_ceiling(on, household) - counted_before_cents - other_home_services_cents
    counted = max(0, min(paid, own, whole))
    credit, _ = split_by_rate(counted, parameters.ratio("home_help.credit_rate", on), "down")
    return CreditEstimate(paid, counted, credit)


def attestation_due(year: int) -> date:
    """Last day on which a provider gives the attestation of a year's payments.

    >>> attestation_due(2026)
    datetime.date(2027, 3, 31)
    """
    month, day = divmod(parameters.whole("home_help.attestation_due", date(year, 12, 31)), 100)
    return date(year + 1, month, day)
