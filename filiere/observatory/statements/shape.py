"""The shape of every statement: opening balance, lines, closing balance. Euro cents.

A line charges or pays; the balance is what is charged and not paid yet. For a funder, who pays
first, it is the other way round: what was paid and is not used yet (``SIGNS``).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from filiere.kernel.calendar import bounds_of_day


class Party(StrEnum):
    """In which quality somebody reads its statement."""

    PROVIDER = "provider"
    FUNDER = "funder"
    THIRD_PARTY = "third_party"
    EMPLOYER = "employer"
    CLIENT = "client"
    PERSON = "person"


class LineKind(StrEnum):
    """What a line is about. Lines of one moment come in this order."""

    HOURS_BOUGHT = "hours_bought"
    SESSION = "session"
    VOUCHER_SHARE = "voucher_share"
    AGREED_SHARE = "agreed_share"
    COUNTER_SHARE = "counter_share"
    HOURS_USED = "hours_used"
    PACKAGE = "package"
    PACKAGE_BACK = "package_back"
    REFUND = "refund"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"
    DIRECT = "direct"
    CREDIT = "credit"
    CREDIT_USED = "credit_used"
    CREDIT_BACK = "credit_back"
    BOUNCE = "bounce"
    LOT = "lot"
    USE = "use"
    COMMISSION = "commission"
    RETURN = "return"
    PAYMENT = "payment"
    GIVEN_BACK = "given_back"


# Of a person's year, what sessions cost, and packages bought before; the others are of invoices.
OF_SESSIONS = (LineKind.SESSION, LineKind.PACKAGE, LineKind.PACKAGE_BACK, LineKind.REFUND)
# +1: the balance is what is still due; -1: what is still held.
SIGNS = {Party.FUNDER: -1}


@dataclass(frozen=True, slots=True)
class Period:
    """From one legal day to another, both included."""

    first_on: date
    last_on: date

    @property
    def since(self) -> datetime:
        """The first moment of the first day."""
        return bounds_of_day(self.first_on)[0]

    @property
    def until(self) -> datetime:
        """The first moment after the last day."""
        return bounds_of_day(self.last_on)[1]


@dataclass(frozen=True, slots=True)
class About:
    """The facts a line is explained by; what does not concern it is blank. It names nobody.

    ``name`` is the other party: a payer, a provider, the bank's reference of what came. ``parts``
    are who paid a session, with cents, in the written order.
    """

    session_ref: str = ""
    session_at: datetime | None = None
    service: str = ""
    place: str = ""
    commune: str = ""
    name: str = ""
    agreement: str = ""
    serial: int | None = None
    number: str = ""
    reason: str = ""
    minutes: int = 0
    sessions: int = 0
    amount_cents: int = 0
    on: date | None = None
    state: str = ""
    order_id: int | None = None
    programme_id: int | None = None
    tranche_id: int | None = None
    invoice_id: int | None = None
    act: UUID | None = None
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, what it charged, what it paid, and the balance after it, in cents."""

    at: datetime
    kind: LineKind
    charged_cents: int
    paid_cents: int
    balance_cents: int
    about: About


@dataclass(frozen=True, slots=True)
class Total:
    """What the lines of one kind add up to in the period."""

    kind: LineKind
    count: int
    charged_cents: int
    paid_cents: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of a statement; balances and totals are those of the whole period.

    ``first`` lines of the period come before those of ``lines``; ``count`` is how many it has in
    all. ``closing - opening`` is what all of them charged and paid, by the sign of the party.
    """

    party: Party
    period: Period
    opening_cents: int
    closing_cents: int
    count: int
    first: int
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]

    @property
    def charged_cents(self) -> int:
        """What the lines of the period charged."""
        return sum(one.charged_cents for one in self.totals)

    @property
    def paid_cents(self) -> int:
        """What the lines of the period paid."""
        return sum(one.paid_cents for one in self.totals)

    @property
    def before_cents(self) -> int:
        """The balance before the first line of this page."""
        if not self.lines:
            return self.closing_cents if self.first else self.opening_cents
        one, sign = self.lines[0], SIGNS.get(self.party, 1)
        return one.balance_cents - sign * (one.charged_cents - one.paid_cents)


class Reader(Protocol):
    """Writes the statement of one organisation in one quality."""

    def __call__(
        self, organisation_id: int, period: Period, *, first: int, count: int | None
    ) -> Statement:
        """See ``statement_of``."""
        ...
