"""Ledger: units, accounts, posting groups, transfers; holds; snapshots and seals.

A transfer moves a positive integer amount (euro cents, minutes, points) *from* its debit account
*to* its credit account, so the ledger is balanced by construction. An account's balance is what it
was credited minus what it was debited. Nothing is edited: a mistake is reversed by another group.

Only database functions with their owner's rights (``ledger_post``, ``ledger_place_hold``…) write
here: the application's login has neither INSERT, UPDATE, DELETE nor TRUNCATE on these tables, but
for INSERT of a unit.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q

from filiere.kernel.constraints import known_value, not_negative
from filiere.kernel.models import append_only

# Number of the transaction that writes a row: what a roll-up or a seal may take is decided by it.
WRITING_TRANSACTION = Func(
    template="pg_current_xact_id()::text::bigint", output_field=models.BigIntegerField()
)


class UnitOfAccount(models.TextChoices):
    """The units every installation has. A voucher is a liability in EUR, not a unit of its own."""

    EUR = "EUR", "centimes d'euro"
    MIN = "MIN", "minutes"
    PTS = "PTS", "points"


class AccountUnit(models.Model):
    """What an account counts: euros, minutes, points, a local currency. Never edited once in use.

    Amounts are whole numbers of its smallest part: ``decimals`` says where the comma stands.
    """

    code = models.CharField("code", max_length=12, primary_key=True)
    name = models.CharField("nom", max_length=60)
    decimals = models.PositiveSmallIntegerField("décimales", default=0)

    class Meta:
        verbose_name = "unité de compte"
        verbose_name_plural = "unités de compte"
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z][A-Z0-9]{1,11}$"), name="accountunit_code_shape"
            ),
            models.CheckConstraint(condition=Q(decimals__lte=6), name="accountunit_decimals_range"),
        ]
        triggers = append_only("accountunit")

    def __str__(self) -> str:
        return self.code


class Account(models.Model):
    """A named pot, e.g. ``tranche:12`` or ``payable:7:tranche:12``. Its code is its identity."""

    code = models.CharField("code", max_length=120)
    # The foreign key to AccountUnit, ``account_unit_known``, is in migration 0003.
    unit = models.CharField("unité", max_length=12)
    # What the pot is, e.g. "tranche", "payable": the part of the code before the first colon.
    kind = models.CharField("nature", max_length=24)

    class Meta:
        verbose_name = "compte"
        constraints = [
            models.UniqueConstraint(fields=["code", "unit"], name="account_code_unit"),
            models.UniqueConstraint(fields=["id", "unit"], name="account_id_unit"),
        ]
        # Transfers name accounts without a foreign key.
        triggers = append_only("account")

    def __str__(self) -> str:
        return self.code


class GuardedBalance(models.Model):
    """The balance of an account that may not leave its bounds. Open accounts have no such row.

    What is available is ``balance - held``: a hold takes it away before it leaves.
    """

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, primary_key=True, related_name="guard"
    )
    balance = models.BigIntegerField("solde", default=0)
    held = models.BigIntegerField("réservé", default=0, db_default=0)
    floor = models.BigIntegerField("plancher", null=True)
    ceiling = models.BigIntegerField("plafond", null=True)

    class Meta:
        verbose_name = "solde gardé"
        constraints = [
            models.CheckConstraint(
                condition=Q(floor__isnull=True) | Q(balance__gte=F("floor") + F("held")),
                name="guardedbalance_above_floor",
            ),
            models.CheckConstraint(
                condition=Q(ceiling__isnull=True) | Q(balance__lte=F("ceiling")),
                name="guardedbalance_under_ceiling",
            ),
            not_negative("guardedbalance", "held"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.balance}"


class PostingGroup(models.Model):
    """One event that moved value. The same key posted twice is the same group."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField("clé d'idempotence", max_length=160)
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
    # Outside fingerprints and seals: a restore into another server stamps it anew.
    xact = models.BigIntegerField("transaction", db_default=WRITING_TRANSACTION, editable=False)

    class Meta:
        verbose_name = "écriture"
        constraints = [
            # Not unique=True, which adds an index for LIKE that nothing reads and every write pays.
            models.UniqueConstraint(fields=["key"], name="postinggroup_key_once")
        ]
        indexes = [
            # What was written since the last seal; next to nothing to keep up while writing.
            BrinIndex(fields=["xact"], name="postinggroup_tail", autosummarize=True)
        ]
        triggers = append_only("postinggroup")

    def __str__(self) -> str:
        return self.key


class Transfer(models.Model):
    """One movement between two accounts of one unit. Never edited, never deleted."""

    # Found by the index of transfer_group_sequence. No foreign keys in the database: the functions
    # that write here have just found the group and the accounts, never deleted (ADR 0015).
    group = models.ForeignKey(
        PostingGroup,
        on_delete=models.PROTECT,
        related_name="transfers",
        db_constraint=False,
        db_index=False,
    )
    sequence = models.PositiveSmallIntegerField("rang")
    unit = models.CharField("unité", max_length=12)
    # Each account is found by its code and the unit of the transfer: a currency mix is impossible.
    debit_account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="debits",
        db_constraint=False,
        db_index=False,
    )
    credit_account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="credits",
        db_constraint=False,
        db_index=False,
    )
    amount = models.BigIntegerField("montant (plus petite unité)")
    # That of its group: see there.
    xact = models.BigIntegerField("transaction", db_default=WRITING_TRANSACTION, editable=False)

    class Meta:
        verbose_name = "mouvement"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(
                condition=~Q(debit_account=F("credit_account")), name="transfer_two_accounts"
            ),
            models.UniqueConstraint(fields=["group", "sequence"], name="transfer_group_sequence"),
        ]
        indexes = [
            # Snapshot and tail: what an account moved since a transaction, without reading the rest.
            models.Index(fields=["debit_account", "xact"], name="transfer_debit_tail"),
            models.Index(fields=["credit_account", "xact"], name="transfer_credit_tail"),
            # What all accounts moved since then; next to nothing to keep up while writing.
            BrinIndex(fields=["xact"], name="transfer_tail", autosummarize=True),
        ]
        triggers = append_only("transfer")

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


class Hold(models.Model):
    """An amount set aside on a guarded account until a moment, for one receiver. Never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField("clé d'idempotence", max_length=150)
    # The foreign keys are on (account, unit), in migration 0004.
    debit_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="holds", db_constraint=False
    )
    credit_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    unit = models.CharField("unité", max_length=12)
    amount = models.BigIntegerField("montant (plus petite unité)")
    held_at = models.DateTimeField("réservé le")
    until = models.DateTimeField("jusqu'au")
    actor = models.CharField("auteur", max_length=40)

    class Meta:
        verbose_name = "réservation"
        constraints = [
            models.UniqueConstraint(fields=["key"], name="hold_key_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_amount_positive"),
            models.CheckConstraint(condition=Q(until__gt=F("held_at")), name="hold_until_later"),
            models.CheckConstraint(
                condition=~Q(debit_account=F("credit_account")), name="hold_two_accounts"
            ),
        ]
        indexes = [models.Index(fields=["until"], name="hold_until")]
        triggers = append_only("hold")

    def __str__(self) -> str:
        return self.key


class HoldOutcome(models.TextChoices):
    """How a hold ended. A hold without resolution is open."""

    CAPTURED = "captured", "prélevée"
    VOIDED = "voided", "rendue"
    EXPIRED = "expired", "échue"


class HoldResolution(models.Model):
    """The end of a hold: at most one row per hold, whoever asks and however many at once."""

    hold = models.OneToOneField(
        Hold, on_delete=models.PROTECT, primary_key=True, related_name="resolution"
    )
    outcome = models.CharField("issue", max_length=10, choices=HoldOutcome.choices)
    # What was taken; the rest of the hold went back. 0 unless captured.
    amount = models.BigIntegerField("montant prélevé", default=0)
    posting_group = models.OneToOneField(
        PostingGroup, on_delete=models.PROTECT, null=True, related_name="hold_resolution"
    )
    resolved_at = models.DateTimeField("terminée le")
    actor = models.CharField("auteur", max_length=40)

    class Meta:
        verbose_name = "fin de réservation"
        verbose_name_plural = "fins de réservation"
        constraints = [
            known_value("holdresolution", "outcome", HoldOutcome),
            models.CheckConstraint(
                condition=Q(outcome=HoldOutcome.CAPTURED, amount__gt=0, posting_group__isnull=False)
                | Q(
                    ~Q(outcome=HoldOutcome.CAPTURED),
                    amount=0,
                    posting_group__isnull=True,
                ),
                name="holdresolution_captured_is_posted",
            ),
        ]
        triggers = append_only("holdresolution")

    def __str__(self) -> str:
        return f"{self.hold_id}: {self.outcome}"


class BalanceSnapshot(models.Model):
    """The sum of an account's transfers written by transactions before ``upto_xact``.

    Derived and rewritten by ``ledger_roll_up``: a balance is this sum plus the tail, the transfers
    of ``upto_xact`` and after.
    """

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, primary_key=True, related_name="snapshot"
    )
    upto_xact = models.BigIntegerField("jusqu'à la transaction")
    balance = models.BigIntegerField("solde")
    at = models.DateTimeField("calculé le")

    class Meta:
        verbose_name = "solde cumulé"
        verbose_name_plural = "soldes cumulés"

    def __str__(self) -> str:
        return f"{self.account_id}: {self.balance}"


class Seal(models.Model):
    """A block of posting groups, fixed by a hash chained to the block before.

    ``ids`` records which groups and in which order: a late commit goes to a later seal and disturbs
    none. ``digests`` (SHA-256 of each group, whose fingerprint stands for its transfers) name the
    group that was altered.
    """

    number = models.BigIntegerField("numéro", primary_key=True)
    rows = models.IntegerField("nombre d'écritures")
    ids = ArrayField(models.UUIDField(), verbose_name="écritures")
    digests = ArrayField(models.BinaryField(), verbose_name="empreintes")
    previous = models.BinaryField("empreinte précédente")
    hash = models.BinaryField("empreinte", unique=True)
    sealed_at = models.DateTimeField("scellé le")
    # Groups of transactions before this one are all in this seal or an earlier one.
    upto_xact = models.BigIntegerField("jusqu'à la transaction")

    class Meta:
        verbose_name = "scellé"
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="seal_number_from_one"),
            models.CheckConstraint(
                condition=Q(ids__len=F("rows"), digests__len=F("rows")), name="seal_rows_counted"
            ),
        ]
        indexes = [models.Index(fields=["sealed_at"], name="seal_sealed_at")]
        triggers = append_only("seal")

    def __str__(self) -> str:
        return str(self.number)
