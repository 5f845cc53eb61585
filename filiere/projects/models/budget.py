"""What a project costs, line by line, and who bears which part. Integer euro cents.

``amount_cents`` is what the project really bears: with the VAT it cannot recover, without the VAT
it can. The two others say what the line costs with all its VAT, and without any.
"""

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import DecimalField, ExpressionWrapper, F, Q
from django.db.models.functions import Round

from filiere.kernel.constraints import known_value
from filiere.projects.models.files import ProjectFile


def judged_at_commit(
    table: str, name: str, func: str, *, operation: pgtrigger.Operation | None = None
) -> pgtrigger.Trigger:
    """Judge a row once everything written with it is there."""
    return pgtrigger.Trigger(
        name=f"{table}_{name}",
        when=pgtrigger.After,
        operation=operation or (pgtrigger.Insert | pgtrigger.Update),
        timing=pgtrigger.Deferred,
        func=func,
    )


def within_line(line: str) -> str:
    """SQL: what sources give to a line is at most what it costs.

    Args:
        line: SQL of its id.
    """
    return f"""
    PERFORM pg_advisory_xact_lock(hashtextextended('projects.plan',
        (SELECT project_id FROM projects_budgetline WHERE id = {line})));
    IF EXISTS (
        SELECT FROM projects_budgetline AS line
         WHERE line.id = {line}
           AND (SELECT COALESCE(SUM(cents), 0) FROM projects_planallocation
                 WHERE line_id = line.id) > line.amount_cents) THEN
        RAISE EXCEPTION 'line % would be given more than it costs', {line}
              USING ERRCODE = 'check_violation', CONSTRAINT = 'planallocation_within_line';
    END IF;
    """


def within_source(source: str) -> str:
    """SQL: what a source gives to lines is at most its amount, 0 once it is refused.

    Args:
        source: SQL of its id.
    """
    return f"""
    PERFORM pg_advisory_xact_lock(hashtextextended('projects.plan',
        (SELECT project_id FROM projects_fundingsource WHERE id = {source})));
    IF EXISTS (
        SELECT FROM projects_fundingsource AS source
         WHERE source.id = {source}
           AND (SELECT COALESCE(SUM(cents), 0) FROM projects_planallocation
                 WHERE source_id = source.id)
             > CASE WHEN source.state IN ('refused', 'withdrawn') THEN 0
                    ELSE COALESCE(source.granted_cents, source.asked_cents) END) THEN
        RAISE EXCEPTION 'source % would give more than it has', {source}
              USING ERRCODE = 'check_violation', CONSTRAINT = 'planallocation_within_source';
    END IF;
    """


class Nature(models.TextChoices):
    """Accounts of the French chart of associations: what is spent, then what is given in kind."""

    PURCHASES = "60", "60 Achats"
    SERVICES = "61", "61 Services extérieurs"
    OTHER_SERVICES = "62", "62 Autres services extérieurs"
    TAXES = "63", "63 Impôts et taxes"
    STAFF = "64", "64 Charges de personnel"
    OTHER_COSTS = "65", "65 Autres charges de gestion courante"
    FINANCIAL = "66", "66 Charges financières"
    EXCEPTIONAL = "67", "67 Charges exceptionnelles"
    DEPRECIATION = "68", "68 Dotations"
    IN_KIND = "86", "86 Emplois des contributions volontaires"


class BudgetLine(models.Model):
    """One cost of one year. Its amount may be a quantity times a unit price."""

    project = models.ForeignKey(ProjectFile, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField("rang")
    nature = models.CharField("compte", max_length=2, choices=Nature.choices)
    label = models.CharField("libellé", max_length=200)
    year = models.PositiveSmallIntegerField("année")
    quantity = models.DecimalField("quantité", max_digits=10, decimal_places=2, null=True)
    unit = models.CharField("unité", max_length=40, blank=True)
    unit_price_cents = models.BigIntegerField("prix unitaire (centimes)", null=True)
    amount_cents = models.BigIntegerField("montant supporté (centimes)")
    with_vat_cents = models.BigIntegerField("montant TTC (centimes)")
    without_vat_cents = models.BigIntegerField("montant HT (centimes)")
    is_investment = models.BooleanField("investissement", default=False)
    # Overheads, counted for real or at a flat rate, as the funder says.
    is_indirect = models.BooleanField("coût indirect", default=False)
    is_in_kind = models.BooleanField("en nature", default=False)
    # Which member of a consortium bears it; empty: the carrier.
    borne_by = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    edition = models.PositiveIntegerField("édition", default=1)

    class Meta:
        verbose_name = "ligne de budget"
        verbose_name_plural = "lignes de budget"
        constraints = [
            known_value("budgetline", "nature", Nature),
            models.UniqueConstraint(fields=["project", "position"], name="budgetline_once"),
            models.CheckConstraint(condition=~Q(label=""), name="budgetline_is_named"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="budgetline_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(
                    without_vat_cents__gt=0,
                    without_vat_cents__lte=F("amount_cents"),
                    with_vat_cents__gte=F("amount_cents"),
                ),
                name="budgetline_amount_between_taxes",
            ),
            models.CheckConstraint(
                condition=Q(year__range=(2000, 2100)), name="budgetline_year_in_range"
            ),
            models.CheckConstraint(
                condition=Q(nature="86", is_in_kind=True, is_investment=False)
                | (~Q(nature="86") & Q(is_in_kind=False)),
                name="budgetline_in_kind_is_86",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None, unit_price_cents=None)
                | Q(
                    quantity__gt=Decimal(0),
                    unit_price_cents__gt=0,
                    amount_cents=Round(
                        ExpressionWrapper(
                            F("quantity") * F("unit_price_cents"),
                            output_field=DecimalField(max_digits=20, decimal_places=2),
                        )
                    ),
                ),
                name="budgetline_amount_is_its_product",
            ),
        ]
        triggers = [
            judged_at_commit(
                "budgetline",
                "within",
                within_line("NEW.id") + "RETURN NULL;",
                operation=pgtrigger.UpdateOf("amount_cents"),  # type: ignore[no-untyped-call]
            )
        ]

    def __str__(self) -> str:
        return self.label
