"""A mediator at a town hall's till, and the public accountant closing the month; no JavaScript."""

import re

from playwright.sync_api import expect

from tests.e2e.life import pictured
from tests.e2e.till_pages import ACCOUNTANT, DEPUTY, MANAGER
from tests.e2e.visitor import Site, fr


def test_a_mediator_records_at_the_till_and_the_public_accountant_closes_the_month(site: Site):
    mediator, accountant = site.visitor(DEPUTY), site.visitor(ACCOUNTANT)
    mediator.open("/journee")
    mediator.page.locator("a[href$='/encaisser']").first.click()
    mediator.press("No voucher for this session")
    mediator.reads("The person pays this at the counter.")
    mediator.page.get_by_role("button", name="Espèces", exact=True).click()
    expect(mediator.page.locator("main")).to_contain_text(re.compile(r"Quittance n°\s\d+ de la"))
    mediator.open("/regies")
    assert "/regies/" in mediator.page.url
    till = mediator.page.url.rstrip("/")
    pictured(mediator, "till")
    assert mediator.open(f"{till}/verser") == 403
    accountant.open("/espace")
    assert accountant.page.url == till
    accountant.press("Read it and sign")
    month = accountant.page.url
    pictured(accountant, "till-month")
    accountant.press("Sign the month")
    accountant.reads("The month is signed: nothing can be added to it any more.")
    assert accountant.title.endswith(fr("signed"))
    mediator.open(month)
    assert mediator.page.get_by_role("button", name=fr("Sign the month")).count() == 0


def test_the_manager_deposits_what_is_in_hand_and_reads_a_refusal_without_losing_what_was_typed(
    site: Site,
):
    manager = site.visitor(MANAGER)
    manager.open("/regies")
    manager.press("Deposit at the Treasury")
    manager.page.locator("[name=amount]").fill("9999")
    manager.page.locator("[name=reference]").fill("B-77")
    manager.press("Record the deposit")
    assert manager.page.locator("[name=reference]").input_value() == "B-77"
    manager.page.locator("[name=amount]").fill("4")
    manager.press("Record the deposit")
    manager.reads("The deposit is recorded.")
