"""What only one funder's form asks, kept until it is sent and after: one value a field."""

from django.db import models
from django.db.models import Q

from filiere.projects.models.sources import FundingSource


class FormAnswer(models.Model):
    """One answer written for one form of one source: a text, or a statement one ticks."""

    source = models.ForeignKey(FundingSource, on_delete=models.CASCADE, related_name="form_answers")
    form_key = models.CharField("formulaire", max_length=60)
    field = models.CharField("champ", max_length=60)
    value = models.JSONField("valeur")
    # Raised at each change: who saves over an older one is told.
    edition = models.PositiveIntegerField("édition", default=1)
    written_at = models.DateTimeField("écrite le")
    author = models.CharField("écrite par", max_length=40)

    class Meta:
        verbose_name = "réponse propre à un formulaire"
        verbose_name_plural = "réponses propres à un formulaire"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "form_key", "field"], name="formanswer_once_per_field"
            ),
            models.CheckConstraint(
                condition=Q(form_key__regex=r"^[a-z][a-z0-9_]*$")
                & Q(field__regex=r"^[a-z][a-z0-9_]*$"),
                name="formanswer_keys_shape",
            ),
            models.CheckConstraint(condition=Q(edition__gte=1), name="formanswer_edition_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.form_key} {self.field}"
