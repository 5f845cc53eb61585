"""What follows a claim that was not paid: contested, given up, decided. Append-only.

Amounts are integer euro cents.
"""

from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value
from filiere.kernel.models import append_only
from filiere.vouchers.models.devices import OfflineClaim


class ClaimStepKind(models.TextChoices):
    """CONTESTED and GIVEN_UP are the place's; PAID (by a guarantee fund) and UPHELD the operator's."""

    CONTESTED = "contested", "contestée par le lieu"
    GIVEN_UP = "given_up", "abandonnée par le lieu"
    PAID = "paid", "payée par le fonds de garantie"
    UPHELD = "upheld", "refus confirmé"


CLOSING = (ClaimStepKind.GIVEN_UP, ClaimStepKind.PAID, ClaimStepKind.UPHELD)


class ClaimStep(models.Model):
    """One step after the refusal of a claim: who did what, and why. One of them closes it."""

    claim = models.ForeignKey(OfflineClaim, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField("suite", max_length=9, choices=ClaimStepKind.choices)
    words = models.CharField("motif", max_length=300, blank=True)
    # Only when paid: the capped promise of the fund, and what it gave.
    commitment = models.ForeignKey(
        "agreements.Commitment", on_delete=models.PROTECT, null=True, related_name="+"
    )
    paid_cents = models.BigIntegerField("payé par le fonds (centimes)", default=0)
    at = models.DateTimeField("le")
    by = models.CharField("par", max_length=40)

    class Meta:
        verbose_name = "suite d'une demande refusée"
        verbose_name_plural = "suites des demandes refusées"
        constraints = [
            known_value("claimstep", "kind", ClaimStepKind),
            models.UniqueConstraint(fields=["claim", "kind"], name="claimstep_once"),
            models.UniqueConstraint(
                fields=["claim"],
                name="claimstep_closed_once",
                condition=Q(kind__in=[kind.value for kind in CLOSING]),
            ),
            models.CheckConstraint(
                condition=Q(kind="paid", commitment__isnull=False, paid_cents__gt=0)
                | (~Q(kind="paid") & Q(commitment__isnull=True, paid_cents=0)),
                name="claimstep_paid_names_its_fund",
            ),
            models.CheckConstraint(
                condition=Q(kind="given_up") | ~Q(words=""), name="claimstep_says_why"
            ),
        ]
        triggers = append_only("claimstep")

    def __str__(self) -> str:
        return f"{self.claim_id} {self.kind}"
