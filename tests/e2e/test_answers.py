"""Pages that only a sent form makes: refusals, errors of forms, results; as clean as the others."""

import pytest

from tests.e2e.test_every_page import faults_of
from tests.e2e.visitor import Site, Visitor, fr

KARIM, CLAIRE = "karim@demo.example", "claire@demo.example"
FOUND = "?besoin=procedure&commune=23096&quand=month&moment=any&venir=car"


def send(visitor: Visitor, form: str = "main form") -> int:
    """Press the last button of a form of the page; give the status of the answer."""
    button = visitor.page.locator(f"{form} [type=submit]").last
    with visitor.page.expect_navigation() as coming:
        button.click()
    answer = coming.value
    assert answer is not None
    return answer.status


def test_diagnosis_result_is_clean(site: Site):
    visitor = site.visitor(javascript=True)
    visitor.open("/diagnostic")
    for group in visitor.page.locator("main fieldset").all()[:4]:
        group.locator("[type=radio]").last.check(force=True)

    assert send(visitor) == 200
    assert faults_of(visitor) == []


@pytest.mark.parametrize(
    ("name", "value"), [("birth_year", "1066"), ("phone", "12"), ("name", "Odile")]
)
def test_booking_with_an_error_is_clean(site: Site, stage, name, value):
    visitor = site.visitor(javascript=True)
    visitor.open(stage["pages"]["book"][0][1])
    visitor.page.locator(f"[name={name}]").fill(value)

    assert send(visitor) == 422
    assert faults_of(visitor) == []


def test_booking_of_a_seat_just_taken_is_clean(site: Site, stage):
    visitor = site.visitor(javascript=True)
    visitor.open(stage["pages"]["book"][1][1])

    assert visitor.page.locator("[name=slot]").count() >= 1
    assert faults_of(visitor) == []


def test_voucher_refused_is_clean(site: Site, stage):
    visitor = site.visitor(KARIM, javascript=True)
    visitor.open(stage["pages"]["counter"][0][1])
    visitor.page.locator("[name=code]").fill(stage["expired_code"])

    assert send(visitor, "main form:has([name=code])") >= 400
    visitor.sees(fr("Nothing was taken. Reason no. %(code)s", code="vouchers.expired"))
    assert faults_of(visitor) == []


def test_hours_with_an_error_are_clean(site: Site):
    visitor = site.visitor(KARIM, javascript=True)
    visitor.open("/creneaux/ouvrir")
    visitor.page.locator("[name=day]").fill("2026-12-07")
    visitor.page.locator("main form").first.evaluate("form => { form.noValidate = true }")

    assert send(visitor) == 422  # no hour was ticked
    assert faults_of(visitor) == []


def test_referral_with_errors_is_clean(site: Site):
    visitor = site.visitor(CLAIRE, javascript=True)
    visitor.open("/orientations/nouvelle")
    visitor.page.locator("[name=commune]").fill("Gueretz")
    visitor.page.locator("[name=name]").fill("Odile")
    visitor.page.locator("main form").first.evaluate("form => { form.noValidate = true }")

    assert send(visitor) == 422
    assert faults_of(visitor) == []


def test_sign_in_refused_is_clean(site: Site):
    visitor = site.visitor(javascript=True)
    visitor.open("/compte/entrer?pause=1")
    assert faults_of(visitor) == []
    visitor.page.locator("[name=login]").fill("personne@nulle.part")
    visitor.page.locator("[name=password]").fill("not the one")

    assert send(visitor) < 500
    assert faults_of(visitor) == []


def test_going_back_after_booking_takes_no_second_seat(site: Site, stage):
    visitor = site.visitor()
    visitor.open(stage["pages"]["book"][0][1])
    send(visitor)
    taken = visitor.page.url

    visitor.page.go_back()

    assert visitor.title == fr("You already have this appointment")
    visitor.press("Open the appointment")
    assert visitor.page.url == taken
    visitor.press("Cancel my appointment")
    visitor.press("Cancel this appointment")
