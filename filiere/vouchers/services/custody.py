"""Who holds a voucher: handing out, blocking, replacing a lost one."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from filiere.kernel import services as kernel
from filiere.kernel.calendar import legal_day
from filiere.kernel.wording import Day
from filiere.vouchers.errors import (
    VoucherAlreadyHandedOut,
    VoucherBlocked,
    VoucherExpired,
    VoucherLost,
    VoucherNotActive,
    VoucherSpent,
    VoucherUnknown,
)
from filiere.vouchers.models import Voucher, VoucherState
from filiere.vouchers.secret import mac_of, new_code, type_random
from filiere.vouchers.services.counter import REFUSALS
from filiere.vouchers.services.issue import IssuedCode

NOT_TO_GIVE = {
    VoucherState.CREATED: VoucherNotActive,
    VoucherState.SPENT: VoucherSpent,
    VoucherState.BLOCKED: VoucherBlocked,
    VoucherState.VOID: VoucherLost,
}


def hand_out(
    *, voucher_serial: int, person_id: UUID, organisation_id: int, at: datetime, actor: str
) -> Voucher:
    """Give an active voucher to a person. Giving it again to the same person changes nothing.

    Raises:
        VoucherUnknown, VoucherExpired, VoucherNotActive, VoucherSpent, VoucherBlocked,
        VoucherLost: it cannot be given.
        VoucherAlreadyHandedOut: someone else holds it.
    """
    hand_out_many(
        holders={voucher_serial: person_id}, organisation_id=organisation_id, at=at, actor=actor
    )
    return Voucher.objects.get(serial=voucher_serial)


@transaction.atomic
def hand_out_many(
    *, holders: Mapping[int, UUID], organisation_id: int, at: datetime, actor: str
) -> int:
    """Give many vouchers at once, all or none; locks them in the order of their numbers.

    Args:
        holders: voucher's number → person.
        organisation_id: who hands them out.

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
    on = legal_day(at)
    given = []
    for voucher in vouchers:
        person_id = holders[voucher.serial]
        if voucher.state == VoucherState.HANDED_OUT:
            if voucher.holder_id != person_id:
                raise VoucherAlreadyHandedOut(serial=voucher.serial)
            continue
        if refusal := NOT_TO_GIVE.get(VoucherState(voucher.state)):
            raise refusal(serial=voucher.serial)
        if on > voucher.lot.use_until:
            raise VoucherExpired(serial=voucher.serial, expired_on=Day(voucher.lot.use_until))
        given.append((voucher.pk, person_id))
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
    if given:
        kernel.record(
            actor=actor,
            action="vouchers.handed_out",
            subject=f"organisation:{organisation_id}",
            at=at,
            count=len(given),
        )
    return len(given)


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
    kernel.record(
        actor=actor, action="vouchers.unblocked", subject=f"voucher:{serial}", at=at, reason=reason
    )
    return voucher


@transaction.atomic
def declare_lost(
    *,
    serial: int,
    at: datetime,
    actor: str,
    random_bytes: type_random = secrets.token_bytes,
) -> IssuedCode:
    """Void a lost voucher and give its replacement, with exactly what was left of each funder.

    The old code is refused from now on, with its own reason; the holder stays the same. The new
    code is given once.

    Raises:
        VoucherUnknown, VoucherNotActive, VoucherSpent, VoucherBlocked, VoucherExpired: there is
            nothing to replace.
        VoucherLost: it was replaced already.
    """
    code = new_code(random_bytes)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM vouchers_replace(%s, %s, %s)",
            [serial, mac_of(code), legal_day(at)],
        )
        outcome, new_serial, last_day = cursor.fetchone()
    if outcome != "replaced":
        parameters = {"serial": serial} | ({"expired_on": Day(last_day)} if last_day else {})
        raise REFUSALS[outcome](**parameters)
    kernel.record(
        actor=actor,
        action="vouchers.replaced",
        subject=f"voucher:{serial}",
        at=at,
        new_serial=new_serial,
    )
    return IssuedCode(new_serial, code)


def _locked(serial: int) -> Voucher:
    """Lock a voucher by its number.

    Raises:
        VoucherUnknown: no voucher bears this number.
    """
    try:
        return Voucher.objects.select_for_update(of=("self",)).get(serial=serial)
    except Voucher.DoesNotExist as error:
        raise VoucherUnknown from error
