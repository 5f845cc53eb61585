"""Where providers are paid, and the batches that pay them. Amounts are integer euro cents."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value, not_negative


class BankAccount(models.Model):
    """Where a provider is paid. A new IBAN may be paid to only after a hold (fraud guard)."""

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="bank_accounts"
    )
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11, blank=True)
    holder_name = models.CharField("titulaire", max_length=70)
    registered_at = models.DateTimeField("donné le", null=True)
    usable_from = models.DateTimeField("utilisable à partir du")
    closed_at = models.DateTimeField("fermé le", null=True)
    # The bank refused a transfer to it (ISO 20022 reason code): it is not paid to any more.
    refused_at = models.DateTimeField("refusé par la banque le", null=True)
    refused_code = models.CharField("motif du refus", max_length=4, blank=True)

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
    """FROZEN once its lines are fixed; approved by a second person; emitted; paid or rejected.

    PAID: every transfer the bank did not reject is paid. REJECTED: it rejected them all.
    """

    FROZEN = "frozen", "figé"
    APPROVED = "approved", "approuvé"
    EMITTED = "emitted", "fichier émis"
    PAID = "paid", "payé"
    REJECTED = "rejected", "rejeté par la banque"
    CANCELLED = "cancelled", "annulé"


# Totals against orders, and what the orders pay for against their lines, cancelled or not.
ADDS_UP = """
    SELECT batch.id INTO wrong
      FROM settlement_batch AS batch
     CROSS JOIN LATERAL (
           SELECT COALESCE(SUM(o.amount_cents), 0) AS total,
                  COALESCE(SUM(o.gross_cents), 0) AS gross, COUNT(*) AS count
             FROM settlement_paymentorder AS o WHERE o.batch_id = batch.id) AS orders
     WHERE batch.id = NEW.id
       AND batch.state <> 'cancelled'
       AND (batch.total_cents, batch.orders_count::bigint, orders.gross) IS DISTINCT FROM (
           orders.total, orders.count,
           (SELECT COALESCE(SUM(l.amount_cents), 0)
              FROM settlement_orderline AS l
              JOIN settlement_paymentorder AS o ON o.id = l.order_id
             WHERE o.batch_id = batch.id));
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
    # Only of batches paid before each order had a payment of its own (``PaymentOrder.paid_group``).
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
                condition=Q(state="paid", paid_on__isnull=False)
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


class OrderState(models.TextChoices):
    """What became of one transfer: its batch's steps first, then the bank's word.

    REJECTED: the bank did not pay it. RETURNED: paid, then the money came back. After both, what
    it held is owed again and goes into a new transfer, with a new reference.
    """

    PREPARED = "prepared", "préparé"
    SENT = "sent", "envoyé à la banque"
    ACCEPTED = "accepted", "accepté par la banque"
    PAID = "paid", "payé"
    REJECTED = "rejected", "rejeté par la banque"
    RETURNED = "returned", "revenu de la banque"
    CANCELLED = "cancelled", "annulé"


class PaymentOrder(models.Model):
    """One transfer to one provider within a batch.

    ``amount_cents`` is what the bank pays: the lines (``gross_cents``), less what debit notes take
    back (``set_off_cents``) and the commission the provider pays (``commission_cents``).
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="orders")
    provider = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="payment_orders"
    )
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="orders")
    state = models.CharField(
        "état", max_length=9, choices=OrderState.choices, default=OrderState.PREPARED
    )
    amount_cents = models.BigIntegerField("montant (centimes)")
    gross_cents = models.BigIntegerField("montant des lignes (centimes)", default=0)
    set_off_cents = models.BigIntegerField("retenu pour des avoirs (centimes)", default=0)
    commission_cents = models.BigIntegerField("commission retenue (centimes)", default=0)
    end_to_end_id = models.CharField("référence de bout en bout", max_length=35, unique=True)
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, null=True, related_name="+"
    )
    paid_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, null=True, related_name="+"
    )
    paid_on = models.DateField("payé le", null=True)
    # Why the bank rejected or returned it: its ISO 20022 reason code, and what it added.
    refused_on = models.DateField("refusé le", null=True)
    refused_code = models.CharField("motif de la banque", max_length=4, blank=True)
    refused_text = models.CharField("précision de la banque", max_length=140, blank=True)

    class Meta:
        verbose_name = "virement"
        constraints = [
            known_value("paymentorder", "state", OrderState),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="paymentorder_amount_positive"
            ),
            not_negative("paymentorder", "set_off_cents"),
            not_negative("paymentorder", "commission_cents"),
            models.CheckConstraint(
                condition=Q(
                    gross_cents=F("amount_cents") + F("set_off_cents") + F("commission_cents")
                ),
                name="paymentorder_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["paid", "returned"], paid_on__isnull=False)
                | (~Q(state__in=["paid", "returned"]) & Q(paid_on=None, paid_group=None)),
                name="paymentorder_paid_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["rejected", "returned"], refused_on__isnull=False)
                | (~Q(state__in=["rejected", "returned"]) & Q(refused_on=None)),
                name="paymentorder_refused_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "cancelled"], posting_group=None)
                | ~Q(state__in=["prepared", "cancelled"]),
                name="paymentorder_posted_once_sent",
            ),
            models.UniqueConstraint(
                fields=["batch", "provider"], name="paymentorder_once_per_batch"
            ),
        ]
        indexes = [models.Index(fields=["state", "amount_cents"], name="paymentorder_by_state")]
        triggers = [
            pgtrigger.Protect(name="paymentorder_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="paymentorder_state_steps",
                field="state",
                transitions=[
                    ("prepared", "sent"),
                    ("prepared", "cancelled"),
                    ("sent", "accepted"),
                    ("sent", "paid"),
                    ("sent", "rejected"),
                    ("accepted", "paid"),
                    ("accepted", "rejected"),
                    ("paid", "returned"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.end_to_end_id


class OrderLine(models.Model):
    """One payer share inside one payment order. A share is in one live order at most."""

    # No foreign key in the database, where a million are written at once: ``orderline_born_in_order``
    # looks at all of them together, and neither an order nor the order of a line ever goes away.
    order = models.ForeignKey(
        PaymentOrder, on_delete=models.PROTECT, related_name="lines", db_constraint=False
    )
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
        triggers = [
            pgtrigger.Protect(
                name="orderline_stays_in_its_order",
                operation=pgtrigger.UpdateOf("order_id"),  # type: ignore[no-untyped-call]
            ),
            # EXECUTE and count: planned for all the rows at hand (docs/decisions/0013).
            pgtrigger.Trigger(
                name="orderline_born_in_order",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
                declare=[("strays", "bigint")],
                func="""
                    EXECUTE $query$
                        SELECT count(*) FROM (SELECT DISTINCT order_id FROM added) AS named
                          LEFT JOIN settlement_paymentorder AS payment
                                 ON payment.id = named.order_id
                         WHERE payment.state IS DISTINCT FROM 'prepared'
                    $query$ INTO strays;
                    IF strays > 0 THEN
                        RAISE EXCEPTION 'a line joins a payment order before it is sent, or never'
                              USING ERRCODE = 'foreign_key_violation',
                                    CONSTRAINT = 'orderline_born_in_order';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.share_id}"
