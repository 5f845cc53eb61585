"""What a commissioner wants done, and what funders promise for it. Amounts in euro cents.

The terms of a programme are frozen by the database once it is signed: what people were told then
stays true. A promise is not money: a tranche's cash exists once its receipt is confirmed.
"""

from functools import reduce
from operator import or_

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value, not_negative
from filiere.rules.commissions import MOST_BASIS_POINTS
from filiere.rules.funding_terms import PAYER_ORDERS, known_publics

TERMS = [
    "commissioner", "name", "services", "publics", "starts_on", "ends_on", "regulated_price_cents",
    "person_pays_nothing", "cap_cents_per_person_year", "payer_order", "reach_minutes",
    "reach_share_percent", "funnel_is_public", "offline_use", "is_invented", "signed_at", "signed_by",
    "commission_basis_points", "commission_cents_per_use",
]  # fmt: skip


def first_order() -> list[str]:
    """The order of payers when nothing else is said."""
    return list(PAYER_ORDERS[0])


class ProgrammeState(models.TextChoices):
    """A draft can be edited; a signed programme can be funded and pay; a closed one neither."""

    DRAFT = "draft", "brouillon"
    SIGNED = "signed", "signé"
    CLOSED = "closed", "clos"


class Programme(models.Model):
    """What a commissioner wants done: for whom, where, until when, at which price."""

    commissioner = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="programmes"
    )
    name = models.CharField("nom", max_length=200)
    state = models.CharField(
        "état", max_length=6, choices=ProgrammeState.choices, default=ProgrammeState.DRAFT
    )
    territories = models.ManyToManyField("territories.Territory", related_name="programmes")
    # Services of the national standard that vouchers may pay; empty means all.
    services = models.JSONField("services", default=list)
    # Publics of the national standard it is meant for; empty means everyone.
    publics = ArrayField(models.CharField(max_length=40), verbose_name="publics", default=list)
    # Organisations whose places may take the vouchers; none named means all that are qualified.
    providers = models.ManyToManyField("accounts.Organisation", related_name="+", blank=True)
    # Places that may take the vouchers; none named means all those of the providers.
    places = models.ManyToManyField("directory.Place", related_name="+", blank=True)
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin")
    # The price a session may not exceed; blank: each place's own price.
    regulated_price_cents = models.BigIntegerField("prix réglementé (centimes)", null=True)
    person_pays_nothing = models.BooleanField("gratuit pour la personne", default=False)
    cap_cents_per_person_year = models.BigIntegerField(
        "plafond par personne et par an (centimes)", null=True
    )
    payer_order = ArrayField(
        models.CharField(max_length=12), verbose_name="ordre des payeurs", default=first_order
    )
    # A lot is activated when this share of people in scope has a place within these minutes.
    reach_minutes = models.PositiveSmallIntegerField("minutes de trajet", default=30)
    reach_share_percent = models.PositiveSmallIntegerField("part à portée (%)", default=80)
    funnel_is_public = models.BooleanField("usage publié", default=False)
    # Signed squares on paper, and uses recorded without network by registered devices.
    offline_use = models.BooleanField("utilisable sans réseau", default=False)
    # The operator's commission on what is settled; paid by promises that pay fees only.
    commission_basis_points = models.PositiveSmallIntegerField(
        "commission (points de base)", default=0
    )
    commission_cents_per_use = models.BigIntegerField(
        "commission par utilisation (centimes)", default=0
    )
    is_invented = models.BooleanField("inventé", default=False)
    signed_at = models.DateTimeField("signé le", null=True)
    signed_by = models.CharField("signé par", max_length=40, blank=True)
    closed_at = models.DateTimeField("clos le", null=True)

    class Meta:
        verbose_name = "programme"
        constraints = [
            known_value("programme", "state", ProgrammeState),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="programme_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(publics__contained_by=list(known_publics())),
                name="programme_publics_known",
            ),
            models.CheckConstraint(
                condition=Q(payer_order=list(PAYER_ORDERS[0]))
                | Q(payer_order=list(PAYER_ORDERS[1])),
                name="programme_payer_order_known",
            ),
            models.CheckConstraint(
                condition=Q(regulated_price_cents=None) | Q(regulated_price_cents__gte=0),
                name="programme_regulated_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(cap_cents_per_person_year=None) | Q(cap_cents_per_person_year__gt=0),
                name="programme_cap_positive",
            ),
            models.CheckConstraint(
                condition=Q(commission_basis_points__lte=MOST_BASIS_POINTS)
                & Q(commission_cents_per_use__gte=0),
                name="programme_commission_in_range",
            ),
            models.CheckConstraint(
                condition=Q(reach_minutes__range=(1, 240), reach_share_percent__lte=100),
                name="programme_reach_in_range",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", signed_at=None, closed_at=None)
                | Q(state="signed", signed_at__isnull=False, closed_at=None)
                | Q(state="closed", signed_at__isnull=False, closed_at__isnull=False),
                name="programme_state_is_dated",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="programme_state_moves",
                field="state",
                transitions=[("draft", "signed"), ("signed", "closed")],
            ),
            pgtrigger.Protect(
                name="programme_terms_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["signed", "closed"])
                & reduce(
                    or_,
                    (
                        pgtrigger.Q(**{f"old__{one}__df": pgtrigger.F(f"new__{one}")})
                        for one in TERMS
                    ),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def pays_commission(self) -> bool:
        """Whether its terms give the operator a commission."""
        return bool(self.commission_basis_points or self.commission_cents_per_use)


class Tranche(models.Model):
    """What one funder promises to one programme. ``cap_cents`` is a promise, not cash."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="tranches")
    funder = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="tranches"
    )
    cap_cents = models.BigIntegerField("montant promis (centimes)")
    # Lower ranks are spent first; equal ranks share in proportion to what they have left.
    rank = models.PositiveSmallIntegerField("rang", default=1)
    # Pays only lots used within one of these; none named means the whole programme.
    earmark_territories = models.ManyToManyField(
        "territories.Territory", related_name="+", blank=True
    )
    # Pays the operator's commission and never vouchers.
    pays_fees = models.BooleanField("frais seulement", default=False)
    # Pays only lots meant for these publics; empty means any.
    earmark_publics = ArrayField(
        models.CharField(max_length=40), verbose_name="publics fléchés", default=list
    )

    class Meta:
        verbose_name = "tranche"
        constraints = [
            not_negative("tranche", "cap_cents"),
            models.CheckConstraint(condition=Q(rank__range=(1, 99)), name="tranche_rank_in_range"),
            models.CheckConstraint(
                condition=Q(earmark_publics__contained_by=list(known_publics())),
                name="tranche_earmark_publics_known",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="tranche_promise_frozen",
                fields=["programme", "funder", "rank", "earmark_publics", "pays_fees"],
            )
        ]

    def __str__(self) -> str:
        return f"tranche {self.pk}"


class MatchRule(models.Model):
    """Each ``per_cents`` of the trigger's money calls ``called_cents`` of the matching tranche.

    The matching tranche pays in no other way, and never more than ``cap_cents`` in all.
    """

    matching = models.OneToOneField(Tranche, on_delete=models.PROTECT, related_name="match_rule")
    trigger = models.ForeignKey(Tranche, on_delete=models.PROTECT, related_name="calls")
    called_cents = models.BigIntegerField("appelle (centimes)")
    per_cents = models.BigIntegerField("pour (centimes)")
    cap_cents = models.BigIntegerField("plafond (centimes)")

    class Meta:
        verbose_name = "règle d'abondement"
        constraints = [
            models.CheckConstraint(
                condition=Q(called_cents__gt=0, per_cents__gt=0), name="matchrule_ratio_positive"
            ),
            models.CheckConstraint(condition=Q(cap_cents__gt=0), name="matchrule_cap_positive"),
            models.CheckConstraint(
                condition=~Q(matching=F("trigger")), name="matchrule_two_tranches"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="matchrule_frozen", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.called_cents} pour {self.per_cents}"
