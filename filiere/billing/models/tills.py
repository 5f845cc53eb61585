"""The till (régie) of a public organisation: its act, who holds it, its journal, its months.

Amounts are integer euro cents. Receipts, deposits and counts are append-only; a receipt is undone
by another that reverses it. Nothing enters a month that was handed over or signed.
"""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value, not_negative
from filiere.kernel.models import append_only

# Locks the till, so that a month cannot be handed over while a line of it is being written.
LOCK = "PERFORM FROM billing_till WHERE id = NEW.till_id FOR NO KEY UPDATE;"
MONTH_IS_OPEN = """
    IF EXISTS (SELECT FROM billing_tillmonth AS month
                WHERE month.till_id = NEW.till_id AND month.state IN ('handed', 'signed')
                  AND month.month = date_trunc('month', NEW.day)::date) THEN
        RAISE EXCEPTION 'the month of % is closed in till %', NEW.day, NEW.till_id
              USING ERRCODE = 'check_violation', CONSTRAINT = 'till_month_open';
    END IF;
"""
NEXT_NUMBER = """
    UPDATE billing_till SET last_receipt = last_receipt + 1
     WHERE id = NEW.till_id RETURNING last_receipt INTO NEW.number;
"""
SHARE_ONCE = """
    IF NEW.reverses_id IS NULL AND EXISTS (
       SELECT FROM billing_tillreceipt AS live
        WHERE (live.share_id = NEW.share_id OR live.sale_id = NEW.sale_id)
          AND live.reverses_id IS NULL
          AND NOT EXISTS (SELECT FROM billing_tillreceipt AS undone
                           WHERE undone.reverses_id = live.id)) THEN
        RAISE EXCEPTION 'the share % is in a till already', COALESCE(NEW.share_id, NEW.sale_id)
              USING ERRCODE = 'unique_violation', CONSTRAINT = 'tillreceipt_share_once';
    END IF;
    IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM billing_tillreceipt AS undone
        WHERE undone.id = NEW.reverses_id AND undone.reverses_id IS NULL
          AND undone.till_id = NEW.till_id
          AND undone.share_id IS NOT DISTINCT FROM NEW.share_id
          AND undone.sale_id IS NOT DISTINCT FROM NEW.sale_id
          AND undone.means = NEW.means AND undone.amount_cents = NEW.amount_cents) THEN
        RAISE EXCEPTION 'receipt % is not the opposite of what it reverses', NEW.number
              USING ERRCODE = 'check_violation', CONSTRAINT = 'tillreceipt_reverses_its_like';
    END IF;
"""


def before_insert(name: str, body: str) -> pgtrigger.Trigger:
    """Judge or complete a row of a till before it is written."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"{body} RETURN NEW;",
    )


class TillMeans(models.TextChoices):
    """How a till may be paid, as its act says (CGCT art. R. 1617-7); see ``rules.tills.Means``."""

    CASH = "cash", "espèces"
    CHEQUE = "cheque", "chèque bancaire"
    CARD = "card", "carte bancaire"
    TRANSFER = "transfer", "virement"
    VOUCHER = "voucher", "chèque d'accompagnement"


class TillSale(models.TextChoices):
    """What a till may sell, as its act says; see ``rules.carriers.Sale``."""

    HELP = "help", "accompagnement"
    ACCESS = "access", "impressions et accès"
    GOODS = "goods", "matériel"
    REPAIR = "repair", "dépannage"
    WEBSITE = "website", "prestation pour une entreprise"


class Till(models.Model):
    """A till by which a public organisation is paid at the counter, created by an act."""

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="tills"
    )
    name = models.CharField("nom", max_length=120)
    act_number = models.CharField("acte de création", max_length=60)
    act_on = models.DateField("date de l'acte")
    purpose = models.CharField("objet", max_length=300)
    sales = ArrayField(
        models.CharField(max_length=8, choices=TillSale.choices), verbose_name="ventes prévues"
    )
    means = ArrayField(
        models.CharField(max_length=8, choices=TillMeans.choices),
        verbose_name="moyens de paiement",
    )
    # The most cash in hand; also the ceiling of the guarded account ``till:<id>:cash``.
    cash_limit_cents = models.BigIntegerField("plafond d'encaisse (centimes)")
    deposit_days = models.PositiveSmallIntegerField("versement au moins tous les (jours)")
    opened_on = models.DateField("ouverte le")
    closed_on = models.DateField("fermée le", null=True)
    closing_act = models.CharField("acte de clôture", max_length=60, blank=True)
    # Number of the last receipt: the database counts, one by one.
    last_receipt = models.PositiveIntegerField("dernière quittance", default=0)

    class Meta:
        verbose_name = "régie"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(closed_on=None), name="till_one_open"
            ),
            models.CheckConstraint(condition=Q(cash_limit_cents__gt=0), name="till_limit_positive"),
            models.CheckConstraint(
                condition=Q(deposit_days__gte=1, deposit_days__lte=31), name="till_deposit_range"
            ),
            models.CheckConstraint(
                condition=Q(sales__contained_by=TillSale.values, sales__len__gte=1),
                name="till_sales_known",
            ),
            models.CheckConstraint(
                condition=Q(means__contained_by=TillMeans.values, means__len__gte=1),
                name="till_means_known",
            ),
            models.CheckConstraint(
                condition=Q(opened_on__gte=F("act_on")), name="till_opens_after_its_act"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, closing_act="")
                | Q(~Q(closing_act=""), closed_on__gte=F("opened_on")),
                name="till_closed_by_an_act",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def in_hand_account(self) -> str:
        """Beginning of the ledger accounts of what is in hand, one per means of payment."""
        return f"till:{self.pk}:"


class Duty(models.TextChoices):
    """MANAGER holds the till (régisseur); a DEPUTY only records (mandataire)."""

    MANAGER = "manager", "régisseur"
    DEPUTY = "deputy", "mandataire"


class TillDuty(models.Model):
    """Who was named to hold a till or to record there, from a day until another."""

    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="duties")
    membership = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="till_duties"
    )
    duty = models.CharField("fonction", max_length=7, choices=Duty.choices)
    from_on = models.DateField("à partir du")
    ended_on = models.DateField("jusqu'au", null=True)

    class Meta:
        verbose_name = "fonction en régie"
        verbose_name_plural = "fonctions en régie"
        constraints = [
            known_value("tillduty", "duty", Duty),
            models.UniqueConstraint(
                fields=["till"],
                condition=Q(duty="manager", ended_on=None),
                name="tillduty_one_manager",
            ),
            models.UniqueConstraint(
                fields=["till", "membership"], condition=Q(ended_on=None), name="tillduty_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("from_on")),
                name="tillduty_ends_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.till_id} {self.duty}"


class TillReceipt(models.Model):
    """What a person paid at a till, or its reversal; numbered one by one by the database."""

    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="receipts")
    number = models.PositiveIntegerField("numéro de quittance", default=0)
    # The person's share of a session, or a package sold alone.
    share = models.ForeignKey(
        "billing.PayerShare", on_delete=models.PROTECT, null=True, related_name="till_receipts"
    )
    sale = models.ForeignKey(
        "billing.PackageSale", on_delete=models.PROTECT, null=True, related_name="till_receipts"
    )
    means = models.CharField("moyen de paiement", max_length=8, choices=TillMeans.choices)
    amount_cents = models.BigIntegerField("montant (centimes)")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversal"
    )
    # The money had been deposited: the accountant gives it back, nothing leaves the till.
    by_accountant = models.BooleanField("rendu par le comptable", default=False)
    reason = models.CharField("motif", max_length=200, blank=True)
    day = models.DateField("jour")
    recorded_at = models.DateTimeField("enregistrée le")
    recorded_by = models.CharField("enregistrée par", max_length=40)
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "quittance"
        constraints = [
            known_value("tillreceipt", "means", TillMeans),
            models.CheckConstraint(
                condition=~Q(means=TillMeans.VOUCHER), name="tillreceipt_is_not_a_voucher"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="tillreceipt_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=False, sale__isnull=True)
                | Q(share__isnull=True, sale__isnull=False),
                name="tillreceipt_is_of_one_payment",
            ),
            models.UniqueConstraint(fields=["till", "number"], name="tillreceipt_number_once"),
            models.CheckConstraint(
                condition=Q(reverses=None, reason="", by_accountant=False)
                | Q(~Q(reason=""), reverses__isnull=False),
                name="tillreceipt_reversal_says_why",
            ),
        ]
        indexes = [models.Index(fields=["till", "day"], name="tillreceipt_by_day")]
        triggers = [
            before_insert("tillreceipt_numbered", NEXT_NUMBER + MONTH_IS_OPEN + SHARE_ONCE),
            *append_only("tillreceipt"),
        ]

    def __str__(self) -> str:
        return f"{self.till_id}-{self.number}"

    @property
    def session_ref(self) -> str:
        """Reference of the session paid; blank for a package sold alone."""
        return self.share.charge.registration.ref if self.share else ""

    @property
    def priced_as(self) -> dict[str, Any]:
        """What the price paid was made of."""
        if self.sale is not None:
            return dict(self.sale.priced_as)
        return dict(self.share.charge.priced_as) if self.share else {}


class TillDeposit(models.Model):
    """What left the till for the Treasury account."""

    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="deposits")
    means = models.CharField("moyen de paiement", max_length=8, choices=TillMeans.choices)
    amount_cents = models.BigIntegerField("montant (centimes)")
    # As the Treasury wrote it on its slip.
    reference = models.CharField("référence du versement", max_length=60)
    day = models.DateField("jour")
    recorded_at = models.DateTimeField("enregistré le")
    recorded_by = models.CharField("enregistré par", max_length=40)
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "versement de régie"
        verbose_name_plural = "versements de régie"
        constraints = [
            known_value("tilldeposit", "means", TillMeans),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="tilldeposit_amount_positive"
            ),
            models.UniqueConstraint(
                fields=["till", "means", "reference"], name="tilldeposit_reference_once"
            ),
        ]
        indexes = [models.Index(fields=["till", "day"], name="tilldeposit_by_day")]
        triggers = [
            before_insert("tilldeposit_in_open_month", LOCK + MONTH_IS_OPEN),
            *append_only("tilldeposit"),
        ]

    def __str__(self) -> str:
        return self.reference


class TillCount(models.Model):
    """The cash as it was counted, beside what the journal says; a difference is posted."""

    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="counts")
    expected_cents = models.BigIntegerField("attendu (centimes)")
    counted_cents = models.BigIntegerField("compté (centimes)")
    note = models.CharField("explication", max_length=200, blank=True)
    day = models.DateField("jour")
    recorded_at = models.DateTimeField("compté le")
    recorded_by = models.CharField("compté par", max_length=40)
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "arrêté de caisse"
        verbose_name_plural = "arrêtés de caisse"
        constraints = [
            not_negative("tillcount", "expected_cents"),
            not_negative("tillcount", "counted_cents"),
            models.CheckConstraint(
                condition=Q(counted_cents=F("expected_cents"), posting_group=None)
                | Q(
                    ~Q(counted_cents=F("expected_cents")), ~Q(note=""), posting_group__isnull=False
                ),
                name="tillcount_difference_is_posted",
            ),
        ]
        indexes = [models.Index(fields=["till", "day"], name="tillcount_by_day")]
        triggers = [
            before_insert("tillcount_in_open_month", LOCK + MONTH_IS_OPEN),
            *append_only("tillcount"),
        ]

    def __str__(self) -> str:
        return f"{self.till_id} {self.day}"


class MonthState(models.TextChoices):
    """HANDED over by the manager; SIGNED by the accountant; or SENT_BACK, and open again."""

    HANDED = "handed", "remis au comptable"
    SENT_BACK = "sent_back", "renvoyé au régisseur"
    SIGNED = "signed", "signé"


class TillMonth(models.Model):
    """One month of a till, handed over and signed. Signed, it never changes."""

    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="months")
    # Its first day.
    month = models.DateField("mois")
    state = models.CharField("état", max_length=9, choices=MonthState.choices)
    # What the accountant signs: one row per means of payment, in cents (``rules.tills.MeansTotal``).
    totals = models.JSONField("totaux par moyen de paiement")
    receipts = models.PositiveIntegerField("quittances")
    handed_at = models.DateTimeField("remis le")
    handed_by = models.CharField("remis par", max_length=40)
    decided_at = models.DateTimeField("décidé le", null=True)
    decided_by = models.CharField("décidé par", max_length=40, blank=True)
    reason = models.CharField("motif du renvoi", max_length=200, blank=True)

    class Meta:
        verbose_name = "mois de régie"
        verbose_name_plural = "mois de régie"
        constraints = [
            known_value("tillmonth", "state", MonthState),
            models.UniqueConstraint(fields=["till", "month"], name="tillmonth_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="tillmonth_first_day"),
            models.CheckConstraint(
                condition=Q(state="handed", decided_at=None, decided_by="", reason="")
                | Q(~Q(decided_by=""), state="signed", decided_at__isnull=False, reason="")
                | Q(~Q(decided_by=""), ~Q(reason=""), state="sent_back", decided_at__isnull=False),
                name="tillmonth_decision_is_signed",
            ),
            # Who hands the money over does not sign for it.
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("handed_by")),
                name="tillmonth_two_people",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="tillmonth_locks_its_till",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"{LOCK} RETURN NEW;",
            ),
            pgtrigger.Protect(
                name="tillmonth_signed_for_ever",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="signed"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.till_id} {self.month:%Y-%m}"
