"""Putting a payment on invoices and taking it off again, with its postings.

Called by ``receivables`` and ``credit_notes``, the debtor locked, and by ``refunding``. The sessions a
third party pays straight to the place are no longer awaited by the operator: ``due`` and
``thirdparty`` are cleared.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from filiere.agreements.models import Commitment
from filiere.billing.errors import PaymentOverInvoice
from filiere.billing.models import (
    Allocation,
    AllocationCause,
    Charge,
    Debtor,
    Invoice,
    InvoicePayment,
    PayerShare,
)
from filiere.billing.queries.direct import AskedPart, asked_parts, paid_parts, settled_on
from filiere.billing.queries.receivables import positions
from filiere.kernel.wording import Euros
from filiere.ledger import services as ledger
from filiere.ledger.services import Entry


def paid_in(debtor: Debtor) -> str:
    """Account of what an issuer receives on its invoices."""
    return f"paidin:{debtor.issuer_id}"


def paid_out(debtor: Debtor) -> str:
    """Account of the credit balances an issuer gave back."""
    return f"paidout:{debtor.issuer_id}"


def advance(debtor: Debtor) -> str:
    """Account of a debtor's credit balance: never under 0."""
    return f"advance:{debtor.pk}"


def lock_debtor(
    *, issuer_id: int, organisation_id: int | None = None, person_id: UUID | None = None
) -> Debtor:
    """Lock a debtor, made the first time: all of its money waits for the caller's transaction."""
    party = {"issuer_id": issuer_id, "organisation_id": organisation_id, "person_id": person_id}
    Debtor.objects.bulk_create([Debtor(**party)], ignore_conflicts=True)
    found = Debtor.objects.select_related("issuer").select_for_update(of=("self",), no_key=True)
    return found.get(issuer=issuer_id, organisation=organisation_id, person=person_id)


def allocate(
    payment: InvoicePayment,
    parts: Sequence[tuple[Invoice, int]],
    *,
    cause: AllocationCause,
    at: datetime,
    actor: str,
) -> list[Allocation]:
    """Put parts of a payment on invoices; each part is above 0 and within what is left.

    Raises:
        PaymentOverInvoice: less is left since it was read: its payer's cash came to the operator.
    """
    return _move(payment, parts, 1, cause=cause, at=at, actor=actor)


def free(
    payment: InvoicePayment,
    parts: Sequence[tuple[Invoice, int]],
    *,
    cause: AllocationCause,
    at: datetime,
    actor: str,
) -> list[Allocation]:
    """Take parts of a payment off invoices; each part is above 0."""
    return _move(payment, parts, -1, cause=cause, at=at, actor=actor)


def _move(
    payment: InvoicePayment,
    parts: Sequence[tuple[Invoice, int]],
    sign: int,
    *,
    cause: AllocationCause,
    at: datetime,
    actor: str,
) -> list[Allocation]:
    if not parts:
        return []
    _await([invoice for invoice, _cents in parts])
    asked = asked_parts([invoice.pk for invoice, _cents in parts])
    known = positions(invoice.pk for invoice, _cents in parts)
    held = advance(payment.debtor)
    entries = []
    for invoice, cents in parts:
        if sign > 0 and cents > known[invoice.pk].open_cents:
            left = Euros(known[invoice.pk].open_cents)
            raise PaymentOverInvoice(number=invoice.number, left=left)
        pair = (held, f"invoice:{invoice.pk}")
        entries.append(Entry(*(pair if sign > 0 else pair[::-1]), cents))
        settled, own = known[invoice.pk].settled_cents, asked.get(invoice.pk, [])
        entries += _moved(_cleared(own, settled), _cleared(own, settled + sign * cents))
    group = ledger.post(
        key=f"allocation:{payment.pk}:{payment.allocations.count()}",
        kind="invoice_allocation",
        entries=entries,
        occurred_at=at,
        at=at,
        actor=actor,
    )
    return Allocation.objects.bulk_create(
        Allocation(
            payment=payment,
            invoice=invoice,
            amount_cents=sign * cents,
            cause=cause,
            allocated_at=at,
            allocated_by=actor,
            posting_group_id=group,
        )
        for invoice, cents in parts
    )


def _await(parts: Sequence[Invoice]) -> None:
    """Lock the commitments of what invoices ask: cash that arrives at the operator waits."""
    named = PayerShare.objects.filter(
        invoiced__line__invoice__in=[invoice.pk for invoice in parts],
        commitment__isnull=False,
        released_group=None,
    )
    lock_commitments(set(named.values_list("commitment", flat=True)))


def lock_commitments(commitment_ids: Collection[int]) -> None:
    """Lock commitments, the lowest number first."""
    if commitment_ids:
        locked = Commitment.objects.filter(pk__in=commitment_ids).order_by("pk")
        list(locked.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


Cleared = Mapping[tuple[str, str], int]
"""Cents the operator no longer awaits, by account of what is due and account of who owed it."""


def _cleared(parts: Sequence[AskedPart], settled: int) -> Cleared:
    return {
        (
            f"due:{part.provider_id}:commitment:{part.commitment_id}",
            f"thirdparty:{part.payer_id}",
        ): cents
        for part, cents in paid_parts(parts, settled)
    }


def _moved(before: Cleared, after: Cleared) -> list[Entry]:
    """Entries that no longer await, or await again, what moved from one state to another."""
    entries = []
    for due, third in sorted({*before, *after}):
        more = after.get((due, third), 0) - before.get((due, third), 0)
        if more > 0:
            entries.append(Entry(due, third, more))
        elif more < 0:
            entries.append(Entry(third, due, -more))
    return entries


@contextmanager
def shares_refunded(charge: Charge, *, at: datetime, actor: str) -> Iterator[None]:
    """Around a refund: what was put on the session goes on to the others of its invoice.

    Each account then awaits its own sessions that hold, and no other. Its caller is alone to refund,
    and holds the commitments of the charge: no payment is put on its invoices meanwhile.
    """
    own = PayerShare.objects.filter(charge=charge, commitment__isnull=False, released_group=None)
    asking = own.filter(invoiced__isnull=False).values_list("invoiced__line__invoice", flat=True)
    settled = settled_on(set(asking))
    before = asked_parts(list(settled)) if settled else {}
    yield
    after = asked_parts(list(settled)) if settled else {}
    entries: list[Entry] = []
    for invoice, cents in sorted(settled.items()):
        entries += _moved(
            _cleared(before.get(invoice, []), cents), _cleared(after.get(invoice, []), cents)
        )
    if entries:
        ledger.post(
            key=f"allocation-refund:{charge.pk}",
            kind="invoice_allocation",
            entries=entries,
            occurred_at=at,
            at=at,
            actor=actor,
        )
