"""The professionals' journeys, on a telephone, in French, without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.e2e.visitor import DESK, Site, Visitor, fr

KARIM, CLAIRE = "karim@demo.example", "claire@demo.example"
REFUSED = "This page is not open to your account"


def send(claire: Visitor, *, serial: int, place: str = "") -> None:
    """Describe a need, choose a place (the first proposed if none is named), send."""
    claire.open("/orientations/nouvelle")
    form = claire.page.locator("main form")
    form.locator("[name=need]").select_option("procedure")
    form.locator("[name=commune]").fill("Guéret")
    form.locator("[name=voucher_serial]").fill(str(serial))
    form.locator("[name=tell_sender]").check()
    claire.press("See the places that have room")
    if place:
        for box in form.locator("[name=offer]:checked").all():
            box.uncheck()
        claire.page.locator("label.choice", has_text=place).first.click()
    claire.press("Send the request")


def test_prescriber_sends_someone_with_a_voucher_and_the_place_accepts(site: Site, stage):
    claire, karim = site.visitor(CLAIRE), site.visitor(KARIM)
    claire.open("/espace")
    claire.press("Send someone")
    serial = stage["serial_to_hand_out"]
    send(claire, serial=serial, place=stage["karims_place"])
    claire.reads("It is sent. The place has until the date below to answer.")
    claire.sees(stage["karims_place"])
    sent = claire.page.url
    karim.open("/orientations")
    forms = karim.page.locator("form[action$='/accepter']")
    latest = max(forms.all(), key=lambda one: int(str(one.get_attribute("action")).split("/")[-2]))
    latest.get_by_role("button", name=fr("Receive this person")).click()
    karim.reads("It is noted. The person is expected at your place.")
    claire.open(sent)
    assert claire.title == fr("A place will receive the person")
    send(claire, serial=serial)
    assert claire.page.locator("[role=alert]").count() == 1  # the voucher is in other hands
    claire.open("/orientations")
    assert claire.page.locator("main tbody th", has_text=sent.rsplit("/", 1)[1]).count() == 1


def test_page_of_another_role_refuses_kindly(site: Site):
    wrong = {
        CLAIRE: "/paiements",
        KARIM: "/financer",
        "departement@demo.example": "/journee",
        "comptable@demo.example": "/orientations",
        "hub@demo.example": "/verification",
        "controle@demo.example": "/orientations/nouvelle",
    }
    for email, address in wrong.items():
        visitor = site.visitor(email)
        assert visitor.open(address) == 403
        assert visitor.title == fr(REFUSED)
        visitor.reads(
            "If you need it, ask the person in charge of your organisation to give you the role. "
            "Nothing was changed."
        )


def test_someone_signed_out_is_sent_to_sign_in_and_back(site: Site, stage):
    visitor = site.visitor()
    visitor.open("/journee/2026-11-24")
    assert "/compte/entrer" in visitor.page.url
    visitor.page.locator("[name=login]").fill(KARIM)
    visitor.page.locator("[name=password]").fill("not the one")
    visitor.press("Enter")
    assert visitor.page.locator(".error-summary, [role=alert]").count() >= 1
    visitor.page.locator("[name=password]").fill(stage["password"])
    visitor.press("Enter")
    assert visitor.page.url.endswith("/journee/2026-11-24")


def test_mediator_opens_hours_and_closes_one(site: Site):
    karim = site.visitor(KARIM)
    karim.open("/creneaux/ouvrir")
    karim.page.locator("[name=day]").fill("2026-12-05")
    for hour in ("9", "10"):
        karim.page.locator(f"[name=starts][value='{hour}']").check()
    karim.page.locator("main form button[type=submit]").last.click()
    assert karim.page.url.endswith("/journee/2026-12-05")
    close = karim.page.get_by_role("button", name=fr("Close this hour"))
    assert close.count() == 2
    close.first.click()
    expect(close).to_have_count(1)


@pytest.mark.parametrize("size", [None, DESK], ids=["phone", "desk"])
def test_steward_reads_the_three_aims_and_opens_each(site: Site, size):
    hub = site.visitor("hub@demo.example", size=size)
    hub.open("/buts")
    assert hub.page.url.endswith("/buts/departement/23")
    links = hub.page.locator(".aims a")
    addresses = [str(one.get_attribute("href")) for one in links.all()]
    assert len(set(addresses)) == 3
    for address in set(addresses):
        hub.open(address)
        assert hub.page.locator("h1").count() == 1


def test_auditor_reads_that_every_statement_holds(site: Site):
    auditor = site.visitor("controle@demo.example")
    auditor.open("/verification")
    statements = auditor.page.locator("main tbody tr")
    assert statements.count() > 10
    assert auditor.page.locator("main tbody .tone-ok").count() == statements.count()


def test_mediator_calls_a_person_back_and_notes_the_answer(site: Site):
    karim = site.visitor(KARIM)
    karim.open("/suivis")
    karim.sees("Nadia Toumi")
    asked = karim.page.locator("form[action^='/suivis/']")
    before = asked.count()
    asked.last.locator("[value=yes]").click()
    karim.reads("It is noted. Thank you for calling.")
    expect(asked).to_have_count(before - 1)
