"""The money of a till: counting it, depositing it at the Treasury."""

from datetime import datetime

from django.db import transaction

from filiere.billing.errors import (
    CashLimitReached,
    DepositKnown,
    DepositNotPossible,
    MeansNotAllowed,
    TillReasonMissing,
)
from filiere.billing.models import Till, TillCount, TillDeposit, TillMeans
from filiere.billing.queries.tills import in_hand
from filiere.billing.services.tills.locking import locked_till, named_refusals, require_open
from filiere.kernel.calendar import legal_day
from filiere.kernel.services import record
from filiere.kernel.wording import Euros
from filiere.ledger import services as ledger
from filiere.ledger.errors import InsufficientBalance
from filiere.ledger.services import Entry
from filiere.rules.tills import HELD_MEANS

REASON_MAX, REFERENCE_MAX = 200, 60


@transaction.atomic
def deposit(
    *, till_id: int, means: str, amount_cents: int, reference: str, at: datetime, actor: str
) -> TillDeposit:
    """Move what is in hand to the Treasury account, as its slip says. The same slip twice is once.

    Args:
        means: what is deposited: cash, cheques, card payments or transfers received.
        amount_cents: euro cents, from 1 to what is in hand.
        reference: of the Treasury's slip, 1 to 60 characters.

    Raises:
        MeansNotAllowed: vouchers are never in hand.
        TillReasonMissing: the slip has no reference.
        DepositKnown: the slip was recorded with another amount.
        DepositNotPossible: more than is in hand, or nothing.
        TillNotOpen, TillMonthClosed: nothing can be added that day.
    """
    till = locked_till(till_id)
    require_open(till, legal_day(at))
    reference = reference.strip()[:REFERENCE_MAX]
    if not reference:
        raise TillReasonMissing
    if means not in HELD_MEANS:
        raise MeansNotAllowed
    known = TillDeposit.objects.filter(till=till, means=means, reference=reference).first()
    if known is not None:
        if known.amount_cents != amount_cents:
            raise DepositKnown(reference=reference)
        return known
    held = in_hand(till).get(means, 0)
    if not 0 < amount_cents <= held:
        raise DepositNotPossible(amount=Euros(amount_cents), in_hand=Euros(held))
    group = ledger.post(
        key=f"till-deposit:{till.pk}:{means}:{reference}",
        kind="till_deposit",
        entries=[
            Entry(f"{till.in_hand_account}{means}", f"{till.in_hand_account}treasury", amount_cents)
        ],
        occurred_at=at,
        at=at,
        actor=actor,
    )
    with named_refusals():
        made = TillDeposit.objects.create(
            till=till, means=means, amount_cents=amount_cents, reference=reference,
            day=legal_day(at), recorded_at=at, recorded_by=actor, posting_group_id=group,
        )  # fmt: skip
    record(
        actor=actor, action="billing.till_deposited", subject=f"till:{till.pk}", at=at,
        amount_cents=amount_cents, means=means,
    )  # fmt: skip
    return made


@transaction.atomic
def count_cash(
    *, till_id: int, counted_cents: int, note: str, at: datetime, actor: str
) -> TillCount:
    """Record the cash as counted; a difference with the journal is posted, with its explanation.

    Args:
        counted_cents: what is in the box, >= 0.
        note: why it differs, 1 to 200 characters; blank when nothing differs.

    Raises:
        TillReasonMissing: it differs and nothing is said, or the amount is under 0.
        CashLimitReached: more than the act allows was counted.
        TillNotOpen, TillMonthClosed: nothing can be added that day.
    """
    till = locked_till(till_id)
    require_open(till, legal_day(at))
    expected = in_hand(till).get(TillMeans.CASH, 0)
    note = note.strip()[:REASON_MAX]
    if counted_cents < 0 or (counted_cents != expected and not note):
        raise TillReasonMissing
    number = TillCount.objects.filter(till=till).count() + 1
    group = None
    if counted_cents != expected:
        entry = _difference(till, counted_cents - expected)
        try:
            group = ledger.post(
                key=f"till-count:{till.pk}:{number}", kind="till_difference", entries=[entry],
                occurred_at=at, at=at, actor=actor, reason=note,
            )  # fmt: skip
        except InsufficientBalance as full:
            raise CashLimitReached(limit=Euros(till.cash_limit_cents)) from full
    with named_refusals():
        made = TillCount.objects.create(
            till=till, expected_cents=expected, counted_cents=counted_cents, note=note,
            day=legal_day(at), recorded_at=at, recorded_by=actor, posting_group_id=group,
        )  # fmt: skip
    record(
        actor=actor, action="billing.till_counted", subject=f"till:{till.pk}", at=at,
        counted_cents=counted_cents, expected_cents=expected,
    )  # fmt: skip
    return made


def _difference(till: Till, cents: int) -> Entry:
    cash, beside = f"{till.in_hand_account}cash", f"{till.in_hand_account}difference"
    return Entry(beside, cash, cents) if cents > 0 else Entry(cash, beside, -cents)
