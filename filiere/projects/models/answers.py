"""Answers to funders' questions, written once for all of them, in three lengths."""

from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value
from filiere.kernel.models import append_only
from filiere.projects.models.files import ProjectFile


class AnswerLength(models.TextChoices):
    """Funders leave more or less room: a box, a paragraph, a page."""

    SHORT = "short", "courte"
    MEDIUM = "medium", "moyenne"
    LONG = "long", "longue"


class Answer(models.Model):
    """The place of one answer; what it says is its version ``number``."""

    project = models.ForeignKey(ProjectFile, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField("question", max_length=60)
    length = models.CharField("longueur", max_length=6, choices=AnswerLength.choices)
    number = models.PositiveIntegerField("version en cours", default=1)

    class Meta:
        verbose_name = "réponse"
        constraints = [
            known_value("answer", "length", AnswerLength),
            models.UniqueConstraint(
                fields=["project", "question", "length"], name="answer_once_per_length"
            ),
            models.CheckConstraint(
                condition=Q(question__regex=r"^[a-z][a-z0-9_.]*$"), name="answer_question_shape"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="answer_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.length}"


class AnswerVersion(models.Model):
    """What an answer said from one moment on, and who wrote it. Never changed."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("numéro")
    text = models.TextField("texte", blank=True)
    written_at = models.DateTimeField("écrite le")
    author = models.CharField("écrite par", max_length=40)

    class Meta:
        verbose_name = "version d'une réponse"
        verbose_name_plural = "versions d'une réponse"
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="answerversion_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="answerversion_number_from_one"
            ),
        ]
        triggers = append_only("answerversion")

    def __str__(self) -> str:
        return f"{self.answer_id} {self.number}"
