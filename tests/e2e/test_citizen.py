"""Someone looks for help with a telephone, in French, without account and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.visitor import Site, Visitor


def answer_the_four_questions(citizen: Visitor) -> None:
    """From the front page to the results, with a word we do not know and a misspelt commune."""
    citizen.open("/")
    citizen.page.locator("#words").fill("zzz")
    citizen.press("Chercher")
    citizen.reads("Nous n’avons pas reconnu « zzz »")
    citizen.page.locator("label.choice", has=citizen.page.locator("[value=procedure]")).click()
    citizen.press("Continuer")
    citizen.page.locator("[name=lieu]").fill("Gueretz")
    citizen.press("Continuer")
    citizen.reads("« Gueretz » n’existe pas. Peut-être Guéret")
    citizen.choose("Guéret")
    citizen.press("Continuer")
    citizen.choose("Dans le mois qui vient")
    citizen.press("Continuer")
    citizen.choose("En voiture")
    citizen.press("Voir qui peut me recevoir")


def test_citizen_goes_from_a_need_to_a_printed_sheet_and_gives_the_place_back(citizen):
    answer_the_four_questions(citizen)
    expect(citizen.page).to_have_url(re.compile(r"/aide/resultats\?.*commune=23096"))
    citizen.reads("Inventé pour la démonstration", "Comment cet ordre est-il fait")
    citizen.press("Prendre ce rendez-vous")
    citizen.write("Votre prénom", "Odile")
    citizen.press("Prendre ce rendez-vous")
    citizen.reads("Cochez cette case, ou effacez votre prénom et votre téléphone")
    citizen.page.locator("[name=keep_identity]").check()
    citizen.press("Prendre ce rendez-vous")
    citizen.reads("C’est noté", "Ne donnez jamais votre mot de passe")
    citizen.press("Imprimer ma fiche")
    assert "Odile" in citizen.title
    citizen.reads("Partie gardée par le lieu")
    citizen.page.get_by_role("link", name="Revenir au rendez-vous").click()
    citizen.press("Annuler mon rendez-vous")
    citizen.press("Annuler ce rendez-vous")
    citizen.reads("Ce rendez-vous est annulé")
    assert citizen.complaints == []


def test_second_press_of_the_same_form_takes_no_second_seat(citizen):
    answer_the_four_questions(citizen)
    citizen.press("Prendre ce rendez-vous")
    form = citizen.page.url
    token = citizen.page.locator("[name=token]").input_value()
    citizen.press("Prendre ce rendez-vous")
    first = citizen.page.url
    citizen.page.go_back()
    assert citizen.page.url == form
    assert citizen.page.locator("[name=token]").input_value() == token
    citizen.press("Prendre ce rendez-vous")
    assert citizen.page.url == first


def test_seat_taken_by_someone_else_offers_the_next_ones_and_keeps_what_was_written(
    site: Site, stage
):
    first, second = site.visitor(), site.visitor()
    for visitor in (first, second):
        visitor.open(f"/rendez-vous/{stage['slot_for_two']}")
    second.page.locator("[name=birth_year]").fill("1948")
    first.press("Prendre ce rendez-vous")
    first.reads("C’est noté")
    second.press("Prendre ce rendez-vous")
    second.reads("Choisissez une autre heure au même lieu")
    expect(second.page.locator("[name=birth_year]")).to_have_value("1948")
    second.press("Prendre ce rendez-vous")
    second.reads("C’est noté")
    assert second.page.url != first.page.url


@pytest.mark.parametrize("words", ["Xyzzyville", "99999"])
def test_unknown_commune_is_said_kindly(citizen, words):
    citizen.open("/aide/commune?besoin=procedure")
    citizen.page.locator("[name=lieu]").fill(words)
    citizen.press("Continuer")
    citizen.reads(f"« {words} » n’existe pas. Vérifiez l’orthographe, ou écrivez le code postal")


def test_diagnosis_without_any_answer_still_leads_somewhere(citizen):
    citizen.open("/diagnostic")
    citizen.page.locator("main form button").last.click()
    assert citizen.page.locator("main a[href*='/aide/']").count() >= 1


def test_language_is_changed_without_losing_the_page(citizen):
    citizen.open("/aide/moments?besoin=procedure&commune=23096")
    citizen.page.get_by_role("button", name="English").click()
    expect(citizen.page).to_have_url(re.compile(r"/aide/moments\?besoin=procedure&commune=23096"))
    assert citizen.page.locator("html").get_attribute("lang") == "en"
    assert citizen.title == "When can you come?"
