"""Compensation of a service of general economic interest: what it may be, what must be given back.

Amounts are integer euro cents. A decision aid. Source: circulaire of 18 January 2010 on relations
between public authorities and associations, annex (model agreement); Decision 2012/21/EU.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compensation:
    """What a service costs, brings, and receives for one year, all >= 0.

    Attributes:
        money_cents: what authorities pay.
        premises_cents: value of rooms lent for less than their price.
        staff_cents: value of staff lent.
        equipment_cents: value of equipment lent or given.
    """

    costs_cents: int
    receipts_cents: int
    money_cents: int
    premises_cents: int = 0
    staff_cents: int = 0
    equipment_cents: int = 0

    def __post_init__(self) -> None:
        """Refuse an amount below 0."""
        amounts = (
            self.costs_cents,
            self.receipts_cents,
            self.money_cents,
            self.premises_cents,
            self.staff_cents,
            self.equipment_cents,
        )
        if min(amounts) < 0:
            raise ValueError(f"an amount is below 0: {min(amounts)}")

    @property
    def net_cost_cents(self) -> int:
        """Cost of the obligations once their own receipts are taken off; at least 0."""
        return max(0, self.costs_cents - self.receipts_cents)

    @property
    def advantage_cents(self) -> int:
        """Everything received: money, and what is lent."""
        return self.money_cents + self.premises_cents + self.staff_cents + self.equipment_cents

    @property
    def over_cents(self) -> int:
        """What is received beyond the net cost; 0 when nothing is.

        >>> Compensation(10_000, 2_000, 7_000, premises_cents=1_500).over_cents
        500
        """
        return max(0, self.advantage_cents - self.net_cost_cents)

    @property
    def uncovered_cents(self) -> int:
        """What the net cost still lacks; 0 when it is covered."""
        return max(0, self.net_cost_cents - self.advantage_cents)
