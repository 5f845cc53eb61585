"""Each party opens its statement and follows a line to its session or agreement; no JavaScript."""

import re

from playwright.sync_api import expect

from filiere.operations.demo.statements import CAME_ON, TITLE
from tests.e2e.life import plain
from tests.e2e.statement_pages import AUDITOR, FUNDER, SANDRINE
from tests.e2e.visitor import Site, Visitor
from tests.pdf_reading import texts

SESSION = re.compile(r"OR-[\w-]+")


def printed(visitor: Visitor) -> str:
    """What the sheet of the page shown says."""
    with visitor.page.expect_download() as coming:
        visitor.page.locator("main a[href*='/pdf']").first.click()
    return plain(" ".join(texts(coming.value.path().read_bytes())))


def opens(visitor: Visitor, party: str) -> None:
    """From the list of one's statements, or at once when there is only one."""
    visitor.open("/releves")
    if not visitor.page.url.endswith(f"/{party}"):
        visitor.page.locator(f"main a[href$='/{party}']").first.click()
    expect(visitor.page).to_have_url(re.compile(rf"/releves/\d+/{party}$"))


def test_a_place_manager_follows_a_line_to_the_receipt_of_its_session(site: Site):
    manager = site.visitor(SANDRINE)
    opens(manager, "lieu")
    line = manager.page.locator("main tbody a[href$='/recu']").first
    ref = SESSION.search(str(line.get_attribute("href")))
    assert ref is not None
    line.click()
    assert manager.page.url.endswith(f"/seance/{ref[0]}/recu")
    manager.sees(ref[0])


def test_a_funder_follows_a_line_to_the_act_its_money_paid(site: Site):
    funder = site.visitor(FUNDER)
    opens(funder, "financeur")
    funder.page.locator("main tbody a[href*='/financer/acte/']").first.click()
    assert "/financer/acte/" in funder.page.url
    funder.sees("Département (démonstration)")


def test_an_employer_reads_its_hours_by_whole_months_and_prints_them(site: Site):
    employer = site.visitor(FUNDER)
    opens(employer, "employeur")
    employer.sees(TITLE, f"{len(CAME_ON)} séances")
    assert SESSION.search(employer.page.locator("main").inner_text()) is None
    paper = printed(employer)
    assert f"{len(CAME_ON)} séances" in paper
    assert SESSION.search(paper) is None


def test_a_third_party_reads_the_reference_of_each_session_and_nobodys_name(site: Site, stage):
    reader = site.visitor(AUDITOR)
    [address] = {at for _who, at in stage["pages"]["statement"] if at.endswith("/tiers-payeur")}
    reader.open(address)
    said = reader.page.locator("main tbody").first.inner_text()
    assert SESSION.search(said) is not None
    reader.reads("No name is shown: you read the reference of each session, never who came.")


def test_a_person_reads_and_prints_her_year_by_her_private_address(site: Site, stage):
    person = site.visitor()
    [[_anyone, address]] = stage["pages"]["my_year"]
    assert person.open(address) == 200
    assert "vous avez payé 20,00 €" in plain(person.title)
    assert SESSION.search(person.page.locator("main").inner_text()) is not None
    assert "vous avez payé 20,00 €" in printed(person)
    assert person.open(address[:-4] + "XXXX") == 404
