"""Vouchers that may not pay for now, in the order it was said: what devices read without network."""

from django.db import models

from filiere.kernel.constraints import known_value
from filiere.kernel.models import append_only
from filiere.vouchers.models.lots import Voucher


class WithdrawalKind(models.TextChoices):
    """BLOCKED and LOST withdraw a voucher; RESTORED lets it pay again."""

    BLOCKED = "blocked", "bloqué"
    LOST = "lost", "perdu"
    RESTORED = "restored", "rétabli"


class Withdrawal(models.Model):
    """One change of whether a voucher may pay. Append-only; its number is what a device has read.

    Numbers are given and committed in the same order (``services.withdrawals.note``): a device
    that read up to one of them has missed none before it.
    """

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="withdrawals")
    kind = models.CharField("changement", max_length=8, choices=WithdrawalKind.choices)
    at = models.DateTimeField("le")

    class Meta:
        verbose_name = "retrait d'un chèque"
        verbose_name_plural = "retraits de chèques"
        constraints = [known_value("withdrawal", "kind", WithdrawalKind)]
        triggers = append_only("withdrawal")

    def __str__(self) -> str:
        return f"{self.voucher_id} {self.kind}"
