"""Who pays each charge: voucher, third party, person, by the terms the voucher comes with.

Everything here is called through ``billing.services``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from django.db import transaction

from filiere.agreements.models import Commitment
from filiere.billing.errors import ChargeCancelled, WaiverNotAccepted
from filiere.billing.models import Charge, ChargeState, PayerKind, PayerShare
from filiere.billing.services.third_parties import third_party_of
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
    ``programme_id`` is None without a voucher.
    """

    price_cents: int
    third_party: ThirdParty | None
    off_cents: int = 0
    programme_id: int | None = None
    person_pays_nothing: bool = False
    voucher_first: bool = True

    def share(self, voucher_cents: int) -> PayerSplit:
        """Share the price when the voucher gives so much."""
        return split_price(
            price_cents=self.price_cents,
            voucher_cents=voucher_cents,
            third_parties=[self.third_party] if self.third_party else [],
            regulated=self.person_pays_nothing,
            voucher_first=self.voucher_first,
        )

    @property
    def wanted_cents(self) -> int:
        """The most a voucher is asked for: all of the price, or what third parties leave."""
        return self.share(self.price_cents).voucher_cents


@transaction.atomic
def split_charge(
    *,
    charge: Charge,
    voucher_code: str | vouchers.Typed | None,
    at: datetime,
    actor: str,
    waiver_cents: int | None = None,
    redeem: Callable[..., vouchers.Redeemed] = vouchers.redeem,
) -> Charge:
    """Share the price of one delivered session between its payers, once and for all.

    Without a voucher: the third party its rate within its cap and its envelope, the person what is
    left. A voucher brings the terms its programme signed: the session costs no more than the
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
        redeem: what asks the voucher; a use recorded by a device brings its own.

    Raises:
        ChargeCancelled: the attendance was undone.
        ProviderNotQualified: the place may not cash vouchers (no steward qualified it).
        WaiverNotAccepted: the terms make the provider waive more than it agreed to.
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
    deal = _deal(charge, voucher_code, commitment)
    movement_id, taken = _redeem(charge, deal, voucher_code, redeem, at=at, actor=actor)
    split = deal.share(taken)
    if waiver_cents is not None and split.forgone_cents > waiver_cents:
        raise WaiverNotAccepted(waived=Euros(split.forgone_cents), waived_cents=split.forgone_cents)
    _write_shares(charge, split, movement_id, commitment)
    charge.posting_group_id = _post_shares(charge, split, commitment, at=at, actor=actor)
    charge.price_cents = deal.price_cents - split.forgone_cents
    charge.off_cents, charge.waived_cents = deal.off_cents, split.forgone_cents
    charge.programme_id = deal.programme_id
    charge.state, charge.split_at = ChargeState.SPLIT, at
    charge.save(
        update_fields=[
            "state", "split_at", "posting_group", "price_cents", "off_cents", "waived_cents",
            "programme",
        ]
    )  # fmt: skip
    return charge


def _deal(charge: Charge, code: str | vouchers.Typed | None, commitment: Commitment | None) -> Deal:
    """Read the terms a session is paid by: those of the voucher shown, or the place's own price."""
    price = charge.price_cents
    terms = vouchers.terms_of(code) if code and price else None
    if terms is None:
        return Deal(price, third_party_of(charge, commitment, price_cents=price))
    agreed = price if terms.regulated_price_cents is None else terms.regulated_price_cents
    agreed = min(price, agreed)
    return Deal(
        price_cents=agreed,
        third_party=third_party_of(charge, commitment, price_cents=agreed),
        off_cents=price - agreed,
        programme_id=terms.programme_id,
        person_pays_nothing=terms.person_pays_nothing,
        voucher_first=terms.payer_order == PAYER_ORDERS[0],
    )


def session_day(charge: Charge) -> date:
    """Legal day of the session; it dates the voucher's expiry and the third party's rate."""
    return legal_day(charge.registration.slot.starts_at)


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
    """Who would pay what, in cents, if the charge were split now; nothing is written.

    ``off_cents`` is what the voucher's programme would take off the place's own price.
    """

    split: PayerSplit
    voucher: vouchers.Quote | None
    third_party_id: int | None
    off_cents: int = 0


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
    commitment = (
        Commitment.objects.select_related("agreement")
        .filter(pk=charge.registration.commitment_id or 0)
        .first()
    )
    deal = _deal(charge, voucher_code, commitment)
    quote = None
    if voucher_code and charge.price_cents:
        quote = vouchers.quote(code=voucher_code, at=at, **_act(charge, deal, at))
    split = deal.share(quote.taken_cents if quote else 0)
    promiser = commitment.agreement.promiser_id if commitment else None
    return SplitPreview(split, quote, promiser if split.third_party_cents else None, deal.off_cents)


class Act(TypedDict):
    """What a voucher is asked to pay."""

    provider_id: int
    wanted_cents: int
    service: str
    commune_id: int
    on: date
    place_id: int


def _act(charge: Charge, deal: Deal, at: datetime) -> Act:
    """Describe the session to the voucher.

    Raises:
        ProviderNotQualified: no steward qualified the place by that day.
    """
    offer = charge.registration.slot.offer
    if offer.place.qualified_on is None or offer.place.qualified_on > legal_day(at):
        raise ProviderNotQualified
    return Act(
        provider_id=charge.provider_id,
        wanted_cents=deal.wanted_cents,
        service=offer.service,
        commune_id=offer.place.commune_id,
        on=session_day(charge),
        place_id=offer.place_id,
    )


def _redeem(
    charge: Charge,
    deal: Deal,
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
    act = _act(charge, deal, at)
    if not act["wanted_cents"]:
        vouchers.quote(code=code, at=at, **act)
        return None, 0
    redeemed = redeem(code=code, reference=charge.registration.ref, at=at, actor=actor, **act)
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
