"""The tables a redemption reads and writes beside the books: the same as ours, less the rest."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Place(models.Model):
    """A commune and what contains it."""

    departement = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")


class Lot(models.Model):
    """What its vouchers may pay."""

    state = models.CharField(max_length=10)
    use_until = models.DateField()
    services = ArrayField(models.TextField())
    place_ids = ArrayField(models.BigIntegerField())
    provider_ids = ArrayField(models.BigIntegerField())


class Voucher(models.Model):
    """One voucher and what each funder has left on it."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT)
    serial = models.BigIntegerField(unique=True)
    code_mac = models.BinaryField(unique=True)
    state = models.CharField(max_length=10)
    remaining_cents = models.BigIntegerField()
    left_parts = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(remaining_cents__gte=0), name="voucher_not_negative")
        ]


class Recall(models.Model):
    """Vouchers called back."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True)
    serial_from = models.BigIntegerField(null=True)
    serial_to = models.BigIntegerField(null=True)
    provider_id = models.BigIntegerField(null=True)
    lifted_at = models.DateTimeField(null=True)


class Movement(models.Model):
    """One use of a voucher, once for each act."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT)
    reference = models.CharField(max_length=40)
    provider_id = models.BigIntegerField()
    wanted_cents = models.BigIntegerField()
    amount_cents = models.BigIntegerField()
    left_cents = models.BigIntegerField()
    given_parts = ArrayField(models.BigIntegerField())
    service = models.CharField(max_length=80)
    done_on = models.DateField()
    occurred_at = models.DateTimeField()
    book = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["voucher", "reference"], name="movement_once"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="movement_positive"),
        ]
