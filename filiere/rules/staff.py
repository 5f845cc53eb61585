"""Who may act in a person's place, and the day the funding of a post ends.

Pure functions. Money is integer euro cents a month.

Source: public pages and code constants of Aidants Connect (volunteers, civic service, elected
officials and family carers are excluded; only employees of a habilitated structure act). The days
of the alerts are our own choice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from filiere.rules import parameters


class StaffStatus(StrEnum):
    """The status of whoever helps. A subsidised contract is an employee's contract."""

    EMPLOYEE = "employee"
    PUBLIC_AGENT = "public_agent"
    SUBSIDISED = "subsidised"
    SELF_EMPLOYED = "self_employed"
    CIVIC_SERVICE = "civic_service"
    VOLUNTEER = "volunteer"
    ELECTED = "elected"
    CARER = "carer"


EMPLOYED = frozenset({StaffStatus.EMPLOYEE, StaffStatus.PUBLIC_AGENT, StaffStatus.SUBSIDISED})
"""Statuses that may act in a person's place, once trained and habilitated."""
EXCLUDED = frozenset(
    {
        StaffStatus.CIVIC_SERVICE,
        StaffStatus.VOLUNTEER,
        StaffStatus.ELECTED,
        StaffStatus.CARER,
    }
)
"""Statuses excluded by name, even trained."""


class Lack(StrEnum):
    """What keeps somebody from acting in a person's place."""

    NOT_EMPLOYED = "not_employed"
    NOT_TRAINED = "not_trained"
    NOT_HABILITATED = "not_habilitated"
    NO_MANDATE = "no_mandate"
    MANDATE_ENDED = "mandate_ended"
    OTHER_TOPIC = "other_topic"


@dataclass(frozen=True, slots=True)
class Mandate:
    """What a person allows: from a day, for some days, for families of procedures.

    ``ended_on`` is the day the person took it back, if so: it holds no more from that day.
    """

    starts_on: date
    days: int
    topics: frozenset[str]
    ended_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse a length or a topic that does not exist."""
        if str(self.days) not in parameters.words("mandate.days", self.starts_on):
            raise ValueError(f"no mandate lasts {self.days} days")
        unknown = self.topics - set(parameters.words("mandate.topics", self.starts_on))
        if unknown:
            raise ValueError(f"no such topic: {sorted(unknown)}")

    @property
    def last_on(self) -> date:
        """Last day of the mandate, the first one counted, if the person does not end it sooner."""
        return self.starts_on + timedelta(days=self.days - 1)

    def holds(self, on: date) -> bool:
        """Tell whether the mandate holds on a day."""
        taken_back = self.ended_on is not None and self.ended_on <= on
        return self.starts_on <= on <= self.last_on and not taken_back


def lacks_to_act(
    *,
    status: StaffStatus,
    is_trained: bool,
    is_habilitated: bool,
    mandate: Mandate | None,
    topic: str,
    on: date,
) -> tuple[Lack, ...]:
    """Give what keeps somebody from acting in a person's place; nothing when they may.

    Args:
        is_habilitated: of the structure that employs them.
        topic: family of procedures of what is to be done.
        on: the day.

    Source: employed and trained and habilitated and mandate valid and topic in the mandate.

    >>> lacks_to_act(status=StaffStatus.CIVIC_SERVICE, is_trained=True, is_habilitated=True,
    ...     mandate=Mandate(date(2026, 11, 22), 1, frozenset({"housing"})), topic="housing",
    ...     on=date(2026, 11, 22))
    (<Lack.NOT_EMPLOYED: 'not_employed'>,)
    """
    found = []
    if status not in EMPLOYED:
        found.append(Lack.NOT_EMPLOYED)
    if not is_trained:
        found.append(Lack.NOT_TRAINED)
    if not is_habilitated:
        found.append(Lack.NOT_HABILITATED)
    if mandate is None:
        found.append(Lack.NO_MANDATE)
    elif not mandate.holds(on):
        found.append(Lack.MANDATE_ENDED)
    elif topic not in mandate.topics:
        found.append(Lack.OTHER_TOPIC)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Post:
    """One post: its cost and what a funding takes of it, in cents a month, until a last day.

    ``contract_ends_on`` is None for a permanent contract.
    """

    name: str
    cost_cents: int
    funded_cents: int
    funded_until: date
    contract_ends_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse a funding below zero or above the cost."""
        if not 0 <= self.funded_cents <= self.cost_cents:
            raise ValueError(f"funding {self.funded_cents} is not within {self.cost_cents}")

    @property
    def stays(self) -> bool:
        """Tell whether the contract goes on after the funding."""
        return self.contract_ends_on is None or self.contract_ends_on > self.funded_until


@dataclass(frozen=True, slots=True)
class Cliff:
    """What changes the day after fundings end: more to pay each month, and posts that end.

    ``more_a_month_cents`` adds up all that ended since the day asked.
    """

    on: date
    posts: tuple[str, ...]
    ending: tuple[str, ...]
    more_a_month_cents: int


def cliffs(posts: Iterable[Post], on: date) -> tuple[Cliff, ...]:
    """Give the days after which fundings end, soonest first, with what then has to be paid.

    Args:
        posts: the staff; a funding already ended on the day asked is left out.
        on: the day asked.

    Source: arithmetic; our own choice of what is shown.
    """
    by_day: dict[date, list[Post]] = {}
    for post in posts:
        if post.funded_cents and post.funded_until >= on:
            by_day.setdefault(post.funded_until, []).append(post)
    found, more = [], 0
    for last in sorted(by_day):
        ended = by_day[last]
        more += sum(post.funded_cents for post in ended if post.stays)
        found.append(
            Cliff(
                on=last + timedelta(days=1),
                posts=tuple(post.name for post in ended),
                ending=tuple(post.name for post in ended if not post.stays),
                more_a_month_cents=more,
            )
        )
    return tuple(found)


def alert_days(funded_until: date, on: date) -> tuple[date, ...]:
    """Give the days an alert is due before a funding ends, soonest first.

    Source: our own choice, ``staff.alert_*`` of the parameters.

    >>> [day.isoformat() for day in alert_days(date(2027, 6, 30), date(2026, 11, 22))]
    ['2027-01-01', '2027-04-01', '2027-05-31']
    """
    return tuple(
        funded_until - timedelta(days=parameters.whole(f"staff.alert_{name}_days", on))
        for name in ("first", "second", "last")
    )
