"""The front page, the four steps, the results and the sheet, as someone without account sees them."""

import datetime
import re
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from filiere.orientation.models import UnmetNeed
from filiere.territories.models import Territory
from filiere.web.guessing import guess
from filiere.web.maps import Pin, around, draw
from tests.agenda.factories import OfferFactory, PlaceFactory, hours, new_registration, new_slot
from tests.conftest import AT
from tests.territories.conftest import territories

__all__ = ["territories"]

pytestmark = pytest.mark.django_db
GUERET = (Decimal("46.17030"), Decimal("1.86810"))
FOUND = {"besoin": "procedure", "commune": "23096", "quand": "week", "venir": "car"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def visitor():
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def gueret(territories):
    return Territory.objects.get(code="23096")


def offer_in(commune, name="Médiathèque", **facts):
    place = PlaceFactory(
        commune=commune,
        name=name,
        folded=name.lower(),
        latitude=GUERET[0] + Decimal("0.01"),
        longitude=GUERET[1],
        **facts,
    )
    return OfferFactory(place=place)


def text_of(response):
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", words.replace("\u00a0", " "))


# --- home and words typed -----------------------------------------------------------------------


def test_home_offers_four_needs_without_account(visitor):
    response = visitor.get(reverse("home"))

    assert response.status_code == 200
    assert "Complete an online procedure" in text_of(response)
    assert f"{reverse('finder_commune')}?besoin=learn" in response.content.decode()


def test_home_speaks_french_to_whoever_does_not_ask_otherwise():
    assert "Faire une démarche en ligne" in text_of(Client().get(reverse("home")))


@pytest.mark.parametrize(
    ("typed", "need", "procedure"),
    [
        ("refaire mon permis de conduire", "procedure", "driving_licence"),
        ("RSA", "procedure", "caf_rsa"),
        ("message bizarre", "scam", None),
        ("a scam", "scam", None),
        ("cherche du travail", "work", None),
        ("Parcoursup", "child", "school_choice"),
        ("je ne sais pas", "unsure", None),
    ],
)
def test_guess_reads_a_need_in_a_few_words(typed, need, procedure):
    found = guess(typed)

    assert found.need.key == need
    assert (found.procedure.key if found.procedure else None) == procedure


@pytest.mark.parametrize("typed", ["", "bonjour", "???"])
def test_guess_says_nothing_of_what_is_not_clear(typed):
    assert guess(typed) is None


def test_need_goes_on_when_the_words_are_understood(visitor):
    response = visitor.get(reverse("finder_need"), {"q": "carte grise"})

    assert response.status_code == 302
    assert response.url.startswith(reverse("finder_commune"))
    assert "demarche=vehicle_registration" in response.url


def test_need_asks_a_few_questions_to_whoever_does_not_know(visitor):
    response = visitor.get(reverse("finder_need"), {"q": "je ne sais pas"})

    assert response.url == reverse("diagnosis")


def test_need_asks_when_the_words_are_not_understood(visitor):
    response = visitor.get(reverse("finder_need"), {"q": "<b>zzz</b>"})

    assert response.status_code == 200
    assert "&lt;b&gt;zzz&lt;/b&gt;" in response.content.decode()


# --- the four steps -----------------------------------------------------------------------------


def test_need_not_chosen_is_asked_again(visitor):
    response = visitor.get(reverse("finder_need"), {"etape": "1"})

    assert response.status_code == 422
    assert "Choose one answer to go on." in text_of(response)


def test_unsure_leads_to_the_questions(visitor):
    response = visitor.get(reverse("finder_need"), {"etape": "1", "besoin": "unsure"})

    assert response.url.startswith(reverse("diagnosis"))


def test_steps_ask_first_what_comes_before(visitor, gueret):
    commune = visitor.get(reverse("finder_commune"))
    moments = visitor.get(reverse("finder_moments"), {"besoin": "scam"})
    results = visitor.get(reverse("results"), {"commune": "23096"})

    assert commune.url.startswith(reverse("finder_need"))
    assert moments.url.startswith(reverse("finder_commune"))
    assert "besoin=scam" in moments.url
    assert results.url.startswith(reverse("finder_need"))


def test_four_steps_lead_to_the_results_with_every_answer(visitor, gueret):
    address = f"{reverse('finder_need')}?etape=1&besoin=procedure"
    answers = [
        "&etape=2&lieu=gueret",
        "&etape=3&quand=month&moment=morning",
        "&etape=4&venir=bus&acces=deafness",
    ]
    for answer in answers:
        address = visitor.get(address).url.replace("quand=week&", "").replace("moment=any&", "")
        address = address.replace("&venir=car", "") + answer
    last = visitor.get(address).url

    assert last.startswith(reverse("results"))
    for part in ("besoin=procedure", "commune=23096", "quand=month", "moment=morning",
                 "venir=bus", "acces=deafness"):  # fmt: skip
        assert part in last
    assert visitor.get(last).status_code == 200


def test_commune_that_does_not_exist_gets_a_suggestion(visitor, gueret):
    given = {"besoin": "procedure", "etape": "2", "lieu": "Gueretz"}

    response = visitor.get(reverse("finder_commune"), given)

    assert response.status_code == 422
    assert "“Gueretz” does not exist. Perhaps Guéret (23000)?" in text_of(response)
    assert 'value="23096"' in response.content.decode()
    assert 'value="Gueretz"' in response.content.decode()


def test_commune_unknown_altogether_says_what_to_do(visitor, gueret):
    given = {"besoin": "procedure", "etape": "2", "lieu": "Xxqqzz"}

    words = text_of(visitor.get(reverse("finder_commune"), given))

    assert "Check the spelling, or write the postcode." in words


def test_postcode_of_several_communes_gives_a_choice(visitor, gueret):
    given = {"besoin": "procedure", "etape": "2", "lieu": "23000"}

    asked = visitor.get(reverse("finder_commune"), given)
    chosen = visitor.get(reverse("finder_commune"), given | {"commune": "23189"})

    assert asked.status_code == 422
    assert "Guéret (23000, Creuse)" in text_of(asked)
    assert "Saint-Fiel (23000, Creuse)" in text_of(asked)
    assert chosen.url.startswith(reverse("finder_moments"))
    assert "commune=23189" in chosen.url


@pytest.mark.parametrize(("typed", "code"), [("Paris 13", "75113"), ("75016", "75116")])
def test_district_of_a_large_city_is_found(visitor, gueret, typed, code):
    given = {"besoin": "procedure", "etape": "2", "lieu": typed}

    assert f"commune={code}" in visitor.get(reverse("finder_commune"), given).url


def test_large_city_offers_its_districts(visitor, gueret):
    given = {"besoin": "procedure", "etape": "2", "lieu": "Paris"}

    response = visitor.get(reverse("finder_commune"), given)

    assert "Paris 13e Arrondissement" in text_of(response)
    assert 'value="75056"' in response.content.decode()


def test_editing_one_answer_returns_to_the_results(visitor, gueret):
    given = FOUND | {"modifier": "1", "etape": "3", "quand": "month", "moment": "any"}

    response = visitor.get(reverse("finder_moments"), given)

    assert response.url.startswith(reverse("results"))
    assert "quand=month" in response.url


def test_editing_the_commune_forgets_the_one_before(visitor, gueret):
    given = FOUND | {"modifier": "1", "etape": "2", "lieu": "Aubusson"}

    response = visitor.get(reverse("finder_commune"), given)

    assert response.url.startswith(reverse("results"))
    assert "commune=23008" in response.url


# --- results --------------------------------------------------------------------------------------


def test_results_say_who_when_how_far_and_why(visitor, gueret):
    offer = offer_in(gueret, phone="+33536490012")
    slot = new_slot(offer)

    response = visitor.get(reverse("results"), FOUND)
    words = text_of(response)

    assert "1 place can receive you in the next seven days" in words
    assert "Médiathèque" in words
    assert "1.1 km, about" in words
    assert "The only place within your reach that helps with this." in words
    assert "not stated, ask" in words
    assert reverse("book", args=[slot.pk]) in response.content.decode()
    assert "tel:+33536490012" in response.content.decode()


def test_results_mark_what_is_invented(visitor, gueret):
    new_slot(offer_in(gueret, is_invented=True))

    assert "Invented for the demonstration" in text_of(visitor.get(reverse("results"), FOUND))


def test_results_never_read_a_blank_as_free_or_open(visitor, gueret):
    offer_in(gueret)

    words = text_of(visitor.get(reverse("results"), FOUND))

    assert "Free of charge" not in words
    assert "Open until" not in words
    assert "Hours not stated, ask" in words


def test_results_name_the_answers_each_with_its_edit_link(visitor, gueret):
    response = visitor.get(reverse("results"), FOUND)

    for step in ("finder_need", "finder_commune", "finder_moments", "finder_coming"):
        assert f'href="{reverse(step)}?besoin=procedure' in response.content.decode()
    assert response.content.decode().count("modifier=1") == 4


def test_results_take_as_many_queries_for_one_place_as_for_eight(
    visitor, gueret, django_assert_num_queries
):
    new_slot(offer_in(gueret))
    with django_assert_num_queries(7):
        visitor.get(reverse("results"), FOUND)
    for number in range(7):
        new_slot(offer_in(gueret, f"Lieu {number}"))

    with django_assert_num_queries(7):
        visitor.get(reverse("results"), FOUND)


def test_results_without_a_free_seat_give_the_soonest_and_count_the_need_once(visitor, gueret):
    slot = new_slot(offer_in(gueret), starts_at=AT + hours(24 * 20))

    first = text_of(visitor.get(reverse("results"), FOUND))
    visitor.get(reverse("results"), FOUND)

    assert "No place publishes a free time in the next seven days" in first
    assert "Your request is counted" in first
    assert "Monday 14 December" in first
    assert slot.starts_at.date() == datetime.date(2026, 12, 14)
    assert list(UnmetNeed.objects.values_list("need", "cause", "commune__code")) == [
        ("procedure", "no_seat", "23096")
    ]


def test_results_where_nobody_helps_count_another_cause(visitor, gueret):
    response = visitor.get(reverse("results"), FOUND)

    assert response.status_code == 200
    assert "helps with this" in text_of(response)
    assert UnmetNeed.objects.get().cause == "no_offer"


def test_results_count_a_seat_taken_meanwhile(visitor, gueret):
    new_registration(new_slot(offer_in(gueret)))

    assert "No place publishes a free time" in text_of(visitor.get(reverse("results"), FOUND))


def test_unmet_is_counted_once_for_a_visitor(visitor, gueret):
    new_slot(offer_in(gueret))

    first = visitor.post(reverse("unmet"), FOUND, follow=True)
    visitor.post(reverse("unmet"), FOUND)

    assert "It is counted" in text_of(first)
    assert UnmetNeed.objects.get().cause == "none_suits"


def test_unmet_is_not_counted_by_a_link(visitor, gueret):
    assert visitor.get(reverse("unmet"), FOUND).status_code == 405
    assert not UnmetNeed.objects.exists()


def test_address_with_nonsense_is_read_without_it(visitor, gueret):
    given = FOUND | {"quand": "never", "venir": "rocket", "moment": "x", "acces": "gold"}

    assert visitor.get(reverse("results"), given).status_code == 200
    assert visitor.get(reverse("results"), FOUND | {"commune": "99999"}).status_code == 302


def test_sheet_prints_one_place_with_its_address(visitor, gueret):
    kept = offer_in(gueret, "Médiathèque", address="1 place Bonnyaud", phone="+33536490012")
    offer_in(gueret, "Atelier")

    words = text_of(visitor.get(reverse("finder_sheet"), FOUND | {"lieu": str(kept.place_id)}))

    assert "1 place Bonnyaud" in words
    assert "05 36 49 00 12" in words
    assert "Atelier" not in words
    assert "Never give your password" in words


def test_sheet_of_a_place_that_is_not_there_shows_the_first_ones(visitor, gueret):
    offer_in(gueret, "Atelier")

    words = text_of(visitor.get(reverse("finder_sheet"), FOUND | {"lieu": "0"}))

    assert "Atelier" in words


# --- the map --------------------------------------------------------------------------------------


def test_draw_places_oneself_in_the_middle_and_north_above():
    pins = [Pin("1", 46.3, 1.8681, "Nord"), Pin("2", 46.1703, 2.0, "Est")]

    drawing = draw(centre=(46.1703, 1.8681), radius_km=20.0, pins=pins, here="Guéret")
    north, east = drawing.pins

    assert (drawing.you.x, drawing.you.y) == ("200", "200")
    assert int(north.x) == 200
    assert int(north.y) < 120
    assert int(east.x) > 250
    assert int(east.y) == 200


def test_draw_moves_aside_a_pin_that_would_hide_another():
    pins = [Pin(str(number), 46.1703, 1.8681, "Ici") for number in (1, 2, 3)]

    drawing = draw(centre=(46.1703, 1.8681), radius_km=5.0, pins=pins)

    assert len({(pin.x, pin.y) for pin in drawing.pins}) == 3


def test_draw_names_towns_only_where_they_cover_nothing():
    towns = [("Grande", 46.20, 1.9, 9000), ("Petite", 46.2001, 1.9001, 10)]

    drawing = draw(centre=(46.1703, 1.8681), radius_km=10.0, pins=[], names=towns)

    assert [name.words for name in drawing.names] == ["Grande"]


def test_around_draws_nothing_without_a_located_place():
    assert around([]) is None


def test_around_draws_nothing_of_places_an_ocean_apart():
    assert around([Pin("1", 46.0, 1.0, "Creuse"), Pin("2", -21.0, 55.5, "Réunion")]) is None


def test_around_keeps_every_place_in_sight():
    pins = [Pin("1", 46.0, 1.0, "A"), Pin("2", 47.0, 2.0, "B")]

    drawing = around(pins)

    assert drawing.you is None
    assert drawing.rings == ()
    assert all(0 < int(pin.x) < 400 and 0 < int(pin.y) < 400 for pin in drawing.pins)
