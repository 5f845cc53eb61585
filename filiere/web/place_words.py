"""A place as its page says it: each fact, or « not stated, ask »; offers, prices, free times."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filiere.agenda import queries as agenda
from filiere.agenda.queries import FreeSlot
from filiere.billing import queries as billing
from filiere.billing.explanations import holds
from filiere.billing.models import PriceKind
from filiere.billing.queries import StatedPrice
from filiere.directory.models import Fact, Fee, Offer, Place
from filiere.directory.queries import PlaceSheet
from filiere.kernel.calendar import legal_day
from filiere.rules.national_lists import label_of
from filiere.rules.opening import is_open
from filiere.web.finder_words import state_words
from filiere.web.formats import euros
from filiere.web.hours import hours_words
from filiere.web.maps import Pin

HORIZON = dt.timedelta(days=28)
MOST_TIMES = 8


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One service of a place, its price and its manner, in words."""

    service: str
    price: str
    manner: str


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """A whole place page; a blank list reads "not stated, ask"."""

    place: Place
    state: str
    state_kind: str
    hours: list[tuple[str, str]]
    offers: list[OfferLine]
    publics: list[str]
    special_care: list[str]
    access_modes: list[str]
    programmes: list[str]
    workers: list[str]
    times: list[FreeSlot]
    is_invented: bool


def labels(column: str, keys: Iterable[str]) -> list[str]:
    """Name values of a closed list of the national standard, in the reader's language."""
    language = "en" if (get_language() or "fr").startswith("en") else "fr"
    named = []
    for key in dict.fromkeys(keys):
        try:
            named.append(label_of(column, key, language) or label_of(column, key, "fr"))
        except KeyError:
            named.append(key)
    return named


def place_words(sheet: PlaceSheet, at: dt.datetime) -> PlaceWords:
    """Put a place in words; three queries: prices and free times of its offers."""
    place, offers = sheet.place, sheet.offers
    ids = [offer.pk for offer in offers]
    prices = billing.prices_of(ids, legal_day(at))
    free = agenda.free_seats(ids, (at, at + HORIZON)) if place.closed_on is None else {}
    times = sorted((slot for slots in free.values() for slot in slots), key=lambda s: s.starts_at)
    state, kind = state_words(is_open(place.opening_hours, at), at)
    invented = place.is_invented or any(offer.is_invented for offer in offers)
    return PlaceWords(
        place=place,
        state=state,
        state_kind=kind,
        hours=hours_words(place.opening_hours, legal_day(at)),
        offers=[
            OfferLine(
                labels("services", [offer.service])[0],
                offer_price(offer, prices.get(offer.pk)),
                ", ".join(labels("modalites_accompagnement", offer.modes)),
            )
            for offer in offers
        ],
        publics=labels("publics_specifiquement_adresses", _of(offers, "publics")),
        special_care=labels("prise_en_charge_specifique", _of(offers, "special_care")),
        access_modes=labels("modalites_acces", place.access_modes),
        programmes=labels("dispositif_programmes_nationaux", place.programmes),
        workers=[
            ", ".join(part for part in (one.public_name, one.profession) if part)
            for one in sheet.workers
        ],
        times=times[:MOST_TIMES],
        is_invented=invented or any(one.is_invented for one in prices.values()),
    )


def _of(offers: list[Offer], name: str) -> list[str]:
    """Unite the lists of several offers."""
    return [value for offer in offers for value in getattr(offer, name)]


def offer_price(offer: Offer, stated: StatedPrice | None) -> str:
    """Say what one service costs; a blank is never read as free."""
    if stated is not None:
        return stated_words(stated)
    if offer.fee == Fee.CONDITIONAL:
        return _("Free under conditions, ask")
    if offer.fee == Fee.PAID:
        return _("To be paid, amount not stated, ask")
    return _("not stated, ask")


def stated_words(stated: StatedPrice) -> str:
    """Say a price as its place stated it: its unit, its package, who pays less."""
    facts = {
        "amount": euros(stated.amount_cents),
        "holds": holds(
            {
                "sessions": stated.pack_sessions,
                "pack_minutes": stated.pack_minutes,
                "valid_days": stated.valid_days,
            }
        ),
        "single": euros(stated.single_cents or 0),
        "least": euros(stated.lowest_cents),
    }
    if stated.amount_cents == 0:
        return _("Free of charge")
    words = {
        PriceKind.HOURLY: _("%(amount)s an hour, or a voucher"),
        PriceKind.PACK: _("%(amount)s for %(holds)s, or vouchers"),
        PriceKind.SUBSCRIPTION: _("%(amount)s for %(holds)s, or vouchers"),
    }.get(stated.kind, _("%(amount)s, or a voucher")) % facts
    if stated.single_cents is not None:
        words += _("; %(single)s for one session alone") % facts
    if stated.bands:
        words += _("; from %(least)s by income or situation") % facts
    return words


def fact_words(fact: str) -> str:
    """Name a fact that a place may state of itself."""
    return {
        Fact.OPENING_HOURS: _("opening hours"),
        Fact.PHONE: _("telephone"),
        Fact.ACCESS_MODES: _("how to get in"),
    }[Fact(fact)]


def pins_of(places: Iterable[Place], first: int) -> list[Pin]:
    """Number the located places of a page, from ``first``."""
    return [
        Pin(str(number), float(place.latitude), float(place.longitude), place.name)
        for number, place in enumerate(places, start=first)
        if place.latitude is not None and place.longitude is not None
    ]
