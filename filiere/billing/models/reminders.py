"""What is said about an invoice not paid: disputes, payment plans, reminders. Integer euro cents."""

import pgtrigger
from django.db import models
from django.db.models import Q

from filiere.billing.models.invoices import Invoice
from filiere.kernel.constraints import known_value, not_negative
from filiere.kernel.models import append_only
from filiere.rules.reminders import Step


class InvoiceDispute(models.Model):
    """A debtor contests an invoice: nothing is asked again until it is settled."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="disputes")
    reason = models.CharField("motif", max_length=300)
    opened_on = models.DateField("contestée le")
    opened_at = models.DateTimeField("noté le")
    opened_by = models.CharField("noté par", max_length=40)
    closed_at = models.DateTimeField("close le", null=True)
    closed_by = models.CharField("close par", max_length=40, blank=True)
    outcome = models.CharField("suite", max_length=300, blank=True)

    class Meta:
        verbose_name = "contestation de facture"
        verbose_name_plural = "contestations de facture"
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(closed_at=None), name="invoicedispute_one_open"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by="", outcome="")
                | Q(closed_at__isnull=False) & ~Q(closed_by="") & ~Q(outcome=""),
                name="invoicedispute_closed_says_why",
            ),
        ]
        triggers = [pgtrigger.Protect(name="invoicedispute_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"dispute of {self.invoice_id}"


class PaymentPlan(models.Model):
    """What was agreed to pay an invoice bit by bit; while it runs, no reminder is made."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="plans")
    # What was left to pay when it was agreed: the sum of its instalments.
    amount_cents = models.BigIntegerField("montant étalé (centimes)")
    settled_cents = models.BigIntegerField("déjà payé à l'accord (centimes)")
    agreed_on = models.DateField("convenu le")
    agreed_at = models.DateTimeField("noté le")
    agreed_by = models.CharField("noté par", max_length=40)
    ended_at = models.DateTimeField("terminé le", null=True)
    ended_by = models.CharField("terminé par", max_length=40, blank=True)

    class Meta:
        verbose_name = "échéancier"
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(ended_at=None), name="paymentplan_one_open"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="paymentplan_amount_positive"
            ),
            not_negative("paymentplan", "settled_cents"),
        ]
        triggers = [
            pgtrigger.Protect(name="paymentplan_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="paymentplan_frozen",
                fields=["invoice", "amount_cents", "settled_cents", "agreed_on", "agreed_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"plan of {self.invoice_id}"


INSTALMENTS_ADD_UP = """
    IF EXISTS (
        SELECT FROM billing_paymentplan AS plan
         WHERE plan.id = NEW.{plan}
           AND plan.amount_cents <> (SELECT COALESCE(SUM(amount_cents), 0)
                                       FROM billing_instalment WHERE plan_id = plan.id)) THEN
        RAISE EXCEPTION 'the instalments of plan % are not its amount', NEW.{plan}
              USING ERRCODE = 'check_violation', CONSTRAINT = 'paymentplan_adds_up';
    END IF;
    RETURN NULL;
"""


class Instalment(models.Model):
    """One sum of a payment plan, and the day it is expected. Append-only."""

    plan = models.ForeignKey(
        PaymentPlan, on_delete=models.PROTECT, db_index=False, related_name="instalments"
    )
    rank = models.PositiveSmallIntegerField("rang")
    due_on = models.DateField("à payer le")
    amount_cents = models.BigIntegerField("montant (centimes)")

    class Meta:
        verbose_name = "échéance"
        constraints = [
            models.UniqueConstraint(fields=["plan", "rank"], name="instalment_rank_once"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="instalment_amount_positive"
            ),
        ]
        triggers = [
            *append_only("instalment"),
            pgtrigger.Trigger(
                name="instalment_add_up",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=INSTALMENTS_ADD_UP.format(plan="plan_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.rank}"


class ReminderStep(models.TextChoices):
    """How firm a reminder is."""

    FIRST = Step.FIRST.value, "premier rappel"
    SECOND = Step.SECOND.value, "deuxième rappel"
    FORMAL = Step.FORMAL.value, "mise en demeure"


class ReminderState(models.TextChoices):
    """PREPARED by the worker; SENT once a person confirmed it; SET_ASIDE when it must not leave."""

    PREPARED = "prepared", "à confirmer"
    SENT = "sent", "envoyé"
    SET_ASIDE = "set_aside", "écarté"


class ReminderWay(models.TextChoices):
    """How it left."""

    EMAIL = "email", "courriel"
    LETTER = "letter", "lettre"


class Reminder(models.Model):
    """One reminder of one invoice: made once per step, kept as it was said."""

    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_index=False, related_name="reminders"
    )
    step = models.CharField("étape", max_length=6, choices=ReminderStep.choices)
    state = models.CharField(
        "état", max_length=9, choices=ReminderState.choices, default=ReminderState.PREPARED
    )
    prepared_on = models.DateField("préparé le")
    # What is left to pay, and what the law adds between professionals: of the day it leaves, for a
    # part may be paid meanwhile.
    open_cents = models.BigIntegerField("reste à payer (centimes)")
    fee_cents = models.BigIntegerField("indemnité forfaitaire (centimes)")
    interest_cents = models.BigIntegerField("pénalités de retard (centimes)")
    way = models.CharField("envoyé par", max_length=6, choices=ReminderWay.choices, blank=True)
    decided_at = models.DateTimeField("décidé le", null=True)
    decided_by = models.CharField("décidé par", max_length=40, blank=True)
    reason = models.CharField("motif", max_length=200, blank=True)

    class Meta:
        verbose_name = "relance"
        constraints = [
            known_value("reminder", "step", ReminderStep),
            known_value("reminder", "state", ReminderState),
            models.CheckConstraint(
                condition=Q(way="") | Q(way__in=ReminderWay.values), name="reminder_way_known"
            ),
            models.UniqueConstraint(fields=["invoice", "step"], name="reminder_step_once"),
            models.CheckConstraint(
                condition=Q(open_cents__gt=0, fee_cents__gte=0, interest_cents__gte=0),
                name="reminder_amounts",
            ),
            models.CheckConstraint(
                condition=Q(state="prepared", decided_at=None, way="", reason="")
                | Q(state="sent", decided_at__isnull=False, reason="") & ~Q(way="")
                | Q(state="set_aside", decided_at__isnull=False, way="") & ~Q(reason=""),
                name="reminder_decided_says_how",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "prepared_on"], name="reminder_to_confirm"),
        ]
        triggers = [
            pgtrigger.Protect(name="reminder_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="reminder_frozen", fields=["invoice", "step", "prepared_on"]),
            pgtrigger.Protect(
                name="reminder_sent_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="prepared"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.step}"
