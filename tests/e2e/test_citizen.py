"""Someone looks for help with a telephone, in French, without account and without JavaScript."""

import re

from playwright.sync_api import expect

from tests.e2e.visitor import Site, Visitor, fr

TAKE = "Take this appointment"
UNKNOWN = "“%(text)s” does not exist. Check the spelling, or write the postcode."
PERHAPS = "“%(text)s” does not exist. Perhaps %(commune)s?"


def answer_the_four_questions(citizen: Visitor) -> None:
    """From the front page to the results, with a word we do not know and a misspelt commune."""
    citizen.open("/")
    citizen.page.locator("#words").fill("zzz")
    citizen.press("Search")
    citizen.reads("We did not recognise “%(text)s”. Choose what comes closest.", text="zzz")
    citizen.page.locator("label.choice", has=citizen.page.locator("[value=procedure]")).click()
    citizen.press("Continue")
    citizen.page.locator("[name=lieu]").fill("Gueretz")
    citizen.press("Continue")
    citizen.reads(PERHAPS, text="Gueretz", commune="Guéret (23000)")
    citizen.page.locator("label.choice", has_text="Guéret").first.click()
    citizen.press("Continue")
    citizen.choose("In the next month")
    citizen.press("Continue")
    citizen.choose("By car")
    citizen.press("See who can receive me")


def test_citizen_goes_from_a_need_to_a_printed_sheet_and_gives_the_place_back(citizen):
    answer_the_four_questions(citizen)
    expect(citizen.page).to_have_url(re.compile(r"/aide/resultats\?.*commune=23096"))
    citizen.reads("Invented for the demonstration")
    citizen.reads("How is this order made?")
    citizen.press(TAKE)
    citizen.page.locator("[name=name]").fill("Odile")
    citizen.press(TAKE)
    citizen.reads("Tick this box, or erase your first name and telephone.")
    citizen.page.locator("[name=keep_identity]").check()
    citizen.press(TAKE)
    citizen.reads("Never give your password, even here. You type it yourself.")
    citizen.press("Print my sheet")
    citizen.sees(fr("%(name)s, you have an appointment", name="Odile"))
    citizen.reads("Part kept by the place")
    citizen.press("Back to the appointment")
    citizen.press("Cancel my appointment")
    citizen.press("Cancel this appointment")
    citizen.reads("This appointment is cancelled")
    assert citizen.complaints == []


def test_second_press_of_the_same_form_takes_no_second_seat(citizen):
    answer_the_four_questions(citizen)
    citizen.press(TAKE)
    form = citizen.page.locator("main form")
    names = ("csrfmiddlewaretoken", "token")
    sent = {name: form.locator(f"[name={name}]").input_value() for name in names}
    address = citizen.page.url
    answers = [citizen.page.request.post(address, form=sent) for _ in range(2)]
    assert [one.status for one in answers] == [200, 200]
    assert answers[0].url == answers[1].url != address


def test_seat_taken_by_someone_else_offers_the_next_ones_and_keeps_what_was_written(
    site: Site, stage
):
    first, second = site.visitor(), site.visitor()
    for visitor in (first, second):
        visitor.open(f"/rendez-vous/{stage['slot_for_two']}")
    second.page.locator("[name=birth_year]").fill("1948")
    first.press(TAKE)
    first.press("Print my sheet")
    second.press(TAKE)
    second.reads("What you wrote is kept. Choose another time at the same place:")
    expect(second.page.locator("[name=birth_year]")).to_have_value("1948")
    second.press(TAKE)
    second.press("Print my sheet")
    assert second.page.url != first.page.url


def test_unknown_commune_is_said_kindly(citizen):
    citizen.open("/aide/commune?besoin=procedure")
    citizen.page.locator("[name=lieu]").fill("99999")
    citizen.press("Continue")
    citizen.reads(UNKNOWN, text="99999")


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
