"""Who pays each charge: voucher, third party, person, by the terms the voucher comes with.

Everything here is called through ``billing.services``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypedDict
from uuid import UUID

from django.db import transaction

from filiere.agreements import cards
from filiere.agreements.models import Commitment, FreeHoursCard
from filiere.billing.errors import ChargeCancelled, WaiverNotAccepted
from filiere.billing.models import Charge, ChargeState, PayerKind, PayerShare
from filiere.billing.services.payers import (
    Act,
    AgreedPayer,
    Promised,
    act_of,
    agreed_payers,
    lock_payers,
    minutes_taken,
)
from filiere.kernel.calendar import legal_day
from filiere.kernel.wording import Euros
from filiere.ledger import services as ledger
from filiere.ledger.services import Entry
from filiere.rules.funding_terms import PAYER_ORDERS
from filiere.rules.payers import PayerSplit, ThirdParty, split_price
from filiere.vouchers import services as vouchers
from filiere.vouchers.errors import ProviderNotQualified


@dataclass(frozen=True, slots=True)
class Deal:
    """What one session costs and by which terms it is shared, before anybody pays; euro cents.

    ``off_cents`` is what the programme of the voucher takes off the place's own price;
    ``programme_id`` is None without a voucher. Third parties pay in the order given.
    """

    price_cents: int
    third_parties: tuple[ThirdParty, ...] = ()
    off_cents: int = 0
    programme_id: int | None = None
    person_pays_nothing: bool = False
    voucher_first: bool = True

    def share(self, voucher_cents: int) -> PayerSplit:
        """Share the price when the voucher gives so much."""
        return split_price(
            price_cents=self.price_cents,
            voucher_cents=voucher_cents,
            third_parties=self.third_parties,
            regulated=self.person_pays_nothing,
            voucher_first=self.voucher_first,
        )

    @property
    def wanted_cents(self) -> int:
        """The most a voucher is asked for: all of the price, or what third parties leave."""
        return self.share(self.price_cents).voucher_cents


@dataclass(frozen=True, slots=True)
class Payers:
    """The deal of one session, and who pays under an agreement in it."""

    act: Act
    deal: Deal
    agreed: tuple[AgreedPayer, ...]


@transaction.atomic
def split_charge(
    *,
    charge: Charge,
    voucher_code: str | vouchers.Typed | None,
    at: datetime,
    actor: str,
    waiver_cents: int | None = None,
    card_code: str = "",
    redeem: Callable[..., vouchers.Redeemed] = vouchers.redeem,
) -> Charge:
    """Share the price of one delivered session between its payers, once and for all.

    Without a voucher: the third party its rate within its cap and its envelope, the employer of
    the card shown what its hours cover of the rest, the person what is left. A voucher brings the terms its programme signed: the session costs no more than the
    regulated price, payers are asked in the programme's order, and where the person pays nothing
    the provider waives what payers do not reach. The shares add up to the price to the cent; what
    was taken off the place's own price is kept beside. Split twice, a charge is split once: the
    second call returns it as it is.

    Args:
        charge: an open charge.
        voucher_code: the code shown at the counter, or a number and short code already counted as
            a try; None without a voucher.
        at: moment of the payment.
        waiver_cents: the most the provider agreed to waive, >= 0; None: all that the terms ask.
        card_code: card of an employer's free hours, as typed; blank without one.
        redeem: what asks the voucher; a use recorded by a device brings its own.

    Raises:
        ChargeCancelled: the attendance was undone.
        ProviderNotQualified: the place may not cash vouchers (no steward qualified it).
        WaiverNotAccepted: the terms make the provider waive more than it agreed to.
        CardRefused, HoursUsedUp: the card opens nothing here today, or nothing more.
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
    act = act_of(charge)
    card = _card(card_code, act)
    # Locked before the voucher: two sessions of one agreement never share the same last euro.
    third_parties, card = lock_payers(charge.registration.commitment_id, card)
    terms = vouchers.terms_of(voucher_code) if voucher_code and charge.price_cents else None
    payers = deal_of(act, charge.price_cents, terms, third_parties, card)
    movement_id, taken = _redeem(charge, payers, voucher_code, redeem, at=at, actor=actor)
    taken_by = Taken(charge, payers, movement_id, taken)
    apply_splits(taken=[taken_by], at=at, actor=actor, waiver_cents=waiver_cents)
    return charge


class Taken(NamedTuple):
    """What the voucher of one charge gave: ``cents``, 0 without one, by a movement.

    ``charge`` is open, locked by the caller, its registration, slot, offer and place loaded.
    """

    charge: Charge
    payers: Payers
    movement_id: UUID | None
    cents: int


WRITTEN = (
    "state", "split_at", "posting_group", "price_cents", "off_cents", "waived_cents", "programme",
)  # fmt: skip


def apply_splits(
    *, taken: Sequence[Taken], at: datetime, actor: str, waiver_cents: int | None = None
) -> None:
    """Write how charges are shared, once their vouchers gave so much; in the caller's transaction.

    Shares and charges are each written in one query, whatever their number.

    Raises:
        WaiverNotAccepted: see ``split_charge``.
    """
    shares: list[PayerShare] = []
    for charge, payers, movement_id, cents in taken:
        deal = payers.deal
        split = deal.share(cents)
        forgone = split.forgone_cents
        if waiver_cents is not None and forgone > waiver_cents:
            raise WaiverNotAccepted(waived=Euros(forgone), waived_cents=forgone)
        shares += _shares(charge, split, movement_id, payers)
        charge.posting_group_id = _post_shares(charge, split, payers, at=at, actor=actor)
        charge.price_cents = deal.price_cents - forgone
        charge.off_cents, charge.waived_cents = deal.off_cents, forgone
        charge.programme_id = deal.programme_id
        charge.state, charge.split_at = ChargeState.SPLIT, at
    PayerShare.objects.bulk_create(shares)
    if len(taken) == 1:
        taken[0].charge.save(update_fields=WRITTEN)
    else:
        Charge.objects.bulk_update([one.charge for one in taken], WRITTEN)


def _card(typed: str, act: Act) -> FreeHoursCard | None:
    """Read the card shown, if any; it must be good here on the day of the session."""
    if not typed.strip():
        return None
    return cards.card_shown(typed, provider_id=act.provider_id, on=act.on)


def deal_of(
    act: Act,
    price_cents: int,
    terms: vouchers.VoucherTerms | None,
    commitments: Sequence[Commitment],
    card: FreeHoursCard | None,
    given: Mapping[int, Promised] | None = None,
) -> Payers:
    """Work out by which terms a session is paid: those of the voucher, or the place's own price.

    Args:
        price_cents: the place's own price of this session, in cents, >= 0.
        terms: what the voucher's programme signed; None without a voucher.
        given: as in ``agreed_payers``.
    """
    agreed_price = price_cents
    if terms is not None and terms.regulated_price_cents is not None:
        agreed_price = min(price_cents, terms.regulated_price_cents)
    agreed = agreed_payers(
        act, price_cents=agreed_price, commitments=commitments, card=card, given=given
    )
    third_parties = tuple(payer.terms for payer in agreed)
    if terms is None:
        return Payers(act, Deal(agreed_price, third_parties), agreed)
    deal = Deal(
        price_cents=agreed_price,
        third_parties=third_parties,
        off_cents=price_cents - agreed_price,
        programme_id=terms.programme_id,
        person_pays_nothing=terms.person_pays_nothing,
        voucher_first=terms.payer_order == PAYER_ORDERS[0],
    )
    return Payers(act, deal, agreed)


def session_day(charge: Charge) -> date:
    """Legal day of the session; it dates the voucher's expiry and the third party's rate."""
    return legal_day(charge.registration.slot.starts_at)


@dataclass(frozen=True, slots=True)
class SplitPreview:
    """Who would pay what, in cents, if the charge were split now; nothing is written.

    ``off_cents`` is what the voucher's programme would take off the place's own price.
    """

    split: PayerSplit
    voucher: vouchers.Quote | None
    third_party_id: int | None
    off_cents: int = 0


def preview_split(
    *,
    charge: Charge,
    voucher_code: str | vouchers.Typed | None,
    at: datetime,
    card_code: str = "",
) -> SplitPreview:
    """Tell who would pay what of an open charge, for the counter. Reads only.

    Raises:
        FiliereError: as ``split_charge``.
    """
    charge = Charge.objects.select_related(
        "registration__slot__offer__place", "registration__commitment__agreement"
    ).get(pk=charge.pk)
    if charge.state == ChargeState.CANCELLED:
        raise ChargeCancelled
    act = act_of(charge)
    promised = charge.registration.commitment
    terms = vouchers.terms_of(voucher_code) if voucher_code and charge.price_cents else None
    payers = deal_of(
        act, charge.price_cents, terms, [promised] if promised else [], _card(card_code, act)
    )
    told = None
    if voucher_code and charge.price_cents:
        told = vouchers.quote(code=voucher_code, at=at, **voucher_ask(payers, at))
    split = payers.deal.share(told.taken_cents if told else 0)
    promiser = promised.agreement.promiser_id if promised else None
    asked = promiser if promised and split.third_parties.get(str(promised.pk)) else None
    return SplitPreview(split, told, asked, payers.deal.off_cents)


class VoucherAsk(TypedDict):
    """What a voucher is asked to pay."""

    provider_id: int
    wanted_cents: int
    service: str
    commune_id: int
    on: date
    place_id: int


def voucher_ask(payers: Payers, at: datetime) -> VoucherAsk:
    """Describe the session to the voucher.

    Raises:
        ProviderNotQualified: no steward qualified the place by that day.
    """
    act = payers.act
    if act.qualified_on is None or act.qualified_on > legal_day(at):
        raise ProviderNotQualified
    return VoucherAsk(
        provider_id=act.provider_id,
        wanted_cents=payers.deal.wanted_cents,
        service=act.service,
        commune_id=act.commune_id,
        on=act.on,
        place_id=act.place_id,
    )


def _redeem(
    charge: Charge,
    payers: Payers,
    code: str | vouchers.Typed | None,
    redeem: Callable[..., vouchers.Redeemed],
    *,
    at: datetime,
    actor: str,
) -> tuple[UUID | None, int]:
    """Take what the voucher can give: its movement and the cents taken.

    A voucher of which nothing is wanted, because third parties pay all, is judged and kept whole.
    """
    if not code or charge.price_cents == 0:
        return None, 0
    act = voucher_ask(payers, at)
    if not act["wanted_cents"]:
        vouchers.quote(code=code, at=at, **act)
        return None, 0
    redeemed = redeem(code=code, reference=charge.registration.ref, at=at, actor=actor, **act)
    return redeemed.movement_id, redeemed.taken_cents


def _shares(
    charge: Charge, split: PayerSplit, movement_id: UUID | None, payers: Payers
) -> list[PayerShare]:
    """Give the shares to write, and take from the card what it gives."""
    shares = [
        PayerShare(
            charge=charge,
            kind=PayerKind.VOUCHER,
            amount_cents=split.voucher_cents,
            movement_id=movement_id,
        )
    ]
    for payer in payers.agreed:
        cents = split.third_parties[payer.terms.key]
        minutes = None
        if payer.card is not None and cents:
            minutes = minutes_taken(
                payers.act, payer, amount_cents=cents, price_cents=payers.deal.price_cents
            )
            cards.lower_card(payer.card, minutes=minutes)
        shares.append(
            PayerShare(
                charge=charge,
                kind=payer.kind,
                amount_cents=cents,
                commitment=payer.commitment,
                minutes=minutes,
            )
        )
    shares.append(PayerShare(charge=charge, kind=PayerKind.PERSON, amount_cents=split.person_cents))
    return [share for share in shares if share.amount_cents]


def _post_shares(
    charge: Charge, split: PayerSplit, payers: Payers, *, at: datetime, actor: str
) -> UUID | None:
    """Post what others owe and what the person paid; the voucher has posted its own."""
    entries = [
        Entry(
            f"thirdparty:{payer.commitment.agreement.promiser_id}",
            f"due:{charge.provider_id}:commitment:{payer.commitment.pk}",
            split.third_parties[payer.terms.key],
        )
        for payer in payers.agreed
        if split.third_parties[payer.terms.key]
    ]
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
