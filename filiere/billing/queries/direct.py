"""What payers under an agreement gave straight to places, on their invoices. Integer euro cents.

A payment on an invoice pays its sessions that hold, agreement by agreement, the lowest number first.
A session refunded is paid by nobody: what was put on it goes on to the others.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from filiere.billing.models import Allocation, ChargeState, PayerShare
from filiere.rules.reminders import spread


@dataclass(frozen=True, slots=True)
class AskedPart:
    """What an invoice asks for the sessions of one agreement that hold."""

    commitment_id: int
    payer_id: int
    provider_id: int
    amount_cents: int


def asked_parts(invoice_ids: Collection[int]) -> dict[int, list[AskedPart]]:
    """Give by invoice what payers under an agreement owe on it, by number of commitment; one query.

    Sessions refunded, and those whose cash came to the operator, are left out.
    """
    rows = (
        PayerShare.objects.filter(
            invoiced__line__invoice__in=invoice_ids,
            commitment__isnull=False,
            released_group=None,
            charge__state=ChargeState.SPLIT,
        )
        .values_list(
            "invoiced__line__invoice",
            "commitment",
            "commitment__agreement__promiser",
            "charge__provider",
        )
        .order_by("invoiced__line__invoice", "commitment")
        .annotate(cents=Sum("amount_cents"))
    )
    found: dict[int, list[AskedPart]] = defaultdict(list)
    for invoice, *part in rows:
        found[invoice].append(AskedPart(*part))
    return found


def paid_parts(parts: Sequence[AskedPart], settled_cents: int) -> list[tuple[AskedPart, int]]:
    """Give with each part of an invoice what payments on it came to.

    Args:
        settled_cents: what payments on the invoice come to, 0 or more.
    """
    put = spread([part.amount_cents for part in parts], settled_cents)
    return list(zip(parts, put, strict=True))


def settled_on(invoice_ids: Collection[int]) -> dict[int, int]:
    """What payments on each invoice come to; an invoice nothing was put on is left out."""
    rows = (
        Allocation.objects.filter(invoice__in=invoice_ids)
        .values("invoice")
        .order_by("invoice")
        .annotate(held=Sum("amount_cents"))
        .values_list("invoice", "held")
    )
    return {invoice: held for invoice, held in rows if held}


def paid_to_places(commitment_ids: Iterable[int]) -> dict[int, int]:
    """Give by commitment what its payer gave straight to places for sessions that hold; three queries.

    A commitment nothing was given for is left out.
    """
    wanted = set(commitment_ids)
    invoices = (
        PayerShare.objects.filter(commitment__in=wanted, invoiced__isnull=False)
        .order_by()
        .values_list("invoiced__line__invoice", flat=True)
        .distinct()
    )
    settled = settled_on(list(invoices))
    asked = asked_parts(list(settled)) if settled else {}
    found: dict[int, int] = defaultdict(int)
    for invoice, parts in asked.items():
        for part, cents in paid_parts(parts, settled[invoice]):
            if cents and part.commitment_id in wanted:
                found[part.commitment_id] += cents
    return dict(found)
