"""Aid received by undertakings, for the ceilings of State-aid rules. Integer euro cents.

Organisations linked by control are one undertaking: their aid is added up.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value
from filiere.kernel.models import append_only
from filiere.projects.models.schemes import AidRegime
from filiere.projects.models.sources import FundingSource


class Undertaking(models.Model):
    """A single undertaking in the sense of the law: one organisation or several linked ones."""

    name = models.CharField("nom", max_length=200)

    class Meta:
        verbose_name = "entreprise unique"
        verbose_name_plural = "entreprises uniques"
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="undertaking_is_named")]

    def __str__(self) -> str:
        return self.name


class UndertakingMember(models.Model):
    """An organisation of the undertaking, from one day and perhaps until another."""

    undertaking = models.ForeignKey(Undertaking, on_delete=models.PROTECT, related_name="members")
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    from_on = models.DateField("depuis le")
    until_on = models.DateField("jusqu'au", null=True)

    class Meta:
        verbose_name = "membre d'une entreprise unique"
        verbose_name_plural = "membres d'une entreprise unique"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(until_on=None),
                name="undertakingmember_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="undertakingmember_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.undertaking_id} {self.organisation_id}"


class AidRecord(models.Model):
    """One aid granted: its gross grant equivalent counts from the day of the grant.

    Never changed; a mistake is cancelled by a record of the opposite amount.
    """

    # Who received it; its undertaking on a day is what counts under the ceilings.
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="aid_received"
    )
    source = models.ForeignKey(
        FundingSource, on_delete=models.PROTECT, null=True, related_name="aid"
    )
    grantor_name = models.CharField("autorité qui accorde", max_length=200)
    instrument = models.CharField("forme de l'aide", max_length=80, blank=True)
    sector = models.CharField("secteur", max_length=80, blank=True)
    granted_on = models.DateField("accordée le")
    gross_cents = models.BigIntegerField("équivalent-subvention brut (centimes)")
    regime = models.CharField("régime", max_length=15, choices=AidRegime.choices)
    cancels = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="cancelled_by"
    )
    recorded_at = models.DateTimeField("notée le")
    recorded_by = models.CharField("notée par", max_length=40)

    class Meta:
        verbose_name = "aide reçue"
        verbose_name_plural = "aides reçues"
        constraints = [
            known_value("aidrecord", "regime", AidRegime),
            models.CheckConstraint(
                condition=Q(cancels=None, gross_cents__gt=0)
                | Q(cancels__isnull=False, gross_cents__lt=0),
                name="aidrecord_sign_is_its_sense",
            ),
            models.CheckConstraint(
                condition=~Q(grantor_name=""), name="aidrecord_names_its_grantor"
            ),
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(cancels=None, source__isnull=False),
                name="aidrecord_source_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "granted_on"], name="aidrecord_by_organisation")
        ]
        triggers = [
            *append_only("aidrecord"),
            pgtrigger.Trigger(
                name="aidrecord_cancels_its_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__cancels__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM projects_aidrecord AS first
                         WHERE first.id = NEW.cancels_id AND first.cancels_id IS NULL
                           AND first.organisation_id = NEW.organisation_id
                           AND first.regime = NEW.regime
                           AND first.granted_on = NEW.granted_on
                           AND first.gross_cents = -NEW.gross_cents) THEN
                        RAISE EXCEPTION 'aid % is not what this record cancels', NEW.cancels_id
                              USING ERRCODE = 'check_violation',
                                    CONSTRAINT = 'aidrecord_cancels_its_own';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.gross_cents}"
