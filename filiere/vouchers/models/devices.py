"""Devices that record redemptions without network, what they sent, and keys that sign vouchers.

Amounts are integer euro cents. Nothing here names a beneficiary.
"""

import uuid

from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value, not_negative
from filiere.kernel.models import append_only
from filiere.vouchers.models.lots import Voucher
from filiere.vouchers.models.movements import Movement


class Device(models.Model):
    """A phone or tablet of one organisation, known by its public key, with limits per day."""

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="devices"
    )
    place = models.ForeignKey("directory.Place", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("nom de l'appareil", max_length=80)
    # Ed25519; the private key never leaves the device.
    public_key = models.BinaryField("clé publique", max_length=32, unique=True)
    max_vouchers_per_day = models.PositiveIntegerField("chèques par jour", default=50)
    max_cents_per_day = models.BigIntegerField("centimes par jour", default=100_000)
    last_seq = models.BigIntegerField("dernier numéro reçu", default=0)
    registered_at = models.DateTimeField("enregistré le")
    registered_by = models.CharField("enregistré par", max_length=40)
    revoked_at = models.DateTimeField("retiré le", null=True)

    class Meta:
        verbose_name = "appareil"
        constraints = [
            models.CheckConstraint(
                condition=Q(max_vouchers_per_day__gte=1, max_cents_per_day__gte=1),
                name="device_limits_positive",
            ),
            not_negative("device", "last_seq"),
        ]

    def __str__(self) -> str:
        return self.name


class ClaimState(models.TextChoices):
    """ACCEPTED paid; REFUSED by a rule; DISPUTED lost to a use received before, in good faith."""

    ACCEPTED = "accepted", "acceptée"
    REFUSED = "refused", "refusée"
    DISPUTED = "disputed", "contestée"


class OfflineClaim(models.Model):
    """One redemption recorded offline, as it was judged when it was received. Append-only.

    ``outcome`` is the word of the database, or why the claim was set aside before asking it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="claims")
    # Counted by the device, from 1: a number is received once.
    seq = models.BigIntegerField("numéro d'ordre")
    digest = models.BinaryField("empreinte", max_length=16)
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, null=True, related_name="claims")
    reference = models.CharField("acte payé", max_length=40)
    wanted_cents = models.BigIntegerField("montant demandé (centimes)")
    taken_cents = models.BigIntegerField("montant payé (centimes)", default=0)
    occurred_at = models.DateTimeField("date dite par l'appareil")
    received_at = models.DateTimeField("reçue le")
    state = models.CharField("état", max_length=8, choices=ClaimState.choices)
    outcome = models.CharField("réponse", max_length=40)
    movement = models.ForeignKey(
        Movement, on_delete=models.PROTECT, null=True, related_name="claims"
    )

    class Meta:
        verbose_name = "demande hors connexion"
        verbose_name_plural = "demandes hors connexion"
        constraints = [
            known_value("offlineclaim", "state", ClaimState),
            models.UniqueConstraint(fields=["device", "seq"], name="offlineclaim_once"),
            models.CheckConstraint(condition=Q(seq__gt=0), name="offlineclaim_seq_positive"),
            models.CheckConstraint(
                condition=Q(state="accepted", movement__isnull=False)
                | (~Q(state="accepted") & Q(movement__isnull=True, taken_cents=0)),
                name="offlineclaim_paid_has_movement",
            ),
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                name="offlineclaim_disputed",
                condition=Q(state="disputed"),
            )
        ]
        triggers = append_only("offlineclaim")

    def __str__(self) -> str:
        return f"{self.device_id}/{self.seq}"


class PinAttempt(models.Model):
    """Tries of number and PIN since the last that succeeded, for one number, real or not.

    Counted before the answer is known, so that many tries at once are all counted. From
    ``MAX_ATTEMPTS`` on, the typed channel of this number is shut; its QR code goes on working.
    """

    serial = models.BigIntegerField("numéro", primary_key=True)
    attempts = models.PositiveIntegerField("essais")
    last_at = models.DateTimeField("dernier essai")

    class Meta:
        verbose_name = "essais de code court"
        verbose_name_plural = "essais de code court"

    def __str__(self) -> str:
        return str(self.serial)


class SigningKey(models.Model):
    """Key that signs the QR codes of one programme for one year; its id is printed in them.

    The private key is sealed with a key kept outside the database; the public one is published.
    """

    programme = models.ForeignKey(
        "programmes.Programme", on_delete=models.PROTECT, related_name="signing_keys"
    )
    year = models.PositiveSmallIntegerField("année")
    public_key = models.BinaryField("clé publique", max_length=32, unique=True)
    sealed_private_key = models.BinaryField("clé privée scellée", max_length=200)
    created_at = models.DateTimeField("créée le")
    # Signatures of a revoked key are refused; its vouchers are typed instead.
    revoked_at = models.DateTimeField("révoquée le", null=True)

    class Meta:
        verbose_name = "clé de signature"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year"],
                name="signingkey_one_live",
                condition=Q(revoked_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}/{self.year}"
