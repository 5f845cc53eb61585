"""Invoices and credit notes: written once, never changed. Amounts are integer euro cents.

Nothing in them names a person: an invoice to a person keeps her reference, and her name is read,
with a trace, when a sheet is printed.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from filiere.billing.models.invoice_money import within_invoice
from filiere.billing.models.issuers import InvoiceSeries, Issuer, VatRegime
from filiere.kernel.constraints import known_value, not_negative
from filiere.kernel.models import append_only
from filiere.rules.invoices import Quantity


def _judged(table: str, name: str, func: str) -> pgtrigger.Trigger:
    """Judge each new row of a table at commit, once everything that belongs to it is written."""
    return pgtrigger.Trigger(
        name=f"{table}_{name}",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=func,
    )


# An invoice of rank n follows the invoice of rank n - 1 of the same series, on the same day or
# later, and its series counts it: with append-only rows, the numbers have no gap.
FOLLOWS = """
    IF NEW.rank > 1 AND NOT EXISTS (
           SELECT FROM billing_invoice AS before
            WHERE before.series_id = NEW.series_id AND before.rank = NEW.rank - 1
              AND before.issued_on <= NEW.issued_on)
       OR NOT EXISTS (
           SELECT FROM billing_invoiceseries AS series
            WHERE series.id = NEW.series_id AND series.last_rank >= NEW.rank
              AND series.issuer_id = NEW.issuer_id
              AND series.code = CASE NEW.kind WHEN 'invoice' THEN 'F' ELSE 'A' END) THEN
        RAISE EXCEPTION 'invoice % does not follow the one before it', NEW.number
              USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_follows';
    END IF;
    RETURN NULL;
"""


def adds_up(invoice: str) -> str:
    """SQL: the lines and the groups of an invoice are its totals.

    Args:
        invoice: SQL of the invoice's id, e.g. ``NEW.invoice_id``.
    """
    return f"""
    IF EXISTS (
        SELECT FROM billing_invoice AS invoice
         WHERE invoice.id = {invoice}
           AND (invoice.net_cents <> (SELECT COALESCE(SUM(net_cents), 0)
                  FROM billing_invoiceline WHERE invoice_id = invoice.id)
             OR (invoice.net_cents, invoice.vat_cents) <>
                (SELECT COALESCE(SUM(base_cents), 0)::bigint, COALESCE(SUM(vat_cents), 0)::bigint
                   FROM billing_invoicevat WHERE invoice_id = invoice.id)
             OR EXISTS (
                 (SELECT vat_treatment, vat_rate_bp, SUM(net_cents)
                    FROM billing_invoiceline WHERE invoice_id = invoice.id
                   GROUP BY vat_treatment, vat_rate_bp)
                 EXCEPT
                 SELECT vat_treatment, vat_rate_bp, base_cents
                   FROM billing_invoicevat WHERE invoice_id = invoice.id))) THEN
        RAISE EXCEPTION 'the lines of invoice % are not its totals', {invoice}
              USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_adds_up';
    END IF;
    RETURN NULL;
"""


# Credit notes of one invoice wait for each other here, so that two of them never exceed it.
WITHIN = """
    IF NEW.corrects_id IS NULL THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('billing.credit_note', NEW.corrects_id));
    IF EXISTS (
        SELECT FROM billing_invoice AS corrected
         WHERE corrected.id = NEW.corrects_id
           AND (corrected.kind <> 'invoice' OR corrected.issuer_id <> NEW.issuer_id
             OR corrected.issued_on > NEW.issued_on
             OR (SELECT SUM(note.total_cents) FROM billing_invoice AS note
                  WHERE note.corrects_id = corrected.id) > corrected.total_cents)) THEN
        RAISE EXCEPTION 'credit note % is more than its invoice', NEW.number
              USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_credit_within';
    END IF;
    RETURN NULL;
"""


class InvoiceKind(models.TextChoices):
    """What was issued."""

    INVOICE = "invoice", "facture"
    CREDIT_NOTE = "credit_note", "avoir"


class RecipientKind(models.TextChoices):
    """Who is invoiced."""

    ORGANISATION = "organisation", "organisation"
    PUBLIC_BODY = "public_body", "personne publique"
    PERSON = "person", "personne"


class InvoiceRun(models.Model):
    """Many invoices asked at once: goes on where it stopped, and makes none twice."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="runs")
    recipient_kind = models.CharField("destinataires", max_length=12, choices=RecipientKind.choices)
    # Sessions settled before this moment, dated this day.
    until = models.DateTimeField("jusqu'à")
    issued_on = models.DateField("date des factures")
    asked_at = models.DateTimeField("demandé le")
    asked_by = models.CharField("demandé par", max_length=40)
    finished_at = models.DateTimeField("fini le", null=True)
    # Every file is written.
    written_at = models.DateTimeField("imprimé le", null=True)

    class Meta:
        verbose_name = "série d'envoi de factures"
        constraints = [
            known_value("invoicerun", "recipient_kind", RecipientKind),
            # One at a time: an interrupted one is finished before the next begins.
            models.UniqueConstraint(
                fields=["issuer"], condition=Q(finished_at__isnull=True), name="invoicerun_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"


class Invoice(models.Model):
    """One invoice, or one credit note (its amounts are positive too). Append-only."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="invoices")
    series = models.ForeignKey(
        InvoiceSeries, on_delete=models.PROTECT, db_index=False, related_name="invoices"
    )
    rank = models.BigIntegerField("rang")
    number = models.CharField("numéro", max_length=20)
    kind = models.CharField("nature", max_length=11, choices=InvoiceKind.choices)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credit_notes"
    )
    reason = models.CharField("motif", max_length=200, blank=True)
    recipient_kind = models.CharField("destinataire", max_length=12, choices=RecipientKind.choices)
    recipient = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    person = models.ForeignKey(
        "persons.Person", on_delete=models.PROTECT, null=True, related_name="+"
    )
    issued_on = models.DateField("date")
    due_on = models.DateField("échéance")
    delivered_from = models.DateField("prestations du", null=True)
    delivered_to = models.DateField("prestations au", null=True)
    # What the document said of both parties and of payment that day; nothing of a person.
    seller = models.JSONField("émetteur")
    buyer = models.JSONField("client", default=dict)
    notes = models.JSONField("mentions", default=list)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    buyer_reference = models.CharField("code service", max_length=100, blank=True)
    order_reference = models.CharField("engagement", max_length=50, blank=True)
    net_cents = models.BigIntegerField("hors taxe (centimes)")
    vat_cents = models.BigIntegerField("taxe (centimes)")
    total_cents = models.BigIntegerField("total (centimes)")
    # Paid before it was issued, at the counter for instance.
    paid_cents = models.BigIntegerField("déjà payé (centimes)", default=0)
    # The same demand made twice is one invoice.
    request_key = models.CharField("clé de la demande", max_length=100)
    issued_at = models.DateTimeField("émise le")
    issued_by = models.CharField("émise par", max_length=40)
    run = models.ForeignKey(
        InvoiceRun, on_delete=models.PROTECT, null=True, related_name="invoices"
    )

    class Meta:
        verbose_name = "facture"
        constraints = [
            known_value("invoice", "kind", InvoiceKind),
            known_value("invoice", "recipient_kind", RecipientKind),
            models.UniqueConstraint(fields=["series", "rank"], name="invoice_rank_once"),
            models.UniqueConstraint(fields=["issuer", "number"], name="invoice_number_once"),
            models.UniqueConstraint(fields=["issuer", "request_key"], name="invoice_request_once"),
            models.CheckConstraint(condition=Q(rank__gt=0), name="invoice_rank_positive"),
            models.CheckConstraint(
                condition=Q(total_cents=F("net_cents") + F("vat_cents"), net_cents__gt=0),
                name="invoice_total_adds_up",
            ),
            not_negative("invoice", "vat_cents"),
            models.CheckConstraint(
                condition=Q(paid_cents__gte=0, paid_cents__lte=F("total_cents")),
                name="invoice_paid_within_total",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("issued_on")), name="invoice_due_not_before_issue"
            ),
            models.CheckConstraint(
                condition=Q(recipient_kind="person", person__isnull=False, recipient__isnull=True)
                | Q(recipient__isnull=False, person__isnull=True) & ~Q(recipient_kind="person"),
                name="invoice_names_its_recipient",
            ),
            # No name, no address of a person in what is kept for ten years.
            models.CheckConstraint(
                condition=~Q(recipient_kind="person") | Q(buyer={}),
                name="invoice_keeps_no_name",
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", corrects__isnull=True, reason="")
                | Q(kind="credit_note", corrects__isnull=False) & ~Q(reason=""),
                name="invoice_credit_note_names_its_invoice",
            ),
            models.CheckConstraint(
                condition=Q(delivered_from__isnull=True, delivered_to__isnull=True)
                | Q(delivered_from__lte=F("delivered_to")),
                name="invoice_delivered_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["issuer", "-issued_on", "-id"], name="invoice_by_issuer"),
            models.Index(fields=["recipient", "-issued_on", "-id"], name="invoice_by_recipient"),
        ]
        triggers = [
            *append_only("invoice"),
            _judged("invoice", "follows", FOLLOWS),
            _judged("invoice", "adds_up", adds_up("NEW.id")),
            _judged("invoice", "credit_within", WITHIN),
            # What a credit note no longer asks was taken off its invoice in the same transaction.
            _judged("invoice", "paid_within", within_invoice("NEW.corrects_id") + "RETURN NULL;"),
        ]

    def __str__(self) -> str:
        return self.number


class LineUnit(models.TextChoices):
    """What a quantity counts."""

    PIECE = Quantity.PIECE.value, "unité"
    HOUR = Quantity.HOUR.value, "heure"


class InvoiceLine(models.Model):
    """One line of an invoice: what was delivered, without tax."""

    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_index=False, related_name="lines"
    )
    position = models.PositiveSmallIntegerField("rang")
    wording = models.CharField("désignation", max_length=200)
    detail = models.CharField("précision", max_length=300, blank=True)
    unit = models.CharField("unité", max_length=3, choices=LineUnit.choices)
    quantity_hundredths = models.BigIntegerField("quantité (centièmes)")
    unit_price_cents = models.BigIntegerField("prix unitaire hors taxe (centimes)")
    net_cents = models.BigIntegerField("montant hors taxe (centimes)")
    vat_treatment = models.CharField("régime de TVA", max_length=11, choices=VatRegime.choices)
    vat_rate_bp = models.PositiveIntegerField("taux (points de base)")
    # On a credit note: the line it gives back, or a part of it.
    credits = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credited_by"
    )

    class Meta:
        verbose_name = "ligne de facture"
        verbose_name_plural = "lignes de facture"
        constraints = [
            known_value("invoiceline", "unit", LineUnit),
            known_value("invoiceline", "vat_treatment", VatRegime),
            models.UniqueConstraint(fields=["invoice", "position"], name="invoiceline_place_once"),
            models.CheckConstraint(
                condition=Q(net_cents__gt=0, quantity_hundredths__gt=0, unit_price_cents__gt=0),
                name="invoiceline_amounts_positive",
            ),
            models.CheckConstraint(
                condition=Q(vat_treatment="standard") | Q(vat_rate_bp=0),
                name="invoiceline_exempt_has_no_rate",
            ),
        ]
        triggers = [
            *append_only("invoiceline"),
            _judged("invoiceline", "adds_up", adds_up("NEW.invoice_id")),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.position}"


class InvoiceVat(models.Model):
    """The tax of one group of an invoice: one treatment and one rate."""

    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_index=False, related_name="groups"
    )
    vat_treatment = models.CharField("régime de TVA", max_length=11, choices=VatRegime.choices)
    vat_rate_bp = models.PositiveIntegerField("taux (points de base)")
    base_cents = models.BigIntegerField("base (centimes)")
    vat_cents = models.BigIntegerField("taxe (centimes)")

    class Meta:
        verbose_name = "taxe d'une facture"
        verbose_name_plural = "taxes d'une facture"
        constraints = [
            known_value("invoicevat", "vat_treatment", VatRegime),
            models.UniqueConstraint(
                fields=["invoice", "vat_treatment", "vat_rate_bp"], name="invoicevat_group_once"
            ),
            models.CheckConstraint(
                condition=Q(base_cents__gt=0, vat_cents__gte=0), name="invoicevat_amounts"
            ),
            models.CheckConstraint(
                condition=Q(vat_treatment="standard") | Q(vat_rate_bp=0, vat_cents=0),
                name="invoicevat_exempt_is_zero",
            ),
        ]
        triggers = [
            *append_only("invoicevat"),
            _judged("invoicevat", "adds_up", adds_up("NEW.invoice_id")),
        ]

    def __str__(self) -> str:
        return f"{self.vat_treatment} {self.vat_rate_bp}"


class InvoicedShare(models.Model):
    """Which share of which session an invoice's line asks for. Once, until a whole credit note."""

    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="shares")
    share = models.ForeignKey(
        "billing.PayerShare", on_delete=models.PROTECT, db_index=False, related_name="invoiced"
    )
    # 1 the first time; one more after each credit note that gave the whole invoice back.
    turn = models.PositiveSmallIntegerField("tour", default=1)

    class Meta:
        verbose_name = "part facturée"
        constraints = [
            models.UniqueConstraint(fields=["share", "turn"], name="invoicedshare_once"),
            models.CheckConstraint(condition=Q(turn__gt=0), name="invoicedshare_turn_positive"),
        ]
        triggers = append_only("invoicedshare")

    def __str__(self) -> str:
        return f"{self.share_id} {self.turn}"
