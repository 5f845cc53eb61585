"""Lots, vouchers and their movements. Amounts are integer euro cents.

The face of each voucher is split at issue into integer parts per tranche, so that no funder can
ever be overdrawn; a redemption takes from the parts in proportion to what is left of each.
Only the database function ``vouchers_redeem`` lowers what remains: the application's login has no
UPDATE on ``remaining_cents``. The secret code is never stored, only its keyed digest.
"""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value, not_negative
from filiere.kernel.models import append_only


class LotState(models.TextChoices):
    """A lot is activated only when every tranche's part is covered by confirmed cash."""

    DRAFT = "draft", "préparé"
    ACTIVE = "active", "activé"
    CLOSED = "closed", "clos"


class Lot(models.Model):
    """``count`` vouchers of one face value, of one programme, with one set of dates."""

    programme = models.ForeignKey(
        "programmes.Programme", on_delete=models.PROTECT, related_name="lots"
    )
    count = models.PositiveIntegerField("nombre de chèques")
    face_cents = models.BigIntegerField("valeur d'un chèque (centimes)")
    use_until = models.DateField("utilisable jusqu'au")
    # The programme's rule as it was when the lot was prepared: a voucher keeps it. Empty services
    # or providers mean all; territories are those of the programme, never empty.
    services = ArrayField(models.CharField(max_length=80), verbose_name="services", default=list)
    territory_ids = ArrayField(models.BigIntegerField(), verbose_name="territoires", default=list)
    provider_ids = ArrayField(models.BigIntegerField(), verbose_name="prestataires", default=list)
    state = models.CharField("état", max_length=6, choices=LotState.choices, default=LotState.DRAFT)
    created_at = models.DateTimeField("créé le")
    activated_at = models.DateTimeField("activé le", null=True)
    activation_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "lot de chèques"
        constraints = [
            known_value("lot", "state", LotState),
            models.CheckConstraint(condition=Q(face_cents__gt=0), name="lot_face_positive"),
            models.CheckConstraint(
                condition=Q(count__gte=1, count__lte=1_000_000), name="lot_count_in_range"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", activation_group__isnull=True)
                | (~Q(state="draft") & Q(activation_group__isnull=False)),
                name="lot_active_is_funded",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lot_state_moves",
                field="state",
                transitions=[("draft", "active"), ("active", "closed")],
            ),
            pgtrigger.ReadOnly(
                name="lot_terms_frozen",
                fields=[
                    "programme",
                    "count",
                    "face_cents",
                    "use_until",
                    "services",
                    "territory_ids",
                    "provider_ids",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"lot {self.pk}"


class LotPart(models.Model):
    """How much of a lot one tranche pays. The parts of a lot add up to count × face."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="parts")
    tranche = models.ForeignKey(
        "programmes.Tranche", on_delete=models.PROTECT, related_name="lot_parts"
    )
    amount_cents = models.BigIntegerField("montant (centimes)")

    class Meta:
        verbose_name = "part d'un lot"
        constraints = [
            models.UniqueConstraint(fields=["lot", "tranche"], name="lotpart_once"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="lotpart_amount_positive"),
        ]
        triggers = append_only("lotpart")

    def __str__(self) -> str:
        return f"{self.lot_id}/{self.tranche_id}"


class VoucherState(models.TextChoices):
    """CREATED until its lot is active; HANDED_OUT once given; VOID when lost and replaced."""

    CREATED = "created", "créé"
    ACTIVE = "active", "activé"
    HANDED_OUT = "handed_out", "remis"
    SPENT = "spent", "utilisé"
    BLOCKED = "blocked", "bloqué"
    VOID = "void", "annulé"


class Voucher(models.Model):
    """One voucher. ``serial`` is public and continuous; the code is secret."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="vouchers")
    serial = models.BigIntegerField("numéro", unique=True)
    code_mac = models.BinaryField("empreinte du code", max_length=16, unique=True)
    face_cents = models.BigIntegerField("valeur (centimes)")
    remaining_cents = models.BigIntegerField("reste (centimes)")
    state = models.CharField(
        "état", max_length=10, choices=VoucherState.choices, default=VoucherState.CREATED
    )
    holder = models.ForeignKey(
        "persons.Person", on_delete=models.PROTECT, null=True, related_name="vouchers"
    )
    handed_out_at = models.DateTimeField("remis le", null=True)
    handed_out_by = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )

    class Meta:
        verbose_name = "chèque"
        constraints = [
            known_value("voucher", "state", VoucherState),
            models.CheckConstraint(
                condition=Q(remaining_cents__gte=0, remaining_cents__lte=F("face_cents")),
                name="voucher_remaining_in_range",
            ),
        ]
        indexes = [models.Index(fields=["lot", "state"], name="voucher_lot_state")]
        triggers = [
            pgtrigger.FSM(
                name="voucher_state_moves",
                field="state",
                transitions=[
                    ("created", "active"),
                    ("active", "handed_out"),
                    ("active", "spent"),
                    ("handed_out", "spent"),
                    ("active", "blocked"),
                    ("handed_out", "blocked"),
                    ("blocked", "active"),
                    ("blocked", "handed_out"),
                    ("active", "void"),
                    ("handed_out", "void"),
                ],
            ),
            # No voucher appears in a lot already paid for, save as the heir of a lost one.
            pgtrigger.Trigger(
                name="voucher_born_whole",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
                declare=[("is_wrong", "boolean")],
                # EXECUTE and count: planned for all the rows at hand, not for the empty table of
                # the first use nor for a first wrong row that is hardly ever there.
                func="""
                    EXECUTE $query$
                        SELECT 0 < (
                            SELECT count(*) FROM added
                              JOIN vouchers_lot lot ON lot.id = added.lot_id
                             WHERE added.remaining_cents <> added.face_cents
                                OR added.replaces_id IS NULL
                                   AND (lot.state <> 'draft' OR added.state <> 'created'
                                        OR added.face_cents <> lot.face_cents)
                        ) + (
                            SELECT count(*) FROM added
                              JOIN vouchers_voucher lost ON lost.id = added.replaces_id
                             WHERE lost.state <> 'void' OR lost.remaining_cents <> 0
                                OR lost.lot_id <> added.lot_id
                                OR lost.face_cents - added.face_cents <> coalesce((
                                    SELECT sum(amount_cents) FROM vouchers_movement
                                     WHERE voucher_id = lost.id), 0))
                    $query$ INTO is_wrong;
                    IF is_wrong THEN
                        RAISE EXCEPTION 'a voucher must be new, whole, and of a lot not yet active'
                              USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_born_whole';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"n° {self.serial}"


class VoucherPart(models.Model):
    """What one tranche put on one voucher, and what is left of it."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="parts")
    tranche = models.ForeignKey(
        "programmes.Tranche", on_delete=models.PROTECT, related_name="voucher_parts"
    )
    face_cents = models.BigIntegerField("valeur (centimes)")
    remaining_cents = models.BigIntegerField("reste (centimes)")

    class Meta:
        verbose_name = "part d'un chèque"
        constraints = [
            models.UniqueConstraint(fields=["voucher", "tranche"], name="voucherpart_once"),
            models.CheckConstraint(
                condition=Q(remaining_cents__gte=0, remaining_cents__lte=F("face_cents")),
                name="voucherpart_remaining_in_range",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="voucherpart_born_whole",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
                declare=[("is_wrong", "boolean")],
                func="""
                    EXECUTE $query$
                        SELECT 0 < (
                            SELECT count(*) FROM added
                              JOIN vouchers_voucher voucher ON voucher.id = added.voucher_id
                              JOIN vouchers_lot lot ON lot.id = voucher.lot_id
                             WHERE added.remaining_cents <> added.face_cents
                                OR lot.state <> 'draft' AND voucher.face_cents <> (
                                    SELECT sum(part.face_cents) FROM vouchers_voucherpart part
                                     WHERE part.voucher_id = voucher.id))
                    $query$ INTO is_wrong;
                    IF is_wrong THEN
                        RAISE EXCEPTION 'the parts of a voucher must be whole and add up to its face'
                              USING ERRCODE = 'check_violation',
                                    CONSTRAINT = 'voucherpart_born_whole';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voucher_id}/{self.tranche_id}"


class Movement(models.Model):
    """One redemption: what a voucher paid to one provider for one referenced act. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="movements")
    # Reference of the act paid (a registration's): one act draws on one voucher once.
    reference = models.CharField("acte payé", max_length=40)
    provider = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="movements"
    )
    # What the counter asked for: asking again the same is a retry, asking otherwise is refused.
    wanted_cents = models.BigIntegerField("montant demandé (centimes)")
    amount_cents = models.BigIntegerField("montant (centimes)")
    left_cents = models.BigIntegerField("reste du chèque ensuite (centimes)")
    occurred_at = models.DateTimeField("date")
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "utilisation"
        constraints = [
            models.UniqueConstraint(fields=["voucher", "reference"], name="movement_once_per_act"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="movement_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__lte=F("wanted_cents")), name="movement_not_over_wanted"
            ),
            not_negative("movement", "left_cents"),
        ]
        triggers = append_only("movement")

    def __str__(self) -> str:
        return self.reference


class MovementPart(models.Model):
    """What each tranche paid of one movement. The parts add up to the movement. Append-only."""

    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="parts")
    tranche = models.ForeignKey("programmes.Tranche", on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField("montant (centimes)")

    class Meta:
        verbose_name = "part d'une utilisation"
        constraints = [
            models.UniqueConstraint(fields=["movement", "tranche"], name="movementpart_once"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="movementpart_amount_positive"
            ),
        ]
        triggers = append_only("movementpart")

    def __str__(self) -> str:
        return f"{self.movement_id}/{self.tranche_id}"
