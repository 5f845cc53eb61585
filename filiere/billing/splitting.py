"""Who pays each charge: voucher, third party, person; and third parties' cash.

Everything here is called through ``billing.services``.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TypedDict
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Sum

from filiere.agreements.models import Commitment
from filiere.billing.errors import ChargeCancelled, ReceiptConflict, ReceiptNotPossible
from filiere.billing.models import (
    Charge,
    ChargeState,
    PayerKind,
    PayerShare,
    ThirdPartyReceipt,
)
from filiere.kernel.calendar import legal_day
from filiere.kernel.services import record
from filiere.ledger import services as ledger
from filiere.ledger.services import Entry
from filiere.rules import procedures
from filiere.rules.payers import PayerSplit, ThirdParty, split_price
from filiere.vouchers import services as vouchers
from filiere.vouchers.errors import ProviderNotQualified

PPM = 1_000_000


@transaction.atomic
def split_charge(
    *, charge: Charge, voucher_code: str | vouchers.Typed | None, at: datetime, actor: str
) -> Charge:
    """Share the price of one delivered session between its payers, once and for all.

    Written order: the voucher pays what it can, the third party its rate of the rest within its
    cap and its envelope, the person what is left. The shares add up to the price to the cent.
    Split twice, a charge is split once: the second call returns it as it is.

    Args:
        charge: an open charge.
        voucher_code: the code shown at the counter, or a number and short code already counted as
            a try; None without a voucher.
        at: moment of the payment.

    Raises:
        ChargeCancelled: the attendance was undone.
        ProviderNotQualified: the place may not cash vouchers (no steward qualified it).
        FiliereError: the voucher refuses (``vouchers.errors``); nothing is written.
    """
    charge = (
        Charge.objects.select_related("registration__slot__offer__place")
        .select_for_update(of=("self",))
        .get(pk=charge.pk)
    )
    if charge.state == ChargeState.SPLIT:
        return charge
    if charge.state == ChargeState.CANCELLED:
        raise ChargeCancelled
    # Locked before the voucher: two sessions of one agreement never share the same last euro.
    commitment = _locked_commitment(charge)
    movement_id, taken = _redeem(charge, voucher_code, at=at, actor=actor)
    payer = third_party_of(charge, commitment)
    split = split_price(
        price_cents=charge.price_cents, voucher_cents=taken, third_parties=[payer] if payer else []
    )
    _write_shares(charge, split, movement_id, commitment)
    charge.posting_group_id = _post_shares(charge, split, commitment, at=at, actor=actor)
    charge.state, charge.split_at = ChargeState.SPLIT, at
    charge.save(update_fields=["state", "split_at", "posting_group"])
    return charge


def session_day(charge: Charge) -> date:
    """Legal day of the session; it dates the voucher's expiry and the third party's rate."""
    return legal_day(charge.registration.slot.starts_at)


def third_party_of(charge: Charge, commitment: Commitment | None) -> ThirdParty | None:
    """The third party that pays a part of this charge, with the most it may still pay.

    None without an agreement signed and in force on the day of the session, or when the
    commitment names an operator and the procedure is not one of its own.
    """
    if commitment is None:
        return None
    agreement, on = commitment.agreement, session_day(charge)
    in_force = (
        agreement.signed_at is not None
        and agreement.starts_on <= on
        and (agreement.ends_on is None or on <= agreement.ends_on)
    )
    if not in_force or not _concerns(commitment, charge.registration.procedure):
        return None
    limits = [charge.price_cents]
    if commitment.cap_cents is not None:
        limits.append(commitment.cap_cents)
    if commitment.envelope_cents is not None:
        promised = live_shares(commitment).aggregate(total=Sum("amount_cents", default=0))["total"]
        limits.append(max(0, commitment.envelope_cents - promised))
    return ThirdParty(str(commitment.pk), Fraction(commitment.rate_ppm, PPM), min(limits))


def live_shares(commitment: Commitment) -> QuerySet[PayerShare]:
    """Shares a third party promised under a commitment, refunded sessions left out."""
    return PayerShare.objects.filter(commitment=commitment, charge__state=ChargeState.SPLIT)


def _concerns(commitment: Commitment, procedure_key: str) -> bool:
    if not commitment.operator_key:
        return True
    procedure = procedures.procedure(procedure_key)
    return procedure is not None and procedure.operator == commitment.operator_key


def _locked_commitment(charge: Charge) -> Commitment | None:
    if charge.registration.commitment_id is None:
        return None
    return (
        Commitment.objects.select_related("agreement")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=charge.registration.commitment_id)
    )


@dataclass(frozen=True, slots=True)
class SplitPreview:
    """Who would pay what, in cents, if the charge were split now; nothing is written."""

    split: PayerSplit
    voucher: vouchers.Quote | None
    third_party_id: int | None


def preview_split(
    *, charge: Charge, voucher_code: str | vouchers.Typed | None, at: datetime
) -> SplitPreview:
    """Tell who would pay what of an open charge, for the counter. Reads only.

    Raises:
        FiliereError: as ``split_charge``.
    """
    charge = Charge.objects.select_related("registration__slot__offer__place").get(pk=charge.pk)
    if charge.state == ChargeState.CANCELLED:
        raise ChargeCancelled
    quote = None
    if voucher_code and charge.price_cents:
        quote = vouchers.quote(code=voucher_code, at=at, **_act(charge, at))
    commitment = (
        Commitment.objects.select_related("agreement")
        .filter(pk=charge.registration.commitment_id or 0)
        .first()
    )
    payer = third_party_of(charge, commitment)
    split = split_price(
        price_cents=charge.price_cents,
        voucher_cents=quote.taken_cents if quote else 0,
        third_parties=[payer] if payer else [],
    )
    promiser = commitment.agreement.promiser_id if commitment else None
    return SplitPreview(split, quote, promiser if split.third_party_cents else None)


class Act(TypedDict):
    """What a voucher is asked to pay."""

    provider_id: int
    wanted_cents: int
    service: str
    commune_id: int
    on: date


def _act(charge: Charge, at: datetime) -> Act:
    """Describe the session to the voucher.

    Raises:
        ProviderNotQualified: no steward qualified the place by that day.
    """
    offer = charge.registration.slot.offer
    if offer.place.qualified_on is None or offer.place.qualified_on > legal_day(at):
        raise ProviderNotQualified
    return Act(
        provider_id=charge.provider_id,
        wanted_cents=charge.price_cents,
        service=offer.service,
        commune_id=offer.place.commune_id,
        on=session_day(charge),
    )


def _redeem(
    charge: Charge, voucher_code: str | vouchers.Typed | None, *, at: datetime, actor: str
) -> tuple[UUID | None, int]:
    """Take what the voucher can give: its movement and the cents taken."""
    if not voucher_code or charge.price_cents == 0:
        return None, 0
    redeemed = vouchers.redeem(
        code=voucher_code,
        reference=charge.registration.ref,
        place_id=charge.registration.slot.offer.place_id,
        at=at,
        actor=actor,
        **_act(charge, at),
    )
    return redeemed.movement_id, redeemed.taken_cents


def _write_shares(
    charge: Charge, split: PayerSplit, movement_id: UUID | None, commitment: Commitment | None
) -> None:
    shares = [
        PayerShare(
            charge=charge,
            kind=PayerKind.VOUCHER,
            amount_cents=split.voucher_cents,
            movement_id=movement_id,
        ),
        PayerShare(
            charge=charge,
            kind=PayerKind.THIRD_PARTY,
            amount_cents=split.third_party_cents,
            commitment=commitment,
        ),
        PayerShare(charge=charge, kind=PayerKind.PERSON, amount_cents=split.person_cents),
    ]
    PayerShare.objects.bulk_create([share for share in shares if share.amount_cents])


def _post_shares(
    charge: Charge,
    split: PayerSplit,
    commitment: Commitment | None,
    *,
    at: datetime,
    actor: str,
) -> UUID | None:
    """Post what the third party owes and what the person paid; the voucher has posted its own."""
    entries: list[Entry] = []
    if commitment is not None and split.third_party_cents:
        entries.append(
            Entry(
                f"thirdparty:{commitment.agreement.promiser_id}",
                f"due:{charge.provider_id}:commitment:{commitment.pk}",
                split.third_party_cents,
            )
        )
    if split.person_cents:
        entries.append(Entry("persons", f"till:{charge.provider_id}", split.person_cents))
    if not entries:
        return None
    return ledger.post(
        key=f"charge:{charge.pk}",
        kind="charge",
        entries=entries,
        occurred_at=charge.registration.slot.starts_at,
        at=at,
        actor=actor,
    )


@transaction.atomic
def receive_third_party(
    *,
    commitment_id: int,
    amount_cents: int,
    received_on: date,
    bank_reference: str,
    at: datetime,
    actor: str,
) -> ThirdPartyReceipt:
    """Record cash a third party sent; it releases the oldest shares it covers whole.

    The same reference with the same facts is the same receipt.

    Args:
        amount_cents: euro cents, > 0.
        bank_reference: reference of the bank statement's line; unique.

    Raises:
        ReceiptNotPossible: the amount is not above 0.
        ReceiptConflict: the reference is known with another amount or commitment.
    """
    if amount_cents <= 0:
        raise ReceiptNotPossible
    commitment = (
        Commitment.objects.select_related("agreement")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=commitment_id)
    )
    known = ThirdPartyReceipt.objects.filter(bank_reference=bank_reference).first()
    if known is not None:
        if (known.commitment_id, known.amount_cents) != (commitment_id, amount_cents):
            raise ReceiptConflict(reference=bank_reference)
        return known
    entry = Entry(
        f"bankin:{commitment_id}", f"thirdparty:{commitment.agreement.promiser_id}", amount_cents
    )
    receipt = ThirdPartyReceipt.objects.create(
        commitment=commitment,
        amount_cents=amount_cents,
        received_on=received_on,
        bank_reference=bank_reference,
        posting_group_id=ledger.post(
            key=f"third-party-receipt:{bank_reference}",
            kind="third_party_receipt",
            entries=[entry],
            occurred_at=at,
            at=at,
            actor=actor,
        ),
    )
    record(
        actor=actor,
        action="billing.third_party_received",
        subject=f"commitment:{commitment_id}",
        at=at,
        amount_cents=amount_cents,
    )
    release_covered_shares(at=at, actor=actor, commitment_ids=[commitment_id])
    return receipt


@transaction.atomic
def release_covered_shares(
    *, at: datetime, actor: str, commitment_ids: Sequence[int] | None = None
) -> int:
    """Make payable the third parties' shares that received cash covers whole, oldest first.

    Cash left by an earlier receipt also covers shares born since; settlement calls this before
    each freeze.

    Args:
        commitment_ids: the commitments to look at; None looks at all.

    Returns:
        How many shares became payable.
    """
    waiting = PayerShare.objects.filter(
        commitment__isnull=False,
        released_group=None,
        commitment__receipts__isnull=False,
        charge__state=ChargeState.SPLIT,
    )
    if commitment_ids is not None:
        waiting = waiting.filter(commitment_id__in=commitment_ids)
    ids = waiting.order_by("commitment_id").values_list("commitment_id", flat=True).distinct()
    commitments = (
        Commitment.objects.filter(pk__in=list(ids))
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    return sum(_release(commitment, at=at, actor=actor) for commitment in commitments)


def _release(commitment: Commitment, *, at: datetime, actor: str) -> int:
    shares = live_shares(commitment)
    received = ThirdPartyReceipt.objects.filter(commitment=commitment).aggregate(
        total=Sum("amount_cents", default=0)
    )["total"]
    released = shares.exclude(released_group=None).aggregate(total=Sum("amount_cents", default=0))
    left = received - released["total"]
    by_provider: dict[int, int] = defaultdict(int)
    covered = []
    for share in shares.filter(released_group=None).select_related("charge").order_by("id"):
        if share.amount_cents > left:
            break
        left -= share.amount_cents
        by_provider[share.charge.provider_id] += share.amount_cents
        covered.append(share.pk)
    if not covered:
        return 0
    group_id = ledger.post(
        key=f"release:{commitment.pk}:{covered[-1]}",
        kind="third_party_release",
        entries=[
            Entry(
                f"due:{provider}:commitment:{commitment.pk}",
                f"payable:{provider}:commitment:{commitment.pk}",
                amount,
            )
            for provider, amount in sorted(by_provider.items())
        ],
        occurred_at=at,
        at=at,
        actor=actor,
    )
    PayerShare.objects.filter(pk__in=covered).update(released_group_id=group_id)
    return len(covered)
