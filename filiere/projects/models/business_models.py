"""The model of a project: how it means to live, in nine short texts and three years of figures.

Amounts are integer euro cents, without VAT; volumes are whole sessions.
"""

from django.db import models
from django.db.models import Q

from filiere.projects.models.files import ProjectFile


class BusinessModel(models.Model):
    """One per project. ``years`` holds three mappings of ``rules.business_model.Year``, or less."""

    project = models.OneToOneField(
        ProjectFile, on_delete=models.CASCADE, related_name="business_model"
    )
    boxes = models.JSONField("neuf cases", default=dict)
    years = models.JSONField("trois années", default=list)
    # Raised at each change: who saves over an older one is told.
    edition = models.PositiveIntegerField("édition", default=1)
    saved_at = models.DateTimeField("enregistré le")
    saved_by = models.CharField("enregistré par", max_length=40)

    class Meta:
        verbose_name = "modèle d'activité"
        verbose_name_plural = "modèles d'activité"
        constraints = [
            models.CheckConstraint(
                condition=Q(edition__gte=1), name="businessmodel_edition_from_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id}"
