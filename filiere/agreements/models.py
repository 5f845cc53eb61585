"""Agreements between organisations and the commitments each one promises.

One model, several kinds: referral contract, third-party payer, funding convention…
Amounts are integer euro cents; rates are parts per million.
"""

from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value


class AgreementKind(models.TextChoices):
    """What is agreed."""

    REFERRAL = "referral", "contrat d'orientation"
    THIRD_PARTY = "third_party", "tiers payant"
    FUNDING = "funding", "convention de financement"
    PARTNERSHIP = "partnership", "protocole de partenariat"
    EMPLOYER = "employer", "heures offertes par un employeur"
    GUARANTEE = "guarantee", "fonds de garantie"


class Agreement(models.Model):
    """A dated agreement between a promiser and (if it names one) a counterpart."""

    kind = models.CharField("nature", max_length=12, choices=AgreementKind.choices)
    title = models.CharField("titre", max_length=200)
    promiser = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="promises"
    )
    counterpart = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.PROTECT,
        null=True,
        related_name="agreements_received",
    )
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin", null=True)
    signed_at = models.DateTimeField("signé le", null=True)
    is_invented = models.BooleanField("inventé", default=False)

    class Meta:
        verbose_name = "accord"
        constraints = [
            known_value("agreement", "kind", AgreementKind),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="agreement_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Commitment(models.Model):
    """What the promiser pays or gives: for a third-party payer, a rate of what the voucher leaves."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="commitments")
    label = models.CharField("libellé", max_length=200)
    rate_ppm = models.PositiveIntegerField("taux (millionièmes)", default=0)
    cap_cents = models.BigIntegerField("plafond par séance (centimes)", null=True)
    envelope_cents = models.BigIntegerField("enveloppe promise (centimes)", null=True)
    # Hours an employer bought for its staff and their families; empty for other kinds.
    quota_minutes = models.PositiveIntegerField("minutes achetées", null=True)
    # Empty means every procedure; else keys of rules/data/procedures.yaml.
    operator_key = models.CharField("opérateur concerné", max_length=40, blank=True)

    class Meta:
        verbose_name = "engagement"
        constraints = [
            models.CheckConstraint(
                condition=Q(rate_ppm__lte=1_000_000), name="commitment_rate_at_most_one"
            ),
            models.CheckConstraint(
                condition=Q(cap_cents__isnull=True) | Q(cap_cents__gte=0),
                name="commitment_cap_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(envelope_cents__isnull=True) | Q(envelope_cents__gte=0),
                name="commitment_envelope_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(quota_minutes__isnull=True) | Q(quota_minutes__gte=1, rate_ppm=0),
                name="commitment_quota_is_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class FreeHoursCard(models.Model):
    """What a member of staff or of its family shows: it says who pays, never who comes.

    Nobody's name is on it, and no session names it: what is left is only lowered.
    """

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="cards")
    # HMAC of the code; the code itself is shown once, to the employer.
    mac = models.BinaryField("empreinte du code", max_length=16, unique=True)
    issued_at = models.DateTimeField("émise le")
    # Minutes it may still open; empty when only the whole quota limits it.
    minutes_left = models.IntegerField("minutes restantes", null=True)
    revoked_at = models.DateTimeField("retirée le", null=True)

    class Meta:
        verbose_name = "carte d'heures offertes"
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_left__isnull=True) | Q(minutes_left__gte=0),
                name="freehourscard_minutes_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["commitment"], condition=Q(revoked_at=None), name="freehourscard_live"
            )
        ]

    def __str__(self) -> str:
        return f"card {self.pk}"
