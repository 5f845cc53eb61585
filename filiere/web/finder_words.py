"""How the results read: each place's facts in words, the ranking table, the map."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiere.kernel.calendar import legal_day
from filiere.orientation.findings import Finding, Option
from filiere.rules.geo import TravelMode
from filiere.rules.opening import Openness, OpenState
from filiere.rules.ranking import Price, PriceKnown
from filiere.rules.tax_credit import CreditEstimate
from filiere.territories import queries as territories
from filiere.web.answers import Answers
from filiere.web.credit_words import Basis, bases, credit_words, credits_of
from filiere.web.formats import day_words, distance, euros, hour_words, phone_link
from filiere.web.maps import Drawing, Pin, draw

Fact = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Card:
    """One place of the results, in words."""

    option: Option
    state: str
    state_kind: str
    why_title: str
    facts: list[Fact]
    url: str
    book_url: str
    call_url: str
    print_url: str
    day: str
    trip: str
    price: str


@dataclass(frozen=True, slots=True)
class Page:
    """The results: title, answers, places, map; ``credit_bases``: what a tax credit rests on."""

    answers: Answers
    finding: Finding
    title: str
    lead: str
    cards: list[Card]
    drawing: Drawing | None
    elsewhere: Card | None
    at: dt.datetime
    credit_bases: list[Basis]

    @property
    def has_invented(self) -> bool:
        """Tell whether something shown exists only for the demonstration."""
        return any(card.option.is_invented for card in self.cards)

    @property
    def territory(self) -> str:
        """Name the département of the commune, for the header."""
        departement = self.finding.commune.departement
        return departement.name if departement else ""


def page_of(answers: Answers, at: dt.datetime, *, with_map: bool = True) -> Page:
    """Ask the finder and put its answer in words."""
    finding = answers.finding(at)
    elsewhere = finding.soonest_elsewhere
    may_come_back = credits_of(finding.options, legal_day(at))
    return Page(
        answers=answers,
        finding=finding,
        title=title_of(finding, answers),
        lead=lead_of(finding, answers),
        cards=[
            card_of(option, answers, at, may_come_back.get(option.offer_id))
            for option in finding.options
        ],
        drawing=_drawing(finding) if with_map else None,
        elsewhere=card_of(elsewhere, answers, at) if elsewhere else None,
        at=at,
        credit_bases=bases(legal_day(at)) if may_come_back else [],
    )


def title_of(finding: Finding, answers: Answers) -> str:
    """Say the conclusion: how many places can receive the person, or that none can."""
    count, words = finding.with_seats, {"count": finding.with_seats}
    if finding.total_places == 0:
        return _("No place within %(reach)s helps with this") % {
            "reach": distance(finding.reach_km)
        }
    if count == 0:
        return {
            "soon": _("No place publishes a free time today or tomorrow"),
            "week": _("No place publishes a free time in the next seven days"),
            "month": _("No place publishes a free time in the next month"),
        }[answers.when]
    return {
        "soon": ngettext(
            "%(count)s place can receive you today or tomorrow",
            "%(count)s places can receive you today or tomorrow", count,
        ),
        "week": ngettext(
            "%(count)s place can receive you in the next seven days",
            "%(count)s places can receive you in the next seven days", count,
        ),
        "month": ngettext(
            "%(count)s place can receive you in the next month",
            "%(count)s places can receive you in the next month", count,
        ),
    }[answers.when] % words  # fmt: skip


def lead_of(finding: Finding, answers: Answers) -> str:
    """When no seat is free, say the soonest elsewhere, and that the need is counted."""
    if finding.with_seats:
        return ""
    counted = _("Your request is counted, so that help can be put where it is missing.")
    soonest = finding.soonest_elsewhere
    if soonest is None or soonest.slot_starts_at is None:
        return counted
    words = _("The soonest: %(day)s at %(hour)s, %(place)s, %(trip)s.") % {
        "day": day_words(soonest.slot_starts_at),
        "hour": hour_words(soonest.slot_starts_at),
        "place": soonest.place_name,
        "trip": trip_words(soonest, answers.mode),
    }
    return f"{words} {counted}"


def card_of(
    option: Option, answers: Answers, at: dt.datetime, credit: CreditEstimate | None = None
) -> Card:
    """Put one place in words; ``credit`` is what may come back of help at home."""
    state, kind = state_words(option.open_state, at)
    starts = option.slot_starts_at
    book_url = ""
    if option.slot_id is not None:
        book_url = (
            f"{reverse('book', args=[option.slot_id])}?{answers.url('results').split('?')[1]}"
        )
    trip, price = trip_words(option, answers.mode), price_words(option.price)
    return Card(
        option=option,
        state=state,
        state_kind=kind,
        why_title=_("Why first?")
        if option.position == 1
        else _("Why no. %(position)s?") % {"position": option.position},
        facts=[
            ("calendar", _("When"), _when(option)),
            ("pin", _("Trip"), trip),
            ("euro", _("Price"), price),
            *([("euro", _("Tax credit"), credit_words(credit))] if credit else []),
            ("person", _("With"), with_words(option)),
        ],
        url=reverse("place", args=[option.place_id]),
        book_url=book_url,
        call_url=phone_link(option.phone) if option.phone else "",
        print_url=answers.url("finder_sheet", lieu=str(option.place_id)),
        day=_short_day(starts) if starts else _("not published"),
        trip=trip,
        price=price,
    )


def _when(option: Option) -> str:
    """Say the first free time, or that none is published."""
    if option.slot_starts_at is None:
        return _("not stated, ask")
    return f"{day_words(option.slot_starts_at)}, {hour_words(option.slot_starts_at)}"


def _short_day(at: dt.datetime) -> str:
    day = timezone.localtime(at).date()
    return f"{WEEKDAYS[day.weekday()]}\u00a0{day.day}"


def price_words(price: Price) -> str:
    """Say a price; what is not stated is neither free nor dear."""
    if price.known is PriceKnown.FREE:
        return _("Free of charge")
    if price.known is PriceKnown.CONDITIONAL:
        return _("Free under conditions, ask")
    if price.amount_cents is not None:
        return _("%(amount)s, or a voucher") % {"amount": euros(price.amount_cents, short=True)}
    if price.known is PriceKnown.PAID:
        return _("To be paid, amount not stated, ask")
    return _("not stated, ask")


def with_words(option: Option) -> str:
    """Name who receives the person, as much as the place says."""
    if not option.with_name:
        return _("not stated, ask")
    return ", ".join(part for part in (option.with_name, option.with_profession) if part)


def trip_words(option: Option, mode: TravelMode) -> str:
    """Say how far, and about how long by the means chosen."""
    if option.distance_km is None or option.minutes is None:
        return _("position not stated, ask")
    km, minutes = distance(option.distance_km), option.minutes
    return {
        TravelMode.FOOT: _("%(km)s, about %(minutes)s min on foot"),
        TravelMode.BUS: _("%(km)s, about %(minutes)s min by bus"),
        TravelMode.CAR: _("%(km)s, about %(minutes)s min by car"),
    }[mode] % {"km": km, "minutes": minutes}


def state_words(state: OpenState, at: dt.datetime) -> tuple[str, str]:
    """Say whether the place is open now, and the tone of the tag."""
    change = state.next_change_at
    if state.openness is Openness.UNKNOWN:
        return _("Hours not stated, ask"), "neutral"
    if state.openness is Openness.OPEN:
        until = _("Open until %(hour)s") % {"hour": hour_words(change)} if change else _("Open")
        return until, "ok"
    if change is None:
        return _("Closed"), "neutral"
    days = (legal_day(change) - legal_day(at)).days
    if days == 0:
        return _("Opens at %(hour)s") % {"hour": hour_words(change)}, "neutral"
    if days == 1:
        return _("Opens tomorrow at %(hour)s") % {"hour": hour_words(change)}, "neutral"
    return _("Opens on %(day)s") % {"day": day_words(change)}, "neutral"


def _drawing(finding: Finding) -> Drawing | None:
    """Draw the places found around the commune, with the communes near it."""
    commune = finding.commune
    if commune.latitude is None or commune.longitude is None:
        return None
    centre = float(commune.latitude), float(commune.longitude)
    pins = [
        Pin(str(option.position), option.latitude, option.longitude, option.place_name)
        for option in finding.options
        if option.latitude is not None and option.longitude is not None
    ]
    furthest = max((one.distance_km or 0.0 for one in finding.options), default=0.0)
    radius = min(max(furthest * 1.15, 3.0), 60.0)
    names = [
        (found.name, float(found.latitude or 0), float(found.longitude or 0), found.population or 0)
        for found, _km in territories.around(*centre, radius * 1.2, limit=200)
        if found.pk != commune.pk
    ]
    return draw(centre=centre, radius_km=radius, pins=pins, names=names, here=commune.name)
