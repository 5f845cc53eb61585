"""Making a lot usable: its vouchers whole, its cash received, its people within reach."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from filiere.kernel import services as kernel
from filiere.kernel.wording import Euros
from filiere.ledger import services as ledger
from filiere.ledger.errors import InsufficientBalance
from filiere.programmes import queries as programmes
from filiere.vouchers.errors import (
    LotAlreadyGenerated,
    LotNotFunded,
    LotNotGenerated,
    LotOutOfReach,
    OverrideByTheSame,
    OverrideNotAsked,
    ReachUnknown,
    ReasonMissing,
)
from filiere.vouchers.models import (
    Lot,
    LotState,
    ReachOverride,
    VoucherPart,
    VoucherState,
)
from filiere.vouchers.queries import pocket_account
from filiere.vouchers.reach import Reach, reach_of

NAMED = 5


@transaction.atomic
def activate_lot(*, lot: Lot, at: datetime, actor: str) -> Lot:
    """Make the vouchers of a lot usable, once every funder's part is covered by received cash.

    Locks the lot; moves each part from its tranche to the lot's pocket. A lot already active is
    given back as it is.

    Raises:
        LotNotGenerated: vouchers are missing, or do not add up to the lot's parts.
        ProgrammeNotSigned, PartsRefused: the programme closed, or its matching money ran out.
        LotOutOfReach, ReachUnknown: too few people could use them, and two people have not
            answered for it.
        LotNotFunded: a tranche's confirmed cash does not cover its part; nothing moves.
    """
    lot = Lot.objects.select_for_update(of=("self",)).select_related("programme").get(pk=lot.pk)
    if lot.state != LotState.DRAFT:
        return lot
    parts = dict(lot.parts.order_by("tranche_id").values_list("tranche_id", "amount_cents"))
    _require_whole(lot, parts)
    programmes.require_parts(lot.programme, parts, lot.territory_ids, lot.publics)
    _require_funded(parts)
    reach = _require_reach(lot, at)
    try:
        lot.activation_group_id = ledger.post(
            key=f"lot:{lot.pk}:activation",
            kind="activation",
            entries=[
                ledger.Entry(programmes.tranche_account(t), pocket_account(lot.pk, t), cents)
                for t, cents in parts.items()
            ],
            occurred_at=at,
            at=at,
            actor=actor,
        )
    except InsufficientBalance as error:  # another lot took the cash since it was read
        tranche_id = int(str(error.parameters["account"]).split(":")[1])
        raise _not_funded(tranche_id, error.parameters["missing"]) from error
    lot.state = LotState.ACTIVE
    lot.activated_at = at
    lot.reach_percent = reach.percent
    lot.save(update_fields=["state", "activated_at", "activation_group", "reach_percent"])
    lot.vouchers.filter(state=VoucherState.CREATED).update(state=VoucherState.ACTIVE)
    kernel.record(
        actor=actor, action="vouchers.lot_activated", subject=f"lot:{lot.pk}", at=at,
        reach_percent=reach.percent, reach_minutes=reach.minutes,
    )  # fmt: skip
    return lot


def _require_whole(lot: Lot, parts: dict[int, int]) -> None:
    """Refuse unless the vouchers exist and their parts are exactly those of the lot."""
    found = lot.vouchers.count()
    issued = dict(
        VoucherPart.objects.filter(voucher__lot=lot)
        .values_list("tranche_id")
        .annotate(cents=Sum("face_cents"))
        .order_by("tranche_id")
    )
    uneven = lot.vouchers.exclude(face_cents=lot.face_cents).exists()
    if found != lot.count or issued != parts or uneven:
        raise LotNotGenerated(found=found, expected=lot.count)


def _require_funded(parts: dict[int, int]) -> None:
    """Refuse unless each tranche holds the cash of its part."""
    held = programmes.available_by_tranche(list(parts))
    for tranche_id, cents in parts.items():
        if held[tranche_id] < cents:
            raise _not_funded(tranche_id, cents - held[tranche_id])


def _not_funded(tranche_id: int, missing_cents: int) -> LotNotFunded:
    """Word the refusal with the funder's name."""
    return LotNotFunded(
        missing=Euros(missing_cents),
        missing_cents=missing_cents,
        funder=programmes.funder_name(tranche_id),
    )


def _require_reach(lot: Lot, at: datetime) -> Reach:
    """Refuse a lot that too few people could use, unless two people answered for it."""
    reach = reach_of(lot, at=at)
    answered = ReachOverride.objects.filter(lot=lot, confirmed_at__isnull=False).exists()
    if reach.is_enough or answered:
        return reach
    if reach.percent is None:
        raise ReachUnknown
    raise LotOutOfReach(
        share=reach.percent,
        wanted=reach.wanted_percent,
        minutes=reach.minutes,
        communes=", ".join(one.name for one in reach.far[:NAMED]),
    )


@transaction.atomic
def ask_reach_override(*, lot: Lot, reason: str, at: datetime, actor: str) -> ReachOverride:
    """Ask that a lot be activated in spite of its reach; another person must confirm.

    Asking again replaces the reason while nobody has confirmed.

    Raises:
        ReasonMissing: no reason; it is published.
        LotAlreadyGenerated: the lot is no longer a draft.
    """
    reason = reason.strip()[:300]
    if not reason:
        raise ReasonMissing
    lot = Lot.objects.select_for_update().get(pk=lot.pk)
    if lot.state != LotState.DRAFT:
        raise LotAlreadyGenerated
    asked, is_new = ReachOverride.objects.get_or_create(
        lot=lot, defaults={"reason": reason, "asked_by": actor, "asked_at": at}
    )
    if not is_new and asked.confirmed_at is None:
        asked.reason, asked.asked_by, asked.asked_at = reason, actor, at
        asked.save(update_fields=["reason", "asked_by", "asked_at"])
    kernel.record(
        actor=actor, action="vouchers.override_asked", subject=f"lot:{lot.pk}", at=at,
        reason=reason,
    )  # fmt: skip
    return asked


@transaction.atomic
def confirm_reach_override(*, lot: Lot, at: datetime, actor: str) -> ReachOverride:
    """Answer, as a second person, for activating a lot in spite of its reach. Twice is once.

    Raises:
        OverrideNotAsked: nobody asked.
        OverrideByTheSame: the one who asked cannot confirm.
    """
    asked = ReachOverride.objects.select_for_update(of=("self",)).filter(lot=lot).first()
    if asked is None:
        raise OverrideNotAsked
    if asked.asked_by == actor:
        raise OverrideByTheSame
    if asked.confirmed_at is None:
        asked.confirmed_by, asked.confirmed_at = actor, at
        asked.save(update_fields=["confirmed_by", "confirmed_at"])
        kernel.record(
            actor=actor, action="vouchers.override_confirmed", subject=f"lot:{lot.pk}", at=at
        )
    return asked
