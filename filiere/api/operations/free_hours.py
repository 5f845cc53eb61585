"""Free hours an employer offers to its staff: how many, the cards that open them, never a name."""

import datetime as dt

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from filiere.accounts.models import Organisation
from filiere.agreements import cards
from filiere.agreements.models import AgreementKind, Commitment
from filiere.api.problems import answers
from filiere.api.security import SignedIn, holds
from filiere.billing import queries
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import allowed, memberships, require

router = Router(tags=["free hours"])
OFFER = "agreements.offer_hours"


class EmployerQuery(Schema):
    """Which of one's organisations; the first when absent."""

    organisation_id: int | None = None


class FreeHoursOut(Schema):
    """One agreement. What was used is told by whole months, up to ``told_on``.

    It is null while fewer than five sessions wait to be told, so that nobody is recognised.
    """

    commitment_id: int
    title: str
    provider: str
    starts_on: dt.date
    ends_on: dt.date | None
    is_over: bool
    quota_minutes: int
    cards: int
    told_on: dt.date | None
    sessions: int | None
    used_minutes: int | None
    left_minutes: int | None
    owed_cents: int | None


class CardsIn(Schema):
    """How many cards; ``minutes_each`` is the most each opens, null when only the quota limits."""

    count: int = Field(ge=1, le=cards.MOST_CARDS)
    minutes_each: int | None = Field(None, ge=1, le=60_000)


class CardsOut(Schema):
    """The codes to print. Note them now: they are shown once and never kept."""

    codes: list[str]


class RevokedOut(Schema):
    """How many cards open nothing more."""

    revoked: int


def _own(request: SignedIn, commitment_id: int) -> Commitment:
    found = (
        Commitment.objects.filter(pk=commitment_id, agreement__kind=AgreementKind.EMPLOYER)
        .select_related("agreement__promiser")
        .first()
    )
    if found is None:
        raise NotFound(reference=commitment_id)
    require(request.user, OFFER, found.agreement.promiser)
    return found


@router.get(
    "/free-hours",
    auth=holds(OFFER),
    response=answers(list[FreeHoursOut]),
    operation_id="free_hours",
)
def free_hours(request: SignedIn, query: Query[EmployerQuery]) -> list[FreeHoursOut]:
    """Hours one of one's organisations bought, the latest agreement first."""
    held = memberships(request.user)
    mine = [one.organisation_id for one in held if allowed(request.user, OFFER, one.organisation)]
    pk = query.organisation_id or mine[0]
    organisation = Organisation.objects.filter(pk=pk).first()
    if organisation is None:
        raise NotFound(reference=pk)
    require(request.user, OFFER, organisation)
    found = queries.hours_accounts(pk, on=legal_day(timezone.now()))
    return [FreeHoursOut.from_orm(one) for one in found]


@router.post(
    "/free-hours/{int:commitment_id}/cards",
    auth=holds(OFFER),
    response=answers(CardsOut),
    operation_id="issue_cards",
)
def issue_cards(request: SignedIn, commitment_id: int, given: CardsIn) -> CardsOut:
    """Make cards to give out; each call makes new ones."""
    made = cards.issue_cards(
        commitment_id=_own(request, commitment_id).pk,
        count=given.count,
        minutes_each=given.minutes_each,
        at=timezone.now(),
        actor=request.user.actor,
    )
    return CardsOut(codes=made)


@router.post(
    "/free-hours/{int:commitment_id}/cards/revoke",
    auth=holds(OFFER),
    response=answers(RevokedOut),
    operation_id="revoke_cards",
)
def revoke_cards(request: SignedIn, commitment_id: int) -> RevokedOut:
    """Take every card of an agreement back: lost ones open nothing more."""
    count = cards.revoke_cards(
        commitment_id=_own(request, commitment_id).pk, at=timezone.now(), actor=request.user.actor
    )
    return RevokedOut(revoked=count)
