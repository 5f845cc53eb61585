"""Packs and subscriptions people bought, and what each session took. Lengths are minutes.

A package is bought by a session that costs its price, or sold alone at the till of a public body.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from filiere.billing.models.prices import PriceKind
from filiere.kernel.constraints import known_value
from filiere.kernel.models import append_only


class PackageSale(models.Model):
    """A package sold at a till before any session, paid by the person. Append-only.

    It is undone when its receipt is: its package is then cancelled, and must not have served.
    """

    offer = models.ForeignKey("directory.Offer", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("persons.Person", on_delete=models.PROTECT, related_name="+")
    price_cents = models.BigIntegerField("prix (centimes)")
    # What the price was made of on that day, as on a charge.
    priced_as = models.JSONField("explication du prix")
    # The same form sent twice sells once.
    request_key = models.CharField("clé de la demande", max_length=100, unique=True)
    sold_at = models.DateTimeField("vendu le")
    sold_by = models.CharField("vendu par", max_length=40)
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "vente d'un forfait"
        verbose_name_plural = "ventes de forfaits"
        constraints = [
            models.CheckConstraint(
                condition=Q(price_cents__gt=0), name="packagesale_price_positive"
            ),
        ]
        triggers = [*append_only("packagesale")]

    def __str__(self) -> str:
        return f"package sale {self.pk}"


class Package(models.Model):
    """A pack or a subscription one person bought once, for sessions to come.

    Either the charge of a first session bought it, or it was sold alone.

    What is left is kept by a trigger that adds up the uses; it is never under zero.
    """

    charge = models.ForeignKey(
        "billing.Charge", on_delete=models.PROTECT, null=True, related_name="packages"
    )
    sale = models.OneToOneField(
        PackageSale, on_delete=models.PROTECT, null=True, related_name="package"
    )
    offer = models.ForeignKey("directory.Offer", on_delete=models.PROTECT, related_name="packages")
    person = models.ForeignKey("persons.Person", on_delete=models.PROTECT, related_name="packages")
    kind = models.CharField("mode", max_length=12, choices=PriceKind.choices)
    begins_on = models.DateField("début")
    ends_on = models.DateField("dernier jour")
    sessions_total = models.PositiveSmallIntegerField("séances achetées", null=True)
    sessions_left = models.SmallIntegerField("séances restantes", null=True)
    minutes_total = models.PositiveIntegerField("minutes achetées", null=True)
    minutes_left = models.IntegerField("minutes restantes", null=True)
    cancelled_at = models.DateTimeField("annulé le", null=True)

    class Meta:
        verbose_name = "forfait"
        constraints = [
            known_value("package", "kind", PriceKind),
            models.CheckConstraint(
                condition=Q(charge__isnull=False, sale__isnull=True)
                | Q(charge__isnull=True, sale__isnull=False),
                name="package_bought_once",
            ),
            models.UniqueConstraint(
                fields=["charge"],
                name="package_one_live_per_charge",
                condition=Q(cancelled_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["pack", "subscription"]), name="package_kind_is_one"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("begins_on")), name="package_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(sessions_total__isnull=True, sessions_left__isnull=True)
                | Q(sessions_left__gte=0, sessions_left__lte=F("sessions_total")),
                name="package_sessions_left_in_range",
            ),
            models.CheckConstraint(
                condition=Q(minutes_total__isnull=True, minutes_left__isnull=True)
                | Q(minutes_left__gte=0, minutes_left__lte=F("minutes_total")),
                name="package_minutes_left_in_range",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "offer", "ends_on"], name="package_by_person"),
        ]

    def __str__(self) -> str:
        return f"package {self.pk}"


class PackageUse(models.Model):
    """What one session took from a package; an attendance undone gives it back by a second row.

    ``sessions`` is 1 or -1; ``minutes`` has the same sign.
    """

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="uses")
    registration = models.ForeignKey(
        "agenda.Registration", on_delete=models.PROTECT, related_name="package_uses"
    )
    sessions = models.SmallIntegerField("séances")
    minutes = models.IntegerField("minutes")
    # The use that this row gives back.
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversal"
    )
    used_at = models.DateTimeField("pris le")

    class Meta:
        verbose_name = "utilisation d'un forfait"
        constraints = [
            models.CheckConstraint(
                condition=Q(sessions=1, minutes__gt=0, reverses__isnull=True)
                | Q(sessions=-1, minutes__lt=0, reverses__isnull=False),
                name="packageuse_takes_or_gives_back",
            ),
        ]
        indexes = [models.Index(fields=["registration"], name="packageuse_by_session")]
        triggers = [
            *append_only("packageuse"),
            pgtrigger.Trigger(
                name="packageuse_lowers_package",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE billing_package
                       SET sessions_left = sessions_left - NEW.sessions,
                           minutes_left = minutes_left - NEW.minutes
                     WHERE id = NEW.package_id;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package_id} {self.minutes}"
