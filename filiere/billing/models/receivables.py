"""Money received on invoices: payments, what each pays, what comes back. Integer euro cents.

Nothing is edited. A payment waits on its debtor's account until allocations put it on invoices;
what they leave is the debtor's credit balance. In the ledger: ``paidin:<issuer>`` →
``advance:<debtor>`` (never under 0) → ``invoice:<id>``; given back, ``advance`` → ``paidout:<issuer>``.
"""

import pgtrigger
from django.db import models
from django.db.models import Q

from filiere.billing.models.invoice_money import within_invoice
from filiere.billing.models.invoices import Invoice
from filiere.billing.models.issuers import Issuer
from filiere.kernel.constraints import known_value
from filiere.kernel.models import append_only


def _money(table: str, name: str, func: str) -> pgtrigger.Trigger:
    """Judge a row at commit, once all that belongs to it is written."""
    return pgtrigger.Trigger(
        name=f"{table}_{name}",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=func,
    )


def within_payment(payment: str) -> str:
    """SQL: a payment is put on invoices or given back for at most its amount, 0 once it bounced.

    Args:
        payment: SQL of its id.
    """
    return f"""
    PERFORM pg_advisory_xact_lock(hashtextextended('billing.payment_money', {payment}));
    IF EXISTS (
        SELECT FROM billing_invoicepayment AS payment
         WHERE payment.id = {payment}
           AND ((SELECT COALESCE(SUM(amount_cents), 0) FROM billing_allocation
                  WHERE payment_id = payment.id)
              + (SELECT COALESCE(SUM(amount_cents), 0) FROM billing_creditrefund
                  WHERE payment_id = payment.id)
              > CASE WHEN EXISTS (SELECT FROM billing_paymentbounce
                                   WHERE payment_id = payment.id)
                     THEN 0 ELSE payment.amount_cents END
             OR EXISTS (SELECT FROM billing_allocation WHERE payment_id = payment.id
                         GROUP BY invoice_id HAVING SUM(amount_cents) < 0))) THEN
        RAISE EXCEPTION 'payment % would be used for more than it holds', {payment}
              USING ERRCODE = 'check_violation', CONSTRAINT = 'invoicepayment_used_within';
    END IF;
    """


OF_ITS_DEBTOR = """
    IF NOT EXISTS (
        SELECT FROM billing_invoice AS invoice
          JOIN billing_debtor AS debtor ON debtor.issuer_id = invoice.issuer_id
           AND debtor.organisation_id IS NOT DISTINCT FROM invoice.recipient_id
           AND debtor.person_id IS NOT DISTINCT FROM invoice.person_id
          JOIN billing_invoicepayment AS payment ON payment.debtor_id = debtor.id
         WHERE invoice.id = NEW.invoice_id AND invoice.kind = 'invoice'
           AND payment.id = NEW.payment_id) THEN
        RAISE EXCEPTION 'payment % is not of the debtor of invoice %', NEW.payment_id, NEW.invoice_id
              USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_of_its_debtor';
    END IF;
"""
DONE = "RETURN NULL;"


class Debtor(models.Model):
    """Whoever one issuer invoices and is paid by: its row is locked before any of its money moves."""

    issuer = models.ForeignKey(
        Issuer, on_delete=models.PROTECT, db_index=False, related_name="debtors"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    person = models.ForeignKey(
        "persons.Person", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "débiteur"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "organisation", "person"],
                name="debtor_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True, person__isnull=False)
                | Q(organisation__isnull=False, person__isnull=True),
                name="debtor_is_one_party",
            ),
        ]

    def __str__(self) -> str:
        return f"debtor {self.pk}"


class PaymentMeans(models.TextChoices):
    """How money came, or was given back."""

    TRANSFER = "transfer", "virement"
    CARD = "card", "carte bancaire"
    CHEQUE = "cheque", "chèque bancaire"
    CASH = "cash", "espèces"


class InvoicePayment(models.Model):
    """One sum received from a debtor, for one invoice or several. Append-only."""

    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="payments")
    amount_cents = models.BigIntegerField("montant reçu (centimes)")
    received_on = models.DateField("reçu le")
    means = models.CharField("moyen de paiement", max_length=8, choices=PaymentMeans.choices)
    # Of the transfer, the cheque or the receipt given.
    reference = models.CharField("référence", max_length=70, blank=True)
    bank_line = models.OneToOneField(
        "programmes.BankLine", on_delete=models.PROTECT, null=True, related_name="+"
    )
    # The same demand made twice is one payment.
    request_key = models.CharField("clé de la demande", max_length=100)
    recorded_at = models.DateTimeField("noté le")
    recorded_by = models.CharField("noté par", max_length=40)
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "paiement reçu"
        verbose_name_plural = "paiements reçus"
        constraints = [
            known_value("invoicepayment", "means", PaymentMeans),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="invoicepayment_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(bank_line__isnull=True) | Q(means="transfer"),
                name="invoicepayment_line_is_a_transfer",
            ),
            models.UniqueConstraint(
                fields=["debtor", "request_key"], name="invoicepayment_request_once"
            ),
        ]
        triggers = append_only("invoicepayment")

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.amount_cents}"


class PaymentBounce(models.Model):
    """A payment that did not hold: the bank took it back. Its invoices ask for it again."""

    payment = models.OneToOneField(InvoicePayment, on_delete=models.PROTECT, related_name="bounce")
    bounced_on = models.DateField("rejeté le")
    reason = models.CharField("motif", max_length=200)
    bank_line = models.OneToOneField(
        "programmes.BankLine", on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField("noté le")
    recorded_by = models.CharField("noté par", max_length=40)
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "paiement rejeté"
        verbose_name_plural = "paiements rejetés"
        triggers = [
            *append_only("paymentbounce"),
            _money("paymentbounce", "within", within_payment("NEW.payment_id") + DONE),
        ]

    def __str__(self) -> str:
        return f"rejet {self.payment_id}"


class AllocationCause(models.TextChoices):
    """Why money was put on an invoice, or taken off it."""

    PAID = "paid", "paiement reçu"
    CREDIT_USED = "credit_used", "solde créditeur utilisé"
    CREDITED = "credited", "avoir émis"
    BOUNCED = "bounced", "paiement rejeté"


class Allocation(models.Model):
    """What a payment pays of an invoice; below 0 when it is taken off again. Append-only."""

    payment = models.ForeignKey(
        InvoicePayment, on_delete=models.PROTECT, related_name="allocations"
    )
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    amount_cents = models.BigIntegerField("montant imputé (centimes)")
    cause = models.CharField("cause", max_length=11, choices=AllocationCause.choices)
    allocated_at = models.DateTimeField("imputé le")
    allocated_by = models.CharField("imputé par", max_length=40)
    posting_group = models.ForeignKey(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "imputation"
        constraints = [
            known_value("allocation", "cause", AllocationCause),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, cause__in=["paid", "credit_used"])
                | Q(amount_cents__lt=0, cause__in=["credited", "bounced"]),
                name="allocation_sign_is_its_cause",
            ),
        ]
        triggers = [
            *append_only("allocation"),
            _money(
                "allocation",
                "within",
                OF_ITS_DEBTOR
                + within_invoice("NEW.invoice_id")
                + within_payment("NEW.payment_id")
                + DONE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.invoice_id} {self.amount_cents}"


class CreditRefund(models.Model):
    """A part of a payment that no invoice asks for, given back to the debtor. Append-only."""

    payment = models.ForeignKey(InvoicePayment, on_delete=models.PROTECT, related_name="refunds")
    amount_cents = models.BigIntegerField("montant rendu (centimes)")
    means = models.CharField("moyen de paiement", max_length=8, choices=PaymentMeans.choices)
    reference = models.CharField("référence", max_length=70, blank=True)
    given_on = models.DateField("rendu le")
    request_key = models.CharField("clé de la demande", max_length=100)
    recorded_at = models.DateTimeField("noté le")
    recorded_by = models.CharField("noté par", max_length=40)
    posting_group = models.ForeignKey(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "solde rendu"
        verbose_name_plural = "soldes rendus"
        constraints = [
            known_value("creditrefund", "means", PaymentMeans),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="creditrefund_amount_positive"
            ),
            models.UniqueConstraint(
                fields=["payment", "request_key"], name="creditrefund_request_once"
            ),
        ]
        triggers = [
            *append_only("creditrefund"),
            _money("creditrefund", "within", within_payment("NEW.payment_id") + DONE),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} -{self.amount_cents}"
