"""Ledger: accounts, posting groups, transfers.

A transfer moves a positive integer amount (euro cents, minutes, points) *from* its debit account
*to* its credit account, so the ledger is balanced by construction. An account's balance is what it
was credited minus what it was debited. Nothing is edited: a mistake is reversed by another group.

Only ``ledger_post`` (a database function with its owner's rights) writes here: the application's
login has neither INSERT, UPDATE, DELETE nor TRUNCATE on these tables.
"""

import uuid

from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value
from filiere.kernel.models import append_only


class UnitOfAccount(models.TextChoices):
    """What an account counts. A voucher is a liability in EUR, not a unit of its own."""

    EUR = "EUR", "centimes d'euro"
    MIN = "MIN", "minutes"
    PTS = "PTS", "points"


class Account(models.Model):
    """A named pot, e.g. ``tranche:12`` or ``payable:7:tranche:12``. Its code is its identity."""

    code = models.CharField("code", max_length=120)
    unit = models.CharField("unité", max_length=12, choices=UnitOfAccount.choices)
    # What the pot is, e.g. "tranche", "payable": the part of the code before the first colon.
    kind = models.CharField("nature", max_length=24)

    class Meta:
        verbose_name = "compte"
        constraints = [
            known_value("account", "unit", UnitOfAccount),
            models.UniqueConstraint(fields=["code", "unit"], name="account_code_unit"),
            models.UniqueConstraint(fields=["id", "unit"], name="account_id_unit"),
        ]

    def __str__(self) -> str:
        return self.code


class GuardedBalance(models.Model):
    """The balance of an account that may not leave its bounds. Open accounts have no such row."""

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, primary_key=True, related_name="guard"
    )
    balance = models.BigIntegerField("solde", default=0)
    floor = models.BigIntegerField("plancher", null=True)
    ceiling = models.BigIntegerField("plafond", null=True)

    class Meta:
        verbose_name = "solde gardé"
        constraints = [
            models.CheckConstraint(
                condition=Q(floor__isnull=True) | Q(balance__gte=F("floor")),
                name="guardedbalance_above_floor",
            ),
            models.CheckConstraint(
                condition=Q(ceiling__isnull=True) | Q(balance__lte=F("ceiling")),
                name="guardedbalance_under_ceiling",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.balance}"


class PostingGroup(models.Model):
    """One event that moved value. The same key posted twice is the same group."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField("clé d'idempotence", max_length=160, unique=True)
    # SHA-256 of what was asked: the same key with another payload is refused.
    fingerprint = models.CharField("empreinte", max_length=64)
    kind = models.CharField("nature", max_length=40)
    occurred_at = models.DateTimeField("date de l'opération")
    posted_at = models.DateTimeField("écrite le")
    actor = models.CharField("auteur", max_length=40)
    reason = models.CharField("motif", max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversal"
    )

    class Meta:
        verbose_name = "écriture"
        triggers = append_only("postinggroup")

    def __str__(self) -> str:
        return self.key


class Transfer(models.Model):
    """One movement between two accounts of one unit. Never edited, never deleted."""

    group = models.ForeignKey(PostingGroup, on_delete=models.PROTECT, related_name="transfers")
    sequence = models.PositiveSmallIntegerField("rang")
    unit = models.CharField("unité", max_length=12, choices=UnitOfAccount.choices)
    # The foreign keys are on (account, unit), in migration 0002: a currency mix is impossible.
    debit_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="debits", db_constraint=False
    )
    credit_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="credits", db_constraint=False
    )
    amount = models.BigIntegerField("montant (plus petite unité)")

    class Meta:
        verbose_name = "mouvement"
        constraints = [
            known_value("transfer", "unit", UnitOfAccount),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(
                condition=~Q(debit_account=F("credit_account")), name="transfer_two_accounts"
            ),
            models.UniqueConstraint(fields=["group", "sequence"], name="transfer_group_sequence"),
        ]
        triggers = append_only("transfer")

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"
