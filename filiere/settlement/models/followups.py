"""What comes after or beside a payment: the bank's answers, debit notes, holds, alerts.

Amounts are integer euro cents.
"""

from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value
from filiere.settlement.models.batches import Batch, PaymentOrder


class BankAnswer(models.Model):
    """One answer of the bank to a file (pain.002), read once: the same file again is this one."""

    sha256 = models.CharField("empreinte", max_length=64, unique=True)
    message_id = models.CharField("référence de la banque", max_length=35)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="answers")
    read_at = models.DateTimeField("lu le")
    read_by = models.CharField("lu par", max_length=40)

    class Meta:
        verbose_name = "réponse de la banque"

    def __str__(self) -> str:
        return self.message_id


class AnswerOutcome(models.TextChoices):
    """What one line of a bank's answer changed here. Doubtful lines change nothing."""

    ACCEPTED = "accepted", "accepté"
    REJECTED = "rejected", "rejeté"
    WAITING = "waiting", "en cours à la banque"
    KNOWN = "known", "déjà connu"
    UNKNOWN = "unknown", "référence inconnue"
    OTHER_AMOUNT = "other_amount", "autre montant"
    TOO_LATE = "too_late", "trop tard"


class BankAnswerLine(models.Model):
    """One transfer named by a bank's answer, and what came of it."""

    answer = models.ForeignKey(BankAnswer, on_delete=models.PROTECT, related_name="lines")
    order = models.ForeignKey(
        PaymentOrder, on_delete=models.PROTECT, null=True, related_name="answers"
    )
    reference = models.CharField("référence de bout en bout", max_length=35)
    outcome = models.CharField("suite", max_length=12, choices=AnswerOutcome.choices)
    code = models.CharField("motif de la banque", max_length=4, blank=True)
    text = models.CharField("précision de la banque", max_length=140, blank=True)

    class Meta:
        verbose_name = "ligne de réponse"
        constraints = [known_value("bankanswerline", "outcome", AnswerOutcome)]

    def __str__(self) -> str:
        return f"{self.reference} {self.outcome}"


class DebitNoteState(models.TextChoices):
    """OPEN until taken from a payment (SET_OFF); CANCELLED if the first payment never arrived."""

    OPEN = "open", "à retenir"
    SET_OFF = "set_off", "retenu sur un virement"
    CANCELLED = "cancelled", "annulé"


class DebitNote(models.Model):
    """What a provider owes back: a share it was paid for, refunded since."""

    year = models.PositiveSmallIntegerField("année")
    number = models.PositiveIntegerField("numéro dans l'année")
    provider = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="debit_notes"
    )
    share = models.OneToOneField(
        "billing.PayerShare", on_delete=models.PROTECT, related_name="debit_note"
    )
    amount_cents = models.BigIntegerField("montant (centimes)")
    state = models.CharField(
        "état", max_length=9, choices=DebitNoteState.choices, default=DebitNoteState.OPEN
    )
    # The payment it is taken from, once a batch holds it.
    order = models.ForeignKey(
        PaymentOrder, on_delete=models.PROTECT, null=True, related_name="debit_notes"
    )
    reason = models.CharField("motif", max_length=200)
    raised_at = models.DateTimeField("émis le")

    class Meta:
        verbose_name = "avoir à récupérer"
        verbose_name_plural = "avoirs à récupérer"
        constraints = [
            known_value("debitnote", "state", DebitNoteState),
            models.UniqueConstraint(fields=["year", "number"], name="debitnote_number_once"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="debitnote_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(state="set_off", order__isnull=False)
                | (~Q(state="set_off") & Q(order=None)),
                name="debitnote_set_off_names_its_order",
            ),
        ]
        indexes = [
            models.Index(fields=["provider"], condition=Q(state="open"), name="debitnote_open")
        ]

    def __str__(self) -> str:
        return f"ND-{self.year}-{self.number:04}"


class ProviderHold(models.Model):
    """Payments to a provider are held: what it is owed waits, with a reason it can read."""

    provider = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="payment_holds"
    )
    reason = models.CharField("motif", max_length=200)
    held_at = models.DateTimeField("suspendu le")
    held_by = models.CharField("suspendu par", max_length=40)
    lifted_at = models.DateTimeField("levé le", null=True)
    lifted_by = models.CharField("levé par", max_length=40, blank=True)

    class Meta:
        verbose_name = "suspension de paiement"
        constraints = [
            models.UniqueConstraint(
                fields=["provider"], name="providerhold_one_open", condition=Q(lifted_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.reason}"


class AlertKind(models.TextChoices):
    """What looks unusual in what a provider is about to be paid. An alert accuses nobody."""

    SELF_PRESCRIPTION = "self_prescription", "chèques remis et encaissés par la même organisation"
    OUTSIDE_HOURS = "outside_hours", "encaissements hors des horaires d'ouverture"
    SERIAL_RUN = "serial_run", "chèques qui se suivent, en quelques minutes"


class Alert(models.Model):
    """Something the person who approves must have read: one kind per payment, with its count."""

    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField("nature", max_length=17, choices=AlertKind.choices)
    sessions = models.PositiveIntegerField("séances concernées")
    amount_cents = models.BigIntegerField("montant concerné (centimes)")
    read_by = models.CharField("lue par", max_length=40, blank=True)
    read_at = models.DateTimeField("lue le", null=True)

    class Meta:
        verbose_name = "alerte"
        constraints = [
            known_value("alert", "kind", AlertKind),
            models.UniqueConstraint(fields=["order", "kind"], name="alert_once_per_order"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class BankMatch(models.Model):
    """One line of the ring-fenced account explained by our payments; a line explains once.

    A line that debits a whole batch at once names no order.
    """

    line = models.OneToOneField(
        "programmes.BankLine", on_delete=models.PROTECT, related_name="payment_match"
    )
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="matches")
    order = models.ForeignKey(
        PaymentOrder, on_delete=models.PROTECT, null=True, related_name="matches"
    )
    # True when the money came back: the payment was returned.
    is_return = models.BooleanField("retour", default=False)
    matched_at = models.DateTimeField("rapproché le")
    matched_by = models.CharField("rapproché par", max_length=40)

    class Meta:
        verbose_name = "rapprochement"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_return=False) | Q(order__isnull=False),
                name="bankmatch_return_names_its_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.batch_id}"
