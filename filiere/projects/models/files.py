"""A project file, who may write in it, and what it holds beside its money."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value
from filiere.kernel.models import append_only
from filiere.rules.funding_terms import known_publics


class ProjectState(models.TextChoices):
    """A draft looks for its money; a running project spends it; the last two change no more."""

    DRAFT = "draft", "en préparation"
    RUNNING = "running", "en cours"
    CLOSED = "closed", "clos"
    ABANDONED = "abandoned", "abandonné"


class ProjectFile(models.Model):
    """What one organisation, or several behind it, want to do, where, for whom and until when."""

    carrier = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="project_files"
    )
    title = models.CharField("titre", max_length=200)
    need = models.TextField("besoin", blank=True)
    # Publics of the national standard it is meant for; empty means everyone.
    publics = ArrayField(models.CharField(max_length=40), verbose_name="publics", default=list)
    territories = models.ManyToManyField("territories.Territory", related_name="+", blank=True)
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin")
    state = models.CharField(
        "état", max_length=9, choices=ProjectState.choices, default=ProjectState.DRAFT
    )
    # Raised at each change of what is above: who saves an older one is told.
    edition = models.PositiveIntegerField("édition", default=1)
    is_invented = models.BooleanField("inventé", default=False)
    created_at = models.DateTimeField("ouvert le")
    created_by = models.CharField("ouvert par", max_length=40)

    class Meta:
        verbose_name = "dossier de projet"
        verbose_name_plural = "dossiers de projet"
        constraints = [
            known_value("projectfile", "state", ProjectState),
            models.CheckConstraint(condition=~Q(title=""), name="projectfile_is_named"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="projectfile_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(publics__contained_by=list(known_publics())),
                name="projectfile_publics_known",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="projectfile_state_moves",
                field="state",
                transitions=[
                    ("draft", "running"),
                    ("draft", "abandoned"),
                    ("running", "closed"),
                    ("running", "abandoned"),
                ],
            ),
            pgtrigger.ReadOnly(name="projectfile_carrier_frozen", fields=["carrier"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it can still be written in."""
        return self.state in {ProjectState.DRAFT, ProjectState.RUNNING}


class MemberRight(models.TextChoices):
    """What a member may do: an owner also shares, submits and closes."""

    OWNER = "owner", "responsable"
    EDITOR = "editor", "rédacteur"
    READER = "reader", "lecteur"


class ProjectMember(models.Model):
    """Someone, or a whole organisation, that works on a file.

    Without ``user``, everybody acting for the organisation. One member leads a consortium.
    """

    project = models.ForeignKey(ProjectFile, on_delete=models.CASCADE, related_name="members")
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, null=True, related_name="+")
    right = models.CharField("droit", max_length=6, choices=MemberRight.choices)
    is_lead = models.BooleanField("chef de file", default=False)
    added_at = models.DateTimeField("ajouté le")
    added_by = models.CharField("ajouté par", max_length=40)

    class Meta:
        verbose_name = "membre d'un projet"
        verbose_name_plural = "membres d'un projet"
        constraints = [
            known_value("projectmember", "right", MemberRight),
            models.UniqueConstraint(
                fields=["project", "organisation", "user"],
                name="projectmember_once",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["project"], condition=Q(is_lead=True), name="projectmember_one_lead"
            ),
            models.CheckConstraint(
                condition=Q(is_lead=False) | Q(right="owner", user__isnull=True),
                name="projectmember_lead_owns",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.organisation_id} {self.right}"


class ProjectAction(models.Model):
    """One thing the project does, between two days."""

    project = models.ForeignKey(ProjectFile, on_delete=models.CASCADE, related_name="actions")
    position = models.PositiveSmallIntegerField("rang")
    label = models.CharField("action", max_length=200)
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin")
    place = models.CharField("lieu", max_length=120, blank=True)

    class Meta:
        verbose_name = "action d'un projet"
        verbose_name_plural = "actions d'un projet"
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="projectaction_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="projectaction_dates_in_order"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="projectaction_is_named"),
        ]

    def __str__(self) -> str:
        return self.label


class ProjectPartner(models.Model):
    """Someone who takes part without signing: what they bring, in words."""

    project = models.ForeignKey(ProjectFile, on_delete=models.CASCADE, related_name="partners")
    position = models.PositiveSmallIntegerField("rang")
    name = models.CharField("nom", max_length=200)
    part = models.CharField("ce qu'il apporte", max_length=300, blank=True)

    class Meta:
        verbose_name = "partenaire d'un projet"
        verbose_name_plural = "partenaires d'un projet"
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="projectpartner_once"),
            models.CheckConstraint(condition=~Q(name=""), name="projectpartner_is_named"),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectIndicator(models.Model):
    """What will be measured: from where, to where, by when. Blank is not known, never zero."""

    project = models.ForeignKey(ProjectFile, on_delete=models.CASCADE, related_name="indicators")
    position = models.PositiveSmallIntegerField("rang")
    label = models.CharField("indicateur", max_length=200)
    unit = models.CharField("unité", max_length=40, blank=True)
    baseline = models.DecimalField("au départ", max_digits=14, decimal_places=2, null=True)
    target = models.DecimalField("visé", max_digits=14, decimal_places=2, null=True)
    measured = models.DecimalField("mesuré", max_digits=14, decimal_places=2, null=True)
    due_on = models.DateField("pour le", null=True)

    class Meta:
        verbose_name = "indicateur d'un projet"
        verbose_name_plural = "indicateurs d'un projet"
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="projectindicator_once"),
            models.CheckConstraint(condition=~Q(label=""), name="projectindicator_is_named"),
        ]

    def __str__(self) -> str:
        return self.label


class AttachmentKind(models.TextChoices):
    """What a funder asks to see."""

    STATUTES = "statutes", "statuts"
    ACCOUNTS = "accounts", "comptes approuvés"
    BANK_DETAILS = "bank_details", "relevé d'identité bancaire"
    BOARD = "board", "liste des dirigeants"
    REGISTRATION = "registration", "avis de situation Sirene"
    MANDATE = "mandate", "pouvoir du signataire"
    REPORT = "report", "rapport d'activité"
    CHARTER = "charter", "charte d'engagement républicain"
    QUOTE = "quote", "devis"
    INVOICE = "invoice", "facture ou justificatif"
    AWARD = "award", "notification ou convention"
    OTHER = "other", "autre pièce"


class Attachment(models.Model):
    """One file kept with a project; ``expires_on`` is its last good day."""

    project = models.ForeignKey(ProjectFile, on_delete=models.CASCADE, related_name="attachments")
    kind = models.CharField("nature", max_length=12, choices=AttachmentKind.choices)
    name = models.CharField("nom du fichier", max_length=120)
    content_type = models.CharField("type de fichier", max_length=80)
    content = models.BinaryField("contenu")
    size_bytes = models.PositiveIntegerField("taille (octets)")
    sha256 = models.CharField("empreinte", max_length=64)
    expires_on = models.DateField("valable jusqu'au", null=True)
    added_at = models.DateTimeField("ajoutée le")
    added_by = models.CharField("ajoutée par", max_length=40)

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        constraints = [
            known_value("attachment", "kind", AttachmentKind),
            models.UniqueConstraint(
                fields=["project", "kind", "sha256"], name="attachment_once_per_kind"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="attachment_sha256_shape"
            ),
            models.CheckConstraint(
                condition=Q(size_bytes__range=(1, 5_000_000)), name="attachment_size_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FileVersion(models.Model):
    """A named picture of the whole file, as it was then. Never changed."""

    project = models.ForeignKey(ProjectFile, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("numéro")
    name = models.CharField("nom", max_length=120)
    content = models.JSONField("contenu")
    made_at = models.DateTimeField("prise le")
    made_by = models.CharField("prise par", max_length=40)

    class Meta:
        verbose_name = "version d'un dossier"
        verbose_name_plural = "versions d'un dossier"
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="fileversion_once"),
            models.CheckConstraint(condition=~Q(name=""), name="fileversion_is_named"),
        ]
        triggers = append_only("fileversion")

    def __str__(self) -> str:
        return self.name
