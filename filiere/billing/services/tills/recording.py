"""Receipts of a till: what a person pays for a session, and undoing it by a reversal."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language

from filiere.billing.errors import (
    CashLimitReached,
    MeansNotAllowed,
    NothingToRecord,
    SaleOutsideAct,
    ShareRecorded,
    TillNotOpen,
    TillReasonMissing,
)
from filiere.billing.models import (
    Charge,
    ChargeState,
    PackageSale,
    PayerKind,
    PayerShare,
    Till,
    TillMeans,
    TillReceipt,
)
from filiere.billing.queries.tills import in_hand, live_receipt_of, open_till_of
from filiere.billing.services.packages import cancel_sale, lock_packages
from filiere.billing.services.tills.locking import locked_till, named_refusals, require_open
from filiere.billing.services.tills.opening import require_sale
from filiere.kernel.calendar import legal_day
from filiere.kernel.services import record
from filiere.kernel.wording import Euros
from filiere.ledger import services as ledger
from filiere.ledger.errors import InsufficientBalance
from filiere.ledger.services import Entry
from filiere.rules import carriers

REASON_MAX = 200


@transaction.atomic
def record_receipt(*, charge: Charge, means: str, at: datetime, actor: str) -> TillReceipt:
    """Record at the till what the person pays for a session, and number its receipt.

    The same payment recorded twice is recorded once: the second call returns the first receipt.

    Args:
        charge: a charge that was split, with a share left to the person.
        means: how the person paid, one of those the act allows; never a voucher.

    Raises:
        NothingToRecord: the session is not split, was refunded, or the person owes nothing.
        TillNotOpen: the organisation has no till open that day.
        SaleOutsideAct, SaleNotAllowed: the act, or the carrier's legal form, forbids the sale.
        MeansNotAllowed: the act does not name this means of payment.
        ShareRecorded: the payment is recorded with another means.
        CashLimitReached: the till may not hold so much cash.
        TillMonthClosed: the month was handed over.
    """
    charge = (
        Charge.objects.select_related("registration__slot__offer")
        .select_for_update(of=("self",))
        .get(pk=charge.pk)
    )
    share = PayerShare.objects.filter(charge=charge, kind=PayerKind.PERSON).first()
    if charge.state != ChargeState.SPLIT or share is None:
        raise NothingToRecord
    day = legal_day(at)
    till = locked_till(_till_of(charge).pk)
    require_open(till, day)
    known = live_receipt_of(share.pk)
    if known is not None:
        if known.means != means:
            raise ShareRecorded(number=known.number)
        return known
    require_allowed(till, charge.registration.slot.offer.service, means, at)
    return write_receipt(
        till, means=means, amount_cents=share.amount_cents, share=share, at=at, actor=actor
    )


def write_receipt(
    till: Till,
    *,
    means: str,
    amount_cents: int,
    at: datetime,
    actor: str,
    share: PayerShare | None = None,
    sale: PackageSale | None = None,
) -> TillReceipt:
    """Put money in a till that the caller holds locked, and number its receipt.

    Args:
        amount_cents: all of what the share or the sale asks of the person.

    Raises:
        CashLimitReached: the till may not hold so much cash.
        TillMonthClosed: the month was handed over.
    """
    entry = Entry(f"till:{till.organisation_id}", f"{till.in_hand_account}{means}", amount_cents)
    try:
        group = ledger.post(
            key=f"till-receipt:{till.pk}:{till.last_receipt + 1}",
            kind="till_receipt",
            entries=[entry],
            occurred_at=at,
            at=at,
            actor=actor,
        )
    except InsufficientBalance as full:
        raise CashLimitReached(limit=Euros(till.cash_limit_cents)) from full
    with named_refusals():
        receipt = TillReceipt.objects.create(
            till=till, share=share, sale=sale, means=means, amount_cents=amount_cents,
            day=legal_day(at), recorded_at=at, recorded_by=actor, posting_group_id=group,
        )  # fmt: skip
    receipt.refresh_from_db(fields=["number"])
    record(
        actor=actor, action="billing.till_receipt_recorded", subject=f"till:{till.pk}", at=at,
        number=receipt.number, amount_cents=receipt.amount_cents, means=means,
    )  # fmt: skip
    return receipt


def _till_of(charge: Charge) -> Till:
    till = open_till_of(charge.provider_id)
    if till is None:
        raise TillNotOpen
    return till


def require_allowed(till: Till, service: str, means: str, at: datetime) -> None:
    """Refuse what a till may not cash.

    Args:
        service: what the payment is for, a key of the national list of services.

    Raises:
        SaleOutsideAct, SaleNotAllowed: the act, or the carrier's legal form, forbids the sale.
        MeansNotAllowed: the act does not name this means of payment.
    """
    sale = carriers.sale_of(service)
    if sale not in till.sales:
        raise SaleOutsideAct(sale=carriers.sale_name(sale, get_language() or "fr"))
    require_sale(till.organisation, sale, legal_day(at))
    if means not in till.means or means == TillMeans.VOUCHER:
        raise MeansNotAllowed


@transaction.atomic
def reverse_receipt(*, receipt: TillReceipt, reason: str, at: datetime, actor: str) -> TillReceipt:
    """Undo a receipt by its opposite, dated today and numbered in the same row. Twice is once.

    Money already deposited is given back by the accountant: nothing then leaves the till. A package
    sold alone is cancelled with its receipt.

    Args:
        reason: why, as the accountant will read it; 1 to 200 characters.

    Raises:
        TillReasonMissing: no reason is given.
        NothingToRecord: it is itself a reversal.
        TillNotOpen: the till is closed.
        TillMonthClosed: the month was handed over.
        PackageBegun: it is of a package sold alone, from which sessions were taken.
    """
    reason = reason.strip()[:REASON_MAX]
    if not reason:
        raise TillReasonMissing
    # In the order of a sale: the packages of the person, then the till.
    if receipt.sale is not None:
        lock_packages(receipt.sale.person_id, receipt.sale.offer_id)
    till = locked_till(receipt.till_id)
    undone = TillReceipt.objects.filter(reverses_id=receipt.pk).first()
    if undone is not None:
        return undone
    if receipt.reverses_id is not None:
        raise NothingToRecord
    require_open(till, legal_day(at))
    if receipt.sale is not None:
        cancel_sale(receipt.sale, reason=reason, at=at, actor=actor)
    deposited = in_hand(till).get(receipt.means, 0) < receipt.amount_cents
    source = "treasury" if deposited else receipt.means
    group = ledger.post(
        key=f"till-reversal:{receipt.pk}",
        kind="till_reversal",
        entries=[
            Entry(
                f"{till.in_hand_account}{source}",
                f"till:{till.organisation_id}",
                receipt.amount_cents,
            )
        ],
        occurred_at=at,
        at=at,
        actor=actor,
        reason=reason,
    )
    with named_refusals():
        made = TillReceipt.objects.create(
            till=till, share_id=receipt.share_id, sale_id=receipt.sale_id, means=receipt.means,
            amount_cents=receipt.amount_cents, reverses=receipt, by_accountant=deposited,
            reason=reason, day=legal_day(at), recorded_at=at, recorded_by=actor,
            posting_group_id=group,
        )  # fmt: skip
    made.refresh_from_db(fields=["number"])
    record(
        actor=actor, action="billing.till_receipt_reversed", subject=f"till:{till.pk}", at=at,
        number=made.number, reverses=receipt.number, by_accountant=deposited,
    )  # fmt: skip
    return made


@transaction.atomic
def reverse_receipt_of(
    *, charge_id: int, reason: str, at: datetime, actor: str
) -> TillReceipt | None:
    """Undo the receipt of a session that is refunded; None when no till recorded it.

    Raises:
        FiliereError: as ``reverse_receipt``.
    """
    share = PayerShare.objects.filter(charge=charge_id, kind=PayerKind.PERSON).first()
    receipt = live_receipt_of(share.pk) if share else None
    if receipt is None:
        return None
    return reverse_receipt(receipt=receipt, reason=reason, at=at, actor=actor)
