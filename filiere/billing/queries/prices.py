"""Reads of price rules. Amounts are integer euro cents."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from filiere.billing.models import PriceBand, PriceKind, PriceRule
from filiere.directory.models import Fee, Offer
from filiere.rules.pricing import Band, PriceTerms, session_price


@dataclass(frozen=True, slots=True)
class StatedPrice:
    """What an offer costs: ``amount_cents`` per session, per hour or once, as ``kind`` says.

    The other fields are those of the price rule; ``group_id`` and ``cost_cents`` are set when
    some people pay more so that others pay less.
    """

    kind: PriceKind
    amount_cents: int
    from_on: date | None
    is_invented: bool = False
    single_cents: int | None = None
    pack_sessions: int | None = None
    pack_minutes: int | None = None
    valid_days: int | None = None
    group_id: int | None = None
    cost_cents: int | None = None
    bands: tuple[Band, ...] = ()

    @property
    def terms(self) -> PriceTerms:
        """What the rule of prices reads."""
        return PriceTerms(
            kind=str(self.kind.value),
            amount_cents=self.amount_cents,
            single_cents=self.single_cents,
            sessions=self.pack_sessions,
            minutes=self.pack_minutes,
            valid_days=self.valid_days,
            bands=self.bands,
        )

    @property
    def lowest_cents(self) -> int:
        """The least that somebody pays for what ``amount_cents`` buys."""
        return min([self.amount_cents, *(band.amount_cents for band in self.bands)])

    def for_minutes(self, minutes: int) -> int:
        """Full price of a first session, in cents; a part of an hour is rounded down to the cent.

        When a package must be taken, it is the price of the package.
        """
        return session_price(self.terms, minutes=minutes).cents


FIELDS = (
    "offer_id", "kind", "amount_cents", "from_on", "is_invented", "single_cents", "pack_sessions",
    "pack_minutes", "valid_days", "group_id", "cost_cents",
)  # fmt: skip


def rules_in_force(offer_ids: Iterable[int], on: date) -> dict[int, StatedPrice]:
    """The price that each place stated itself and that holds on a day; see ``prices_of``."""
    bands = (
        PriceBand.objects.filter(rule=OuterRef("pk"))
        .order_by("rank")
        .values(one=JSONObject(label="label", cents="amount_cents"))
    )
    rules = (
        PriceRule.objects.filter(offer_id__in=list(offer_ids), from_on__lte=on)
        .order_by("offer_id", "-from_on")
        .distinct("offer_id")
        .values_list(*FIELDS, ArraySubquery(bands))
    )
    return {offer_id: _stated(*row) for offer_id, *row in rules}


def _stated(kind: str, cents: int, *row: Any) -> StatedPrice:
    *facts, bands = row
    read = tuple(Band(band["label"], band["cents"]) for band in bands)
    return replace(StatedPrice(PriceKind(kind), cents, *facts), bands=read)


def prices_of(offer_ids: Iterable[int], on: date) -> dict[int, StatedPrice]:
    """The price in force of each offer on a day. An offer that is absent states no price.

    Without a price rule, an offer that its source says free is free; anything else is not
    stated: a blank is never read as free.
    """
    ids = list(offer_ids)
    prices = rules_in_force(ids, on)
    free = Offer.objects.filter(pk__in=set(ids) - prices.keys(), fee=Fee.FREE).order_by("pk")
    for offer_id, invented in free.values_list("pk", "is_invented"):
        prices[offer_id] = StatedPrice(PriceKind.FREE, 0, None, invented)
    return prices


def price_history(offer_ids: Iterable[int]) -> dict[int, list[PriceRule]]:
    """Give every price stated for some offers, past and to come, the latest day first."""
    history: dict[int, list[PriceRule]] = {pk: [] for pk in offer_ids}
    for rule in PriceRule.objects.filter(offer__in=history).order_by("offer_id", "-from_on"):
        history[rule.offer_id].append(rule)
    return history


def price_of(offer_id: int, minutes: int, on: date) -> int | None:
    """Price in cents of one session of an offer on a day; None when it is not stated.

    Args:
        minutes: length of the session, which matters when the offer is priced by the hour.
    """
    found = prices_of([offer_id], on).get(offer_id)
    return None if found is None else found.for_minutes(minutes)
