"""The till of a public organisation: what is to record, recording it, a month line by line."""

import datetime as dt

from django.utils import timezone
from ninja import Router, Schema

from filiere.accounts.models import Role
from filiere.api.problems import answers
from filiere.api.repeats import KEYED, repeatable
from filiere.api.seats import own_registration
from filiere.api.security import SignedIn, holds
from filiere.billing import queries as billing
from filiere.billing.models import Till, TillMeans, TillMonth
from filiere.billing.queries import tills as queries
from filiere.billing.services import tills as services
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import allowed, memberships, require
from filiere.rules.tills import month_of

router = Router(tags=["tills"])
SEE, RECORD, USE = "billing.see_till", "billing.record_at_till", "billing.use_counter"
SHOWN = 200


class TillLine(Schema):
    """One till, as its act of creation says."""

    id: int
    organisation_id: int
    name: str
    act_number: str
    act_on: dt.date
    sales: list[str]
    means: list[str]
    cash_limit_cents: int
    opened_on: dt.date
    closed_on: dt.date | None


class HeldOut(Schema):
    """What is in hand by one means of payment."""

    means: str
    amount_cents: int


class WaitingOut(Schema):
    """What one person owes for a session, not recorded yet."""

    ref: str
    amount_cents: int
    split_at: dt.datetime | None


class TillOut(TillLine):
    """The same, with what is in hand, when to deposit at the latest, and what is to record.

    ``waiting`` holds the 200 oldest at most; ``waiting_count`` counts all of them.
    """

    held: list[HeldOut]
    deposit_due_on: dt.date | None
    waiting: list[WaitingOut]
    waiting_count: int


class MeansIn(Schema):
    """How the person paid."""

    means: TillMeans


class TillReceiptOut(Schema):
    """A payment recorded at a till, under its number."""

    till_id: int
    number: int
    ref: str
    means: str
    amount_cents: int
    day: dt.date


class JournalLineOut(Schema):
    """One line: what came in, was given back, deposited, missing or too much. Amounts are > 0.

    ``sold`` names a package; sold without a session, it has no ``ref``.
    """

    day: dt.date
    at: dt.datetime
    kind: str
    means: str
    amount_cents: int
    number: int | None
    words: str
    ref: str
    sold: str


class MeansTotalOut(Schema):
    """One means of payment: what was in hand, what moved, what is left."""

    means: str
    opening_cents: int
    received_cents: int
    given_back_cents: int
    deposited_cents: int
    difference_cents: int
    by_accountant_cents: int
    closing_cents: int


class TillMonthOut(Schema):
    """A month of a till; ``state`` is null until it is handed over to the public accountant."""

    till_id: int
    month: dt.date
    state: str | None
    receipts: int
    voucher_cents: int
    totals: list[MeansTotalOut]
    lines: list[JournalLineOut]


def _till(request: SignedIn, till_id: int) -> Till:
    found = Till.objects.select_related("organisation").filter(pk=till_id).first()
    if found is None:
        raise NotFound(reference=till_id)
    require(request.user, SEE, found)
    return found


@router.get("/tills", auth=holds(SEE), response=answers(list[TillLine]), operation_id="tills")
def tills(request: SignedIn) -> list[TillLine]:
    """Tills of one's own organisations, the open ones first; an auditor sees all of them."""
    held = memberships(request.user)
    every = any(one.role == Role.AUDITOR for one in held)
    own = None if every else {one.organisation_id for one in held}
    seen = [one for one in queries.tills_of(own) if allowed(request.user, SEE, one)]
    return [TillLine.from_orm(one) for one in seen]


@router.get("/tills/{int:till_id}", auth=holds(SEE), response=answers(TillOut), operation_id="till")
def till(request: SignedIn, till_id: int) -> TillOut:
    """One till: what is in hand, and the payments still to record."""
    found = _till(request, till_id)
    holding, waiting = queries.holding(found), queries.to_record(found)
    return TillOut(
        **TillLine.from_orm(found).dict(),
        held=[HeldOut(means=means, amount_cents=cents) for means, cents in holding.by_means],
        deposit_due_on=holding.due_on,
        waiting=[
            WaitingOut(
                ref=share.charge.registration.ref,
                amount_cents=share.amount_cents,
                split_at=share.charge.split_at,
            )
            for share in waiting[:SHOWN]
        ],
        waiting_count=waiting.count(),
    )


@router.post(
    "/registrations/{ref}/till-receipt",
    auth=holds(RECORD),
    response=answers(TillReceiptOut),
    operation_id="record_at_till",
    openapi_extra=KEYED,
)
@repeatable
def record_at_till(request: SignedIn, ref: str, given: MeansIn) -> TillReceiptOut:
    """Record what the person pays for a session. Twice is once, under the same number."""
    registration = own_registration(request, ref, USE)
    charge = billing.charge_of(registration.pk)
    found = queries.till_for(charge) if charge else None
    if charge is None or found is None:
        raise NotFound(reference=registration.ref)
    require(request.user, RECORD, found)
    receipt = services.record_receipt(
        charge=charge, means=given.means, at=timezone.now(), actor=request.user.actor
    )
    return TillReceiptOut(
        till_id=receipt.till_id,
        number=receipt.number,
        ref=registration.ref,
        means=receipt.means,
        amount_cents=receipt.amount_cents,
        day=receipt.day,
    )


@router.get(
    "/tills/{int:till_id}/months/{month}",
    auth=holds(SEE),
    response=answers(TillMonthOut),
    operation_id="till_month",
)
def till_month(request: SignedIn, till_id: int, month: dt.date) -> TillMonthOut:
    """The journal of the month of a day: lines in order of time, totals by means of payment."""
    found = _till(request, till_id)
    journal = queries.journal(found, month_of(month))
    row = TillMonth.objects.filter(till=found, month=journal.month).first()
    return TillMonthOut(
        till_id=found.pk,
        month=journal.month,
        state=row.state if row else None,
        receipts=journal.receipts,
        voucher_cents=journal.voucher_cents,
        totals=[MeansTotalOut.from_orm(one) for one in journal.totals],
        lines=[
            JournalLineOut(
                day=one.day,
                at=one.at,
                kind=one.line.kind,
                means=one.line.means,
                amount_cents=one.line.amount_cents,
                number=one.number,
                words=one.words,
                ref=one.session,
                sold=one.sold,
            )
            for one in journal.lines
        ],
    )
