"""Referrals and unmet need.

A referral needs a diagnosis, a capacity check, an agreement or an explicit "none", an answer by a
deadline and a result for whoever sent the person (with consent). When a place refuses or stays
silent, the next candidate is asked.
"""

from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value


class ReferralState(models.TextChoices):
    """OPEN while a place is asked; EXHAUSTED when every candidate refused or stayed silent."""

    OPEN = "open", "en attente de réponse"
    ACCEPTED = "accepted", "acceptée"
    EXHAUSTED = "exhausted", "sans solution"
    WITHDRAWN = "withdrawn", "retirée"
    DONE = "done", "terminée"


class Referral(models.Model):
    """One person sent by one prescriber for one need."""

    ref = models.CharField("référence", max_length=12, unique=True)
    person = models.ForeignKey("persons.Person", on_delete=models.PROTECT, related_name="referrals")
    diagnosis = models.ForeignKey(
        "pathways.Diagnosis", on_delete=models.PROTECT, related_name="referrals"
    )
    sender = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="referrals_sent"
    )
    sent_by = models.CharField("envoyée par", max_length=40)
    need = models.CharField("besoin", max_length=40)
    procedure = models.CharField("démarche", max_length=60, blank=True)
    # Where help is wanted: an unmet need is counted there.
    commune = models.ForeignKey("territories.Territory", on_delete=models.PROTECT, related_name="+")
    # "No agreement" is said, not left blank.
    agreement = models.ForeignKey(
        "agreements.Agreement", on_delete=models.PROTECT, null=True, related_name="referrals"
    )
    without_agreement = models.BooleanField("sans accord", default=False)
    commitment = models.ForeignKey(
        "agreements.Commitment", on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(
        "état", max_length=9, choices=ReferralState.choices, default=ReferralState.OPEN
    )
    sent_at = models.DateTimeField("envoyée le")
    result = models.CharField("résultat", max_length=20, blank=True)
    result_at = models.DateTimeField("résultat le", null=True)
    # Filled only if the person agreed that the sender be told.
    result_told_at = models.DateTimeField("dit à l'envoyeur le", null=True)

    class Meta:
        verbose_name = "orientation"
        indexes = [models.Index(fields=["sender", "-sent_at"], name="referral_by_sender")]
        constraints = [
            known_value("referral", "state", ReferralState),
            models.CheckConstraint(
                condition=Q(agreement__isnull=False, without_agreement=False)
                | Q(agreement__isnull=True, without_agreement=True),
                name="referral_agreement_or_explicit_none",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class AttemptState(models.TextChoices):
    """One candidate's turn."""

    WAITING = "waiting", "en réserve"
    ASKED = "asked", "interrogé"
    ACCEPTED = "accepted", "accepté"
    REFUSED = "refused", "refusé"
    EXPIRED = "expired", "sans réponse"
    SKIPPED = "skipped", "passé"


class RefusalReason(models.TextChoices):
    """Why a place says no; each reads as a sentence to the sender."""

    FULL = "full", "plus de place"
    NOT_OUR_SERVICE = "not_our_service", "ce n'est pas notre service"
    WRONG_PUBLIC = "wrong_public", "ce n'est pas notre public"
    CLOSED = "closed", "le lieu est fermé"
    OTHER = "other", "autre raison"


class Attempt(models.Model):
    """One offer asked to take the person, in rank order. At most one is asked at a time."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="attempts")
    position = models.PositiveSmallIntegerField("rang")
    offer = models.ForeignKey("directory.Offer", on_delete=models.PROTECT, related_name="attempts")
    # The seat held while the place thinks; it *is* the capacity check.
    registration = models.OneToOneField(
        "agenda.Registration", on_delete=models.PROTECT, null=True, related_name="attempt"
    )
    state = models.CharField(
        "état", max_length=8, choices=AttemptState.choices, default=AttemptState.WAITING
    )
    free_seats_seen = models.PositiveIntegerField("places libres vues", null=True)
    asked_at = models.DateTimeField("interrogé le", null=True)
    answer_by = models.DateTimeField("réponse avant le", null=True)
    answered_at = models.DateTimeField("répondu le", null=True)
    refusal_reason = models.CharField(
        "motif du refus", max_length=15, choices=RefusalReason.choices, blank=True
    )

    class Meta:
        verbose_name = "lieu sollicité"
        constraints = [
            known_value("attempt", "state", AttemptState),
            models.CheckConstraint(
                condition=Q(refusal_reason__in=[*RefusalReason.values, ""]),
                name="attempt_refusal_reason_known",
            ),
            models.UniqueConstraint(fields=["referral", "position"], name="attempt_position_once"),
            models.UniqueConstraint(
                fields=["referral"], name="attempt_one_asked_at_a_time", condition=Q(state="asked")
            ),
            models.CheckConstraint(
                condition=~Q(state="asked")
                | Q(asked_at__isnull=False, answer_by__isnull=False, registration__isnull=False),
                name="attempt_asked_holds_a_seat",
            ),
        ]
        indexes = [
            models.Index(fields=["answer_by"], name="attempt_deadline", condition=Q(state="asked"))
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} #{self.position}"


class UnmetCause(models.TextChoices):
    """Why a need found no answer."""

    NO_OFFER = "no_offer", "aucun lieu ne propose ce service"
    NO_SEAT = "no_seat", "aucune place libre"
    ALL_REFUSED = "all_refused", "aucun lieu n'a accepté"
    NONE_SUITS = "none_suits", "aucun lieu proposé ne convient"


class UnmetNeed(models.Model):
    """A demand that found no answer: counted, so that help can be put where it is missing."""

    commune = models.ForeignKey("territories.Territory", on_delete=models.PROTECT, related_name="+")
    need = models.CharField("besoin", max_length=40)
    cause = models.CharField("cause", max_length=11, choices=UnmetCause.choices)
    referral = models.OneToOneField(
        Referral, on_delete=models.PROTECT, null=True, related_name="unmet_need"
    )
    at = models.DateTimeField("date")

    class Meta:
        verbose_name = "besoin sans réponse"
        verbose_name_plural = "besoins sans réponse"
        constraints = [known_value("unmetneed", "cause", UnmetCause)]
        indexes = [models.Index(fields=["commune", "need"], name="unmetneed_by_commune")]

    def __str__(self) -> str:
        return f"{self.need} {self.cause}"
