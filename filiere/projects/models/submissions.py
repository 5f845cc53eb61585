"""What was sent to funders, what they answered, and the hours it took."""

import pgtrigger
from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value
from filiere.projects.models.files import ProjectFile
from filiere.projects.models.sources import FundingSource


class Reply(models.TextChoices):
    """What a funder answered."""

    WAITING = "waiting", "en attente"
    ACCEPTED = "accepted", "accepté"
    REDUCED = "reduced", "accepté pour moins"
    REFUSED = "refused", "refusé"


class Submission(models.Model):
    """The file as one funder received it: frozen, numbered; only its reply is added."""

    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField("numéro")
    form_key = models.CharField("formulaire", max_length=60, blank=True)
    asked_cents = models.BigIntegerField("demandé (centimes)")
    content = models.JSONField("contenu envoyé")
    deadline_at = models.DateTimeField("date limite", null=True)
    sent_at = models.DateTimeField("envoyé le")
    sent_by = models.CharField("envoyé par", max_length=40)
    reply = models.CharField("réponse", max_length=8, choices=Reply.choices, default=Reply.WAITING)
    replied_on = models.DateField("répondu le", null=True)
    reply_text = models.TextField("ce que dit le financeur", blank=True)

    class Meta:
        verbose_name = "demande envoyée"
        verbose_name_plural = "demandes envoyées"
        constraints = [
            known_value("submission", "reply", Reply),
            models.UniqueConstraint(fields=["source", "number"], name="submission_once"),
            models.CheckConstraint(
                condition=Q(asked_cents__gt=0), name="submission_asked_positive"
            ),
            models.CheckConstraint(
                condition=Q(deadline_at=None) | Q(sent_at__lte=models.F("deadline_at")),
                name="submission_before_its_deadline",
            ),
            models.CheckConstraint(
                condition=Q(reply="waiting", replied_on=None)
                | (~Q(reply="waiting") & Q(replied_on__isnull=False)),
                name="submission_reply_is_dated",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="submission_frozen",
                fields=[
                    "source", "number", "form_key", "asked_cents", "content", "deadline_at",
                    "sent_at", "sent_by",
                ],
            ),
            pgtrigger.Protect(name="submission_stays", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.source_id} {self.number}"


class Task(models.TextChoices):
    """What looking for money takes time for."""

    SEARCHING = "searching", "chercher"
    WRITING = "writing", "écrire"
    MEETING = "meeting", "rencontrer"
    CORRECTING = "correcting", "compléter"
    REPORTING = "reporting", "rendre compte"


class HoursSpent(models.Model):
    """Time one day took to raise money; for one source, or for the whole project."""

    project = models.ForeignKey(ProjectFile, on_delete=models.CASCADE, related_name="hours")
    source = models.ForeignKey(
        FundingSource, on_delete=models.CASCADE, null=True, related_name="hours"
    )
    task = models.CharField("tâche", max_length=10, choices=Task.choices)
    spent_on = models.DateField("le")
    minutes = models.PositiveSmallIntegerField("minutes")
    # Shared with other projects or carriers: what is won by asking together is read from it.
    is_pooled = models.BooleanField("mutualisé", default=False)
    noted_at = models.DateTimeField("noté le")
    noted_by = models.CharField("noté par", max_length=40)

    class Meta:
        verbose_name = "temps de recherche de fonds"
        verbose_name_plural = "temps de recherche de fonds"
        constraints = [
            known_value("hoursspent", "task", Task),
            models.CheckConstraint(
                condition=Q(minutes__range=(1, 1_440)), name="hoursspent_within_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.minutes}"
