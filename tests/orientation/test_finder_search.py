"""The finder's answer: who, how far, when, at what price, in which order, and why."""

import datetime
from decimal import Decimal

import pytest
from django.utils import translation

from filiere.billing import services as billing
from filiere.billing.models import PriceKind
from filiere.kernel.errors import NotFound
from filiere.orientation.findings import Moments
from filiere.orientation.queries import find
from filiere.rules.geo import TravelMode
from filiere.rules.ranking import PriceKnown
from tests.agenda.factories import (
    CommuneFactory,
    OfferFactory,
    PlaceFactory,
    hours,
    new_registration,
    new_slot,
)
from tests.conftest import AT

pytestmark = pytest.mark.django_db
GUERET = (Decimal("46.17030"), Decimal("1.86810"))
WEEK = (AT, AT + datetime.timedelta(days=7))
KM = Decimal("0.009")  # degrees of latitude in one kilometre


@pytest.fixture
def gueret():
    return CommuneFactory(name="Guéret", latitude=GUERET[0], longitude=GUERET[1])


def offer_at(km, commune, **facts):
    """An offer so many kilometres north of Guéret; ``place_`` facts go to the place."""
    place = {name[6:]: facts.pop(name) for name in list(facts) if name.startswith("place_")}
    if km is not None:
        place |= {"latitude": GUERET[0] + KM * km, "longitude": GUERET[1]}
    return OfferFactory(place=PlaceFactory(commune=commune, **place), **facts)


def search(commune, **overrides):
    defaults = {"need": "procedure", "window": WEEK, "at": AT, "limit": 8}
    with translation.override("en"):
        return find(commune_id=commune.pk, **defaults | overrides)


def names(finding):
    return [option.place_name for option in finding.options]


def test_find_puts_the_soonest_then_the_nearest_first(gueret):
    later = offer_at(1, gueret, place_name="Plus tard")
    far = offer_at(9, gueret, place_name="Loin")
    near = offer_at(2, gueret, place_name="Près")
    for offer, day in ((later, 3), (far, 1), (near, 1)):
        new_slot(offer, starts_at=AT + hours(24 * day))
    offer_at(0, gueret, place_name="Sans horaire")

    finding = search(gueret)

    assert names(finding) == ["Près", "Loin", "Plus tard", "Sans horaire"]
    assert (finding.total_places, finding.with_seats) == (4, 3)
    assert finding.reason_if_none is None
    assert finding.options[2].why == "Nearer than Loin, but 2 days later."
    assert (
        finding.options[3].why
        == ("Nearer than Plus tard, but it publishes no free time: call first.")
        or finding.options[3].why == "It publishes no free time: call before you go."
    )


def test_find_never_reads_a_blank_as_free_or_open(gueret):
    offer_at(1, gueret, place_name="Muet")

    option = search(gueret).options[0]

    assert option.price.known is PriceKnown.UNKNOWN
    assert option.price.amount_cents is None
    assert option.open_state.openness == "unknown"
    assert option.slot_id is None


def test_find_gives_the_price_of_one_session(gueret):
    offer = offer_at(1, gueret)
    new_slot(offer, minutes=90)
    billing.set_price(
        offer_id=offer.pk, kind=PriceKind.HOURLY, amount_cents=2000, from_on=AT.date(), at=AT,
        actor="user:1",
    )  # fmt: skip

    assert search(gueret).options[0].price.amount_cents == 3000


def test_find_passes_over_a_full_slot(gueret):
    offer = offer_at(1, gueret)
    new_registration(new_slot(offer, starts_at=AT + hours(24)))
    free = new_slot(offer, starts_at=AT + hours(48))

    assert search(gueret).options[0].slot_id == free.pk


def test_find_shows_one_line_for_a_place_with_two_services(gueret):
    place = PlaceFactory(commune=gueret, latitude=GUERET[0], longitude=GUERET[1])
    OfferFactory(place=place, service="safety")
    tools = OfferFactory(place=place, service="daily_tools")
    slot = new_slot(tools)

    finding = search(gueret, need="scam")

    assert [(one.service, one.slot_id) for one in finding.options] == [("daily_tools", slot.pk)]


def test_find_without_seat_says_the_soonest_elsewhere(gueret):
    offer_at(1, gueret, place_name="Près")
    slot = new_slot(offer_at(45, gueret, place_name="Très loin"))

    finding = search(gueret)

    assert finding.reason_if_none == "no_seat"
    assert names(finding) == ["Près"]
    assert (finding.soonest_elsewhere.place_name, finding.soonest_elsewhere.slot_id) == (
        "Très loin", slot.pk,
    )  # fmt: skip


def test_find_without_offer_says_so(gueret):
    offer_at(1, gueret, service="leisure")

    finding = search(gueret)

    assert (finding.reason_if_none, finding.options) == ("no_offer", [])
    assert finding.soonest_elsewhere is None


def test_find_shows_a_later_slot_only_when_asked_to_look_ahead(gueret):
    new_slot(offer_at(1, gueret), starts_at=AT + hours(24 * 10))

    assert search(gueret).options[0].slot_id is None
    later = search(gueret, look_ahead=datetime.timedelta(days=14))
    assert later.options[0].slot_id is not None
    assert (later.options[0].in_window, later.reason_if_none) == (False, "no_seat")


def test_find_on_foot_stays_near(gueret):
    offer_at(3, gueret, place_name="À pied")
    offer_at(8, gueret, place_name="En car")

    assert names(search(gueret, mode=TravelMode.FOOT)) == ["À pied"]
    assert names(search(gueret, mode=TravelMode.BUS)) == ["À pied", "En car"]


def test_find_keeps_the_moments_that_suit_in_legal_time(gueret):
    offer = offer_at(1, gueret)
    # 11:30 UTC is 12:30 in Paris in November: not the morning.
    new_slot(offer, starts_at=datetime.datetime(2026, 11, 25, 11, 30, tzinfo=datetime.UTC))
    saturday = new_slot(offer, starts_at=datetime.datetime(2026, 11, 28, 9, 0, tzinfo=datetime.UTC))

    morning = Moments(hours=(datetime.time(0), datetime.time(12)))
    assert search(gueret, moments=morning).options[0].slot_id == saturday.pk
    assert search(gueret, moments=Moments(weekdays=(6,))).options[0].slot_id == saturday.pk


def test_find_says_when_the_access_asked_for_is_not_stated(gueret):
    offer_at(1, gueret, place_name="Muet")
    offer_at(5, gueret, place_name="Accessible", special_care=["motor"])

    finding = search(gueret, access=["motor"])

    assert [(one.place_name, one.accessible) for one in finding.options] == [
        ("Accessible", True), ("Muet", None),
    ]  # fmt: skip
    assert finding.options[1].why == (
        "It does not state the access you asked for: ask before you go."
    )


def test_find_leaves_out_closed_places_and_those_without_public(gueret):
    offer_at(1, gueret, place_closed_on=AT.date())
    offer_at(1, gueret, place_access_modes=["closed"])
    offer_at(1, gueret, closed_on=AT.date())

    assert search(gueret).total_places == 0


def test_find_keeps_a_place_without_position_for_its_own_commune(gueret):
    offer_at(None, gueret, place_name="Sans position")
    offer_at(2, gueret, place_name="Située")

    finding = search(gueret)

    assert [(one.place_name, one.minutes) for one in finding.options] == [
        ("Située", 7), ("Sans position", None),
    ]  # fmt: skip


def test_find_from_a_commune_without_position_looks_in_its_own_places():
    commune = CommuneFactory()
    offer_at(1, commune, place_name="Ici")
    offer_at(1, CommuneFactory(), place_name="Ailleurs")

    finding = search(commune)

    assert names(finding) == ["Ici"]
    assert finding.options[0].distance_km is None


def test_find_marks_what_is_invented(gueret):
    real = offer_at(1, gueret, place_name="Vrai")
    invented = offer_at(2, gueret, place_name="Inventé", place_is_invented=True)
    for offer in (real, invented):
        new_slot(offer)

    marks = {one.place_name: one.is_invented for one in search(gueret).options}
    assert marks == {"Vrai": False, "Inventé": True}


@pytest.mark.parametrize("wrong", [{"need": "unknown"}, {"commune": 0}])
def test_find_refuses_what_does_not_exist(gueret, wrong):
    with pytest.raises(NotFound):
        find(
            need=wrong.get("need", "procedure"),
            commune_id=wrong.get("commune", gueret.pk),
            window=WEEK,
            at=AT,
            limit=5,
        )


@pytest.mark.parametrize("places", [1, 12])
def test_find_asks_five_questions_whatever_the_number_of_places(
    gueret, places, django_assert_num_queries
):
    for number in range(places):
        new_slot(offer_at(number, gueret))

    with django_assert_num_queries(5):
        search(gueret)
