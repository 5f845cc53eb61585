"""Vouchers in people's hands. Codes are given once, never stored."""

import datetime as dt

from django.utils import timezone
from ninja import Field, Router, Schema

from filiere.api.operations.referrals import own_referral
from filiere.api.problems import answers
from filiere.api.security import SignedIn, holds
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import require
from filiere.operations.referring import sender_of
from filiere.vouchers import queries, services
from filiere.vouchers.models import Voucher

router = Router(tags=["vouchers"])


class HandOutIn(Schema):
    """To whom: the person of a referral that one's organisation sent."""

    referral_ref: str = Field(max_length=12)


class VoucherOut(Schema):
    """A voucher as its holder sees it; amounts in euro cents."""

    serial: int
    state: str
    face_cents: int
    remaining_cents: int
    use_until: dt.date
    handed_out_at: dt.datetime | None


class ReplacementOut(Schema):
    """The voucher that replaces a lost one. Note the code now: it is shown once."""

    serial: int
    code: str


@router.post(
    "/vouchers/{int:serial}/hand-out",
    auth=holds("vouchers.hand_out"),
    response=answers(VoucherOut),
    operation_id="hand_out_voucher",
)
def hand_out(request: SignedIn, serial: int, given: HandOutIn) -> VoucherOut:
    """Give an active voucher to a person one has sent. Twice to the same person is once."""
    referral = own_referral(request, given.referral_ref)
    if referral.sender_id != sender_of(request.user):
        raise NotFound(reference=given.referral_ref)
    services.hand_out(
        voucher_serial=serial,
        person_id=referral.person_id,
        organisation_id=referral.sender_id,
        at=timezone.now(),
        actor=request.user.actor,
    )
    held = queries.vouchers_of(referral.person_id)
    return VoucherOut.from_orm(next(one for one in held if one.serial == serial))


@router.post(
    "/vouchers/{int:serial}/lost",
    auth=holds("vouchers.declare_lost"),
    response=answers(ReplacementOut),
    operation_id="declare_voucher_lost",
)
def lost(request: SignedIn, serial: int) -> ReplacementOut:
    """Void a lost voucher one's organisation handed out, and give its replacement."""
    found = Voucher.objects.filter(serial=serial).first()
    if found is None:
        raise NotFound(reference=serial)
    require(request.user, "vouchers.declare_lost", found)
    issued = services.declare_lost(serial=serial, at=timezone.now(), actor=request.user.actor)
    return ReplacementOut(serial=issued.serial, code=issued.code)
