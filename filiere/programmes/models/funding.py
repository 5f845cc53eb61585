"""Programmes of commissioners, the tranches their funders promise, and the cash received.

Amounts are integer euro cents. A tranche's money exists only once its receipt is confirmed:
each receipt has its posting group in the ledger (``funder:<org>`` → ``tranche:<id>``).
"""

from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import not_negative


class Programme(models.Model):
    """What a commissioner wants done: for whom, where, until when, at which price."""

    commissioner = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="programmes"
    )
    name = models.CharField("nom", max_length=200)
    territories = models.ManyToManyField("territories.Territory", related_name="programmes")
    # Services of the national standard that vouchers may pay; empty means all.
    services = models.JSONField("services", default=list)
    # Organisations whose places may take the vouchers; none named means all that are qualified.
    providers = models.ManyToManyField("accounts.Organisation", related_name="+", blank=True)
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin")
    is_invented = models.BooleanField("inventé", default=False)

    class Meta:
        verbose_name = "programme"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="programme_dates_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Tranche(models.Model):
    """What one funder promises to one programme. ``cap_cents`` is a promise, not cash."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="tranches")
    funder = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="tranches"
    )
    cap_cents = models.BigIntegerField("montant promis (centimes)")

    class Meta:
        verbose_name = "tranche"
        constraints = [not_negative("tranche", "cap_cents")]

    def __str__(self) -> str:
        return f"tranche {self.pk}"


class Receipt(models.Model):
    """Cash of a tranche confirmed on the ring-fenced bank account."""

    tranche = models.ForeignKey(Tranche, on_delete=models.PROTECT, related_name="receipts")
    amount_cents = models.BigIntegerField("montant reçu (centimes)")
    received_on = models.DateField("reçu le")
    bank_reference = models.CharField("référence bancaire", max_length=60, unique=True)
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
