"""Places, the questions to know where to start, and the appointment one takes alone."""

import datetime
import re
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from filiere.agenda.models import Registration, RegistrationState
from filiere.billing import services as billing
from filiere.billing.models import PriceKind
from filiere.directory.models import Place
from filiere.pathways.models import Diagnosis
from filiere.persons import queries as persons
from filiere.persons.enums import Purpose
from filiere.territories.models import Territory
from filiere.web.bookings import token_of
from tests.agenda.factories import OfferFactory, PlaceFactory, hours, new_registration, new_slot
from tests.conftest import AT
from tests.territories.conftest import territories

__all__ = ["territories"]

pytestmark = pytest.mark.django_db
TOKEN = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def visitor():
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def offer(territories):
    place = PlaceFactory(
        commune=Territory.objects.get(code="23096"),
        name="Médiathèque de Guéret",
        folded="mediatheque de gueret",
        latitude=Decimal("46.17030"),
        longitude=Decimal("1.86810"),
        source="Hub de test",
        source_date=datetime.date(2026, 3, 2),
    )
    return OfferFactory(place=place)


def text_of(response):
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", words.replace("\u00a0", " "))


# --- places ---------------------------------------------------------------------------------------


def test_places_searches_by_words_commune_and_service(visitor, offer):
    PlaceFactory(commune=Territory.objects.get(code="23008"), name="Atelier", folded="atelier")

    everything = text_of(visitor.get(reverse("places")))
    words = text_of(visitor.get(reverse("places"), {"q": "mediatheque"}))
    commune = text_of(visitor.get(reverse("places"), {"commune": "Aubusson"}))
    service = text_of(visitor.get(reverse("places"), {"service": "procedures"}))

    assert "2 places help" in everything
    assert "1 place helps" in words
    assert "Médiathèque de Guéret" in words
    assert "Atelier" in commune
    assert "Médiathèque" not in commune
    assert "Médiathèque" in service
    assert "Atelier" not in service


def test_places_says_which_commune_may_be_meant(visitor, offer):
    words = text_of(visitor.get(reverse("places"), {"commune": "Gueretz"}))

    assert "“Gueretz” does not exist. Perhaps Guéret (23000)?" in words


@pytest.mark.parametrize("page", ["0", "-3", "99999999999", "x"])
def test_places_out_of_range_gives_a_page(visitor, offer, page):
    assert visitor.get(reverse("places"), {"page": page}).status_code == 200


def test_places_take_as_many_queries_for_one_as_for_twenty(
    visitor, offer, django_assert_num_queries
):
    with django_assert_num_queries(4):
        visitor.get(reverse("places"))
    for _number in range(19):
        OfferFactory(place__commune=offer.place.commune)

    with django_assert_num_queries(4):
        visitor.get(reverse("places"))


def test_place_gives_each_fact_with_its_source_and_date(visitor, offer):
    words = text_of(visitor.get(reverse("place", args=[offer.place_id])))

    assert "Source: Hub de test, updated on Monday 2 March 2026" in words
    assert "not stated, ask" in words
    assert "Free of charge" not in words
    assert "Open until" not in words
    assert "No free time is published here." in words


def test_place_shows_its_next_free_times_and_price(visitor, offer):
    slot = new_slot(offer)
    billing.set_price(
        offer_id=offer.pk, kind=PriceKind.SESSION, amount_cents=2500,
        from_on=datetime.date(2026, 1, 1), actor="user:1", at=AT,
    )  # fmt: skip

    response = visitor.get(reverse("place", args=[offer.place_id]))

    assert reverse("book", args=[slot.pk]) in response.content.decode()
    assert "€25" in text_of(response)


def test_place_that_closed_says_so_and_proposes_no_time(visitor, offer):
    slot = new_slot(offer)
    Place.objects.filter(pk=offer.place_id).update(closed_on=datetime.date(2026, 11, 1))

    response = visitor.get(reverse("place", args=[offer.place_id]))

    assert "This place is closed since Sunday 1 November 2026" in text_of(response)
    assert reverse("book", args=[slot.pk]) not in response.content.decode()


def test_place_that_does_not_exist_says_so(visitor):
    assert visitor.get(reverse("place", args=[999999])).status_code == 404


# --- where to start -------------------------------------------------------------------------------


def test_diagnosis_accepts_no_answer_at_all(visitor):
    response = visitor.post(reverse("diagnosis"), {})

    assert response.status_code == 200
    assert "Next: talk with someone for a few minutes" in text_of(response)


def test_diagnosis_gives_today_and_a_next_step_and_keeps_nothing(visitor):
    given = {"deadline": "3", "q_use": "never"}

    words = text_of(visitor.post(reverse("diagnosis"), given))

    assert "Today: settle this procedure with someone, without waiting." in words
    assert "Next: be accompanied step by step by the same person." in words
    assert not Diagnosis.objects.exists()


def test_diagnosis_leads_to_the_places_with_the_procedure(visitor):
    response = visitor.post(reverse("diagnosis"), {"procedure": "tax_return"})

    assert "besoin=procedure&amp;demarche=tax_return" in response.content.decode()


# --- the appointment ------------------------------------------------------------------------------


def booking(slot, **given):
    return reverse("book", args=[slot.pk]), {"token": TOKEN} | given


def test_book_without_saying_anything_keeps_no_name(visitor, offer):
    slot = new_slot(offer)

    response = visitor.post(*booking(slot), follow=True)
    registration = Registration.objects.get(slot=slot)

    assert response.status_code == 200
    assert f"Your reference: {registration.ref}." in text_of(response)
    assert registration.state == RegistrationState.CONFIRMED
    assert persons.name_of([registration.person_id], reader="user:1", at=AT) == {}


def test_book_keeps_a_name_only_with_its_box(visitor, offer):
    slot = new_slot(offer)

    refused = visitor.post(*booking(slot, name="Odile"))
    visitor.post(*booking(slot, name="Odile", keep_identity="on"))
    person = Registration.objects.get(slot=slot).person_id

    assert refused.status_code == 422
    assert "Tick this box, or erase your first name" in text_of(refused)
    assert persons.name_of([person], reader="user:1", at=AT) == {person: "Odile"}
    assert persons.consents(person)[Purpose.FOLLOW_UP] is False


def test_book_carries_the_need_and_the_commune_of_the_finder(visitor, offer):
    slot = new_slot(offer)
    address, given = booking(slot)

    visitor.post(f"{address}?besoin=procedure&demarche=caf_rsa&commune=23096",
                 given | {"procedure": "caf_rsa"})  # fmt: skip
    registration = Registration.objects.get(slot=slot)

    assert (registration.need, registration.procedure) == ("procedure", "caf_rsa")
    assert persons.commune_of(registration.person_id) == offer.place.commune_id


def test_book_pressed_twice_takes_one_seat(visitor, offer):
    slot = new_slot(offer, seats=2)

    first = visitor.post(*booking(slot))
    second = visitor.post(*booking(slot))

    assert first.url == second.url
    assert Registration.objects.filter(slot=slot).count() == 1


def test_book_a_seat_taken_meanwhile_offers_other_times_and_keeps_what_was_written(visitor, offer):
    slot = new_slot(offer)
    other = new_slot(offer, starts_at=AT + hours(48))
    new_registration(slot)

    given = {"name": "Odile", "keep_identity": "on"}
    response = visitor.post(*booking(slot, **given))
    address, form = booking(slot, **given)
    again = visitor.post(address, form | {"slot": str(other.pk)})

    assert response.status_code == 409
    assert "The last seat was taken meanwhile." in text_of(response)
    assert f'value="{other.pk}"' in response.content.decode()
    assert 'value="Odile"' in response.content.decode()
    assert again.status_code == 302
    assert Registration.objects.filter(slot=other).count() == 1


def test_book_a_session_that_began_is_refused(visitor, offer):
    slot = new_slot(offer, starts_at=AT - hours(1), at=AT - hours(5))

    response = visitor.get(reverse("book", args=[slot.pk]))

    assert response.status_code == 409
    assert "This appointment is no longer offered." in text_of(response)


def test_booked_is_closed_to_whoever_only_knows_the_reference(visitor, offer):
    registration = new_registration(new_slot(offer))

    for name in ("booked", "booked_sheet", "booked_cancel"):
        assert visitor.get(reverse(name, args=[registration.ref, "guess"])).status_code == 404
    signed = [registration.ref, token_of(registration.ref)]
    assert visitor.get(reverse("booked", args=signed)).status_code == 200


def test_sheet_prints_the_hour_what_to_bring_and_the_reference(visitor, offer):
    registration = new_registration(
        new_slot(offer), person_id=None, need="procedure", procedure="caf_rsa"
    )
    signed = [registration.ref, token_of(registration.ref)]

    response = visitor.get(reverse("booked_sheet", args=signed))
    words = text_of(response)

    assert "Wednesday 25 November 2026" in words
    assert "Your CAF number (7 figures)" in words
    assert words.count(registration.ref) >= 2
    assert "<svg" in response.content.decode()


def test_cancel_asks_then_gives_the_seat_back(visitor, offer):
    slot = new_slot(offer)
    registration = new_registration(slot)
    address = reverse("booked_cancel", args=[registration.ref, token_of(registration.ref)])

    asked = visitor.get(address)
    registration.refresh_from_db()
    before = registration.state
    done = visitor.post(address, follow=True)
    registration.refresh_from_db()

    assert "The place is given to someone else." in text_of(asked)
    assert before == RegistrationState.CONFIRMED
    assert registration.state == RegistrationState.CANCELLED
    assert "This appointment is cancelled" in text_of(done)
