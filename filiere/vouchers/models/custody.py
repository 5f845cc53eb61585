"""Where the paper is, and what was called back: booklets and recalls."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value
from filiere.vouchers.models.lots import Lot


class Booklet(models.Model):
    """Vouchers that follow each other and travel together. A replacement is a booklet of one.

    ``custodian`` is who may hand them out; nobody while the operator keeps them.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="booklets")
    number = models.PositiveIntegerField("carnet")
    serial_from = models.BigIntegerField("premier numéro", unique=True)
    serial_to = models.BigIntegerField("dernier numéro")
    custodian = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="booklets"
    )
    entrusted_at = models.DateTimeField("confié le", null=True)

    class Meta:
        verbose_name = "carnet"
        constraints = [
            models.UniqueConstraint(fields=["lot", "number"], name="booklet_number_once"),
            models.CheckConstraint(
                condition=Q(serial_to__gte=F("serial_from")), name="booklet_serials_in_order"
            ),
            models.CheckConstraint(
                condition=Q(custodian=None, entrusted_at=None)
                | Q(custodian__isnull=False, entrusted_at__isnull=False),
                name="booklet_entrusted_is_dated",
            ),
        ]
        indexes = [
            models.Index(
                fields=["custodian", "lot"],
                name="booklet_by_custodian",
                condition=Q(custodian__isnull=False),
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="booklet_serials_frozen",
                fields=["lot", "number", "serial_from", "serial_to"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.lot_id}/{self.number}"


class RecallScope(models.TextChoices):
    """What is called back: one voucher, one booklet, one lot, what one place or device takes."""

    UNIT = "unit", "un chèque"
    BOOKLET = "booklet", "un carnet"
    LOT = "lot", "un lot"
    PROVIDER = "provider", "un prestataire"
    DEVICE = "device", "un appareil"


class Recall(models.Model):
    """A refusal decided for many vouchers at once, with its reason, until it is lifted.

    A unit and a booklet are both a range of numbers, so that a counter asks one question.
    """

    scope = models.CharField("portée", max_length=8, choices=RecallScope.choices)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="recalls")
    booklet = models.ForeignKey(
        Booklet, on_delete=models.PROTECT, null=True, related_name="recalls"
    )
    serial_from = models.BigIntegerField("premier numéro", null=True)
    serial_to = models.BigIntegerField("dernier numéro", null=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    device_id = models.BigIntegerField("appareil", null=True)
    reason = models.CharField("motif", max_length=300)
    by = models.CharField("décidé par", max_length=40)
    at = models.DateTimeField("décidé le")
    lifted_by = models.CharField("levé par", max_length=40, blank=True)
    lifted_at = models.DateTimeField("levé le", null=True)

    class Meta:
        verbose_name = "rappel"
        constraints = [
            known_value("recall", "scope", RecallScope),
            models.CheckConstraint(
                name="recall_names_its_scope",
                condition=Q(
                    Q(scope="unit", serial_from=F("serial_to"), booklet=None)
                    | Q(scope="booklet", booklet__isnull=False, serial_to__gte=F("serial_from")),
                    lot=None,
                    organisation=None,
                    device_id=None,
                )
                | Q(
                    Q(scope="lot", lot__isnull=False, organisation=None, device_id=None)
                    | Q(scope="provider", organisation__isnull=False, lot=None, device_id=None)
                    | Q(scope="device", device_id__isnull=False, lot=None, organisation=None),
                    booklet=None,
                    serial_from=None,
                    serial_to=None,
                ),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="recall_says_why"),
        ]
        indexes = [
            models.Index(fields=["scope"], name="recall_standing", condition=Q(lifted_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.pk}"
