"""One session, from the mediator's two taps to the funder who reads what its euro paid."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.e2e.visitor import Site, Visitor, fr

ALONE = "You prepared this batch, so you cannot approve it."
OTHER_SYMBOLS = {"A": "B", "B": "A"}


def mistyped(code: str) -> str:
    """The same code with its first symbol replaced."""
    return OTHER_SYMBOLS.get(code[0], "A") + code[1:]


def deliver(karim: Visitor, facts: dict[str, Any]) -> None:
    """Two taps: the person came; it is settled, done together."""
    ref = facts["expected"]
    karim.open("/journee")
    karim.sees("Lucie Perrin")
    karim.page.locator(f"form[action='/seance/{ref}/venue']").locator("[value=yes]").click()
    outcome = karim.page.locator(f"form[action='/seance/{ref}/issue']")
    outcome.locator("[value=done_together]").click()
    expect(karim.page).to_have_url(re.compile(f"/seance/{ref}/encaisser"))


def cash(karim: Visitor, code: str) -> None:
    karim.page.locator("[name=code]").fill(code)
    karim.press("Check the code")


def settle(site: Site, tmp_path: Path) -> str:
    """Freeze by one person, approve by another, send, mark paid; give the batch's label."""
    odette, rene = site.visitor("comptable@demo.example"), site.visitor("directeur@demo.example")
    odette.open("/paiements")
    label = odette.page.locator("[name=label]").input_value()
    odette.press("Prepare this batch")
    odette.reads("The batch is ready. Another person must approve it.")
    address = odette.page.url
    odette.open(f"{address}/approuver")
    odette.page.locator("main form button").last.click()
    odette.reads(ALONE)
    rene.open(address)
    rene.press("Check and approve")
    for alert in rene.page.locator("[name=alerts_read], input[type=checkbox]").all():
        alert.check()
    rene.page.locator("main form button").last.click()
    rene.reads("It is approved. The bank file can be made.")
    odette.open(address)
    odette.press("Make the bank file")
    odette.press("Make the bank file")
    odette.reads("The bank file is ready. Give it to the bank.")
    with odette.page.expect_download() as coming:
        odette.page.locator("a[href$='/fichier.xml']").click()
    kept = tmp_path / coming.value.suggested_filename
    coming.value.save_as(kept)
    assert kept.name == f"{label}.xml"
    assert "urn:iso:std:iso:20022:tech:xsd:pain.001" in kept.read_text("utf-8")
    odette.press("Record the payment")
    odette.press("Record the payment")
    odette.reads("It is noted: the places are paid.")
    return label


def test_euro_goes_from_the_counter_to_the_funder_who_reads_it(site: Site, stage, tmp_path):
    karim = site.visitor("karim@demo.example")
    deliver(karim, stage)
    cash(karim, mistyped(stage["good_code"]))
    karim.sees(fr("Nothing was taken. Reason no. %(code)s", code="vouchers.mistyped"))
    karim.press("Try another code")
    cash(karim, stage["expired_code"])
    karim.sees(fr("Nothing was taken. Reason no. %(code)s", code="vouchers.expired"))
    karim.press("Try another code")
    cash(karim, stage["good_code"].lower().replace("-", " "))
    assert karim.title == fr("Nothing to pay")
    karim.reads("Everything is paid by others.")
    karim.sees("35,00 €")
    karim.open(f"/seance/{stage['expected']}/encaisser")
    assert karim.page.url.endswith("/recu")  # cashed once; the counter now shows the receipt

    label = settle(site, tmp_path)

    karim.open("/versements")
    order = karim.page.locator("a[href^='/versements/']", has_text=label)
    row = karim.page.locator("tr", has_text=label).locator("a[href^='/versements/']")
    order.or_(row).first.click()
    karim.reads("Who paid this payment")
    karim.sees("Département (démonstration)", label)

    funder = site.visitor("departement@demo.example")
    funder.open("/financer")
    funder.page.locator(f"main a[href='/financer/tranche/{stage['tranche']}']").first.click()
    funder.page.locator("main tbody a", has_text=stage["karims_place"]).first.click()
    funder.reads("paid")
    funder.page.locator("main tbody a").first.click()
    funder.sees("24 novembre", label, stage["karims_place"])
    assert "Lucie" not in funder.page.content()  # a funder reads what was done, never for whom
