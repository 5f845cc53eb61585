"""Putting a payment on invoices and taking it off again, with its postings.

Called by ``receivables`` and ``credit_notes``, the debtor locked. The sessions a third party pays
straight to the place are no longer awaited by the operator: ``due`` and ``thirdparty`` are cleared.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from filiere.agreements.models import Commitment
from filiere.billing.errors import PaymentOverInvoice
from filiere.billing.models import (
    Allocation,
    AllocationCause,
    Debtor,
    Invoice,
    InvoicePayment,
    PayerShare,
)
from filiere.billing.queries.receivables import positions
from filiere.kernel.wording import Euros
from filiere.ledger import services as ledger
from filiere.ledger.services import Entry
from filiere.rules.reminders import spread


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
    waits = _awaited([invoice.pk for invoice, _cents in parts])
    known = positions(invoice.pk for invoice, _cents in parts)
    held = advance(payment.debtor)
    entries = []
    for invoice, cents in parts:
        if sign > 0 and cents > known[invoice.pk].open_cents:
            left = Euros(known[invoice.pk].open_cents)
            raise PaymentOverInvoice(number=invoice.number, left=left)
        pair = (held, f"invoice:{invoice.pk}")
        entries.append(Entry(*(pair if sign > 0 else pair[::-1]), cents))
        settled = known[invoice.pk].settled_cents
        entries += _cleared(waits.get(invoice.pk, []), settled, settled + sign * cents)
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


def _awaited(invoice_ids: Sequence[int]) -> dict[int, list[tuple[str, str, int]]]:
    """By invoice, what the operator awaits of third parties for its sessions, by commitment.

    Locks the commitments: cash that arrives at the operator at the same moment waits.
    """
    shares = (
        PayerShare.objects.filter(
            invoiced__line__invoice__in=invoice_ids,
            commitment__isnull=False,
            released_group=None,
        )
        .values_list(
            "invoiced__line__invoice",
            "commitment",
            "commitment__agreement__promiser",
            "charge__provider",
        )
        .order_by("invoiced__line__invoice", "commitment")
    )
    named = {commitment for _invoice, commitment, *_rest in shares.distinct()}
    if named:
        locked = Commitment.objects.filter(pk__in=named).order_by("pk")
        list(locked.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    found: dict[int, list[tuple[str, str, int]]] = {}
    for invoice, commitment, promiser, provider, cents in shares.annotate(
        cents=Sum("amount_cents")
    ):
        due = f"due:{provider}:commitment:{commitment}"
        found.setdefault(invoice, []).append((due, f"thirdparty:{promiser}", cents))
    return found


def _cleared(waits: Sequence[tuple[str, str, int]], before: int, after: int) -> list[Entry]:
    """Entries that no longer await, or await again, what moved from one settled sum to another."""
    most = [cents for _due, _third, cents in waits]
    entries = []
    for (due, third, _cents), old, new in zip(
        waits, spread(most, before), spread(most, after), strict=True
    ):
        if new > old:
            entries.append(Entry(due, third, new - old))
        elif new < old:
            entries.append(Entry(third, due, old - new))
    return entries
