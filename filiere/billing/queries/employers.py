"""What an employer may know of the hours it offers: how many, never whose. Minutes and cents.

Nobody is told who came, nor when: the sessions of an agreement are told by whole months, together,
once at least as many as the threshold of small groups wait to be told; what is left is told when
the agreement is over. Until then they are in no count and no balance.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.db.models import Count, Q, Sum

from filiere.agreements.models import AgreementKind, Commitment
from filiere.billing.models import ChargeState, PayerShare, ThirdPartyReceipt
from filiere.billing.queries.direct import paid_to_places
from filiere.kernel.calendar import add_months, bounds_of_day, legal_day
from filiere.rules import parameters

# What is told of a month is dated by its last instant: it counts in that month and year.
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class HoursEvent:
    """A session an agreement paid (+1), or the refund of one (-1)."""

    commitment_id: int
    at: datetime
    sessions: int
    minutes: int
    cents: int


def hours_events(bought: Iterable[Commitment]) -> list[HoursEvent]:
    """Give what happened to the hours of some agreements, oldest first; one query."""
    rows = (
        PayerShare.objects.filter(commitment__in=list(bought))
        .order_by("charge__posting_group__occurred_at", "pk")
        .values_list(
            "commitment_id",
            "charge__posting_group__occurred_at",
            "minutes",
            "amount_cents",
            "charge__state",
            "charge__refund__refunded_at",
        )
    )
    found = []
    for commitment_id, at, minutes, cents, state, refunded_at in rows:
        found.append(HoursEvent(commitment_id, at, 1, minutes or 0, cents))
        if state == ChargeState.REFUNDED:
            found.append(HoursEvent(commitment_id, refunded_at, -1, -(minutes or 0), -cents))
    return sorted(found, key=attrgetter("at"))


def told_hours(
    events: Iterable[HoursEvent], *, ends_on: date | None, on: date
) -> Iterator[tuple[datetime, list[HoursEvent]]]:
    """Gather events into groups that may be told, with the moment each is told.

    A group ends with a month in which enough sessions wait; those of the month under way wait.
    Once the agreement is over, all that waited is told, and what comes later (refunds) at once.

    Args:
        events: of one agreement, oldest first.
        on: the day that counts as today.
    """
    over_at = bounds_of_day(ends_on)[1] if ends_on is not None and ends_on < on else None
    few = parameters.whole("small_cells.threshold", on)
    waiting: list[HoursEvent] = []
    for month_end, some in groupby(events, key=_month_end):
        waiting += some
        if over_at is not None and month_end >= over_at:
            continue
        if month_end <= bounds_of_day(on)[0] and sum(one.sessions > 0 for one in waiting) >= few:
            yield month_end - INSTANT, waiting
            waiting = []
    if over_at is None:
        return
    in_time = [one for one in waiting if one.at < over_at]
    if in_time:
        yield over_at - INSTANT, in_time
    for one in waiting[len(in_time) :]:
        yield one.at, [one]


def _month_end(event: HoursEvent) -> datetime:
    """The first moment of the month after an event."""
    return bounds_of_day(add_months(legal_day(event.at).replace(day=1), 1))[0]


@dataclass(frozen=True, slots=True)
class HoursAccount:
    """Where one agreement of free hours stands, as far as it may be told.

    ``sessions``, ``used_minutes`` and ``owed_cents`` count up to the end of ``told_on``. All four are
    None while too few sessions wait to be told: nobody could say whether somebody came.
    """

    commitment_id: int
    title: str
    provider: str
    starts_on: date
    ends_on: date | None
    is_over: bool
    quota_minutes: int
    cards: int
    told_on: date | None
    sessions: int | None
    used_minutes: int | None
    owed_cents: int | None

    @property
    def left_minutes(self) -> int | None:
        """What was left to use at the end of ``told_on``; None while it is not told."""
        return None if self.used_minutes is None else self.quota_minutes - self.used_minutes


def hours_accounts(promiser_id: int, *, on: date) -> list[HoursAccount]:
    """Give the free hours an organisation bought, the latest agreement first; six queries at most.

    What it owes is what is told, less what it sent to the operator and paid straight to the place.

    Args:
        on: the day that counts as today.
    """
    bought = list(
        Commitment.objects.filter(
            agreement__kind=AgreementKind.EMPLOYER, agreement__promiser=promiser_id
        )
        .select_related("agreement__counterpart")
        .annotate(live_cards=Count("cards", filter=Q(cards__revoked_at=None)))
        .order_by("-agreement__starts_on", "-pk")
    )
    events: dict[int, list[HoursEvent]] = defaultdict(list)
    for event in hours_events(bought):
        events[event.commitment_id].append(event)
    paid = _paid(bought)
    return [_account(one, events[one.pk], paid.get(one.pk, 0), on) for one in bought]


def _paid(bought: Sequence[Commitment]) -> dict[int, int]:
    """Give by commitment what was sent to the operator and what was paid to places."""
    found = paid_to_places(one.pk for one in bought)
    sent = (
        ThirdPartyReceipt.objects.filter(commitment__in=bought)
        .values("commitment")
        .order_by("commitment")
        .annotate(total=Sum("amount_cents"))
        .values_list("commitment", "total")
    )
    for commitment, cents in sent:
        found[commitment] = found.get(commitment, 0) + cents
    return found


def _account(commitment: Commitment, events: list[HoursEvent], paid: int, on: date) -> HoursAccount:
    agreement = commitment.agreement
    is_over = agreement.ends_on is not None and agreement.ends_on < on
    groups = list(told_hours(events, ends_on=agreement.ends_on, on=on))
    told = [event for _at, some in groups for event in some]
    is_told = bool(groups) or is_over
    told_on = legal_day(groups[-1][0]) if groups else None
    return HoursAccount(
        commitment_id=commitment.pk,
        title=agreement.title,
        provider=agreement.counterpart.name if agreement.counterpart else "",
        starts_on=agreement.starts_on,
        ends_on=agreement.ends_on,
        is_over=is_over,
        quota_minutes=commitment.quota_minutes or 0,
        cards=commitment.live_cards,  # type: ignore[attr-defined]
        told_on=agreement.ends_on if is_over else told_on,
        sessions=sum(event.sessions for event in told) if is_told else None,
        used_minutes=sum(event.minutes for event in told) if is_told else None,
        owed_cents=max(0, sum(event.cents for event in told) - paid) if is_told else None,
    )
