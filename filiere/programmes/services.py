"""Programmes, what funders promise to them, and the cash that arrives. Amounts in euro cents."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.kernel.calendar import bounds_of_day
from filiere.kernel.wording import Euros
from filiere.ledger import services as ledger
from filiere.ledger.errors import AmountRefused, IdempotencyConflict
from filiere.programmes.errors import (
    ProgrammeDatesReversed,
    ProgrammeNowhere,
    ReceiptConflict,
    ReceiptOverPromise,
)
from filiere.programmes.models import Programme, Receipt, Tranche
from filiere.programmes.queries import funder_account, received_cents, tranche_account


@transaction.atomic
def create_programme(
    *,
    commissioner_id: int,
    name: str,
    territory_ids: Sequence[int],
    services: Sequence[str],
    starts_on: date,
    ends_on: date,
    actor: str,
    at: datetime,
    provider_ids: Sequence[int] = (),
    is_invented: bool = False,
) -> Programme:
    """Open a programme; it has no money yet.

    Args:
        territory_ids: where its vouchers may be used; a commune is covered by any territory that
            contains it.
        services: values of the national standard that its vouchers may pay; empty means all.
        provider_ids: organisations that may take its vouchers; empty means all that qualify.

    Raises:
        ProgrammeNowhere: no territory.
        ProgrammeDatesReversed: it would end before it starts.
    """
    if not territory_ids:
        raise ProgrammeNowhere
    if ends_on < starts_on:
        raise ProgrammeDatesReversed
    programme = Programme.objects.create(
        commissioner_id=commissioner_id,
        name=name,
        services=list(services),
        starts_on=starts_on,
        ends_on=ends_on,
        is_invented=is_invented,
    )
    programme.territories.set(territory_ids)
    programme.providers.set(provider_ids)
    kernel.record(
        actor=actor, action="programmes.created", subject=f"programme:{programme.pk}", at=at
    )
    return programme


@transaction.atomic
def promise_tranche(
    *, programme: Programme, funder_id: int, cap_cents: int, actor: str, at: datetime
) -> Tranche:
    """Record what a funder promises. A promise pays for nothing until its cash is received.

    The tranche's ledger account can never go under zero.

    Raises:
        AmountRefused: not a whole number of cents above zero.
    """
    ledger.require_amount(cap_cents)
    tranche = Tranche.objects.create(programme=programme, funder_id=funder_id, cap_cents=cap_cents)
    ledger.guard(code=tranche_account(tranche.pk), floor=0, ceiling=None)
    kernel.record(
        actor=actor,
        action="programmes.tranche_promised",
        subject=f"tranche:{tranche.pk}",
        at=at,
        cap_cents=cap_cents,
    )
    return tranche


@transaction.atomic
def confirm_receipt(
    *,
    tranche: Tranche,
    amount_cents: int,
    received_on: date,
    bank_reference: str,
    actor: str,
    at: datetime,
) -> Receipt:
    """Record cash of a tranche seen on the ring-fenced bank account.

    Locks the tranche. The same bank reference for the same amount gives back the first receipt.

    Args:
        bank_reference: the bank's own reference of the payment; names it for ever.

    Raises:
        AmountRefused: not a whole number of cents above zero, or no reference.
        ReceiptConflict: the reference is recorded for another amount or tranche.
        ReceiptOverPromise: receipts would exceed what was promised.
    """
    ledger.require_amount(amount_cents)
    reference = bank_reference.strip()
    if not reference:
        raise AmountRefused(amount=bank_reference)
    tranche = Tranche.objects.select_for_update().get(pk=tranche.pk)
    first = Receipt.objects.filter(bank_reference=reference).first()
    if first:
        if (first.tranche_id, first.amount_cents) != (tranche.pk, amount_cents):
            raise ReceiptConflict(bank_reference=reference)
        return first
    over = received_cents(tranche) + amount_cents - tranche.cap_cents
    if over > 0:
        raise ReceiptOverPromise(over=Euros(over))
    try:
        group = _post_receipt(tranche, amount_cents, received_on, reference, at=at, actor=actor)
    except IdempotencyConflict as error:  # the same bank line, at the same time, for another
        raise ReceiptConflict(bank_reference=reference) from error
    return Receipt.objects.create(
        tranche=tranche,
        amount_cents=amount_cents,
        received_on=received_on,
        bank_reference=reference,
        posting_group_id=group,
    )


def _post_receipt(
    tranche: Tranche, cents: int, received_on: date, reference: str, *, at: datetime, actor: str
) -> UUID:
    """Move the cash from the funder's account to the tranche's."""
    source, pot = funder_account(tranche.funder_id), tranche_account(tranche.pk)
    return ledger.post(
        key=f"receipt:{reference}",
        kind="receipt",
        entries=[ledger.Entry(source, pot, cents)],
        occurred_at=bounds_of_day(received_on)[0],
        at=at,
        actor=actor,
    )
