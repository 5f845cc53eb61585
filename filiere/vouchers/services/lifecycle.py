"""The end of a lot: alerts, statement acknowledged by both sides, value given back once.

Amounts are integer euro cents.
"""

from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.db.models import Q, Sum

from filiere.accounts.models import Membership, Role
from filiere.kernel import services as kernel
from filiere.kernel.calendar import legal_day
from filiere.kernel.models import Channel
from filiere.kernel.wording import Day
from filiere.ledger import queries as ledger_queries
from filiere.ledger import services as ledger
from filiere.programmes import queries as programmes
from filiere.rules import parameters
from filiere.vouchers import letters
from filiere.vouchers.errors import (
    AcknowledgedByTheSame,
    LotNotActive,
    LotStillClaimable,
    StatementMissing,
    StatementNotAcknowledged,
)
from filiere.vouchers.models import (
    AlertKind,
    ClosingLine,
    ClosingStatement,
    LateReturn,
    Lot,
    LotAlert,
    LotState,
    Voucher,
    VoucherPart,
    VoucherState,
)
from filiere.vouchers.queries import pocket_account

type_side = Literal["operator", "commissioner"]
# Days before the last day of use; the nearest one reached is told.
ALERTS = ((7, AlertKind.LAST), (15, AlertKind.REALLOCATE), (30, AlertKind.SOON))
USABLE = (VoucherState.ACTIVE, VoucherState.HANDED_OUT, VoucherState.BLOCKED)


@transaction.atomic
def closing_alerts(*, at: datetime) -> int:
    """Tell funders and operators of the lots whose last day of use comes near. Each alert once.

    Thirty days before it is a warning, fifteen days before a proposal to reallocate, seven days
    before a last reminder. A lot with nothing left is not told of.

    Returns:
        How many alerts were given.
    """
    on, given = legal_day(at), 0
    ending = Lot.objects.filter(
        state=LotState.ACTIVE, use_until__gte=on, use_until__lte=on + timedelta(days=ALERTS[-1][0])
    )
    for lot in ending.select_related("programme").order_by("pk"):
        left = (lot.use_until - on).days
        kind = next(kind for days, kind in ALERTS if left <= days)
        unused = sum(unused_by_tranche(lot).values())
        if not unused or LotAlert.objects.filter(lot=lot, kind=kind).exists():
            continue
        LotAlert.objects.create(lot=lot, kind=kind, unused_cents=unused, at=at)
        _tell(lot, kind, unused, at)
        given += 1
    return given


def _tell(lot: Lot, kind: AlertKind, unused_cents: int, at: datetime) -> None:
    """Write to whoever answers for the lot: its funder's people and the operators."""
    readers = (
        Membership.objects.filter(
            Q(role=Role.OPERATOR)
            | Q(role=Role.COMMISSIONER, organisation=lot.programme.commissioner_id),
            ended_on=None,
        )
        .order_by("user__email")
        .values_list("user__email", flat=True)
        .distinct()
    )
    subject, body = letters.alert(lot, kind, unused_cents)
    for email in readers:
        kernel.enqueue(
            key=f"lot:{lot.pk}:{kind.value}:{email}"[:120],
            channel=Channel.EMAIL,
            recipient=email,
            subject=subject,
            body=body,
            at=at,
        )


def unused_by_tranche(lot: Lot) -> dict[int, int]:
    """What is left on the vouchers of a lot, in cents, for each of its tranches."""
    left = dict(
        VoucherPart.objects.filter(voucher__lot=lot, remaining_cents__gt=0)
        .values_list("tranche_id")
        .annotate(cents=Sum("remaining_cents"))
        .order_by("tranche_id")
    )
    tranches = lot.parts.order_by("tranche_id").values_list("tranche_id", flat=True)
    return {tranche_id: left.get(tranche_id, 0) for tranche_id in tranches}


@transaction.atomic
def draw_statement(*, lot: Lot, at: datetime, actor: str) -> ClosingStatement:
    """Draw up what became of a lot, funder by funder, once nothing can be claimed any more.

    Drawn again, it replaces the former one and both sides acknowledge it anew.

    Raises:
        LotNotActive: the lot is a draft, or closed.
        LotStillClaimable: its last day of claim has not passed.
    """
    lot = _ended(lot, at)
    ClosingStatement.objects.filter(lot=lot).delete()
    statement = ClosingStatement.objects.create(lot=lot, drawn_at=at)
    unused, handed = unused_by_tranche(lot), _handed_out_by_tranche(lot)
    parts = dict(lot.parts.order_by("tranche_id").values_list("tranche_id", "amount_cents"))
    ClosingLine.objects.bulk_create(
        ClosingLine(
            statement=statement,
            tranche_id=tranche_id,
            issued_cents=issued,
            handed_out_cents=handed.get(tranche_id, 0),
            used_cents=issued - unused[tranche_id],
            unused_cents=unused[tranche_id],
        )
        for tranche_id, issued in parts.items()
    )
    kernel.record(actor=actor, action="vouchers.statement_drawn", subject=f"lot:{lot.pk}", at=at)
    return statement


def _handed_out_by_tranche(lot: Lot) -> dict[int, int]:
    """Face of the vouchers that reached people, per tranche; a replacement counts once."""
    return dict(
        VoucherPart.objects.filter(
            voucher__lot=lot, voucher__handed_out_at__isnull=False, voucher__replaces=None
        )
        .values_list("tranche_id")
        .annotate(cents=Sum("face_cents"))
        .order_by("tranche_id")
    )


def _ended(lot: Lot, at: datetime) -> Lot:
    """Lock an active lot whose last day of claim has passed."""
    lot = Lot.objects.select_for_update(of=("self",)).select_related("programme").get(pk=lot.pk)
    if lot.state != LotState.ACTIVE:
        raise LotNotActive
    if legal_day(at) <= lot.present_until:
        raise LotStillClaimable(until=Day(lot.present_until))
    return lot


@transaction.atomic
def acknowledge_statement(
    *, lot: Lot, side: type_side, at: datetime, actor: str
) -> ClosingStatement:
    """Say, for one side, that the statement was read and is right. Twice is once.

    Raises:
        StatementMissing: none is drawn up.
        AcknowledgedByTheSame: this person answered for the other side.
    """
    statement = ClosingStatement.objects.select_for_update(of=("self",)).filter(lot=lot).first()
    if statement is None:
        raise StatementMissing
    other = statement.operator_by if side == "commissioner" else statement.commissioner_by
    if other == actor:
        raise AcknowledgedByTheSame
    if not getattr(statement, f"{side}_by"):
        setattr(statement, f"{side}_by", actor)
        setattr(statement, f"{side}_at", at)
        statement.save(update_fields=[f"{side}_by", f"{side}_at"])
        kernel.record(
            actor=actor, action="vouchers.statement_acknowledged", subject=f"lot:{lot.pk}", at=at,
            side=side,
        )  # fmt: skip
    return statement


@transaction.atomic
def close_lot(*, lot: Lot, at: datetime, actor: str) -> Lot:
    """End a lot: its vouchers expire and what is left goes back to each tranche, exactly once.

    Locks the lot, then every voucher that could still pay: whoever is paying at this moment goes
    first or is refused. The money is free at the tranches for another lot or for its funder.

    Raises:
        LotNotActive: it is not active; closing a closed lot changes nothing.
        LotStillClaimable: its last day of claim has not passed.
        StatementMissing: no statement, or one that no longer tells what is left.
        StatementNotAcknowledged: a side is missing and the time to answer is not over.
    """
    found = Lot.objects.select_for_update().get(pk=lot.pk)
    if found.state == LotState.CLOSED:
        return found
    lot = _ended(found, at)
    statement = ClosingStatement.objects.filter(lot=lot).first()
    if statement is None:
        raise StatementMissing
    _require_acknowledged(statement, at)
    Voucher.objects.filter(lot=lot, state__in=USABLE).update(state=VoucherState.EXPIRED)
    unused = unused_by_tranche(lot)
    told = dict(statement.lines.order_by("pk").values_list("tranche_id", "unused_cents"))
    if told != unused:
        raise StatementMissing
    if any(unused.values()):
        lot.closing_group_id = ledger.post(
            key=f"lot:{lot.pk}:closing",
            kind="closing",
            entries=_back(lot, unused),
            occurred_at=at,
            at=at,
            actor=actor,
        )
    lot.state, lot.closed_at = LotState.CLOSED, at
    lot.save(update_fields=["state", "closed_at", "closing_group"])
    kernel.record(
        actor=actor, action="vouchers.lot_closed", subject=f"lot:{lot.pk}", at=at,
        returned_cents=sum(unused.values()),
    )  # fmt: skip
    return lot


def _require_acknowledged(statement: ClosingStatement, at: datetime) -> None:
    """Refuse until both sides answered; silence counts as agreement after some days."""
    days = parameters.whole("lot.statement_answer_days", legal_day(at))
    silent_from = legal_day(statement.drawn_at) + timedelta(days=days)
    answered = statement.operator_at and statement.commissioner_at
    if not answered and legal_day(at) < silent_from:
        raise StatementNotAcknowledged(on=Day(silent_from))


def _back(lot: Lot, cents: dict[int, int]) -> list[ledger.Entry]:
    """Transfers from the pockets of a lot back to its tranches."""
    return [
        ledger.Entry(
            pocket_account(lot.pk, tranche_id), programmes.tranche_account(tranche_id), amount
        )
        for tranche_id, amount in sorted(cents.items())
        if amount
    ]


@transaction.atomic
def sweep_closed_lot(*, lot: Lot, at: datetime, actor: str) -> int:
    """Give back what reached the pockets of a closed lot since: a session undone too late.

    Locks the lot, so that two calls give back once.

    Returns:
        Cents given back now; 0 for a lot that is not closed.
    """
    lot = Lot.objects.select_for_update().get(pk=lot.pk)
    if lot.state != LotState.CLOSED:
        return 0
    tranches = list(lot.parts.order_by("tranche_id").values_list("tranche_id", flat=True))
    held = ledger_queries.balances_of([pocket_account(lot.pk, one) for one in tranches])
    left = {one: held.get(pocket_account(lot.pk, one), 0) for one in tranches}
    total = sum(left.values())
    if total > 0:
        group = ledger.post(
            key=f"lot:{lot.pk}:late:{at.isoformat()}",
            kind="late_return",
            entries=_back(lot, left),
            occurred_at=at,
            at=at,
            actor=actor,
        )
        LateReturn.objects.create(lot=lot, amount_cents=total, at=at, posting_group_id=group)
    return max(0, total)
