"""Unused money given back to its funder, exactly once."""

from datetime import datetime

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.kernel.calendar import bounds_of_day
from filiere.kernel.wording import Euros
from filiere.ledger import services as ledger
from filiere.programmes.errors import (
    BankLineTaken,
    ReturnConflict,
    ReturnTooMuch,
    TermsRefused,
)
from filiere.programmes.models import BankLine, FunderReturn, Tranche
from filiere.programmes.queries import (
    available_cents,
    funder_account,
    return_account,
    tranche_account,
)
from filiere.programmes.services.bank_lines import require_line_for


@transaction.atomic
def return_to_funder(
    *, tranche: Tranche, amount_cents: int, at: datetime, actor: str, cause: str = "closing"
) -> FunderReturn:
    """Set free money of a tranche aside for its funder, until the bank has paid it back.

    Locks the tranche. The same cause gives back the first return and moves nothing.

    Args:
        amount_cents: at most what the tranche holds free.
        cause: why, e.g. ``closing`` or ``lot:12``; names the return of this tranche for ever.

    Raises:
        AmountRefused: not a whole number of cents above zero.
        ReturnConflict: the cause was used for another amount.
        ReturnTooMuch: the tranche holds less.
        TermsRefused: no cause.
    """
    ledger.require_amount(amount_cents)
    cause = cause.strip()
    if not cause or len(cause) > 60:
        raise TermsRefused(term=cause)
    tranche = Tranche.objects.select_for_update().get(pk=tranche.pk)
    known = FunderReturn.objects.filter(tranche=tranche, cause=cause).first()
    if known is not None:
        if known.amount_cents != amount_cents:
            raise ReturnConflict(cause=cause, amount=Euros(known.amount_cents))
        return known
    free = available_cents(tranche)
    if amount_cents > free:
        raise ReturnTooMuch(available=Euros(free))
    group = ledger.post(
        key=f"return:{tranche.pk}:{cause}",
        kind="return",
        entries=[
            ledger.Entry(tranche_account(tranche.pk), return_account(tranche.pk), amount_cents)
        ],
        occurred_at=at,
        at=at,
        actor=actor,
    )
    returned = FunderReturn.objects.create(
        tranche=tranche,
        cause=cause,
        amount_cents=amount_cents,
        returned_at=at,
        returned_by=actor,
        posting_group_id=group,
    )
    kernel.record(
        actor=actor,
        action="programmes.returned",
        subject=f"tranche:{tranche.pk}",
        at=at,
        amount_cents=amount_cents,
        cause=cause,
    )
    return returned


@transaction.atomic
def confirm_return(
    *, funder_return: FunderReturn, bank_line: BankLine, at: datetime, actor: str
) -> FunderReturn:
    """Record that the bank has paid a return, as a debit of an imported statement shows.

    Asking again with the same line changes nothing.

    Raises:
        BankLineMismatch: the line is not the exact opposite of the return.
        BankLineTaken: the line stands for something else, or the return has another line.
    """
    found = FunderReturn.objects.select_for_update().get(pk=funder_return.pk)
    if found.bank_line_id == bank_line.pk:
        return found
    require_line_for(bank_line, amount_cents=-found.amount_cents, holder=found)
    if found.bank_line_id:
        raise BankLineTaken
    funder = funder_account(Tranche.objects.get(pk=found.tranche_id).funder_id)
    found.bank_line = bank_line
    found.paid_group_id = ledger.post(
        key=f"return-paid:{found.pk}",
        kind="return_paid",
        entries=[ledger.Entry(return_account(found.tranche_id), funder, found.amount_cents)],
        occurred_at=bounds_of_day(bank_line.booked_on)[0],
        at=at,
        actor=actor,
    )
    found.save(update_fields=["bank_line", "paid_group"])
    return found
