"""Audit trail and outbox: what was done by whom, and what is still to be sent."""

import pgtrigger
from django.db import models

from filiere.kernel.constraints import known_value


def append_only(model: str) -> list[pgtrigger.Trigger]:
    """Triggers that refuse to rewrite the past, whoever asks (the owner of the tables included)."""
    return [
        pgtrigger.Protect(
            name=f"{model}_append_only", operation=pgtrigger.Update | pgtrigger.Delete
        ),
        pgtrigger.Trigger(
            name=f"{model}_no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=f"RAISE EXCEPTION '{model} is append-only: it cannot be truncated';",
        ),
    ]


class AuditEntry(models.Model):
    """Who did what to what, and when. Actors are opaque ids: no name is ever stored here."""

    at = models.DateTimeField("date")
    actor = models.CharField("auteur", max_length=40)
    action = models.CharField("action", max_length=80)
    subject = models.CharField("objet", max_length=80)
    detail = models.JSONField("détail", default=dict)

    class Meta:
        verbose_name = "trace"
        indexes = [models.Index(fields=["subject", "at"], name="auditentry_subject")]
        triggers = append_only("auditentry")

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class Channel(models.TextChoices):
    """How a message leaves."""

    EMAIL = "email", "courriel"
    SMS = "sms", "SMS"
    LETTER = "letter", "lettre"


class OutboxMessage(models.Model):
    """A message to send once the transaction that decided it is safe. Sent once, by the worker."""

    key = models.CharField("clé", max_length=120, unique=True)
    channel = models.CharField("canal", max_length=10, choices=Channel.choices)
    recipient = models.CharField("destinataire", max_length=200)
    subject = models.CharField("objet", max_length=200)
    body = models.TextField("texte")
    created_at = models.DateTimeField("créé le")
    sent_at = models.DateTimeField("envoyé le", null=True)

    class Meta:
        verbose_name = "message à envoyer"
        constraints = [known_value("outboxmessage", "channel", Channel)]
        indexes = [
            models.Index(
                fields=["created_at"], name="outboxmessage_unsent", condition=models.Q(sent_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.key


class KeyedAnswer(models.Model):
    """What a request sent with an idempotency key was answered, so that its repeat does nothing.

    Kept two days (``kernel.keyed``). The request itself is not kept, only its keyed digest.
    """

    actor = models.CharField("auteur", max_length=40)
    key = models.CharField("clé", max_length=100)
    operation = models.CharField("opération", max_length=80)
    digest = models.CharField("empreinte de la demande", max_length=64)
    answer = models.JSONField("réponse", null=True)
    at = models.DateTimeField("date")

    class Meta:
        verbose_name = "réponse gardée"
        verbose_name_plural = "réponses gardées"
        constraints = [
            models.UniqueConstraint(fields=["actor", "key"], name="keyedanswer_once_per_actor")
        ]
        indexes = [models.Index(fields=["at"], name="keyedanswer_at")]

    def __str__(self) -> str:
        return f"{self.actor} {self.operation}"


class Throttle(models.Model):
    """Until when what one caller did lately counts against them (``kernel.throttle``).

    The table is unlogged: counters need not survive a crash of the server.
    """

    # Keyed digest of what is done and by whom: addresses are not kept.
    key = models.CharField("empreinte", max_length=64, primary_key=True)
    busy_until = models.DateTimeField("occupé jusqu'à")

    class Meta:
        verbose_name = "compteur d'essais"
        verbose_name_plural = "compteurs d'essais"
        indexes = [models.Index(fields=["busy_until"], name="throttle_busy_until")]

    def __str__(self) -> str:
        return self.key


class ParameterSignature(models.Model):
    """Somebody read the source of a figure or a sentence of the law, and says whether it is so.

    ``key`` is a sign key of ``rules.assistants``; ``reading`` what Filière said on that day: a
    signature of another value holds no longer. Nothing is taken back: one signs again.
    """

    key = models.CharField("clé", max_length=120)
    reading = models.TextField("ce qui a été relu")
    source_read = models.CharField("source lue", max_length=300)
    is_right = models.BooleanField("la source dit bien cela")
    signed_by = models.CharField("relu par", max_length=40)
    at = models.DateTimeField("relu le")

    class Meta:
        verbose_name = "relecture d'une règle"
        verbose_name_plural = "relectures de règles"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(source_read=""), name="parametersignature_names_its_source"
            ),
            models.CheckConstraint(
                condition=~models.Q(key="") & ~models.Q(reading=""),
                name="parametersignature_says_what",
            ),
        ]
        indexes = [models.Index(fields=["key", "at"], name="parametersignature_by_key")]
        triggers = append_only("parametersignature")

    def __str__(self) -> str:
        return f"{self.key} {self.signed_by}"
