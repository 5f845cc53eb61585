"""Territories from arrondissement to nation, and what is known about them.

Blank stays unknown: a missing population or indicator is NULL, never zero.
Source of the shipped rows: see filiere/territories/data/README.md.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from filiere.kernel.constraints import known_value


class Kind(models.TextChoices):
    """Levels of territory. A perimeter is a free list of communes."""

    ARRONDISSEMENT = "arrondissement", "arrondissement municipal"
    COMMUNE = "commune", "commune"
    EPCI = "epci", "intercommunalité"
    DEPARTEMENT = "departement", "département"
    REGION = "region", "région"
    NATION = "nation", "pays"
    PERIMETER = "perimeter", "périmètre"


class Territory(models.Model):
    """One territory. A commune points to those that contain it."""

    kind = models.CharField("niveau", max_length=14, choices=Kind.choices)
    code = models.CharField("code officiel", max_length=12)
    name = models.CharField("nom", max_length=120)
    # rules.text.fold(name): accents, hyphens and "St" do not matter when searching or sorting.
    folded = models.CharField("nom pour la recherche", max_length=120)
    postcodes = ArrayField(
        models.CharField(max_length=5), verbose_name="codes postaux", default=list
    )
    population = models.PositiveIntegerField("population légale", null=True)
    latitude = models.DecimalField("latitude", max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField("longitude", max_digits=8, decimal_places=5, null=True)
    # Arrondissements of Paris, Lyon and Marseille belong to their commune.
    commune = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="arrondissements"
    )
    epci = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="epci_communes"
    )
    departement = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="departement_communes"
    )
    region = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="region_communes"
    )
    members = models.ManyToManyField(
        "self", symmetrical=False, related_name="perimeters", blank=True
    )

    class Meta:
        verbose_name = "territoire"
        constraints = [
            known_value("territory", "kind", Kind),
            models.UniqueConstraint(fields=["kind", "code"], name="territory_kind_code"),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
                name="territory_coordinates_together",
            ),
        ]
        indexes = [
            GinIndex(fields=["postcodes"], name="territory_postcodes"),
            GinIndex(fields=["folded"], name="territory_folded_trgm", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["folded"], name="territory_folded"),
        ]

    def __str__(self) -> str:
        return self.name


class FormerCommune(models.Model):
    """A commune that was merged: its old code, its old name if known, and the commune it is now."""

    code = models.CharField("ancien code officiel", max_length=12, unique=True)
    name = models.CharField("ancien nom", max_length=120, blank=True)
    folded = models.CharField("ancien nom pour la recherche", max_length=120, blank=True)
    commune = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="former")

    class Meta:
        verbose_name = "ancienne commune"
        verbose_name_plural = "anciennes communes"
        indexes = [models.Index(fields=["folded"], name="formercommune_folded")]

    def __str__(self) -> str:
        return self.name or self.code


class IndicatorValue(models.Model):
    """One figure about one territory: what, when, from whom. No row means unknown, not zero."""

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="indicators")
    key = models.CharField("indicateur", max_length=60)
    vintage = models.PositiveSmallIntegerField("millésime")
    value = models.DecimalField("valeur", max_digits=16, decimal_places=4)
    source = models.CharField("source", max_length=120)

    class Meta:
        verbose_name = "valeur d'indicateur"
        verbose_name_plural = "valeurs d'indicateurs"
        constraints = [
            models.UniqueConstraint(
                fields=["key", "vintage", "territory"], name="indicatorvalue_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.vintage} {self.territory_id}"
