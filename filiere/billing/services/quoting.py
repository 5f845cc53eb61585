"""Who would pay what of a session not given yet, for one person, whatever payers there may be.

Called through ``billing.services``. Nothing is written and nothing is promised. Euro cents.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from filiere.agreements import cards
from filiere.billing import queries
from filiere.billing.errors import BandUnknown
from filiere.billing.models import PayerKind, PriceKind
from filiere.billing.services.payers import Act, Promised
from filiere.billing.services.splitting import Payers, deal_of, voucher_ask
from filiere.directory import queries as directory
from filiere.kernel.errors import NotFound
from filiere.rules.payers import PayerSplit
from filiere.rules.pricing import Priced, session_price
from filiere.rules.tax_credit import CreditEstimate, estimate_credit
from filiere.vouchers import services as vouchers


@dataclass(frozen=True, slots=True)
class QuotedShare:
    """What one payer would give, in cents; ``name`` is its agreement's, or the voucher's number."""

    kind: PayerKind
    name: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class OfferQuote:
    """What a session would cost and who would pay; ``priced`` is None when no price is stated.

    ``shares`` holds every payer asked, in order, even at 0. ``credit`` is None when the session is
    not given at home.
    """

    priced: Priced | None
    shares: tuple[QuotedShare, ...]
    off_cents: int
    waived_cents: int
    credit: CreditEstimate | None = None

    @property
    def person_cents(self) -> int:
        """What would be left for the person."""
        return self.shares[-1].amount_cents if self.shares else 0


def quote_offer(
    *,
    offer_id: int,
    minutes: int,
    on: date,
    at: datetime,
    person_id: UUID | None = None,
    voucher_code: str | None = None,
    commitment_ids: Collection[int] = (),
    card_code: str = "",
    band: str = "",
    procedure: str = "",
) -> OfferQuote:
    """Tell what a session would cost one person, and who would pay. Reads only; a few queries.

    Args:
        minutes: length of the session, > 0.
        on: day of the session; ``at`` is the moment of asking.
        person_id: whose packages count; None for somebody unknown.
        commitment_ids: third parties that may pay, oldest agreement first.
        band: what the person said to be of; blank for the full price.

    Raises:
        NotFound: no such offer.
        BandUnknown: the price of that day has no such band.
        CardRefused, HoursUsedUp: the card opens nothing.
        FiliereError: the voucher refuses.
    """
    offer = directory.offer_facts(offer_id)
    if offer is None:
        raise NotFound(reference=offer_id)
    act = Act(
        provider_id=offer.provider_id, place_id=offer.place_id, commune_id=offer.commune_id,
        service=offer.service, qualified_on=offer.qualified_on, minutes=minutes, on=on,
        procedure=procedure,
    )  # fmt: skip
    asked, card = cards.payers_asked(
        commitment_ids, card_code, provider_id=offer.provider_id, on=on, at=at
    )
    wanted = [*(one.pk for one in asked), *([card.commitment_id] if card else [])]
    facts = queries.quote_facts(offer_id, on=on, person_id=person_id, commitment_ids=wanted)
    stated = facts.stated
    if stated is None and offer.is_free:
        stated = queries.StatedPrice(PriceKind.FREE, 0, None, offer.is_invented)
    if stated is None:
        return OfferQuote(None, (), 0, 0)
    if band and band not in {one.label for one in stated.bands}:
        raise BandUnknown(band=band)
    priced = session_price(stated.terms, minutes=minutes, band=band, held=facts.held)
    terms = vouchers.terms_of(voucher_code) if voucher_code and priced.cents else None
    given = {pk: Promised(*taken) for pk, taken in facts.promised.items()}
    payers = deal_of(act, priced.cents, terms, asked, card, given)
    told = None
    if voucher_code and priced.cents:
        told = vouchers.quote(code=voucher_code, at=at, **voucher_ask(payers, at))
    split = payers.deal.share(told.taken_cents if told else 0)
    return OfferQuote(
        priced,
        _shares(payers, split, told),
        payers.deal.off_cents,
        split.forgone_cents,
        _credit(facts.home_nature, on, split),
    )


def _shares(
    payers: Payers, split: PayerSplit, told: vouchers.Quote | None
) -> tuple[QuotedShare, ...]:
    """Every payer asked, in the order they pay."""
    shares = [
        QuotedShare(
            payer.kind, payer.commitment.agreement.title, split.third_parties[payer.terms.key]
        )
        for payer in payers.agreed
    ]
    if told is not None:
        place = 0 if payers.deal.voucher_first else len(shares)
        shares.insert(place, QuotedShare(PayerKind.VOUCHER, str(told.serial), split.voucher_cents))
    return (*shares, QuotedShare(PayerKind.PERSON, "", split.person_cents))


def _credit(nature: str | None, on: date, split: PayerSplit) -> CreditEstimate | None:
    """What may come back of a session at home, whatever was spent before in the year."""
    if nature is None:
        return None
    return estimate_credit(price_cents=split.person_cents, aid_cents=0, nature=nature, on=on)
