"""Charges of sessions, and their split between payers. Amounts are integer euro cents."""

import pgtrigger
from django.db import models
from django.db.models import Q

from filiere.kernel.constraints import known_value, not_negative


def shares_add_up(table: str, charge: str) -> pgtrigger.Trigger:
    """At commit, the shares of a charge that was split add up to its price, no other has any.

    Args:
        table: the table written, for the trigger's name.
        charge: SQL of the charge's id in that table, e.g. ``COALESCE(NEW.id, OLD.id)``.
    """
    operation = pgtrigger.Insert | pgtrigger.Update
    return pgtrigger.Trigger(
        name=f"{table}_shares_add_up",
        when=pgtrigger.After,
        operation=operation | pgtrigger.Delete if table == "payershare" else operation,
        timing=pgtrigger.Deferred,
        declare=[("wrong", "bigint")],
        func=f"""
            SELECT charge.id INTO wrong
              FROM billing_charge AS charge
             WHERE charge.id = {charge}
               AND (SELECT COALESCE(SUM(share.amount_cents), 0)
                      FROM billing_payershare AS share
                     WHERE share.charge_id = charge.id)
                   <> CASE WHEN charge.state IN ('split', 'refunded')
                           THEN charge.price_cents ELSE 0 END;
            IF wrong IS NOT NULL THEN
                RAISE EXCEPTION 'the shares of charge % do not add up to its price', wrong
                      USING ERRCODE = 'check_violation', CONSTRAINT = 'charge_shares_add_up';
            END IF;
            RETURN NULL;
        """,
    )


class ChargeState(models.TextChoices):
    """OPEN until split between payers; CANCELLED when the attendance was undone before that.

    REFUNDED: it was split, and every payer has its money back.
    """

    OPEN = "open", "à régler"
    SPLIT = "split", "réparti"
    CANCELLED = "cancelled", "annulé"
    REFUNDED = "refunded", "remboursé"


class Charge(models.Model):
    """The price of one delivered session, raised when attendance is recorded. A quote makes none."""

    registration = models.OneToOneField(
        "agenda.Registration", on_delete=models.PROTECT, related_name="charge"
    )
    provider = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="charges"
    )
    # What payers pay in all. Once split: the offer's price less ``off_cents`` and ``waived_cents``.
    price_cents = models.BigIntegerField("prix (centimes)")
    # The programme whose voucher was shown: its terms made the two amounts below.
    programme = models.ForeignKey(
        "programmes.Programme", on_delete=models.PROTECT, null=True, related_name="+"
    )
    # What the programme's regulated price took off the offer's price.
    off_cents = models.BigIntegerField("baisse du prix réglementé (centimes)", default=0)
    # What the provider waived: the programme says that the person pays nothing, or see below.
    waived_cents = models.BigIntegerField("renoncé par le lieu (centimes)", default=0)
    # The voucher taken without network that the place gave up: it bears what nobody else pays.
    waived_claim = models.ForeignKey(
        "vouchers.OfflineClaim",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    # False when the offer had no price on that day: 0 then means "not stated", not "free".
    price_stated = models.BooleanField("prix indiqué", default=True)
    # What the price was made of on that day, for the receipt: see ``billing.explanations``.
    priced_as = models.JSONField("explication du prix", default=dict)
    # Who pays more than the cost lets others pay less: both copied from the price rule.
    group = models.ForeignKey(
        "billing.SubsidyGroup", on_delete=models.PROTECT, null=True, related_name="charges"
    )
    cost_cents = models.BigIntegerField("coût de revient de la séance (centimes)", null=True)
    state = models.CharField(
        "état", max_length=9, choices=ChargeState.choices, default=ChargeState.OPEN
    )
    raised_at = models.DateTimeField("né le")
    split_at = models.DateTimeField("réparti le", null=True)
    # Transfers of the shares other than the voucher's (which has its own movement).
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "prestation à payer"
        constraints = [
            known_value("charge", "state", ChargeState),
            not_negative("charge", "price_cents"),
            models.CheckConstraint(
                condition=Q(state__in=["split", "refunded"], split_at__isnull=False)
                | ~Q(state__in=["split", "refunded"]),
                name="charge_split_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(price_stated=True) | Q(price_cents=0), name="charge_unstated_is_zero"
            ),
            models.CheckConstraint(
                condition=Q(group__isnull=True, cost_cents__isnull=True)
                | Q(group__isnull=False, cost_cents__gte=0),
                name="charge_group_knows_its_cost",
            ),
            not_negative("charge", "off_cents"),
            not_negative("charge", "waived_cents"),
            models.CheckConstraint(
                condition=Q(off_cents=0, waived_cents=0)
                | Q(programme__isnull=False, state__in=["split", "refunded"])
                | Q(waived_claim__isnull=False, off_cents=0),
                name="charge_terms_are_a_programmes",
            ),
            models.CheckConstraint(
                condition=Q(waived_claim=None)
                | Q(programme=None, waived_cents__gt=0, state__in=["split", "refunded"]),
                name="charge_borne_by_its_place",
            ),
            models.UniqueConstraint(
                fields=["waived_claim"],
                condition=Q(waived_claim__isnull=False),
                name="charge_one_per_claim_given_up",
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "raised_at"], name="charge_by_provider"),
        ]
        triggers = [shares_add_up("charge", "NEW.id")]

    def __str__(self) -> str:
        return f"charge {self.pk}"


class Refund(models.Model):
    """Why a session that was paid is paid no more. One per charge, and for its whole price."""

    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="refund")
    reason = models.CharField("motif", max_length=200)
    refunded_at = models.DateTimeField("remboursé le")
    refunded_by = models.CharField("remboursé par", max_length=40)
    # What third parties had already sent for it, no longer payable; the rest are reversals.
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "remboursement"

    def __str__(self) -> str:
        return f"refund of {self.charge_id}"


class PayerKind(models.TextChoices):
    """Who pays a share, in the written order."""

    VOUCHER = "voucher", "chèque"
    THIRD_PARTY = "third_party", "tiers payeur"
    EMPLOYER = "employer", "employeur"
    PERSON = "person", "la personne"


# Payers that promised under an agreement and send their cash afterwards.
UNDER_AGREEMENT = (PayerKind.THIRD_PARTY, PayerKind.EMPLOYER)


class PayerShare(models.Model):
    """What one payer gives of one charge. The shares of a split charge add up to its price."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="shares")
    kind = models.CharField("payeur", max_length=11, choices=PayerKind.choices)
    amount_cents = models.BigIntegerField("montant (centimes)")
    # Set for a voucher's share (its movement names the funders) …
    movement = models.OneToOneField(
        "vouchers.Movement", on_delete=models.PROTECT, null=True, related_name="share"
    )
    # … and for a third party's or an employer's.
    commitment = models.ForeignKey(
        "agreements.Commitment",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="shares",
    )
    # Part of the hours an employer bought that this session took.
    minutes = models.PositiveIntegerField("minutes offertes", null=True)
    # A third party's share becomes payable only once the third party has paid it.
    released_group = models.ForeignKey(
        "ledger.PostingGroup", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "part de payeur"
        constraints = [
            known_value("payershare", "kind", PayerKind),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="payershare_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(kind="voucher", movement__isnull=False, commitment__isnull=True)
                | Q(
                    kind__in=["third_party", "employer"],
                    movement__isnull=True,
                    commitment__isnull=False,
                )
                | Q(kind="person", movement__isnull=True, commitment__isnull=True),
                name="payershare_names_its_payer",
            ),
            models.CheckConstraint(
                condition=Q(kind="employer", minutes__gte=1)
                | (~Q(kind="employer") & Q(minutes__isnull=True)),
                name="payershare_employer_gives_minutes",
            ),
        ]
        indexes = [
            # What a third party has promised so far, read at each split.
            models.Index(
                fields=["commitment"],
                include=["amount_cents"],
                condition=Q(commitment__isnull=False),
                name="payershare_by_commitment",
            ),
            models.Index(
                fields=["commitment", "id"],
                condition=Q(commitment__isnull=False, released_group__isnull=True),
                name="payershare_not_released",
            ),
        ]
        triggers = [shares_add_up("payershare", "COALESCE(NEW.charge_id, OLD.charge_id)")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_cents}"


class ThirdPartyReceipt(models.Model):
    """Cash a third-party payer sent under a commitment; it releases shares, oldest first."""

    commitment = models.ForeignKey(
        "agreements.Commitment", on_delete=models.PROTECT, related_name="receipts"
    )
    amount_cents = models.BigIntegerField("montant reçu (centimes)")
    received_on = models.DateField("reçu le")
    bank_reference = models.CharField("référence bancaire", max_length=60, unique=True)
    posting_group = models.OneToOneField(
        "ledger.PostingGroup", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "règlement d'un tiers payeur"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="thirdpartyreceipt_amount_positive"
            )
        ]

    def __str__(self) -> str:
        return self.bank_reference
