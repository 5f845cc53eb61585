"""Sending the code of a voucher to its holder by text message. The code waits nowhere."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from filiere.kernel import messages
from filiere.kernel import services as kernel
from filiere.kernel.calendar import legal_day
from filiere.kernel.models import Channel
from filiere.kernel.wording import Day, Euros
from filiere.persons import queries as persons
from filiere.rules.national_values import read_phone
from filiere.vouchers.errors import CodeNotKept, HolderWithoutPhone, VoucherNotToText
from filiere.vouchers.models import Voucher, VoucherState
from filiere.vouchers.services.issue import code_of

SECRET = "voucher"  # noqa: S105 - a kind of secret, not one


@transaction.atomic
def send_by_sms(*, serial: int, at: datetime, actor: str) -> None:
    """Queue the text message that carries a voucher's code to whoever holds it.

    The number is read in the holder's identity, and that reading is audited; it is copied nowhere.
    The message names the voucher: its code is worked out when it leaves, if it is still held. Asked
    twice on one day, it is sent once.

    Raises:
        VoucherNotToText: nobody holds it, or it was stopped or used.
        CodeNotKept: its code cannot be worked out.
        HolderWithoutPhone: the holder agreed to no telephone being kept.
    """
    voucher = (
        Voucher.objects.select_for_update(of=("self",), no_key=True)
        .select_related("lot")
        .filter(serial=serial)
        .first()
    )
    if voucher is None or voucher.state != VoucherState.HANDED_OUT or voucher.holder_id is None:
        raise VoucherNotToText(serial=serial)
    code_of(voucher)
    known = persons.identities([voucher.holder_id], reader=actor, at=at).get(voucher.holder_id)
    if known is None or read_phone(known.phone)[0] is None:
        raise HolderWithoutPhone
    kernel.enqueue(
        key=f"voucher-sms:{serial}:{legal_day(at)}",
        channel=Channel.SMS,
        recipient=f"person:{voucher.holder_id}",
        subject="",
        body=_words(voucher),
        at=at,
    )
    kernel.record(actor=actor, action="vouchers.sms_asked", subject=f"voucher:{serial}", at=at)


def code_to_text(serial: str) -> str | None:
    """Give the code of a voucher at the moment its message leaves; None if nobody holds it now."""
    voucher = (
        Voucher.objects.select_related("lot")
        .filter(serial=int(serial), state=VoucherState.HANDED_OUT)
        .first()
    )
    try:
        return code_of(voucher).printed if voucher else None
    except CodeNotKept:
        return None


def _words(voucher: Voucher) -> str:
    """Write the message, in French, without its code."""
    with translation.override("fr"):
        return _(
            "Your digital help voucher no. %(serial)s: %(worth)s, until %(day)s. Code: %(code)s."
            " Show it to the place; send it to nobody."
        ) % {
            "serial": voucher.serial,
            "worth": Euros(voucher.remaining_cents),
            "day": Day(voucher.lot.use_until),
            "code": messages.secret_mark(SECRET, voucher.serial),
        }
