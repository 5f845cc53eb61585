"""What funders offer: calls and permanent schemes, with the terms that decide what they pay.

Rates are parts per million; amounts are integer euro cents. Blank is "not stated", never zero.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value
from filiere.projects.models.budget import Nature


class FundingKind(models.TextChoices):
    """Where money comes from: public tiers, private givers, and what the project brings itself."""

    EU = "eu", "Union européenne"
    STATE = "state", "État"
    REGION = "region", "région"
    DEPARTEMENT = "departement", "département"
    EPCI = "epci", "intercommunalité"
    COMMUNE = "commune", "commune"
    PRIVATE = "private", "entreprise"
    FOUNDATION = "foundation", "fondation"
    INCOME = "income", "recettes"
    VOUCHER = "voucher", "chèques"
    VOLUNTEERING = "volunteering", "bénévolat"
    OWN = "own", "fonds propres"


class AidRegime(models.TextChoices):
    """Under which rule of State aid money is given."""

    NONE = "none", "hors aide d'État"
    DE_MINIMIS = "de_minimis", "de minimis"
    DE_MINIMIS_SGEI = "de_minimis_sgei", "de minimis SIEG"
    EXEMPTED = "exempted", "régime exempté"
    UNKNOWN = "unknown", "non précisé"


class FlatRate(models.TextChoices):
    """Costs counted at a rate instead of one by one."""

    NONE = "none", "aucun forfait"
    DIRECT_LESS_SERVICES = "direct_less_services", "20 % des coûts directs hors prestations"
    DIRECT = "direct", "7 % des coûts directs"
    STAFF = "staff", "15 % des frais de personnel"
    STAFF_ALL_OTHERS = "staff_all_others", "40 % des frais de personnel"


class Recurrence(models.TextChoices):
    """Whether one can always ask."""

    PERMANENT = "permanent", "permanente"
    RECURRENT = "recurrent", "récurrente"
    ONCE = "once", "ponctuelle"
    UNKNOWN = "unknown", "non précisée"


class SchemeImport(models.Model):
    """One reading of one list of schemes, with what was said of its lines."""

    name = models.CharField("nom du fichier", max_length=120)
    sha256 = models.CharField("empreinte du fichier", max_length=64)
    created = models.PositiveIntegerField("ajoutés", default=0)
    changed = models.PositiveIntegerField("modifiés", default=0)
    same = models.PositiveIntegerField("inchangés", default=0)
    refused = models.PositiveIntegerField("refusés", default=0)
    # [line number, code, what was read] for each line refused or to be checked.
    remarks = models.JSONField("remarques", default=list)
    imported_at = models.DateTimeField("importé le")
    imported_by = models.CharField("importé par", max_length=40)

    class Meta:
        verbose_name = "import d'aides"
        verbose_name_plural = "imports d'aides"
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="schemeimport_sha256_shape"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Scheme(models.Model):
    """One aid somebody may ask for. ``external_key`` is how its list names it, once."""

    external_key = models.CharField("identifiant de l'aide", max_length=300, unique=True)
    funder = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="schemes"
    )
    funder_name = models.CharField("financeur", max_length=200)
    name = models.CharField("nom", max_length=250)
    link = models.URLField("page", max_length=300, blank=True)
    kind = models.CharField(
        "origine", max_length=12, choices=FundingKind.choices, default=FundingKind.STATE
    )
    # As the list says them; see ``projects.queries.matching``.
    beneficiaries = ArrayField(
        models.CharField(max_length=120), verbose_name="bénéficiaires", default=list
    )
    aid_types = ArrayField(models.CharField(max_length=80), verbose_name="types", default=list)
    # Empty: everywhere.
    territory = models.ForeignKey(
        "territories.Territory", on_delete=models.PROTECT, null=True, related_name="+"
    )
    publics = ArrayField(models.CharField(max_length=40), verbose_name="publics", default=list)
    recurrence = models.CharField(
        "récurrence", max_length=9, choices=Recurrence.choices, default=Recurrence.UNKNOWN
    )
    is_call = models.BooleanField("appel à projets", default=False)
    opens_on = models.DateField("ouvre le", null=True)
    closes_on = models.DateField("clôture le", null=True)
    rate_min_ppm = models.PositiveIntegerField("taux minimal (millionièmes)", null=True)
    rate_max_ppm = models.PositiveIntegerField("taux maximal (millionièmes)", null=True)
    floor_cents = models.BigIntegerField("plancher (centimes)", null=True)
    ceiling_cents = models.BigIntegerField("plafond (centimes)", null=True)
    # Empty: every nature.
    eligible_natures = ArrayField(
        models.CharField(max_length=2), verbose_name="comptes éligibles", default=list
    )
    flat_rate = models.CharField(
        "forfait", max_length=20, choices=FlatRate.choices, default=FlatRate.NONE
    )
    counts_vat = models.BooleanField("compte la TVA", default=True)
    counts_in_kind = models.BooleanField("compte le bénévolat", default=False)
    public_cap_ppm = models.PositiveIntegerField("part publique maximale (millionièmes)", null=True)
    # ``external_key`` of schemes it cannot be added to.
    excludes = ArrayField(
        models.CharField(max_length=300), verbose_name="non cumulable avec", default=list
    )
    self_funding_min_ppm = models.PositiveIntegerField(
        "autofinancement minimal (millionièmes)", null=True
    )
    investment_max_ppm = models.PositiveIntegerField(
        "part maximale d'investissement (millionièmes)", null=True
    )
    eligible_from_on = models.DateField("dépenses à partir du", null=True)
    eligible_until_on = models.DateField("dépenses jusqu'au", null=True)
    regime = models.CharField(
        "régime d'aide", max_length=15, choices=AidRegime.choices, default=AidRegime.UNKNOWN
    )
    # The form it is asked with; blank: none known.
    form_key = models.CharField("formulaire", max_length=60, blank=True)
    source = models.CharField("source", max_length=120)
    read_at = models.DateTimeField("lu le")
    is_invented = models.BooleanField("inventée", default=False)

    class Meta:
        verbose_name = "dispositif d'aide"
        verbose_name_plural = "dispositifs d'aide"
        constraints = [
            known_value("scheme", "kind", FundingKind),
            known_value("scheme", "recurrence", Recurrence),
            known_value("scheme", "flat_rate", FlatRate),
            known_value("scheme", "regime", AidRegime),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(funder_name=""), name="scheme_is_named"
            ),
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(opens_on=None) | Q(closes_on__gte=F("opens_on")),
                name="scheme_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(eligible_from_on=None)
                | Q(eligible_until_on=None)
                | Q(eligible_until_on__gte=F("eligible_from_on")),
                name="scheme_period_in_order",
            ),
            models.CheckConstraint(
                condition=(Q(rate_max_ppm=None) | Q(rate_max_ppm__lte=1_000_000))
                & (Q(rate_min_ppm=None) | Q(rate_min_ppm__lte=1_000_000))
                & (Q(public_cap_ppm=None) | Q(public_cap_ppm__lte=1_000_000))
                & (Q(self_funding_min_ppm=None) | Q(self_funding_min_ppm__lte=1_000_000))
                & (Q(investment_max_ppm=None) | Q(investment_max_ppm__lte=1_000_000)),
                name="scheme_rates_at_most_one",
            ),
            models.CheckConstraint(
                condition=Q(rate_min_ppm=None)
                | Q(rate_max_ppm=None)
                | Q(rate_min_ppm__lte=F("rate_max_ppm")),
                name="scheme_rates_in_order",
            ),
            models.CheckConstraint(
                condition=(Q(floor_cents=None) | Q(floor_cents__gte=0))
                & (Q(ceiling_cents=None) | Q(ceiling_cents__gt=0))
                & (
                    Q(floor_cents=None)
                    | Q(ceiling_cents=None)
                    | Q(floor_cents__lte=F("ceiling_cents"))
                ),
                name="scheme_amounts_in_order",
            ),
            models.CheckConstraint(
                condition=Q(eligible_natures__contained_by=Nature.values),
                name="scheme_natures_known",
            ),
        ]
        indexes = [models.Index(fields=["closes_on"], name="scheme_closes_on")]

    def __str__(self) -> str:
        return self.name
