"""The counter: what is to pay, what a voucher would pay, who pays. Amounts in euro cents."""

import datetime as dt

from django.utils import timezone
from ninja import Field, Router, Schema

from filiere.api.problems import answers
from filiere.api.rates import guessing
from filiere.api.repeats import KEYED, repeatable
from filiere.api.seats import own_registration
from filiere.api.security import SignedIn, holds
from filiere.billing import queries, services
from filiere.billing.models import Charge
from filiere.kernel.errors import NotFound

router = Router(tags=["counter"])
USE = "billing.use_counter"


class ChargeOut(Schema):
    """What one session costs; ``price_stated`` false means that nobody stated a price.

    Once split, ``off_cents`` is what the regulated price of the voucher's programme took off the
    place's own price, ``waived_cents`` what the place was not paid so that the person pays nothing.
    """

    id: int
    state: str
    price_cents: int
    price_stated: bool
    off_cents: int
    waived_cents: int


class LineOut(Schema):
    """Who pays, and how much."""

    kind: str
    label: str
    amount_cents: int


class ReceiptOut(Schema):
    """The payers' lines add up to the price."""

    ref: str
    charge: ChargeOut
    lines: list[LineOut]
    total_cents: int
    person_cents: int


class CodeIn(Schema):
    """The voucher's code as typed or scanned, signed or not; null without voucher.

    ``card_code`` is that of an employer's card, as typed; blank without one.
    """

    voucher_code: str | None = Field(None, max_length=200)
    card_code: str = Field("", max_length=40)


class PaymentIn(CodeIn):
    """``waiver_cents`` is the most the place agrees not to be paid, as the quote told it."""

    waiver_cents: int = Field(0, ge=0)


class QuoteOut(Schema):
    """Who would pay what; nothing is written and nothing is promised.

    ``third_party_cents`` is what third parties and the employer of the card would give together.
    """

    voucher_serial: int | None
    voucher_use_until: dt.date | None
    voucher_cents: int
    voucher_remaining_cents: int | None
    third_party_cents: int
    person_cents: int
    waived_cents: int
    off_cents: int
    price_cents: int


def charge_out(charge: Charge) -> ChargeOut:
    """Write one charge."""
    return ChargeOut(
        id=charge.pk,
        state=charge.state,
        price_cents=charge.price_cents,
        price_stated=charge.price_stated,
        off_cents=charge.off_cents,
        waived_cents=charge.waived_cents,
    )


@router.get(
    "/registrations/{ref}/charge",
    auth=holds(USE),
    response=answers(ReceiptOut),
    operation_id="charge",
)
def charge(request: SignedIn, ref: str) -> ReceiptOut:
    """What one session costs and who paid it."""
    return receipt_of(request, ref)


@router.post(
    "/registrations/{ref}/quote",
    auth=holds(USE),
    throttle=[guessing()],
    response=answers(QuoteOut),
    operation_id="quote",
)
def quote(request: SignedIn, ref: str, given: CodeIn) -> QuoteOut:
    """What a voucher, or an employer's card, would pay of this session. Writes nothing."""
    found = _charge(request, ref)
    told = services.preview_split(
        charge=found,
        voucher_code=given.voucher_code,
        card_code=given.card_code,
        at=timezone.now(),
    )
    return QuoteOut(
        voucher_serial=told.voucher.serial if told.voucher else None,
        voucher_use_until=told.voucher.use_until if told.voucher else None,
        voucher_remaining_cents=told.voucher.remaining_cents if told.voucher else None,
        voucher_cents=told.split.voucher_cents,
        third_party_cents=told.split.third_party_cents,
        person_cents=told.split.person_cents,
        waived_cents=told.split.forgone_cents,
        off_cents=told.off_cents,
        price_cents=found.price_cents,
    )


@router.post(
    "/registrations/{ref}/pay",
    auth=holds(USE),
    throttle=[guessing()],
    response=answers(ReceiptOut),
    operation_id="pay",
    openapi_extra=KEYED,
)
@repeatable
def pay(request: SignedIn, ref: str, given: PaymentIn) -> ReceiptOut:
    """Split the price between its payers, once and for all. Twice is once."""
    services.split_charge(
        charge=_charge(request, ref),
        voucher_code=given.voucher_code,
        card_code=given.card_code,
        at=timezone.now(),
        actor=request.user.actor,
        waiver_cents=given.waiver_cents,
    )
    return receipt_of(request, ref)


def _charge(request: SignedIn, ref: str) -> Charge:
    registration = own_registration(request, ref, USE)
    found = queries.charge_of(registration.pk)
    if found is None:
        raise NotFound(reference=registration.ref)
    return found


def receipt_of(request: SignedIn, ref: str) -> ReceiptOut:
    """Write who pays a session of one's own place."""
    found = _charge(request, ref)
    receipt = queries.receipt_lines(found)
    return ReceiptOut(
        ref=found.registration.ref,
        charge=charge_out(found),
        lines=[LineOut.from_orm(line) for line in receipt.lines],
        total_cents=receipt.total_cents,
        person_cents=receipt.person_cents,
    )
