"""Price rules of offers. Amounts are integer euro cents."""

from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value, not_negative


class PriceKind(models.TextChoices):
    """How an offer is priced."""

    FREE = "free", "gratuit"
    SESSION = "session", "par séance"
    HOURLY = "hourly", "à l'heure"


class PriceRule(models.Model):
    """The price of one offer from one day on. The latest rule in force applies."""

    offer = models.ForeignKey(
        "directory.Offer", on_delete=models.PROTECT, related_name="price_rules"
    )
    kind = models.CharField("mode", max_length=7, choices=PriceKind.choices)
    amount_cents = models.BigIntegerField("montant (centimes)", default=0)
    from_on = models.DateField("à partir du")
    is_invented = models.BooleanField("inventé", default=False)

    class Meta:
        verbose_name = "tarif"
        constraints = [
            known_value("pricerule", "kind", PriceKind),
            not_negative("pricerule", "amount_cents"),
            models.UniqueConstraint(fields=["offer", "from_on"], name="pricerule_once_a_day"),
            models.CheckConstraint(
                condition=~Q(kind="free") | Q(amount_cents=0), name="pricerule_free_is_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.kind} {self.amount_cents}"
