"""What providers are owed, the batches that pay them, the bank files. Amounts in euro cents."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value


class BankAccount(models.Model):
    """Where a provider is paid. A new IBAN may be paid to only after a hold (fraud guard)."""

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="bank_accounts"
    )
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11, blank=True)
    holder_name = models.CharField("titulaire", max_length=70)
    usable_from = models.DateTimeField("utilisable à partir du")
    closed_at = models.DateTimeField("fermé le", null=True)

    class Meta:
        verbose_name = "compte bancaire"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], name="bankaccount_one_open", condition=Q(closed_at=None)
            ),
            models.UniqueConstraint(
                fields=["iban"], name="bankaccount_iban_once", condition=Q(closed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"…{self.iban[-4:]}"


class BatchState(models.TextChoices):
    """FROZEN once its lines are fixed; approved by a second person; emitted; paid."""

    FROZEN = "frozen", "figé"
    APPROVED = "approved", "approuvé"
    EMITTED = "emitted", "fichier émis"
    PAID = "paid", "payé"
    CANCELLED = "cancelled", "annulé"


ADDS_UP = """
    SELECT batch.id INTO wrong
      FROM settlement_batch AS batch
     WHERE batch.id = NEW.id
       AND batch.state <> 'cancelled'
       AND (batch.total_cents, batch.total_cents, batch.orders_count) IS DISTINCT FROM (
           (SELECT COALESCE(SUM(o.amount_cents), 0)
              FROM settlement_paymentorder AS o WHERE o.batch_id = batch.id),
           (SELECT COALESCE(SUM(l.amount_cents), 0)
              FROM settlement_orderline AS l
              JOIN settlement_paymentorder AS o ON o.id = l.order_id
             WHERE o.batch_id = batch.id AND NOT l.cancelled),
           (SELECT COUNT(*) FROM settlement_paymentorder AS o WHERE o.batch_id = batch.id));
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the orders and lines of batch % do not add up to its total', wrong
              USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_adds_up';
    END IF;
    RETURN NULL;
"""


class Batch(models.Model):
    """One run of payments up to a cut-off. Two different people prepare and approve it."""

    label = models.CharField("nom", max_length=35, unique=True)
    cutoff_at = models.DateTimeField("arrêté au")
    state = models.CharField(
        "état", max_length=9, choices=BatchState.choices, default=BatchState.FROZEN
    )
    total_cents = models.BigIntegerField("total (centimes)")
    orders_count = models.PositiveIntegerField("nombre de virements")
    prepared_by = models.CharField("préparé par", max_length=40)
    prepared_at = models.DateTimeField("préparé le")
    approved_by = models.CharField("approuvé par", max_length=40, blank=True)
    approved_at = models.DateTimeField("approuvé le", null=True)
    file_sha256 = models.CharField("empreinte du fichier", max_length=64, null=True, unique=True)
    file_xml = models.TextField("fichier de virements", blank=True)
    paid_on = models.DateField("payé le", null=True)
    # Transfer of the whole batch from what is on its way to the bank; each order has its own.
    paid_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "lot de virements"
        constraints = [
            known_value("batch", "state", BatchState),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("prepared_by")),
                name="batch_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["frozen", "cancelled"]) | ~Q(approved_by=""),
                name="batch_approved_before_emission",
            ),
            models.CheckConstraint(
                condition=Q(state="paid", paid_on__isnull=False, paid_group__isnull=False)
                | (~Q(state="paid") & Q(paid_on__isnull=True, paid_group__isnull=True)),
                name="batch_paid_is_dated",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="batch_adds_up",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                declare=[("wrong", "bigint")],
                func=ADDS_UP,
            )
        ]

    def __str__(self) -> str:
        return self.label


class PaymentOrder(models.Model):
    """One transfer to one provider within a batch."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="orders")
    provider = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="payment_orders"
    )
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="orders")
    amount_cents = models.BigIntegerField("montant (centimes)")
    end_to_end_id = models.CharField("référence de bout en bout", max_length=35, unique=True)
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "virement"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="paymentorder_amount_positive"
            ),
            models.UniqueConstraint(
                fields=["batch", "provider"], name="paymentorder_once_per_batch"
            ),
        ]

    def __str__(self) -> str:
        return self.end_to_end_id


class OrderLine(models.Model):
    """One payer share inside one payment order. A share is in one live order at most."""

    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="lines")
    share = models.ForeignKey(
        "billing.PayerShare", on_delete=models.PROTECT, related_name="order_lines"
    )
    amount_cents = models.BigIntegerField("montant (centimes)")
    cancelled = models.BooleanField("annulée", default=False)

    class Meta:
        verbose_name = "ligne de virement"
        constraints = [
            models.UniqueConstraint(
                fields=["share"], name="orderline_share_paid_once", condition=Q(cancelled=False)
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="orderline_amount_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.share_id}"
