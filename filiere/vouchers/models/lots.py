"""Lots, vouchers and the part of each funder. Amounts are integer euro cents.

The face of each voucher is split at issue into integer parts per tranche, so that no funder can
ever be overdrawn; a redemption takes from the parts in proportion to what is left of each.
Only the database function ``vouchers_redeem`` lowers what remains: the application's login has no
UPDATE on ``remaining_cents``. The secret code is never stored, only its keyed digest.
"""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value
from filiere.kernel.models import append_only
from filiere.vouchers.models.parts import PartsHold


class LotState(models.TextChoices):
    """A lot is activated only when every tranche's part is covered by confirmed cash."""

    DRAFT = "draft", "préparé"
    ACTIVE = "active", "activé"
    CLOSED = "closed", "clos"


class LotMode(models.TextChoices):
    """What is known of the holder: name kept (NOMINAL), a file without name, or nothing."""

    NOMINAL = "nominal", "nominatif"
    PSEUDONYMOUS = "pseudonymous", "sous pseudonyme"
    BEARER = "bearer", "au porteur"


class Lot(models.Model):
    """``count`` vouchers of one face value, of one programme, with one set of dates."""

    programme = models.ForeignKey(
        "programmes.Programme", on_delete=models.PROTECT, related_name="lots"
    )
    label = models.CharField("nom du lot", max_length=80, blank=True)
    count = models.PositiveIntegerField("nombre de chèques")
    face_cents = models.BigIntegerField("valeur d'un chèque (centimes)")
    mode = models.CharField(
        "mode", max_length=12, choices=LotMode.choices, default=LotMode.PSEUDONYMOUS
    )
    booklet_size = models.PositiveSmallIntegerField("chèques par carnet", default=10)
    # Last day of an act; last day it may be recorded; last day a provider may claim it.
    use_until = models.DateField("utilisable jusqu'au")
    tolerance_until = models.DateField("enregistrable jusqu'au")
    present_until = models.DateField("présentable jusqu'au")
    # Codes are derived from a key outside the database, this salt and the number (ADR 0012).
    # Blank: a lot older than that, whose codes were drawn at random and given once.
    salt = models.BinaryField("sel", max_length=16, null=True)
    key_id = models.CharField("clé d'émission", max_length=8, blank=True)
    # The programme's rule as it was when the lot was prepared: a voucher keeps it. Empty services
    # providers or places mean all; territories are those of the programme, never empty.
    services = ArrayField(models.CharField(max_length=80), verbose_name="services", default=list)
    territory_ids = ArrayField(models.BigIntegerField(), verbose_name="territoires", default=list)
    provider_ids = ArrayField(models.BigIntegerField(), verbose_name="prestataires", default=list)
    place_ids = ArrayField(models.BigIntegerField(), verbose_name="lieux", default=list)
    publics = ArrayField(models.CharField(max_length=40), verbose_name="publics", default=list)
    cap_cents_per_person_year = models.BigIntegerField(
        "plafond par personne et par an (centimes)", null=True
    )
    state = models.CharField("état", max_length=6, choices=LotState.choices, default=LotState.DRAFT)
    created_at = models.DateTimeField("créé le")
    generation_asked_at = models.DateTimeField("fabrication demandée le", null=True)
    activated_at = models.DateTimeField("activé le", null=True)
    activation_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, null=True, related_name="+"
    )
    # People in scope with an open, qualified place in reach when it was activated, in percent.
    reach_percent = models.PositiveSmallIntegerField("part à portée (%)", null=True)
    closed_at = models.DateTimeField("clos le", null=True)
    # What was left, given back to each tranche; blank when nothing was left.
    closing_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "lot de chèques"
        constraints = [
            known_value("lot", "state", LotState),
            known_value("lot", "mode", LotMode),
            models.CheckConstraint(
                condition=Q(use_until__lte=F("tolerance_until"))
                & Q(tolerance_until__lte=F("present_until")),
                name="lot_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(booklet_size__gte=1, booklet_size__lte=100),
                name="lot_booklet_size_in_range",
            ),
            models.CheckConstraint(
                condition=Q(reach_percent=None) | Q(reach_percent__lte=100),
                name="lot_reach_percent_in_range",
            ),
            models.CheckConstraint(
                condition=Q(cap_cents_per_person_year=None) | Q(cap_cents_per_person_year__gt=0),
                name="lot_cap_positive",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True, closing_group__isnull=True)),
                name="lot_closed_is_dated",
            ),
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
                    "mode",
                    "booklet_size",
                    "use_until",
                    "tolerance_until",
                    "present_until",
                    "services",
                    "territory_ids",
                    "provider_ids",
                    "place_ids",
                    "publics",
                    "cap_cents_per_person_year",
                ],
            ),
            pgtrigger.Protect(name="lot_never_deleted", operation=pgtrigger.Delete),
            # Set with the vouchers, never after: no voucher could be printed again.
            pgtrigger.Protect(
                name="lot_salt_set_once",
                operation=pgtrigger.UpdateOf("salt", "key_id"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Q(old__salt__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"lot {self.pk}"


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
    """CREATED until its lot is active; HANDED_OUT once given; VOID when lost and replaced.

    EXPIRED once its lot is closed: what was left of it, still written on it, went back.
    """

    CREATED = "created", "créé"
    ACTIVE = "active", "activé"
    HANDED_OUT = "handed_out", "remis"
    SPENT = "spent", "utilisé"
    BLOCKED = "blocked", "bloqué"
    VOID = "void", "annulé"
    EXPIRED = "expired", "périmé"


class Voucher(models.Model):
    """One voucher. ``serial`` is public and continuous; the code is secret."""

    # No foreign key in the database, where a million are written at once: ``voucher_born_whole``
    # looks at all of them together, and no lot is ever deleted. Index: ``voucher_lot_state``.
    lot = models.ForeignKey(
        Lot, on_delete=models.PROTECT, related_name="vouchers", db_constraint=False, db_index=False
    )
    serial = models.BigIntegerField("numéro", unique=True)
    code_mac = models.BinaryField("empreinte du code", max_length=16, unique=True)
    # Digest of the number and of the eight symbols typed with it; blank before codes were derived.
    pin_mac = models.BinaryField("empreinte du code court", max_length=16, null=True)
    face_cents = models.BigIntegerField("valeur (centimes)")
    remaining_cents = models.BigIntegerField("reste (centimes)")
    # Who pays it: tranches in the order of their numbers, what each put on it, and what is left of
    # that. On the voucher's own row, so that one write lowers all; read as ``VoucherPart``.
    tranche_ids = ArrayField(models.BigIntegerField(), verbose_name="tranches")
    face_parts = ArrayField(models.BigIntegerField(), verbose_name="valeur par tranche (centimes)")
    left_parts = ArrayField(models.BigIntegerField(), verbose_name="reste par tranche (centimes)")
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
            # Coming back from SPENT takes money back first: only a reversal does both.
            models.CheckConstraint(
                condition=Q(state="spent", remaining_cents=0)
                | Q(state__in=["created", "active", "handed_out", "blocked"], remaining_cents__gt=0)
                | Q(state__in=["void", "expired"]),
                name="voucher_spent_is_empty",
            ),
            # Each part between zero and what was put, all adding up to what is left.
            models.CheckConstraint(
                condition=PartsHold("remaining_cents", "left_parts", "face_parts"),
                name="voucher_parts_hold",
            ),
        ]
        indexes = [models.Index(fields=["lot", "state"], name="voucher_lot_state")]
        triggers = [
            pgtrigger.FSM(
                name="voucher_state_moves",
                field="state",
                # Not called at all for the many updates that lower what is left.
                condition=pgtrigger.AnyChange("state"),
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
                    ("active", "expired"),
                    ("handed_out", "expired"),
                    ("blocked", "expired"),
                    ("spent", "active"),
                    ("spent", "handed_out"),
                ],
            ),
            pgtrigger.Protect(name="voucher_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="voucher_stays_in_its_lot",
                operation=pgtrigger.UpdateOf("lot_id"),  # type: ignore[no-untyped-call]
            ),
            pgtrigger.Protect(
                name="voucher_keeps_its_funders",
                operation=pgtrigger.UpdateOf("tranche_ids", "face_parts"),  # type: ignore[no-untyped-call]
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
                # the first use nor for a first wrong row that is hardly ever there. Vouchers lost
                # are read only when some are replaced: an issue would read every voucher there is.
                func="""
                    EXECUTE $query$
                        SELECT 0 < (
                            SELECT count(*) FROM added
                              LEFT JOIN vouchers_lot lot ON lot.id = added.lot_id
                             WHERE lot.id IS NULL OR added.remaining_cents <> added.face_cents
                                OR added.replaces_id IS NULL
                                   AND (lot.state <> 'draft' OR added.state <> 'created'
                                        OR added.face_cents <> lot.face_cents))
                    $query$ INTO is_wrong;
                    IF NOT is_wrong AND EXISTS (
                        SELECT FROM added WHERE replaces_id IS NOT NULL) THEN
                        EXECUTE $query$
                            SELECT 0 < (
                                SELECT count(*) FROM added
                                  JOIN vouchers_voucher lost ON lost.id = added.replaces_id
                                 WHERE lost.state <> 'void' OR lost.remaining_cents <> 0
                                    OR lost.lot_id <> added.lot_id
                                    OR lost.face_cents - added.face_cents <> coalesce((
                                        SELECT sum(paid.amount_cents)
                                               - coalesce(sum(undone.amount_cents), 0)
                                          FROM vouchers_movement paid
                                          LEFT JOIN vouchers_reversal undone
                                                 ON undone.movement_id = paid.id
                                         WHERE paid.voucher_id = lost.id), 0))
                        $query$ INTO is_wrong;
                    END IF;
                    IF is_wrong THEN
                        RAISE EXCEPTION 'a voucher must be new, whole, and of a lot not yet active'
                              USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_born_whole';
                    END IF;
                    EXECUTE $query$
                        SELECT 0 < (
                            SELECT count(*)
                              FROM (SELECT lot_id, face_cents, tranche_ids, face_parts, left_parts
                                      FROM added GROUP BY 1, 2, 3, 4, 5) alike
                             WHERE left_parts <> face_parts
                                OR NOT vouchers_parts_hold(face_cents, face_parts, face_parts)
                                OR cardinality(tranche_ids) <> cardinality(face_parts)
                                OR tranche_ids <> ARRAY(
                                       SELECT tranche_id FROM vouchers_lotpart paid
                                        WHERE paid.lot_id = alike.lot_id
                                          AND paid.tranche_id = ANY (alike.tranche_ids)
                                        ORDER BY tranche_id))
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
        return f"n° {self.serial}"


class VoucherPart(models.Model):
    """What one tranche put on one voucher, and what is left of it: a view of the voucher's row."""

    pk = models.CompositePrimaryKey("voucher_id", "tranche_id")
    voucher = models.ForeignKey(Voucher, on_delete=models.DO_NOTHING, related_name="parts")
    tranche = models.ForeignKey(
        "programmes.Tranche", on_delete=models.DO_NOTHING, related_name="voucher_parts"
    )
    face_cents = models.BigIntegerField("valeur (centimes)")
    remaining_cents = models.BigIntegerField("reste (centimes)")

    class Meta:
        managed = False
        db_table = "vouchers_voucherpart"
        verbose_name = "part d'un chèque"

    def __str__(self) -> str:
        return f"{self.voucher_id}/{self.tranche_id}"
