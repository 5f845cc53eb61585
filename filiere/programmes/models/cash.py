"""Cash of tranches: received, bounced, given back. Amounts in euro cents.

Each receipt has its posting group in the ledger (``funder:<org>`` → ``tranche:<id>``); each return
too (``tranche:<id>`` → ``return:<id>``, then → ``funder:<org>`` once the bank has paid it).
"""

import pgtrigger
from django.db import models
from django.db.models import Q


class Receipt(models.Model):
    """Cash of a tranche confirmed on the ring-fenced bank account."""

    tranche = models.ForeignKey(
        "programmes.Tranche", on_delete=models.PROTECT, related_name="receipts"
    )
    amount_cents = models.BigIntegerField("montant reçu (centimes)")
    received_on = models.DateField("reçu le")
    bank_reference = models.CharField("référence bancaire", max_length=60, unique=True)
    # The line of an imported statement that shows it; blank while no statement was imported.
    bank_line = models.OneToOneField(
        "programmes.BankLine", on_delete=models.PROTECT, null=True, related_name="receipt"
    )
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "encaissement"
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="receipt_amount_positive")
        ]

    def __str__(self) -> str:
        return self.bank_reference


class ReceiptBounce(models.Model):
    """A receipt the bank took back. ``undone_at`` is blank while its money is still in a lot."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="bounce")
    bank_line = models.OneToOneField(
        "programmes.BankLine", on_delete=models.PROTECT, null=True, related_name="bounce"
    )
    bounced_on = models.DateField("rejeté le")
    reason = models.CharField("motif", max_length=200, blank=True)
    recorded_at = models.DateTimeField("noté le")
    recorded_by = models.CharField("noté par", max_length=40)
    # When the ledger's posting was reversed; its group is the reversal of the receipt's.
    undone_at = models.DateTimeField("annulé le", null=True)

    class Meta:
        verbose_name = "encaissement rejeté"
        triggers = [pgtrigger.Protect(name="receiptbounce_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"rejet {self.receipt_id}"


class FunderReturn(models.Model):
    """Unused money given back to its funder, once per cause."""

    tranche = models.ForeignKey(
        "programmes.Tranche", on_delete=models.PROTECT, related_name="returns"
    )
    cause = models.CharField("motif", max_length=60)
    amount_cents = models.BigIntegerField("montant rendu (centimes)")
    returned_at = models.DateTimeField("rendu le")
    returned_by = models.CharField("rendu par", max_length=40)
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )
    # The debit on the bank statement, and its posting; blank while the bank has not paid it.
    bank_line = models.OneToOneField(
        "programmes.BankLine", on_delete=models.PROTECT, null=True, related_name="funder_return"
    )
    paid_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "argent rendu"
        constraints = [
            models.UniqueConstraint(
                fields=["tranche", "cause"], name="funderreturn_once_per_cause"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="funderreturn_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(bank_line=None, paid_group=None)
                | Q(bank_line__isnull=False, paid_group__isnull=False),
                name="funderreturn_paid_on_a_line",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="funderreturn_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="funderreturn_frozen",
                fields=["tranche", "cause", "amount_cents", "posting_group"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tranche_id} {self.cause}"


class Commission(models.Model):
    """A part of what the operator earned, set aside from a promise that pays fees only."""

    tranche = models.ForeignKey(
        "programmes.Tranche", on_delete=models.PROTECT, related_name="commissions"
    )
    amount_cents = models.BigIntegerField("montant (centimes)")
    # What all commissions of the programme were counted on, when this one was taken.
    settled_cents = models.BigIntegerField("réglé jusque-là (centimes)")
    uses = models.PositiveIntegerField("utilisations réglées")
    taken_at = models.DateTimeField("prélevée le")
    taken_by = models.CharField("prélevée par", max_length=40)
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )
    # The debit on the bank statement, and its posting; blank while the bank has not paid it.
    bank_line = models.OneToOneField(
        "programmes.BankLine", on_delete=models.PROTECT, null=True, related_name="commission"
    )
    paid_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "commission"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, settled_cents__gte=0),
                name="commission_amount_positive",
            ),
            models.CheckConstraint(
                condition=Q(bank_line=None, paid_group=None)
                | Q(bank_line__isnull=False, paid_group__isnull=False),
                name="commission_paid_on_a_line",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="commission_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="commission_frozen",
                fields=["tranche", "amount_cents", "settled_cents", "uses", "posting_group"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tranche_id} {self.amount_cents}"
