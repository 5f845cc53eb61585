"""Diagnosis, session notes and follow-up of each person's pathway.

An emergency (3a) is a property of a request, never of a person: it is written on the session.
"""

from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value


class Diagnosis(models.Model):
    """Answers to one version of the questionnaire, and what the rule concluded from them."""

    person = models.ForeignKey(
        "persons.Person", on_delete=models.PROTECT, null=True, related_name="diagnoses"
    )
    version = models.CharField("version du questionnaire", max_length=12)
    answers = models.JSONField("réponses", default=dict)
    # rules.diagnosis.DiagnosisResult as stored data: levels, segment, today, next_step, reasons.
    result = models.JSONField("résultat")
    made_at = models.DateTimeField("fait le")
    made_by = models.CharField("fait par", max_length=40)

    class Meta:
        verbose_name = "diagnostic"
        indexes = [models.Index(fields=["person", "-made_at"], name="diagnosis_latest")]

    def __str__(self) -> str:
        return f"{self.version} {self.made_at:%Y-%m-%d}"


class Outcome(models.TextChoices):
    """How a session ended. The second of the two taps."""

    DONE_TOGETHER = "done_together", "réglé, fait ensemble"
    DONE_ALONE = "done_alone", "réglé, fait seul"
    TO_CONTINUE = "to_continue", "à poursuivre"


class SentBy(models.TextChoices):
    """Who told the person to come: the base of contributions (C18, C22)."""

    OPERATOR = "operator", "un opérateur (site, téléphone, courrier)"
    COUNTER = "counter", "un guichet"
    PRESCRIBER = "prescriber", "un prescripteur"
    NOBODY = "nobody", "personne"
    UNKNOWN = "unknown", "non demandé"


class SessionNote(models.Model):
    """What is known of a delivered session besides its slot: nothing is typed twice."""

    registration = models.OneToOneField(
        "agenda.Registration", on_delete=models.PROTECT, related_name="note"
    )
    outcome = models.CharField("issue", max_length=13, choices=Outcome.choices)
    sent_by = models.CharField(
        "envoyé par", max_length=10, choices=SentBy.choices, default=SentBy.UNKNOWN
    )
    # Key of rules/data/procedures.yaml "operators"; also when the counter is an operator's.
    operator_key = models.CharField("opérateur", max_length=40, blank=True)
    procedure = models.CharField("démarche", max_length=60, blank=True)
    is_emergency = models.BooleanField("urgence", default=False)
    noted_at = models.DateTimeField("noté le")
    noted_by = models.CharField("noté par", max_length=40)

    class Meta:
        verbose_name = "compte rendu de séance"
        constraints = [
            known_value("sessionnote", "outcome", Outcome),
            known_value("sessionnote", "sent_by", SentBy),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.outcome}"


class FollowUpState(models.TextChoices):
    """A question asked later. NO_ANSWER is counted, never guessed."""

    PLANNED = "planned", "prévu"
    ANSWERED = "answered", "répondu"
    NO_ANSWER = "no_answer", "sans réponse"
    CANCELLED = "cancelled", "annulé"


class FollowUp(models.Model):
    """One month and six months after: whether the person redid a comparable procedure alone."""

    registration = models.ForeignKey(
        "agenda.Registration", on_delete=models.PROTECT, related_name="follow_ups"
    )
    person = models.ForeignKey(
        "persons.Person", on_delete=models.PROTECT, related_name="follow_ups"
    )
    months = models.PositiveSmallIntegerField("mois après")
    due_on = models.DateField("à demander le")
    state = models.CharField(
        "état", max_length=9, choices=FollowUpState.choices, default=FollowUpState.PLANNED
    )
    did_it_alone = models.BooleanField("refait seul", null=True)
    answered_at = models.DateTimeField("répondu le", null=True)

    class Meta:
        verbose_name = "suivi"
        constraints = [
            known_value("followup", "state", FollowUpState),
            models.UniqueConstraint(fields=["registration", "months"], name="followup_once"),
            models.CheckConstraint(
                condition=Q(state="answered", did_it_alone__isnull=False, answered_at__isnull=False)
                | (~Q(state="answered") & Q(did_it_alone__isnull=True)),
                name="followup_answer_iff_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="followup_due", condition=Q(state="planned"))
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} +{self.months}"
