"""Follow the euro: programmes, tranches, the sessions they paid. Amounts in euro cents."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from filiere.accounts.models import Role
from filiere.api.paging import Page, PageQuery, paged
from filiere.api.problems import answers
from filiere.api.security import SignedIn, holds, public
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import memberships, require
from filiere.observatory import portfolio
from filiere.observatory import queries as observatory
from filiere.observatory.queries import By, TracedLine
from filiere.operations.roles import organisations_of
from filiere.programmes.models import Programme, Tranche

router = Router(tags=["follow the euro"])
SEE = "observatory.see_programmes"


class ProgrammeLine(Schema):
    """One programme of a list."""

    id: int
    name: str
    commissioner: str
    starts_on: dt.date
    ends_on: dt.date
    is_invented: bool


class TrancheLine(Schema):
    """One funder's tranche: promised, received, given back, used, paid.

    ``kept_cents`` is what was received, less what was given back to the funder.
    """

    tranche_id: int
    programme_id: int
    funder_id: int
    funder: str
    promised_cents: int
    received_cents: int
    returned_cents: int
    kept_cents: int
    used_cents: int
    paid_cents: int


class ServiceAmountOut(Schema):
    """What one service used."""

    service: str
    amount_cents: int


class FlowsOut(Schema):
    """The river: ``given`` splits exactly into not activated, not handed out, unused, used."""

    promised_cents: int
    given_cents: int
    not_activated_cents: int
    not_handed_out_cents: int
    handed_out_unused_cents: int
    used_cents: int
    paid_cents: int
    due_cents: int
    used_by_service: list[ServiceAmountOut]


class FollowedOut(Schema):
    """What money became."""

    flows: FlowsOut
    sessions: int
    persons: int
    first_session_on: dt.date | None


class ProgrammeOut(ProgrammeLine):
    """One programme with its tranches; ``followed`` is null while nobody promised anything."""

    tranches: list[TrancheLine]
    followed: FollowedOut | None


class TrancheOut(Schema):
    """One tranche followed."""

    id: int
    programme_id: int
    programme: str
    funder_id: int
    funder: str
    followed: FollowedOut


class RowOut(Schema):
    """What money did in one place, commune or service."""

    key: int | str | None
    label: str
    commune: str
    sessions: int | None
    persons: int | None
    amount_cents: int | None


class RowsQuery(PageQuery):
    """How the rows are grouped."""

    by: By = By.PLACE


class ActsQuery(PageQuery):
    """Which sessions; all by default."""

    place_id: int | None = None
    commune_id: int | None = None
    service: str = ""


class ActLine(Schema):
    """One session a tranche paid for; nobody is named."""

    movement_id: UUID
    at: dt.datetime
    service: str
    place_id: int
    place: str
    commune: str
    amount_cents: int
    is_paid: bool


class PayerOut(Schema):
    """Who paid a part."""

    organisation_id: int
    name: str
    kind: str
    amount_cents: int
    tranche_id: int | None
    commitment_id: int | None


class SharePaid(Schema):
    """One share of the price, and who paid it."""

    kind: str
    amount_cents: int
    payers: list[PayerOut]


class ActOut(Schema):
    """One session from the funders to the bank; the shares add up to the price."""

    movement_id: UUID
    programme_id: int
    session_at: dt.datetime
    service: str
    place: str
    commune: str
    voucher_serial: int
    price_cents: int
    shares: list[SharePaid]
    batch: str | None
    paid_on: dt.date | None


class AccountOut(Schema):
    """One programme as the public reads it; null where too few persons took part."""

    programme_id: int
    name: str
    commissioner: str
    is_invented: bool
    promised_cents: int
    received_cents: int
    ordered_cents: int
    activated_cents: int
    handed_out_cents: int | None
    used_cents: int | None
    paid_cents: int | None
    persons: int | None


@router.get(
    "/open-accounts",
    auth=public,
    response=answers(Page[AccountOut]),
    operation_id="open_accounts",
)
def open_accounts(request: HttpRequest, query: Query[PageQuery]) -> Page[AccountOut]:
    """Every programme from the promise to the payment, for the public."""
    found = portfolio.open_accounts(on=legal_day(timezone.now()))
    return paged(found, query, AccountOut.from_orm)


@router.get(
    "/programmes",
    auth=holds(SEE),
    response=answers(Page[ProgrammeLine]),
    operation_id="programmes",
)
def programmes(request: SignedIn, query: Query[PageQuery]) -> Page[ProgrammeLine]:
    """Programmes one's organisation commissions or funds; stewards and auditors see all."""
    held = {membership.role for membership in memberships(request.user)}
    everything = bool(held & {Role.STEWARD, Role.AUDITOR})
    seen = portfolio.programmes_seen_by(None if everything else organisations_of(request.user))
    return paged(seen, query, lambda one: ProgrammeLine(**_programme(one)))


@router.get(
    "/programmes/{int:programme_id}",
    auth=holds(SEE),
    response=answers(ProgrammeOut),
    operation_id="programme",
)
def programme(request: SignedIn, programme_id: int) -> ProgrammeOut:
    """One programme: who gave, what became of all their money together."""
    found = Programme.objects.select_related("commissioner").filter(pk=programme_id).first()
    if found is None:
        raise NotFound(reference=programme_id)
    require(request.user, SEE, found)
    followed = observatory.follow_programme(found.pk)
    return ProgrammeOut(
        **_programme(found),
        tranches=[TrancheLine.from_orm(one) for one in portfolio.totals_of_programmes([found.pk])],
        followed=FollowedOut.from_orm(followed) if followed else None,
    )


@router.get(
    "/tranches/{int:tranche_id}",
    auth=holds(SEE),
    response=answers(TrancheOut),
    operation_id="tranche",
)
def tranche(request: SignedIn, tranche_id: int) -> TrancheOut:
    """One tranche from its receipts to the sessions it paid for."""
    found = _tranche(request, tranche_id)
    return TrancheOut(
        id=found.pk,
        programme_id=found.programme_id,
        programme=found.programme.name,
        funder_id=found.funder_id,
        funder=found.funder.name,
        followed=FollowedOut.from_orm(observatory.follow_tranche(found.pk)),
    )


@router.get(
    "/tranches/{int:tranche_id}/rows",
    auth=holds(SEE),
    response=answers(Page[RowOut]),
    operation_id="tranche_rows",
)
def rows(request: SignedIn, tranche_id: int, query: Query[RowsQuery]) -> Page[RowOut]:
    """What a tranche paid for, by place, commune or service, the most money first."""
    found = _tranche(request, tranche_id)
    return paged(observatory.rows_of_tranches([found.pk], by=query.by), query, RowOut.from_orm)


@router.get(
    "/tranches/{int:tranche_id}/acts",
    auth=holds(SEE),
    response=answers(Page[ActLine]),
    operation_id="tranche_acts",
)
def acts(request: SignedIn, tranche_id: int, query: Query[ActsQuery]) -> Page[ActLine]:
    """The sessions a tranche paid for, latest first."""
    found = _tranche(request, tranche_id)
    listed = portfolio.paid_acts(
        found.pk, place_id=query.place_id, commune_id=query.commune_id, service=query.service
    )
    return paged(listed, query, _act_line)


@router.get(
    "/acts/{uuid:movement_id}", auth=holds(SEE), response=answers(ActOut), operation_id="act"
)
def act(request: SignedIn, movement_id: UUID) -> ActOut:
    """One paid session to the end: funders, voucher, shares, payment."""
    found = portfolio.trace_act(movement_id)
    require(request.user, SEE, found.programme)
    line = found.order_line
    offer = found.charge.registration.slot.offer
    return ActOut(
        movement_id=found.movement.pk,
        programme_id=found.programme.pk,
        session_at=found.charge.registration.slot.starts_at,
        service=offer.service,
        place=offer.place.name,
        commune=offer.place.commune.name,
        voucher_serial=found.movement.voucher.serial,
        price_cents=found.charge.price_cents,
        shares=[share_paid(one) for one in found.lines],
        batch=line.order.batch.label if line else None,
        paid_on=line.order.paid_on if line else None,
    )


def share_paid(line: TracedLine) -> SharePaid:
    """Write one share with its payers."""
    return SharePaid(
        kind=line.kind,
        amount_cents=line.amount_cents,
        payers=[PayerOut.from_orm(payer) for payer in line.payers],
    )


def _tranche(request: SignedIn, tranche_id: int) -> Tranche:
    found = Tranche.objects.select_related("programme", "funder").filter(pk=tranche_id).first()
    if found is None:
        raise NotFound(reference=tranche_id)
    require(request.user, SEE, found.programme)
    return found


def _programme(found: Programme) -> dict[str, Any]:
    names = ("name", "starts_on", "ends_on", "is_invented")
    return {name: getattr(found, name) for name in names} | {
        "id": found.pk,
        "commissioner": found.commissioner.name,
    }


def _act_line(part: Any) -> ActLine:
    """Write one row of ``portfolio.paid_acts``: a movement part, with ``is_paid``."""
    slot = part.movement.share.charge.registration.slot
    return ActLine(
        movement_id=part.movement_id,
        at=slot.starts_at,
        service=slot.offer.service,
        place_id=slot.offer.place_id,
        place=slot.offer.place.name,
        commune=slot.offer.place.commune.name,
        amount_cents=part.amount_cents,
        is_paid=part.is_paid,
    )
