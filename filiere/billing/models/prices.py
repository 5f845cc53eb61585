"""Price rules of offers. Amounts are integer euro cents."""

from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value, not_negative


class PriceKind(models.TextChoices):
    """How an offer is priced. The last two are paid once for several sessions."""

    FREE = "free", "gratuit"
    SESSION = "session", "par séance"
    HOURLY = "hourly", "à l'heure"
    PACK = "pack", "forfait"
    SUBSCRIPTION = "subscription", "abonnement"


class SubsidyGroup(models.Model):
    """Offers of one organisation where some people pay more so that others pay less."""

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="subsidy_groups"
    )
    name = models.CharField("nom", max_length=80)

    class Meta:
        verbose_name = "caisse de solidarité"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="subsidygroup_once"),
        ]

    def __str__(self) -> str:
        return self.name


class PriceRule(models.Model):
    """The price of one offer from one day on. The latest rule in force applies."""

    offer = models.ForeignKey(
        "directory.Offer", on_delete=models.PROTECT, related_name="price_rules"
    )
    kind = models.CharField("mode", max_length=12, choices=PriceKind.choices)
    amount_cents = models.BigIntegerField("montant (centimes)", default=0)
    from_on = models.DateField("à partir du")
    is_invented = models.BooleanField("inventé", default=False)
    # One session for who does not take the package; empty: the package must be taken.
    single_cents = models.BigIntegerField("prix d'une séance seule (centimes)", null=True)
    pack_sessions = models.PositiveSmallIntegerField("séances du forfait", null=True)
    pack_minutes = models.PositiveIntegerField("minutes du forfait", null=True)
    valid_days = models.PositiveSmallIntegerField("jours de validité", null=True)
    # Who pays more than the cost lets others pay less.
    group = models.ForeignKey(
        SubsidyGroup, on_delete=models.PROTECT, null=True, related_name="rules"
    )
    # What the place says it costs: per hour when priced by the hour, else per session.
    cost_cents = models.BigIntegerField("coût de revient (centimes)", null=True)

    class Meta:
        verbose_name = "tarif"
        constraints = [
            known_value("pricerule", "kind", PriceKind),
            not_negative("pricerule", "amount_cents"),
            models.UniqueConstraint(fields=["offer", "from_on"], name="pricerule_once_a_day"),
            models.CheckConstraint(
                condition=~Q(kind="free") | Q(amount_cents=0), name="pricerule_free_is_zero"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="pack",
                    pack_sessions__gte=1,
                    pack_minutes__isnull=True,
                    valid_days__gte=1,
                )
                | Q(
                    kind="pack",
                    pack_sessions__isnull=True,
                    pack_minutes__gte=1,
                    valid_days__gte=1,
                )
                | Q(
                    kind="subscription",
                    pack_sessions__isnull=True,
                    pack_minutes__isnull=True,
                    valid_days__gte=1,
                )
                | Q(
                    kind__in=["free", "session", "hourly"],
                    pack_sessions__isnull=True,
                    pack_minutes__isnull=True,
                    valid_days__isnull=True,
                    single_cents__isnull=True,
                ),
                name="pricerule_package_says_what_it_holds",
            ),
            models.CheckConstraint(
                condition=Q(single_cents__isnull=True) | Q(single_cents__gte=0),
                name="pricerule_single_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(group__isnull=True, cost_cents__isnull=True)
                | Q(
                    group__isnull=False,
                    cost_cents__gt=0,
                    kind__in=["free", "session", "hourly"],
                ),
                name="pricerule_group_knows_its_cost",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.kind} {self.amount_cents}"


class BandBasis(models.TextChoices):
    """What makes a band: what somebody declares of its income, or what public somebody is of."""

    INCOME = "income", "quotient familial déclaré"
    PUBLIC = "public", "public"


class PriceBand(models.Model):
    """What one public, or one income bracket, pays instead of the full amount of a rule.

    Brackets are said by the person; no income is ever written.
    """

    rule = models.ForeignKey(PriceRule, on_delete=models.CASCADE, related_name="bands")
    basis = models.CharField("critère", max_length=6, choices=BandBasis.choices)
    rank = models.PositiveSmallIntegerField("rang")
    label = models.CharField("tranche ou public", max_length=80)
    amount_cents = models.BigIntegerField("montant (centimes)")

    class Meta:
        verbose_name = "tarif selon le revenu ou le public"
        constraints = [
            known_value("priceband", "basis", BandBasis),
            not_negative("priceband", "amount_cents"),
            models.UniqueConstraint(fields=["rule", "label"], name="priceband_label_once"),
            models.UniqueConstraint(fields=["rule", "rank"], name="priceband_rank_once"),
            models.CheckConstraint(condition=~Q(label=""), name="priceband_is_named"),
        ]

    def __str__(self) -> str:
        return self.label
