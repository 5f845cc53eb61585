"""Who pays what for one delivered thing: voucher, then third parties, then the person.

Pure functions. Money is integer euro cents.

Source: Stratégie nationale pour un numérique inclusif (2018): a voucher pays all or part of a
service. The order of the payers and the rounding are our own choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from filiere.rules.money import Cents, split_by_rate

NOTHING = Cents(0)
"""No money, in euro cents."""


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """A payer other than the voucher and the person.

    ``rate`` is the share of the rest it takes (0 to 1); ``cap_cents`` the most it pays for this
    delivery, in euro cents, None when it set no cap.
    """

    key: str
    rate: Fraction
    cap_cents: int | None = None


@dataclass(frozen=True, slots=True)
class PayerSplit:
    """Who pays what, in euro cents; the parts add up to the price.

    ``third_parties`` keeps the written order and names every third party, even at 0.
    ``forgone_cents`` is what the provider gives up under a regulated price, otherwise 0.
    """

    voucher_cents: Cents
    third_parties: dict[str, Cents]
    person_cents: Cents
    forgone_cents: Cents = NOTHING

    @property
    def third_party_cents(self) -> Cents:
        """What all third parties pay together, in euro cents."""
        return Cents(sum(self.third_parties.values()))

    @property
    def price_cents(self) -> Cents:
        """The price that was split, in euro cents."""
        return Cents(
            self.voucher_cents + self.third_party_cents + self.person_cents + self.forgone_cents
        )


def split_price(
    *,
    price_cents: int,
    voucher_cents: int,
    third_parties: Sequence[ThirdParty] = (),
    regulated: bool = False,
    voucher_first: bool = True,
) -> PayerSplit:
    """Split the price of one delivery between its payers, in the written order.

    The voucher pays as much as it can. Each third party, in order, then pays its rate of what
    the voucher left, rounded up to the cent so that rounding never costs the person anything,
    within its cap and within what is still unpaid. When third parties come first, their rates
    bear on the whole price and the voucher pays what it can of what they left. The person pays
    the rest, unless the price is regulated: then the person pays nothing and the provider forgoes
    the rest.

    Args:
        price_cents: price of the delivery, in euro cents, >= 0.
        voucher_cents: what the voucher can give, in euro cents, >= 0 (0 without a voucher).
        third_parties: payers in the order they pay; keys differ.
        regulated: True when the price rule forbids charging the person anything.
        voucher_first: False when third parties are asked before the voucher.

    Returns:
        The split; its parts sum to ``price_cents``.

    Raises:
        ValueError: an amount, rate or cap outside its range, or a third party named twice.

    Source: our own choice of order and rounding; regulated prices: rule of the national
    voucher programme that left nothing to pay (operator's public support pages, 2019-2023).

    >>> split = split_price(
    ...     price_cents=3000, voucher_cents=1000, third_parties=[ThirdParty("caf", Fraction(1, 3))]
    ... )
    >>> split.voucher_cents, split.third_parties, split.person_cents
    (1000, {'caf': 667}, 1333)
    """
    _refuse_wrong_payers(price_cents, voucher_cents, third_parties)
    voucher = min(price_cents, voucher_cents) if voucher_first else 0
    base = price_cents - voucher
    rest = base
    shares: dict[str, Cents] = {}
    for third_party in third_parties:
        due, _ = split_by_rate(base, third_party.rate, "up")
        cap = base if third_party.cap_cents is None else third_party.cap_cents
        shares[third_party.key] = Cents(min(due, cap, rest))
        rest -= shares[third_party.key]
    if not voucher_first:
        voucher = min(rest, voucher_cents)
        rest -= voucher
    return PayerSplit(
        voucher_cents=Cents(voucher),
        third_parties=shares,
        person_cents=Cents(0 if regulated else rest),
        forgone_cents=Cents(rest if regulated else 0),
    )


def _refuse_wrong_payers(
    price_cents: int, voucher_cents: int, third_parties: Sequence[ThirdParty]
) -> None:
    """Raise ValueError for a caller's bug: amounts, caps and keys."""
    if price_cents < 0:
        raise ValueError(f"price_cents is negative: {price_cents}")
    if voucher_cents < 0:
        raise ValueError(f"voucher_cents is negative: {voucher_cents}")
    for third_party in third_parties:
        if third_party.cap_cents is not None and third_party.cap_cents < 0:
            raise ValueError(f"cap of {third_party.key} is negative: {third_party.cap_cents}")
    if len({third_party.key for third_party in third_parties}) < len(third_parties):
        raise ValueError("a third party is named twice")
