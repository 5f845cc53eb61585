"""When an invoice not paid is asked for again, how firmly, and what the law adds. Euro cents.

Companies and public bodies owe late penalties and a fixed sum of 40 € from the day after the due
date (Code de commerce, art. L. 441-10 and D. 441-5; Code de la commande publique, art. L. 2192-12
to L. 2192-14 and D. 2192-35). A person owes neither: she is written to twice, gently, and a formal
notice is never made by itself. The numbers of days are our choice, dated, in ``parameters.yaml``.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from filiere.rules.parameters import whole

YEAR_DAYS = 365
BASIS_POINTS = 10_000
BUCKETS = (30, 60, 90)


class DebtorKind(StrEnum):
    """Who owes: the wording, the days and the fees depend on it."""

    COMPANY = "company"
    PUBLIC = "public"
    PERSON = "person"


class Step(StrEnum):
    """How firm a reminder is."""

    FIRST = "first"
    SECOND = "second"
    FORMAL = "formal"


STEPS = (Step.FIRST, Step.SECOND, Step.FORMAL)
"""In their order."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reminder asks beside the invoice: both 0 for a person."""

    fee_cents: int
    interest_cents: int


def days_of(kind: DebtorKind, *, on: date) -> tuple[int, ...]:
    """Give after how many days late each step comes, in order; a person has no third step.

    >>> days_of(DebtorKind.PERSON, on=date(2026, 11, 22))
    (15, 45)
    """
    steps = STEPS[:2] if kind == DebtorKind.PERSON else STEPS
    return tuple(whole(f"reminder.{kind.value}.{step.value}_days", on) for step in steps)


def next_step(
    kind: DebtorKind,
    *,
    days_late: int,
    made: Collection[Step],
    days_since_last: int | None,
    on: date,
) -> Step | None:
    """Give the step to prepare today, None when there is none yet or none left.

    One step at a time, in order, whatever the delay, and never two in the same fortnight.

    Args:
        days_late: days after the due date.
        made: steps already prepared, sent or set aside.
        days_since_last: days since the last of them; None without any.
    """
    waits = days_of(kind, on=on)
    rank = len([step for step in STEPS if step in made])
    if rank >= len(waits) or days_late < waits[rank]:
        return None
    if days_since_last is not None and days_since_last < whole("reminder.least_days_between", on):
        return None
    return STEPS[rank]


def asked(
    kind: DebtorKind, *, open_cents: int, late_rate_bp: int, days_late: int, on: date
) -> Asked:
    """Give what the law adds to a late invoice: the fixed sum, and penalties day by day.

    Args:
        open_cents: what is left to pay, > 0.
        late_rate_bp: yearly rate of the issuer, in basis points. A public body owes another one,
            set by the law and computed by its accountant: its interest is 0 here.
        days_late: days after the due date, >= 0.

    >>> asked(DebtorKind.COMPANY, open_cents=100_000, late_rate_bp=1200, days_late=73,
    ...       on=date(2026, 11, 22))
    Asked(fee_cents=4000, interest_cents=2400)
    >>> asked(DebtorKind.PERSON, open_cents=3_000, late_rate_bp=1200, days_late=73,
    ...       on=date(2026, 11, 22))
    Asked(fee_cents=0, interest_cents=0)
    """
    if kind == DebtorKind.PERSON or days_late <= 0:
        return Asked(0, 0)
    fee = whole("invoice.recovery_fee_cents", on)
    if kind == DebtorKind.PUBLIC:
        return Asked(fee, 0)
    interest = Fraction(open_cents * late_rate_bp * days_late, BASIS_POINTS * YEAR_DAYS)
    return Asked(fee, int(interest))


def bucket(days_late: int) -> int:
    """Give the rank of the age of a debt: 0 up to 30 days, 1 to 60, 2 to 90, 3 beyond; -1 not due.

    >>> [bucket(days) for days in (-3, 0, 1, 30, 31, 90, 91)]
    [-1, -1, 0, 0, 1, 2, 3]
    """
    if days_late <= 0:
        return -1
    return sum(days_late > most for most in BUCKETS)


def spread(amounts: Sequence[int], given: int) -> list[int]:
    """Put a sum on debts one after the other, in their order; the sum left over is not in it.

    >>> spread([1000, 500, 2000], 1200)
    [1000, 200, 0]
    """
    left, parts = given, []
    for amount in amounts:
        part = min(amount, left)
        parts.append(part)
        left -= part
    return parts
