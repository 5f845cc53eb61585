"""The operator's commission: taken from promises that pay fees only, then seen on the bank."""

from datetime import datetime

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.kernel.calendar import bounds_of_day
from filiere.kernel.wording import Euros
from filiere.ledger import services as ledger
from filiere.programmes.errors import (
    BankLineTaken,
    FeesNotPromised,
    ReturnTooMuch,
)
from filiere.programmes.models import BankLine, Commission, Tranche
from filiere.programmes.queries import available_cents, commission_account, tranche_account
from filiere.programmes.services.bank_lines import require_line_for

OPERATORS = "operators"


@transaction.atomic
def set_commission_aside(
    *,
    tranche: Tranche,
    amount_cents: int,
    settled_cents: int,
    uses: int,
    at: datetime,
    actor: str,
) -> Commission:
    """Set a part of a fee promise aside for the operator, until the bank has paid it.

    Whether the operator earned it is the caller's check (``settlement.commissions``), which holds
    the lock of the programme. Locks the tranche.

    Args:
        settled_cents, uses: what all commissions of the programme are counted on so far.

    Raises:
        AmountRefused: not a whole number of cents above zero.
        FeesNotPromised: this promise pays vouchers.
        ReturnTooMuch: the promise holds less.
    """
    ledger.require_amount(amount_cents)
    tranche = Tranche.objects.select_for_update().get(pk=tranche.pk)
    if not tranche.pays_fees:
        raise FeesNotPromised
    if amount_cents > (free := available_cents(tranche)):
        raise ReturnTooMuch(available=Euros(free))
    rank = Commission.objects.filter(tranche=tranche).count() + 1
    made = Commission.objects.create(
        tranche=tranche,
        amount_cents=amount_cents,
        settled_cents=settled_cents,
        uses=uses,
        taken_at=at,
        taken_by=actor,
        posting_group_id=ledger.post(
            key=f"commission:{tranche.pk}:{rank}",
            kind="commission",
            entries=[
                ledger.Entry(
                    tranche_account(tranche.pk), commission_account(tranche.pk), amount_cents
                )
            ],
            occurred_at=at,
            at=at,
            actor=actor,
        ),
    )
    kernel.record(
        actor=actor, action="programmes.commission_taken", subject=f"tranche:{tranche.pk}", at=at,
        amount_cents=amount_cents,
    )  # fmt: skip
    return made


@transaction.atomic
def confirm_commission(
    *, commission: Commission, bank_line: BankLine, at: datetime, actor: str
) -> Commission:
    """Record that the bank has paid a commission. Asking again with the same line changes nothing.

    Raises:
        BankLineMismatch: the line is not the exact opposite of the commission.
        BankLineTaken: the line pays something else, or the commission has another line.
    """
    found = Commission.objects.select_for_update().get(pk=commission.pk)
    if found.bank_line_id == bank_line.pk:
        return found
    require_line_for(bank_line, amount_cents=-found.amount_cents, holder=found)
    if found.bank_line_id:
        raise BankLineTaken
    found.bank_line = bank_line
    found.paid_group_id = ledger.post(
        key=f"commission-paid:{found.pk}",
        kind="commission_paid",
        entries=[ledger.Entry(commission_account(found.tranche_id), OPERATORS, found.amount_cents)],
        occurred_at=bounds_of_day(bank_line.booked_on)[0],
        at=at,
        actor=actor,
    )
    found.save(update_fields=["bank_line", "paid_group"])
    return found
