"""The ring-fenced bank account and what its bank writes about it. Amounts in euro cents."""

from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value
from filiere.kernel.models import append_only


class RingFence(models.Model):
    """A dedicated account: funders' money waits there and pays providers, nothing else."""

    operator = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="ring_fences"
    )
    iban = models.CharField("IBAN", max_length=34, unique=True)
    label = models.CharField("nom du compte", max_length=80)
    opened_at = models.DateTimeField("déclaré le")
    closed_at = models.DateTimeField("clos le", null=True)
    is_invented = models.BooleanField("inventé", default=False)

    class Meta:
        verbose_name = "compte cantonné"
        constraints = [
            models.CheckConstraint(
                condition=Q(iban__regex=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$"),
                name="ringfence_iban_shape",
            )
        ]

    def __str__(self) -> str:
        return self.label


class BankStatement(models.Model):
    """One imported file of one account; its lines add up from the opening to the closing balance.

    ``lines_known`` counts lines that an earlier, overlapping file had already brought.
    """

    ring_fence = models.ForeignKey(RingFence, on_delete=models.PROTECT, related_name="statements")
    reference = models.CharField("référence du relevé", max_length=60, blank=True)
    dated_on = models.DateField("arrêté au")
    opening_balance_cents = models.BigIntegerField("solde initial (centimes)")
    closing_balance_cents = models.BigIntegerField("solde final (centimes)")
    lines_total_cents = models.BigIntegerField("total des lignes (centimes)")
    lines_known = models.PositiveIntegerField("lignes déjà connues", default=0)
    sha256 = models.CharField("empreinte du fichier", max_length=64, unique=True)
    imported_at = models.DateTimeField("importé le")
    imported_by = models.CharField("importé par", max_length=40)

    class Meta:
        verbose_name = "relevé bancaire"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    closing_balance_cents=F("opening_balance_cents") + F("lines_total_cents")
                ),
                name="bankstatement_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="bankstatement_sha256_shape"
            ),
        ]
        indexes = [models.Index(fields=["ring_fence", "-dated_on"], name="bankstatement_latest")]
        triggers = append_only("bankstatement")

    def __str__(self) -> str:
        return f"relevé au {self.dated_on:%d/%m/%Y}"


class BankLine(models.Model):
    """One movement of the account; ``amount_cents`` is positive when the account receives."""

    ring_fence = models.ForeignKey(RingFence, on_delete=models.PROTECT, related_name="lines")
    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    # The bank's own reference, or one computed from the line when the bank gives none.
    external_id = models.CharField("identifiant de la ligne", max_length=60)
    booked_on = models.DateField("opération du")
    amount_cents = models.BigIntegerField("montant (centimes)")
    counterpart = models.CharField("autre partie", max_length=140, blank=True)
    # End-to-end reference of the payment, as its payer wrote it.
    reference = models.CharField("référence", max_length=70, blank=True)
    label = models.CharField("libellé", max_length=300, blank=True)

    class Meta:
        verbose_name = "ligne de relevé"
        constraints = [
            models.UniqueConstraint(
                fields=["ring_fence", "external_id"], name="bankline_once_per_account"
            ),
            models.CheckConstraint(condition=~Q(amount_cents=0), name="bankline_moves_something"),
        ]
        indexes = [models.Index(fields=["reference"], name="bankline_reference")]
        triggers = append_only("bankline")

    def __str__(self) -> str:
        return self.external_id


class LineUse(models.TextChoices):
    """What a line of the bank statement may stand for."""

    RECEIPT = "receipt", "encaissement"
    BOUNCE = "bounce", "encaissement rejeté"
    FUNDER_RETURN = "funder_return", "argent rendu"
    COMMISSION = "commission", "commission"
    PAYMENT = "payment", "virement"
    INVOICE_PAYMENT = "invoice_payment", "paiement d'une facture"
    INVOICE_BOUNCE = "invoice_bounce", "paiement d'une facture rejeté"


class BankLineUse(models.Model):
    """The one thing a line stands for.

    Written only by the trigger ``programmes_use_bank_line``, on each table that names a line, in
    the same transaction; a second thing, of whatever kind, is refused there.
    """

    line = models.OneToOneField(
        BankLine, on_delete=models.PROTECT, primary_key=True, related_name="use"
    )
    kind = models.CharField("nature", max_length=20, choices=LineUse)

    class Meta:
        verbose_name = "emploi d'une ligne"
        constraints = [known_value("banklineuse", "kind", LineUse)]

    def __str__(self) -> str:
        return f"{self.line_id} {self.kind}"
