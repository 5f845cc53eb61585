"""What happens around a lot: reach overridden by two people, alerts, statement of closing."""

from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value
from filiere.kernel.models import append_only
from filiere.vouchers.models.lots import Lot


class ReachOverride(models.Model):
    """Two people answer for activating a lot that too few people can use. Published.

    The second one confirms what the first asked for; one person cannot do both.
    """

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="reach_override")
    reason = models.CharField("motif", max_length=300)
    asked_by = models.CharField("demandé par", max_length=40)
    asked_at = models.DateTimeField("demandé le")
    confirmed_by = models.CharField("confirmé par", max_length=40, blank=True)
    confirmed_at = models.DateTimeField("confirmé le", null=True)

    class Meta:
        verbose_name = "dérogation de portée"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="reachoverride_says_why"),
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("asked_by")), name="reachoverride_two_people"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by="", confirmed_at=None)
                | (~Q(confirmed_by="") & Q(confirmed_at__isnull=False)),
                name="reachoverride_confirmed_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"lot {self.lot_id}"


class AlertKind(models.TextChoices):
    """Told before the last day of use: thirty days, fifteen, seven."""

    SOON = "soon", "fin proche"
    REALLOCATE = "reallocate", "réaffecter"
    LAST = "last", "dernier rappel"


class LotAlert(models.Model):
    """One warning given once about the end of a lot."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField("nature", max_length=10, choices=AlertKind.choices)
    # What was left on the vouchers when it was told.
    unused_cents = models.BigIntegerField("reste (centimes)")
    at = models.DateTimeField("donnée le")

    class Meta:
        verbose_name = "alerte de fin"
        constraints = [
            known_value("lotalert", "kind", AlertKind),
            models.UniqueConstraint(fields=["lot", "kind"], name="lotalert_once"),
        ]
        triggers = append_only("lotalert")

    def __str__(self) -> str:
        return f"{self.lot_id} {self.kind}"


class ClosingStatement(models.Model):
    """What became of a lot, drawn up once nothing can be claimed; both sides acknowledge it."""

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="closing_statement")
    drawn_at = models.DateTimeField("établi le")
    operator_by = models.CharField("vu par l'opérateur", max_length=40, blank=True)
    operator_at = models.DateTimeField("vu par l'opérateur le", null=True)
    commissioner_by = models.CharField("vu par le financeur", max_length=40, blank=True)
    commissioner_at = models.DateTimeField("vu par le financeur le", null=True)

    class Meta:
        verbose_name = "état contradictoire"
        verbose_name_plural = "états contradictoires"
        constraints = [
            models.CheckConstraint(
                condition=Q(operator_by="") | ~Q(operator_by=F("commissioner_by")),
                name="closingstatement_two_people",
            )
        ]

    def __str__(self) -> str:
        return f"lot {self.lot_id}"


class ClosingLine(models.Model):
    """One tranche's line of a statement, in cents: issued = used + unused."""

    statement = models.ForeignKey(ClosingStatement, on_delete=models.CASCADE, related_name="lines")
    tranche = models.ForeignKey("programmes.Tranche", on_delete=models.PROTECT, related_name="+")
    issued_cents = models.BigIntegerField("émis (centimes)")
    handed_out_cents = models.BigIntegerField("remis (centimes)")
    used_cents = models.BigIntegerField("utilisé (centimes)")
    unused_cents = models.BigIntegerField("non utilisé (centimes)")

    class Meta:
        verbose_name = "ligne d'état contradictoire"
        constraints = [
            models.UniqueConstraint(fields=["statement", "tranche"], name="closingline_once"),
            models.CheckConstraint(
                condition=Q(issued_cents=F("used_cents") + F("unused_cents"), unused_cents__gte=0),
                name="closingline_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.tranche_id}"


class LateReturn(models.Model):
    """Value that came back to a closed lot, a session undone too late, and went on to its funders."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="late_returns")
    amount_cents = models.BigIntegerField("montant (centimes)")
    at = models.DateTimeField("rendu le")
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "retour tardif"
        verbose_name_plural = "retours tardifs"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="latereturn_amount_positive"
            )
        ]
        triggers = append_only("latereturn")

    def __str__(self) -> str:
        return f"lot {self.lot_id}"
