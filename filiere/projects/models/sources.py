"""Who pays a project, what was asked, granted and paid, and which lines it pays.

Integer euro cents. What was paid is never edited: a clawback is a payment below zero.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value
from filiere.kernel.models import append_only
from filiere.projects.models.budget import (
    BudgetLine,
    judged_at_commit,
    within_line,
    within_source,
)
from filiere.projects.models.files import ProjectFile
from filiere.projects.models.schemes import AidRegime, FundingKind


def within_award(source: str) -> str:
    """SQL: what a source paid, less what it took back, is between 0 and what it granted.

    Args:
        source: SQL of its id.
    """
    return f"""
    PERFORM pg_advisory_xact_lock(hashtextextended('projects.award', {source}));
    IF EXISTS (
        SELECT FROM projects_fundingsource AS source
         WHERE source.id = {source}
           AND (SELECT COALESCE(SUM(amount_cents), 0) FROM projects_grantpayment
                 WHERE source_id = source.id)
               NOT BETWEEN 0 AND COALESCE(source.granted_cents, 0)) THEN
        RAISE EXCEPTION 'source % would have paid more than it granted, or less than nothing',
              {source}
              USING ERRCODE = 'check_violation', CONSTRAINT = 'grantpayment_within_award';
    END IF;
    """


ONE_PROJECT = """
    IF EXISTS (
        SELECT FROM projects_fundingsource AS source, projects_budgetline AS line
         WHERE source.id = NEW.source_id AND line.id = NEW.line_id
           AND source.project_id <> line.project_id) THEN
        RAISE EXCEPTION 'source % and line % are of two projects', NEW.source_id, NEW.line_id
              USING ERRCODE = 'check_violation', CONSTRAINT = 'planallocation_one_project';
    END IF;
"""


class SourceState(models.TextChoices):
    """From an idea to the last euro. ``refused`` and ``withdrawn`` give nothing."""

    ENVISAGED = "envisaged", "envisagé"
    ASKED = "asked", "demandé"
    COMPLETE = "complete", "dossier complet"
    EXAMINED = "examined", "en instruction"
    NOTIFIED = "notified", "notifié"
    CONTRACTED = "contracted", "conventionné"
    PAID = "paid", "versé"
    SETTLED = "settled", "soldé"
    REFUSED = "refused", "refusé"
    WITHDRAWN = "withdrawn", "retiré"


BEFORE_ANSWER = ("envisaged", "asked", "complete", "examined")
"""States in which nothing was granted yet."""
GRANTED = ("notified", "contracted", "paid", "settled")
"""States in which an amount was granted."""
LOST = ("refused", "withdrawn")
"""States in which no money comes."""
TRANSITIONS = [
    *[("envisaged", after) for after in ("asked", "notified", "withdrawn")],
    *[("asked", after) for after in ("complete", "examined", "notified", "refused", "withdrawn")],
    *[("complete", after) for after in ("examined", "notified", "refused", "withdrawn")],
    *[("examined", after) for after in ("notified", "refused", "withdrawn")],
    *[("notified", after) for after in ("contracted", "paid", "withdrawn")],
    *[("contracted", after) for after in ("paid", "withdrawn")],
    ("paid", "settled"),
]
"""Each move a source may make: (from, to)."""


class FundingSource(models.Model):
    """One funder of one project under one scheme, or what the project brings itself."""

    project = models.ForeignKey(ProjectFile, on_delete=models.PROTECT, related_name="sources")
    funder = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    funder_name = models.CharField("financeur", max_length=200)
    scheme = models.ForeignKey(
        "projects.Scheme", on_delete=models.PROTECT, null=True, related_name="sources"
    )
    kind = models.CharField("origine", max_length=12, choices=FundingKind.choices)
    regime = models.CharField(
        "régime d'aide", max_length=15, choices=AidRegime.choices, default=AidRegime.UNKNOWN
    )
    state = models.CharField(
        "état", max_length=10, choices=SourceState.choices, default=SourceState.ENVISAGED
    )
    asked_cents = models.BigIntegerField("demandé (centimes)")
    granted_cents = models.BigIntegerField("accordé (centimes)", null=True)
    # Why more was granted than asked; blank when it was not.
    raised_because = models.CharField("motif du dépassement", max_length=200, blank=True)
    likely_percent = models.PositiveSmallIntegerField("chances (%)", null=True)
    answered_on = models.DateField("répondu le", null=True)
    edition = models.PositiveIntegerField("édition", default=1)

    class Meta:
        verbose_name = "financement"
        constraints = [
            known_value("fundingsource", "kind", FundingKind),
            known_value("fundingsource", "regime", AidRegime),
            known_value("fundingsource", "state", SourceState),
            models.CheckConstraint(condition=~Q(funder_name=""), name="fundingsource_is_named"),
            models.CheckConstraint(
                condition=Q(asked_cents__gt=0), name="fundingsource_asked_positive"
            ),
            models.CheckConstraint(
                condition=Q(state__in=BEFORE_ANSWER, granted_cents=None)
                | Q(state__in=GRANTED, granted_cents__gte=0)
                | Q(state="refused", granted_cents=None)
                | Q(state="withdrawn"),
                name="fundingsource_granted_when_notified",
            ),
            models.CheckConstraint(
                condition=Q(granted_cents=None)
                | Q(granted_cents__lte=F("asked_cents"))
                | ~Q(raised_because=""),
                name="fundingsource_granted_within_asked",
            ),
            models.CheckConstraint(
                condition=Q(likely_percent=None) | Q(likely_percent__lte=100),
                name="fundingsource_likely_at_most_100",
            ),
            models.CheckConstraint(
                condition=Q(regime__in=["none", "exempted", "unknown"])
                | Q(kind__in=["eu", "state", "region", "departement", "epci", "commune"]),
                name="fundingsource_aid_is_public",
            ),
            models.UniqueConstraint(
                fields=["project", "scheme"],
                condition=Q(scheme__isnull=False) & ~Q(state__in=["refused", "withdrawn"]),
                name="fundingsource_scheme_once",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="fundingsource_state_moves", field="state", transitions=TRANSITIONS),
            judged_at_commit(
                "fundingsource",
                "within",
                within_award("NEW.id") + within_source("NEW.id") + "RETURN NULL;",
                operation=pgtrigger.UpdateOf("state", "asked_cents", "granted_cents"),  # type: ignore[no-untyped-call]
            ),
            pgtrigger.ReadOnly(name="fundingsource_project_frozen", fields=["project"]),
        ]

    def __str__(self) -> str:
        return self.funder_name

    @property
    def amount_cents(self) -> int:
        """What it brings to the plan: granted if it answered, asked until then, 0 once refused."""
        if self.state in {SourceState.REFUSED, SourceState.WITHDRAWN}:
            return 0
        return self.asked_cents if self.granted_cents is None else self.granted_cents


class PlanAllocation(models.Model):
    """What one source pays of one line."""

    source = models.ForeignKey(FundingSource, on_delete=models.CASCADE, related_name="allocations")
    line = models.ForeignKey(BudgetLine, on_delete=models.CASCADE, related_name="allocations")
    cents = models.BigIntegerField("montant (centimes)")

    class Meta:
        verbose_name = "affectation"
        constraints = [
            models.UniqueConstraint(fields=["source", "line"], name="planallocation_once"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="planallocation_positive"),
        ]
        triggers = [
            judged_at_commit(
                "planallocation",
                "within",
                ONE_PROJECT
                + within_line("NEW.line_id")
                + within_source("NEW.source_id")
                + "RETURN NULL;",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.line_id} {self.cents}"


class DueKind(models.TextChoices):
    """Which part of a grant: before, on what was spent, after the report."""

    ADVANCE = "advance", "avance"
    INTERIM = "interim", "acompte"
    BALANCE = "balance", "solde"


class ScheduledPayment(models.Model):
    """A sum a funder said it would pay, and when."""

    source = models.ForeignKey(FundingSource, on_delete=models.CASCADE, related_name="schedule")
    rank = models.PositiveSmallIntegerField("rang")
    kind = models.CharField("part", max_length=7, choices=DueKind.choices)
    due_on = models.DateField("prévu le")
    amount_cents = models.BigIntegerField("montant (centimes)")

    class Meta:
        verbose_name = "versement prévu"
        verbose_name_plural = "versements prévus"
        constraints = [
            known_value("scheduledpayment", "kind", DueKind),
            models.UniqueConstraint(fields=["source", "rank"], name="scheduledpayment_once"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="scheduledpayment_amount_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.due_on} {self.amount_cents}"


class GrantPayment(models.Model):
    """Money a funder paid; below zero, what it took back, and why. Never changed."""

    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="payments")
    scheduled = models.ForeignKey(
        ScheduledPayment, on_delete=models.PROTECT, null=True, related_name="payments"
    )
    amount_cents = models.BigIntegerField("montant (centimes)")
    received_on = models.DateField("reçu le")
    reference = models.CharField("référence", max_length=70, blank=True)
    reason = models.CharField("motif de la reprise", max_length=300, blank=True)
    # The same demand made twice is one payment.
    request_key = models.CharField("clé de la demande", max_length=100)
    recorded_at = models.DateTimeField("noté le")
    recorded_by = models.CharField("noté par", max_length=40)

    class Meta:
        verbose_name = "versement reçu"
        verbose_name_plural = "versements reçus"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, reason="")
                | (Q(amount_cents__lt=0, scheduled=None) & ~Q(reason="")),
                name="grantpayment_clawback_says_why",
            ),
            models.UniqueConstraint(
                fields=["source", "request_key"], name="grantpayment_request_once"
            ),
        ]
        triggers = [
            *append_only("grantpayment"),
            judged_at_commit(
                "grantpayment",
                "within",
                within_award("NEW.source_id") + "RETURN NULL;",
                operation=pgtrigger.Insert,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.amount_cents}"
