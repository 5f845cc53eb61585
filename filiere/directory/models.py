"""Places, offers and workers, and where each fact came from.

An organisation is not a place, a place is not an offer. The national one-row-per-place file is a
projection of these tables. A blank stays unknown: it is never shown as "free" or "open".
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value

# Source of the places entered here rather than imported; only these are ours to publish.
OWN_SOURCE = "filiere"


class ClosingReason(models.TextChoices):
    """Why a place closed: a closed list, so that nobody is named."""

    MOVED = "moved", "déménagé"
    ENDED = "ended", "activité arrêtée"
    WORKS = "works", "travaux"
    DUPLICATE = "duplicate", "doublon"
    UNSTATED = "unstated", "non précisé"


def _codes(verbose_name: str, length: int = 80) -> ArrayField:
    """A list of values of the national standard, empty when the source says nothing."""
    return ArrayField(models.CharField(max_length=length), verbose_name=verbose_name, default=list)


class Place(models.Model):
    """Where help is given: a building, a counter, a bus stop, or a service without address."""

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="places"
    )
    name = models.CharField("nom", max_length=200)
    folded = models.CharField("nom pour la recherche", max_length=200)
    commune = models.ForeignKey(
        "territories.Territory", on_delete=models.PROTECT, related_name="places"
    )
    address = models.CharField("adresse", max_length=250, blank=True)
    address_extra = models.CharField("complément d'adresse", max_length=250, blank=True)
    postcode = models.CharField("code postal", max_length=5)
    latitude = models.DecimalField("latitude", max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField("longitude", max_digits=8, decimal_places=5, null=True)
    typologies = _codes("typologies", 20)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    emails = _codes("courriels", 120)
    websites = _codes("sites", 500)
    opening_hours = models.CharField("horaires (OSM)", max_length=500, blank=True)
    summary = models.CharField("présentation courte", max_length=280, blank=True)
    presentation = models.TextField("présentation", blank=True)
    itinerance = _codes("itinérance", 12)
    parent_name = models.CharField("structure parente", max_length=200, blank=True)
    programmes = _codes("programmes nationaux")
    labels = _codes("formations et labels", 120)
    other_labels = _codes("autres labels", 200)
    access_modes = _codes("modalités d'accès")
    accessibility_url = models.CharField("fiche d'accessibilité", max_length=500, blank=True)
    booking_url = models.CharField("prise de rendez-vous", max_length=500, blank=True)
    # Provenance: who told, under which id, as of when. (source, source_id) is the import's key.
    source = models.CharField("source", max_length=80)
    source_id = models.CharField("identifiant chez la source", max_length=120)
    source_date = models.DateField("date de mise à jour à la source", null=True)
    source_digest = models.CharField("empreinte de la ligne importée", max_length=64, blank=True)
    # The import that created this place; blank when it was entered here. Undoing starts from it.
    created_by_run = models.ForeignKey(
        "directory.ImportRun", on_delete=models.SET_NULL, null=True, related_name="places"
    )
    closed_on = models.DateField("fermé depuis", null=True)
    closed_because = models.CharField(
        "motif de fermeture", max_length=9, choices=ClosingReason.choices,
        default=ClosingReason.UNSTATED, db_default=ClosingReason.UNSTATED,
    )  # fmt: skip
    # A steward's dated decision; until certification exists it decides who may cash vouchers.
    qualified_on = models.DateField("qualifié depuis", null=True)
    is_invented = models.BooleanField("inventé", default=False)

    class Meta:
        verbose_name = "lieu"
        verbose_name_plural = "lieux"
        constraints = [
            known_value("place", "closed_because", ClosingReason),
            models.UniqueConstraint(fields=["source", "source_id"], name="place_source_id"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="place_coordinates_together",
            ),
        ]
        indexes = [
            GinIndex(fields=["folded"], name="place_folded_trgm", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["latitude", "longitude"], name="place_position"),
        ]

    def __str__(self) -> str:
        return self.name


class Fee(models.TextChoices):
    """What the source says of the price. Blank in the source is UNKNOWN, never free."""

    FREE = "free", "gratuit"
    CONDITIONAL = "conditional", "gratuit sous condition"
    PAID = "paid", "payant"
    UNKNOWN = "unknown", "non précisé"


class Offer(models.Model):
    """One service given at one place, in the terms of the national standard."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="offers")
    # Key of rules/data/national-standard: one of the nine services.
    service = models.CharField("service", max_length=60)
    modes = _codes("modalités d'accompagnement")
    publics = _codes("publics")
    special_care = _codes("prises en charge spécifiques")
    fee = models.CharField("frais", max_length=11, choices=Fee.choices, default=Fee.UNKNOWN)
    closed_on = models.DateField("arrêté depuis", null=True)
    is_invented = models.BooleanField("inventée", default=False)

    class Meta:
        verbose_name = "offre"
        constraints = [
            known_value("offer", "fee", Fee),
            models.UniqueConstraint(fields=["place", "service"], name="offer_place_service"),
        ]
        indexes = [models.Index(fields=["service", "place"], name="offer_service_place")]

    def __str__(self) -> str:
        return f"{self.service} @ {self.place_id}"


class Worker(models.Model):
    """Someone who gives help at a place. May have no account."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="workers")
    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="workers"
    )
    # What the public may read: a first name and a profession, nothing more.
    public_name = models.CharField("nom public", max_length=80)
    profession = models.CharField("métier", max_length=80, blank=True)
    left_on = models.DateField("parti le", null=True)
    is_invented = models.BooleanField("inventé", default=False)

    class Meta:
        verbose_name = "intervenant"
        constraints = [models.UniqueConstraint(fields=["place", "user"], name="worker_place_user")]

    def __str__(self) -> str:
        return self.public_name


class Qualification(models.Model):
    """One decision of a steward: from a day on a place may, or may not, be paid with vouchers."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="qualifications")
    granted = models.BooleanField("accordée")
    from_on = models.DateField("à partir du")
    reason = models.CharField("motif", max_length=300, blank=True)
    decided_at = models.DateTimeField("décidée le")
    decided_by = models.CharField("décidée par", max_length=40)

    class Meta:
        verbose_name = "habilitation"
        indexes = [models.Index(fields=["place", "decided_at"], name="qualification_by_place")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.granted} {self.from_on}"


class Fact(models.TextChoices):
    """Facts of a place that its manager may state; each is a column of ``Place``."""

    OPENING_HOURS = "opening_hours", "horaires"
    PHONE = "phone", "téléphone"
    ACCESS_MODES = "access_modes", "modalités d'accès"


class Statement(models.Model):
    """What a place says of itself, which wins over what its source says; both are kept."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="statements")
    fact = models.CharField("fait", max_length=13, choices=Fact.choices)
    # A text, or a list of codes: what the column of ``Place`` of the same name holds.
    value = models.JSONField("déclaré ici")
    imported = models.JSONField("chez la source")
    stated_at = models.DateTimeField("déclaré le")
    stated_by = models.CharField("déclaré par", max_length=40)

    class Meta:
        verbose_name = "déclaration"
        constraints = [
            known_value("statement", "fact", Fact),
            models.UniqueConstraint(fields=["place", "fact"], name="statement_once_per_fact"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.fact}"


class ImportRun(models.Model):
    """One reading of one file: what was loaded, what was not, line by line."""

    filename = models.CharField("fichier", max_length=250)
    sha256 = models.CharField("empreinte du fichier", max_length=64)
    started_at = models.DateTimeField("début")
    ended_at = models.DateTimeField("fin", null=True)
    read = models.PositiveIntegerField("lignes lues", default=0)
    created = models.PositiveIntegerField("créées", default=0)
    updated = models.PositiveIntegerField("modifiées", default=0)
    unchanged = models.PositiveIntegerField("inchangées", default=0)
    refused = models.PositiveIntegerField("refusées", default=0)
    # Organisations this import created, so that undoing it leaves the others alone.
    created_organisations = ArrayField(
        models.BigIntegerField(), verbose_name="organisations créées", default=list
    )
    undone_at = models.DateTimeField("annulé le", null=True)

    class Meta:
        verbose_name = "import"

    def __str__(self) -> str:
        return self.filename


class Severity(models.TextChoices):
    """What became of the line or value."""

    REFUSED = "refused", "ligne refusée"
    DROPPED = "dropped", "valeur écartée"
    WARNING = "warning", "à vérifier"


class ImportLine(models.Model):
    """One remark on one line of an import: which column, what is wrong, what became of it."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="lines")
    line = models.PositiveIntegerField("ligne")
    source_id = models.CharField("identifiant", max_length=120, blank=True)
    column = models.CharField("colonne", max_length=60)
    severity = models.CharField("gravité", max_length=8, choices=Severity.choices)
    reason = models.CharField("motif", max_length=60)
    value = models.CharField("valeur lue", max_length=200, blank=True)

    class Meta:
        verbose_name = "ligne d'import"
        constraints = [known_value("importline", "severity", Severity)]

    def __str__(self) -> str:
        return f"{self.line} {self.column} {self.reason}"
