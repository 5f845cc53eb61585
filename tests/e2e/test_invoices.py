"""What the manager of a place reads of its invoices, and whoever takes over of the whole."""

from tests.e2e.invoice_pages import SANDRINE
from tests.e2e.life import pictured, shows
from tests.e2e.till_pages import AUDITOR
from tests.e2e.visitor import Site, fr


def test_a_manager_reads_the_state_of_each_invoice_then_one_with_its_payments(site: Site):
    manager = site.visitor(SANDRINE)
    manager.open("/factures")
    shows(manager, fr("Invoices you issued"), "F-2026-000001", "180,00 €")
    pictured(manager, "invoices")
    manager.page.get_by_role("link", name="F-2026-000001", exact=True).click()
    shows(manager, "F-2026-000001", "Garage du Viaduc")
    pictured(manager, "invoice")
    manager.open("/factures/dues")
    pictured(manager, "receivables")


def test_whoever_takes_over_reads_that_every_statement_holds(site: Site):
    auditor = site.visitor(AUDITOR)
    auditor.open("/verification")
    shows(auditor, fr("What was checked"))
    assert auditor.page.locator("main [role=alert]").count() == 0
    pictured(auditor, "check-holds")
