"""Who holds a voucher: entrusting booklets, handing out, blocking, replacing a lost one."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from filiere.kernel import services as kernel
from filiere.kernel.calendar import legal_day
from filiere.kernel.wording import Day
from filiere.persons import queries as persons
from filiere.rules import codes
from filiere.vouchers import queries
from filiere.vouchers.errors import (
    BookletStarted,
    BookletsUnknown,
    HolderNotNamed,
    LotNotActive,
    VoucherAlreadyHandedOut,
    VoucherBlocked,
    VoucherExpired,
    VoucherLost,
    VoucherNeedsHolder,
    VoucherNotActive,
    VoucherNotInCustody,
    VoucherNotYours,
    VoucherSpent,
    VoucherUnknown,
)
from filiere.vouchers.models import (
    Booklet,
    Lot,
    LotMode,
    LotState,
    Voucher,
    VoucherState,
    WithdrawalKind,
)
from filiere.vouchers.secret import derive_code, find_issue_key, mac_of, pin_mac, pin_of
from filiere.vouchers.services.counter import REFUSALS
from filiere.vouchers.services.issue import IssuedCode
from filiere.vouchers.services.withdrawals import note

NOT_TO_GIVE = {
    VoucherState.CREATED: VoucherNotActive,
    VoucherState.SPENT: VoucherSpent,
    VoucherState.BLOCKED: VoucherBlocked,
    VoucherState.VOID: VoucherLost,
    VoucherState.EXPIRED: VoucherExpired,
}


@transaction.atomic
def entrust(
    *,
    lot: Lot,
    organisation_id: int | None,
    at: datetime,
    actor: str,
    serial_from: int | None = None,
    serial_to: int | None = None,
) -> int:
    """Entrust booklets to an organisation, which alone may hand them out. Whole booklets only.

    Locks the booklets. Entrusting again to the same organisation changes nothing.

    Args:
        organisation_id: who keeps them from now on; None brings them back to the operator.
        serial_from: first number of the first booklet; the lot's first by default.
        serial_to: last number of the last booklet; the lot's last by default.

    Returns:
        How many booklets changed hands.

    Raises:
        BookletsUnknown: the numbers cut a booklet, or are not of this lot.
        BookletStarted: another organisation began to hand one of them out.
        LotNotActive: the lot is closed.
    """
    if lot.state == LotState.CLOSED:
        raise LotNotActive
    wanted = Booklet.objects.select_for_update(of=("self",)).filter(lot=lot)
    if serial_from is not None:
        wanted = wanted.filter(serial_to__gte=serial_from)
    if serial_to is not None:
        wanted = wanted.filter(serial_from__lte=serial_to)
    found = list(wanted.order_by("serial_from"))
    if (
        not found
        or serial_from not in {None, found[0].serial_from}
        or serial_to not in {None, found[-1].serial_to}
    ):
        raise BookletsUnknown
    moved = [one for one in found if one.custodian_id != organisation_id]
    _require_unstarted(lot, moved)
    Booklet.objects.filter(pk__in=[one.pk for one in moved]).update(
        custodian=organisation_id, entrusted_at=at if organisation_id else None
    )
    for before in sorted({one.custodian_id or 0 for one in moved}):
        those = [one for one in moved if (one.custodian_id or 0) == before]
        kernel.record(
            actor=actor,
            action="vouchers.entrusted",
            subject=f"lot:{lot.pk}",
            at=at,
            booklets=len(those),
            serial_from=those[0].serial_from,
            serial_to=those[-1].serial_to,
            before=before or None,
            after=organisation_id,
        )
    return len(moved)


def _require_unstarted(lot: Lot, booklets: list[Booklet]) -> None:
    """Refuse to move a booklet that someone began to hand out."""
    kept = [(one.serial_from, one.serial_to) for one in booklets if one.custodian_id]
    if not kept:
        return
    given = (
        Voucher.objects.filter(
            lot=lot, handed_out_at__isnull=False, serial__range=(kept[0][0], kept[-1][1])
        )
        .order_by("serial")
        .values_list("serial", flat=True)
    )
    for serial in given.iterator():
        if any(first <= serial <= last for first, last in kept):
            raise BookletStarted(serial=serial)


def hand_out(
    *, voucher_serial: int, person_id: UUID | None, organisation_id: int, at: datetime, actor: str
) -> Voucher:
    """Give an active voucher to a person. Giving it again to the same person changes nothing.

    Raises:
        VoucherUnknown, VoucherExpired, VoucherNotActive, VoucherSpent, VoucherBlocked,
        VoucherLost: it cannot be given.
        VoucherNotInCustody: it was entrusted to another organisation, or to nobody.
        VoucherAlreadyHandedOut: someone else holds it.
        VoucherNeedsHolder, HolderNotNamed: its lot wants to know who holds it.
    """
    hand_out_many(
        holders={voucher_serial: person_id}, organisation_id=organisation_id, at=at, actor=actor
    )
    return Voucher.objects.get(serial=voucher_serial)


@transaction.atomic
def hand_out_many(
    *, holders: Mapping[int, UUID | None], organisation_id: int, at: datetime, actor: str
) -> int:
    """Give many vouchers at once, all or none; locks them in the order of their numbers.

    Args:
        holders: voucher's number → person; None for vouchers to the bearer only.
        organisation_id: who hands them out; their booklets were entrusted to it.

    Returns:
        How many changed hands now.

    Raises:
        As ``hand_out``, for the first that cannot be given.
    """
    vouchers = list(
        Voucher.objects.select_for_update(of=("self",))
        .select_related("lot")
        .filter(serial__in=holders)
        .order_by("serial")
    )
    if len(vouchers) != len(holders):
        raise VoucherUnknown
    custodians = queries.custodians_of(list(holders))
    named = persons.initials([one for one in holders.values() if one]).keys()
    given = []
    for voucher in vouchers:
        person_id = holders[voucher.serial]
        if voucher.state == VoucherState.HANDED_OUT:
            if voucher.holder_id != person_id:
                raise VoucherAlreadyHandedOut(serial=voucher.serial)
            continue
        _require_givable(voucher, at)
        if custodians.get(voucher.serial) != organisation_id:
            raise VoucherNotInCustody(serial=voucher.serial)
        _require_holder(voucher, person_id, named)
        given.append((voucher.pk, person_id))
    _give(given, organisation_id, at)
    if given:
        kernel.record(
            actor=actor,
            action="vouchers.handed_out",
            subject=f"organisation:{organisation_id}",
            at=at,
            count=len(given),
        )
    return len(given)


def _require_givable(voucher: Voucher, at: datetime) -> None:
    """Refuse a voucher that could not be used by whoever receives it."""
    last_day = voucher.lot.use_until
    if refusal := NOT_TO_GIVE.get(VoucherState(voucher.state)):
        raise refusal(serial=voucher.serial, expired_on=Day(last_day))
    if legal_day(at) > last_day:
        raise VoucherExpired(serial=voucher.serial, expired_on=Day(last_day))


def _require_holder(voucher: Voucher, person_id: UUID | None, named: Collection[UUID]) -> None:
    """Refuse a holder of whom the lot would know less than its mode asks."""
    if voucher.lot.mode == LotMode.BEARER:
        return
    if person_id is None:
        raise VoucherNeedsHolder(serial=voucher.serial)
    if voucher.lot.mode == LotMode.NOMINAL and person_id not in named:
        raise HolderNotNamed(serial=voucher.serial)


def _give(given: list[tuple[int, UUID | None]], organisation_id: int, at: datetime) -> None:
    """Write who holds each voucher, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vouchers_voucher SET state = %s, holder_id = given.person,"
            " handed_out_at = %s, handed_out_by_id = %s"
            " FROM unnest(%s::bigint[], %s::uuid[]) AS given (id, person)"
            " WHERE vouchers_voucher.id = given.id",
            [
                VoucherState.HANDED_OUT,
                at,
                organisation_id,
                [pk for pk, _person in given],
                [person for _pk, person in given],
            ],
        )


@transaction.atomic
def block(*, serial: int, reason: str, at: datetime, actor: str) -> Voucher:
    """Stop a voucher from paying while something is checked. Blocking twice is once.

    Raises:
        VoucherUnknown, VoucherNotActive, VoucherSpent, VoucherLost: there is nothing to block.
    """
    voucher = _locked(serial)
    if voucher.state == VoucherState.BLOCKED:
        return voucher
    if refusal := NOT_TO_GIVE.get(VoucherState(voucher.state)):
        raise refusal(serial=serial)
    voucher.state = VoucherState.BLOCKED
    voucher.save(update_fields=["state"])
    note(voucher=voucher, kind=WithdrawalKind.BLOCKED, at=at)
    kernel.record(
        actor=actor, action="vouchers.blocked", subject=f"voucher:{serial}", at=at, reason=reason
    )
    return voucher


@transaction.atomic
def unblock(*, serial: int, reason: str, at: datetime, actor: str) -> Voucher:
    """Let a blocked voucher pay again; one that is not blocked is given back as it is.

    Raises:
        VoucherUnknown: no voucher bears this number.
    """
    voucher = _locked(serial)
    if voucher.state != VoucherState.BLOCKED:
        return voucher
    handed_out = voucher.handed_out_at is not None
    voucher.state = VoucherState.HANDED_OUT if handed_out else VoucherState.ACTIVE
    voucher.save(update_fields=["state"])
    note(voucher=voucher, kind=WithdrawalKind.RESTORED, at=at)
    kernel.record(
        actor=actor, action="vouchers.unblocked", subject=f"voucher:{serial}", at=at, reason=reason
    )
    return voucher


@transaction.atomic
def declare_lost(
    *, serial: int, at: datetime, actor: str, organisation_id: int | None = None
) -> IssuedCode:
    """Void a lost voucher and give its replacement, with exactly what was left of each funder.

    The old code is refused from now on, with its own reason; the holder and the keeper stay the
    same. The replacement is a booklet of one.

    Args:
        organisation_id: who declares it, checked against who handed it out or keeps it; None is
            the operator, who may for anyone.

    Raises:
        VoucherUnknown, VoucherNotActive, VoucherSpent, VoucherBlocked, VoucherRecalled,
        VoucherExpired: there is nothing to replace.
        VoucherLost: it was replaced already.
        VoucherNotYours: another organisation handed it out or keeps it.
    """
    lost = Voucher.objects.select_related("lot").filter(serial=serial).first()
    if lost is None:
        raise VoucherUnknown
    keeper = lost.handed_out_by_id or queries.custodians_of([serial]).get(serial)
    if organisation_id is not None and organisation_id != keeper:
        raise VoucherNotYours(serial=serial)
    with connection.cursor() as cursor:
        cursor.execute("SELECT vouchers_next_serial()")
        new_serial = int(cursor.fetchone()[0])
        code = _replacement_code(lost.lot, new_serial)
        cursor.execute(
            "SELECT * FROM vouchers_replace(%s, %s, %s, %s, %s)",
            [serial, new_serial, mac_of(code), pin_mac(new_serial, pin_of(code)), legal_day(at)],
        )
        outcome, last_day = cursor.fetchone()
    if outcome != "replaced":
        parameters = {"serial": serial} | ({"expired_on": Day(last_day)} if last_day else {})
        raise REFUSALS[outcome](**parameters)
    note(voucher=lost, kind=WithdrawalKind.LOST, at=at)
    kernel.record(
        actor=actor,
        action="vouchers.replaced",
        subject=f"voucher:{serial}",
        at=at,
        new_serial=new_serial,
    )
    return IssuedCode(new_serial, code)


def _replacement_code(lot: Lot, serial: int) -> str:
    """Derive the code of a replacement; drawn at random in lots older than derived codes."""
    key = find_issue_key(lot.key_id)
    if lot.salt is None or key is None:
        return codes.voucher_code(secrets.token_bytes(10))
    return derive_code(key, bytes(lot.salt), serial)


def _locked(serial: int) -> Voucher:
    """Lock a voucher by its number.

    Raises:
        VoucherUnknown: no voucher bears this number.
    """
    try:
        return Voucher.objects.select_for_update(of=("self",)).get(serial=serial)
    except Voucher.DoesNotExist as error:
        raise VoucherUnknown from error
