"""Reading the ring-fenced account: its lines without a use, receipts, bounces still open."""

from django.db.models import QuerySet

from filiere.programmes.models import BankLine, Receipt, ReceiptBounce, RingFence


def ring_fence_accounts() -> QuerySet[RingFence]:
    """Declared accounts still open, the first declared first."""
    return RingFence.objects.filter(closed_at=None).select_related("operator").order_by("pk")


def receipts() -> QuerySet[Receipt]:
    """Every receipt, latest first, with its funder, programme, bank line and bounce."""
    return Receipt.objects.select_related(
        "tranche__funder", "tranche__programme", "bank_line", "bounce"
    ).order_by("-received_on", "-pk")


def lines_without_use() -> QuerySet[BankLine]:
    """Lines that stand for nothing yet, latest first."""
    return (
        BankLine.objects.filter(use=None)
        .select_related("statement", "ring_fence")
        .order_by("-booked_on", "-pk")
    )


def unresolved_bounces() -> QuerySet[ReceiptBounce]:
    """Receipts the bank took back whose money is still in a lot, latest first."""
    return (
        ReceiptBounce.objects.filter(undone_at=None)
        .select_related("receipt__tranche__funder")
        .order_by("-bounced_on", "-pk")
    )
