"""Prices seen outside Filière, and what help should cost at most. Integer euro cents."""

from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value, not_negative


class SellerKind(models.TextChoices):
    """The kind of place where help is given, or sold."""

    PUBLIC = "public", "lieu public"
    ASSOCIATION = "association", "association"
    SHOP = "shop", "commerce"
    WEBSITE = "website", "site privé"
    INDEPENDENT = "independent", "professionnel indépendant"


COMMERCIAL = (SellerKind.SHOP, SellerKind.WEBSITE, SellerKind.INDEPENDENT)


class SeenHow(models.TextChoices):
    """Where the price was read."""

    LINK = "link", "sur une page"
    ON_SITE = "on_site", "affiché sur place"
    REPORTED = "reported", "rapporté par une personne aidée"


class ObservedPriceState(models.TextChoices):
    """NOTED until a steward has read it; only what is CONFIRMED is published."""

    NOTED = "noted", "noté"
    CONFIRMED = "confirmed", "confirmé"
    SET_ASIDE = "set_aside", "écarté"


class ObservedPrice(models.Model):
    """What one seller asked one day for help with one procedure. No person stands in it.

    The seller's name is for stewards only: an independent professional is a person.
    """

    # Key of rules/data/procedures.yaml.
    procedure = models.CharField("démarche", max_length=60)
    seller_kind = models.CharField("type de lieu", max_length=11, choices=SellerKind.choices)
    seller_name = models.CharField("vendeur", max_length=120, blank=True)
    price_cents = models.BigIntegerField("prix (centimes)")
    # Empty: sold everywhere in France, by a website.
    territory = models.ForeignKey(
        "territories.Territory", on_delete=models.PROTECT, null=True, related_name="+"
    )
    seen_on = models.DateField("vu le")
    seen_how = models.CharField("vu", max_length=8, choices=SeenHow.choices)
    source_url = models.CharField("adresse de la page", max_length=500, blank=True)
    state = models.CharField(
        "état", max_length=9, choices=ObservedPriceState.choices, default=ObservedPriceState.NOTED
    )
    noted_at = models.DateTimeField("noté le")
    noted_by = models.CharField("noté par", max_length=40)
    decided_at = models.DateTimeField("décidé le", null=True)
    decided_by = models.CharField("décidé par", max_length=40, blank=True)
    reason = models.CharField("motif", max_length=300, blank=True)
    is_invented = models.BooleanField("inventé", default=False)

    class Meta:
        verbose_name = "prix vu"
        verbose_name_plural = "prix vus"
        constraints = [
            known_value("observedprice", "seller_kind", SellerKind),
            known_value("observedprice", "seen_how", SeenHow),
            known_value("observedprice", "state", ObservedPriceState),
            not_negative("observedprice", "price_cents"),
            models.UniqueConstraint(
                fields=[
                    "procedure",
                    "seller_kind",
                    "seller_name",
                    "territory",
                    "seen_on",
                    "price_cents",
                    "source_url",
                ],
                nulls_distinct=False,
                name="observedprice_noted_once",
            ),
            models.CheckConstraint(
                condition=Q(seen_how="link") & ~Q(source_url="")
                | ~Q(seen_how="link") & Q(source_url=""),
                name="observedprice_link_iff_read_on_a_page",
            ),
            models.CheckConstraint(
                condition=Q(territory__isnull=False) | Q(seller_kind="website"),
                name="observedprice_is_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(state="noted", decided_at__isnull=True, decided_by="", reason="")
                | Q(state="confirmed", decided_at__isnull=False, reason="") & ~Q(decided_by="")
                | Q(state="set_aside", decided_at__isnull=False)
                & ~Q(decided_by="")
                & ~Q(reason=""),
                name="observedprice_decision_is_signed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["procedure", "seen_on"],
                name="observedprice_published",
                condition=Q(state="confirmed"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.seller_kind} {self.price_cents}"

    @property
    def is_commercial(self) -> bool:
        """Tell whether a business asks this price."""
        return self.seller_kind in COMMERCIAL


class PriceCeiling(models.Model):
    """What help with one procedure should cost at most, from one day on: advice, not a law."""

    procedure = models.CharField("démarche", max_length=60)
    # Empty: in the whole of France.
    territory = models.ForeignKey(
        "territories.Territory", on_delete=models.PROTECT, null=True, related_name="+"
    )
    ceiling_cents = models.BigIntegerField("prix plafond conseillé (centimes)")
    from_on = models.DateField("à partir du")
    until_on = models.DateField("jusqu'au", null=True)
    source = models.CharField("source", max_length=300)
    set_at = models.DateTimeField("fixé le")
    set_by = models.CharField("fixé par", max_length=40)
    is_invented = models.BooleanField("inventé", default=False)

    class Meta:
        verbose_name = "prix plafond conseillé"
        verbose_name_plural = "prix plafonds conseillés"
        constraints = [
            not_negative("priceceiling", "ceiling_cents"),
            models.UniqueConstraint(
                fields=["procedure", "territory", "from_on"],
                nulls_distinct=False,
                name="priceceiling_once_a_day",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="priceceiling_has_a_source"),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="priceceiling_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.ceiling_cents}"
