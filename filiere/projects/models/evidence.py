"""What proves that a line was spent: a session given, a charge, a bill. Integer euro cents."""

from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value
from filiere.projects.models.budget import BudgetLine
from filiere.projects.models.files import Attachment


class ProofKind(models.TextChoices):
    """Where the fact comes from."""

    SESSION = "session", "séance donnée"
    CHARGE = "charge", "prestation payée"
    COST = "cost", "dépense"


class ProvedCost(models.TextChoices):
    """Which cost of a session a line pays: the same is never proved twice."""

    STAFF = "staff", "personnel"
    TRAVEL = "travel", "déplacement"
    ROOM = "room", "local"
    EQUIPMENT = "equipment", "matériel"
    OTHER = "other", "autre"


class LineTag(models.Model):
    """One fact that proves a part of one line."""

    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="tags")
    kind = models.CharField("preuve", max_length=7, choices=ProofKind.choices)
    cost = models.CharField(
        "coût", max_length=9, choices=ProvedCost.choices, default=ProvedCost.OTHER
    )
    slot = models.ForeignKey("agenda.Slot", on_delete=models.PROTECT, null=True, related_name="+")
    charge = models.ForeignKey(
        "billing.Charge", on_delete=models.PROTECT, null=True, related_name="+"
    )
    label = models.CharField("libellé", max_length=200)
    spent_on = models.DateField("le")
    amount_cents = models.BigIntegerField("montant prouvé (centimes)")
    document = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, null=True, related_name="tags"
    )
    tagged_at = models.DateTimeField("rattaché le")
    tagged_by = models.CharField("rattaché par", max_length=40)

    class Meta:
        verbose_name = "preuve d'une ligne"
        verbose_name_plural = "preuves d'une ligne"
        constraints = [
            known_value("linetag", "kind", ProofKind),
            known_value("linetag", "cost", ProvedCost),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="linetag_amount_positive"),
            models.CheckConstraint(condition=~Q(label=""), name="linetag_is_named"),
            models.CheckConstraint(
                condition=Q(kind="session", slot__isnull=False, charge=None, document=None)
                | Q(kind="charge", slot=None, charge__isnull=False, document=None)
                | Q(kind="cost", slot=None, charge=None),
                name="linetag_names_its_fact",
            ),
            # One session pays one cost once, whatever the project.
            models.UniqueConstraint(
                fields=["slot", "cost"],
                condition=Q(slot__isnull=False),
                name="linetag_session_cost_once",
            ),
            models.UniqueConstraint(
                fields=["charge"], condition=Q(charge__isnull=False), name="linetag_charge_once"
            ),
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(document__isnull=False),
                name="linetag_document_once",
            ),
        ]

    def __str__(self) -> str:
        return self.label
