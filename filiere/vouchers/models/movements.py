"""What vouchers paid, and what was undone. Amounts are integer euro cents.

Written by the database functions only: ``vouchers_redeem``, ``vouchers_redeem_many`` and
``vouchers_reverse``. They have in hand the voucher, the group and the tranches they write down, none
of which is ever deleted: these keys have no constraint in the database (ADR 0015).
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value, not_negative
from filiere.kernel.models import append_only
from filiere.vouchers.models.lots import Voucher
from filiere.vouchers.models.parts import PartsHold


class MovementChannel(models.TextChoices):
    """How the voucher was shown: scanned, typed, number and PIN, recorded offline, in a batch."""

    QR = "qr", "QR code lu"
    TYPED = "typed", "code saisi"
    SERIAL_PIN = "serial_pin", "numéro et code court"
    OFFLINE = "offline", "hors connexion"
    BATCH = "batch", "par liste"


class Movement(models.Model):
    """One redemption: what a voucher paid to one provider for one referenced act. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Its index is that of movement_once_per_act, which begins with it.
    voucher = models.ForeignKey(
        Voucher,
        on_delete=models.PROTECT,
        related_name="movements",
        db_constraint=False,
        db_index=False,
    )
    # Reference of the act paid (a registration's): one act draws on one voucher once.
    reference = models.CharField("acte payé", max_length=40)
    provider = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="movements"
    )
    place = models.ForeignKey(
        "directory.Place", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    service = models.CharField("service", max_length=80, blank=True, default="")
    channel = models.CharField(
        "voie", max_length=10, choices=MovementChannel.choices, default=MovementChannel.TYPED
    )
    device = models.ForeignKey(
        "vouchers.Device",
        on_delete=models.PROTECT,
        null=True,
        related_name="movements",
        db_index=False,
    )
    # What the counter asked for: asking again the same is a retry, asking otherwise is refused.
    wanted_cents = models.BigIntegerField("montant demandé (centimes)")
    amount_cents = models.BigIntegerField("montant (centimes)")
    left_cents = models.BigIntegerField("reste du chèque ensuite (centimes)")
    # Who paid: tranches in the order of their numbers, and what each gave. Read as
    # ``MovementPart``.
    tranche_ids = ArrayField(models.BigIntegerField(), verbose_name="tranches")
    given_parts = ArrayField(models.BigIntegerField(), verbose_name="parts (centimes)")
    occurred_at = models.DateTimeField("date")
    # Legal day of the act, which expiry and the yearly cap are judged on.
    done_on = models.DateField("jour de l'acte", null=True)
    # When it reached us: later than occurred_at for what was recorded offline.
    received_at = models.DateTimeField("reçue le", null=True)
    # One of its own: the key of the group says the voucher and the act.
    posting_group = models.ForeignKey(
        "ledger.PostingGroup",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        verbose_name = "utilisation"
        constraints = [
            known_value("movement", "channel", MovementChannel),
            models.UniqueConstraint(fields=["voucher", "reference"], name="movement_once_per_act"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="movement_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__lte=F("wanted_cents")), name="movement_not_over_wanted"
            ),
            not_negative("movement", "left_cents"),
            # Each part above zero, all adding up to the amount.
            models.CheckConstraint(
                condition=PartsHold("amount_cents", "given_parts"), name="movement_parts_hold"
            ),
        ]
        indexes = [
            models.Index(
                fields=["device"], name="movement_of_device", condition=Q(device__isnull=False)
            )
        ]
        triggers = append_only("movement")

    def __str__(self) -> str:
        return self.reference


class MovementPart(models.Model):
    """What one tranche paid of one movement: a view of the movement's row."""

    pk = models.CompositePrimaryKey("movement_id", "tranche_id")
    movement = models.ForeignKey(Movement, on_delete=models.DO_NOTHING, related_name="parts")
    tranche = models.ForeignKey("programmes.Tranche", on_delete=models.DO_NOTHING, related_name="+")
    amount_cents = models.BigIntegerField("montant (centimes)")

    class Meta:
        managed = False
        db_table = "vouchers_movementpart"
        verbose_name = "part d'une utilisation"

    def __str__(self) -> str:
        return f"{self.movement_id}/{self.tranche_id}"


class Reversal(models.Model):
    """One movement undone, whole and once: its voucher got back what it had paid. Append-only."""

    movement = models.OneToOneField(
        Movement, on_delete=models.PROTECT, primary_key=True, related_name="reversal"
    )
    amount_cents = models.BigIntegerField("montant rendu (centimes)")
    reason = models.CharField("motif", max_length=200)
    reversed_at = models.DateTimeField("annulée le")
    actor = models.CharField("auteur", max_length=40)
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "annulation d'une utilisation"
        verbose_name_plural = "annulations d'utilisations"
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="reversal_amount_positive")
        ]
        triggers = append_only("reversal")

    def __str__(self) -> str:
        return str(self.movement_id)
