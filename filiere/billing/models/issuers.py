"""Who issues invoices, to whom, and in which numbered series."""

from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value, not_negative
from filiere.rules.e_invoicing import Size
from filiere.rules.vat import Treatment

MOST_DAYS = 60
"""Longest payment term between professionals (Code de commerce, art. L. 441-10)."""


class VatRegime(models.TextChoices):
    """How an issuer's ordinary sale stands towards value added tax."""

    STANDARD = Treatment.STANDARD.value, "TVA au taux normal"
    FRANCHISE = Treatment.FRANCHISE.value, "franchise en base"
    ASSOCIATION = Treatment.ASSOCIATION.value, "organisme sans but lucratif exonéré"
    TRAINING = Treatment.TRAINING.value, "formation exonérée"
    NOT_SUBJECT = Treatment.NOT_SUBJECT.value, "personne publique hors du champ"


class IssuerSize(models.TextChoices):
    """Size of the enterprise: the calendar of electronic invoices depends on it."""

    MICRO = Size.MICRO.value, "micro-entreprise"
    SMALL = Size.SMALL.value, "petite ou moyenne entreprise"
    MIDDLE = Size.MIDDLE.value, "entreprise de taille intermédiaire"
    LARGE = Size.LARGE.value, "grande entreprise"


class Issuer(models.Model):
    """An organisation's billing identity: what the law wants at the head of its invoices.

    It may change; an invoice already issued keeps what it said that day.
    """

    organisation = models.OneToOneField(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="issuer"
    )
    legal_name = models.CharField("raison sociale", max_length=120)
    legal_form = models.CharField("forme juridique", max_length=80)
    siren = models.CharField("SIREN", max_length=9)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    vat_number = models.CharField("numéro de TVA", max_length=14, blank=True)
    # Register of companies and capital, when the legal form has them.
    registration = models.CharField("immatriculation", max_length=120, blank=True)
    vat_regime = models.CharField("régime de TVA", max_length=11, choices=VatRegime.choices)
    size = models.CharField("taille", max_length=6, choices=IssuerSize.choices)
    street = models.CharField("voie", max_length=120)
    postcode = models.CharField("code postal", max_length=5)
    city = models.CharField("ville", max_length=80)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    payment_days = models.PositiveSmallIntegerField("délai de paiement (jours)", default=30)
    late_rate_bp = models.PositiveIntegerField("pénalités de retard (points de base par an)")
    is_invented = models.BooleanField("inventé", default=False)

    class Meta:
        verbose_name = "émetteur de factures"
        constraints = [
            known_value("issuer", "vat_regime", VatRegime),
            known_value("issuer", "size", IssuerSize),
            models.CheckConstraint(condition=Q(siren__regex=r"^\d{9}$"), name="issuer_siren_shape"),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__regex=r"^\d{14}$"), name="issuer_siret_shape"
            ),
            models.CheckConstraint(
                condition=Q(payment_days__lte=MOST_DAYS), name="issuer_payment_days_legal"
            ),
            # Who charges the tax says under which number.
            models.CheckConstraint(
                condition=~Q(vat_regime="standard") | ~Q(vat_number=""),
                name="issuer_standard_has_vat_number",
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name


class Customer(models.Model):
    """An organisation as one issuer invoices it: the name and the address of the invoice."""

    issuer = models.ForeignKey(
        Issuer, on_delete=models.PROTECT, db_index=False, related_name="customers"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    legal_name = models.CharField("raison sociale", max_length=120)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    vat_number = models.CharField("numéro de TVA", max_length=14, blank=True)
    street = models.CharField("voie", max_length=120)
    postcode = models.CharField("code postal", max_length=5)
    city = models.CharField("ville", max_length=80)
    # A public body is invoiced through the State's portal, under its service and its engagement.
    is_public = models.BooleanField("personne publique", default=False)
    service_code = models.CharField("code service", max_length=100, blank=True)

    class Meta:
        verbose_name = "client"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "organisation"], name="customer_once"),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__regex=r"^\d{14}$"), name="customer_siret_shape"
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | ~Q(siret=""), name="customer_public_has_siret"
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name


class SeriesCode(models.TextChoices):
    """First letter of a number."""

    INVOICE = "F", "factures"
    CREDIT_NOTE = "A", "avoirs"


class InvoiceSeries(models.Model):
    """The numbers of one issuer, one kind and one year: its row is locked to give the next one."""

    issuer = models.ForeignKey(
        Issuer, on_delete=models.PROTECT, db_index=False, related_name="series"
    )
    code = models.CharField("série", max_length=1, choices=SeriesCode.choices)
    year = models.PositiveSmallIntegerField("année")
    last_rank = models.BigIntegerField("dernier rang", default=0)

    class Meta:
        verbose_name = "série de factures"
        verbose_name_plural = "séries de factures"
        constraints = [
            known_value("invoiceseries", "code", SeriesCode),
            not_negative("invoiceseries", "last_rank"),
            models.UniqueConstraint(fields=["issuer", "code", "year"], name="invoiceseries_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code}-{self.year}"
