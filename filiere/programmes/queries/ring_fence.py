"""Is there enough on the ring-fenced account? The bank's word against ours, in euro cents.

Inside a balanced ledger nothing can be missing: the only proof is the last statement the bank
wrote. It is compared with what the ledger owed at the end of its day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from filiere.kernel.calendar import bounds_of_day, legal_day
from filiere.ledger import queries as ledger
from filiere.programmes.models import BankStatement, RingFence
from filiere.programmes.queries.bank import unresolved_bounces

STALE_DAYS = 7


class Verdict(StrEnum):
    """The page's sentence: enough, short, or no statement recent enough to say."""

    ENOUGH = "enough"
    SHORT = "short"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Owed:
    """What the ring-fenced account must hold, in cents, at one moment."""

    tranches_cents: int
    pockets_cents: int
    payables_cents: int
    third_parties_cents: int
    transit_cents: int
    returns_cents: int
    commissions_cents: int = 0
    credits_cents: int = 0

    @property
    def total_cents(self) -> int:
        """All of it."""
        return (
            self.tranches_cents
            + self.pockets_cents
            + self.payables_cents
            + self.third_parties_cents
            + self.transit_cents
            + self.returns_cents
            + self.commissions_cents
            + self.credits_cents
        )


@dataclass(frozen=True, slots=True)
class RingFenceCover:
    """The last statements together against what is owed.

    Attributes:
        dated_on: the oldest of the accounts' last statements; None before the first one.
        days_old: days since then, 0 or more.
        bank_cents: closing balances added up; None before the first statement.
        owed: at the end of ``dated_on`` (now, before the first statement).
        owed_now: at the moment of reading.
        bounced_cents: receipts the bank took back whose money is already in a lot.
    """

    dated_on: date | None
    imported_at: datetime | None
    days_old: int
    bank_cents: int | None
    owed: Owed
    owed_now: Owed
    bounced_cents: int

    @property
    def surplus_cents(self) -> int | None:
        """What the bank holds beyond what is owed; negative when it is short."""
        return None if self.bank_cents is None else self.bank_cents - self.owed.total_cents

    @property
    def is_stale(self) -> bool:
        """No statement for over a week."""
        return self.dated_on is None or self.days_old > STALE_DAYS

    @property
    def verdict(self) -> Verdict:
        """A shortfall is told however old; enough only when the statement is recent."""
        surplus = self.surplus_cents
        if surplus is not None and surplus < 0:
            return Verdict.SHORT
        return Verdict.UNKNOWN if surplus is None or self.is_stale else Verdict.ENOUGH


def no_credit(until: datetime | None) -> int:
    """Say that nobody paid more than asked on these accounts."""
    return 0


def ring_fence_cover(
    *, at: datetime, credit: Callable[[datetime | None], int] = no_credit
) -> RingFenceCover:
    """Compare the last statement of each open account with what is owed.

    Pages read it through ``billing.queries.ring_fence``, which knows the credit balances.

    Args:
        at: the moment of reading, aware.
        credit: gives the credit balances on these accounts at a moment, or now, in cents.
    """
    accounts = RingFence.objects.filter(closed_at=None).order_by("pk")
    last = [one for account in accounts if (one := _last_statement(account)) is not None]
    complete = bool(last) and len(last) == len(accounts)
    dated_on = min(one.dated_on for one in last) if complete else None
    now = _owed(None, credit)
    return RingFenceCover(
        dated_on=dated_on,
        imported_at=max(one.imported_at for one in last) if last else None,
        days_old=max(0, (legal_day(at) - dated_on).days) if dated_on else 0,
        bank_cents=sum(one.closing_balance_cents for one in last) if complete else None,
        owed=_owed(_end_of(dated_on), credit) if dated_on else now,
        owed_now=now,
        bounced_cents=sum(one.receipt.amount_cents for one in unresolved_bounces()),
    )


def _end_of(day: date) -> datetime:
    """Give the last moment of a legal day: what occurs at midnight is the next day's."""
    return bounds_of_day(day)[1] - timedelta(microseconds=1)


def _last_statement(account: RingFence) -> BankStatement | None:
    return account.statements.order_by("-dated_on", "-imported_at", "-pk").first()


def _owed(until: datetime | None, credit: Callable[[datetime | None], int]) -> Owed:
    """Add up the accounts whose money must be on the bank; third parties' cash is there too."""
    payables = ledger.balances("payable:", until=until)
    tranches = sum(cents for code, cents in payables.items() if ":tranche:" in code)

    def total(prefix: str) -> int:
        return sum(ledger.balances(prefix, until=until).values())

    return Owed(
        tranches_cents=total("tranche:"),
        pockets_cents=total("pocket:"),
        payables_cents=tranches,
        third_parties_cents=sum(payables.values())
        - tranches
        + total("thirdparty:")
        + total("due:"),
        transit_cents=total("transit:"),
        returns_cents=total("return:"),
        commissions_cents=total("commission:"),
        credits_cents=credit(until),
    )
