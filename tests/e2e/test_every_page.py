"""Each page that can be read: axe, width, console, title, language, keyboard."""

import re
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.e2e.visitor import DESK, PHONE, Site, Visitor
from tests.web.access_matrix import pages

# Answered by a redirection or a file, or only written to: never a page to look at.
NOT_READ = {
    "batch_file", "batch_freeze", "day_attend", "day_conclude", "day_undo", "referral_accept",
    "booklet_pdf", "voucher_letter", "session_receipt_pdf", "payment_pdf", "programme_claims_pdf", "voucher_sms",
    "offline_manifest", "offline_worker",
    "acting_choose", "invitation_withdraw", "price_withdraw", "statement_withdraw",
    "token_revoke", "worker_add", "worker_remove", "programme_claims_csv",
    "statement_pdf", "statement_csv", "year_of_help_pdf", "my_year_pdf",
    "observed_prices_csv", "rule_note", "compliance_register", "project_model_request", "observed_confirm",
    "receivable_credit", "receivable_letter", "invoice_pdf", "invoice_xml", "till_month_csv", "till_record",
    "project_answers_copy", "project_attachment",
    "project_claim_pdf", "project_report_pdf", "project_claim_csv",
    "project_form_file", "project_sent_file", "project_template_filled", "project_awards_file",
    "session_price", "free_hours_cards", "free_hours_revoke", "home_help_end", "home_help_attestation",
    "lot_acknowledge", "lot_generate", "lot_statement", "recall_lift", "set_language", "slot_cancel", "unmet", "api_unknown", "follow_up_answer",
}  # fmt: skip
WHO = {
    "": "anyone", "karim@demo.example": "mediator", "sandrine@demo.example": "manager",
    "claire@demo.example": "prescriber",
    "departement@demo.example": "commissioner", "hub@demo.example": "steward",
    "comptable@demo.example": "operator", "directeur@demo.example": "second operator",
    "controle@demo.example": "auditor", "personne@demo.example": "no role",
    "regie@demo.example": "till manager", "mairie@demo.example": "deputy at a till",
    "tresorerie@demo.example": "public accountant",
    "projet@demo.example": "project carrier",
}  # fmt: skip
IN_ENGLISH = {"home", "results", "day", "tranche", "board_of", "batches", "booked_sheet"}
RUN_AXE = "() => axe.run({resultTypes: ['violations']})"


def readings(facts: dict[str, Any], email: str) -> list[tuple[str, str]]:
    return [
        (name, address)
        for name, read in sorted(facts["pages"].items())
        for who, address in read
        if who == email
    ]


def faults_of(visitor: Visitor) -> list[str]:
    """What is wrong with the page shown, at both widths."""
    page, faults = visitor.page, []
    if page.locator("h1").count() != 1:
        faults.append(f"{page.locator('h1').count()} h1")
    if not re.fullmatch(r".+ · Filière", page.title()):
        faults.append(f"title is {page.title()!r}")
    page.evaluate(AXE_SCRIPT)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if over := visitor.overflow():
            faults.append(over)
        for one in page.evaluate(RUN_AXE)["violations"]:
            where = [f"{node['target']} {node['html'][:120]}" for node in one["nodes"][:3]]
            faults.append(f"axe at {size['width']}: {one['id']} {one['help']} {where}")
    faults += [f"console: {said}" for said in visitor.complaints]
    visitor.complaints.clear()
    return faults


def walk(site: Site, email: str, language: str, names: set[str] | None = None) -> list[str]:
    visitor = site.visitor(email, language=language, javascript=True)
    found = []
    for name, address in readings(site.facts, email):
        if names is not None and name not in names:
            continue
        status = visitor.open(address)
        if status >= 500:
            found.append(f"{name} {address}: {status}")
            continue
        faults = faults_of(visitor)
        if visitor.page.locator("html").get_attribute("lang") != language:
            faults.append("language of the page")
        found += [f"{name} {address} ({status}): {fault}" for fault in faults]
    return found


def test_every_page_of_the_site_is_read_here(stage):
    known = {page.name for page in pages()}
    assert known - set(stage["pages"]) - NOT_READ == set()


@pytest.mark.parametrize("email", WHO, ids=WHO.values())
def test_page_is_accessible_fits_and_raises_no_complaint(site, email):
    faults = walk(site, email, "fr")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("email", ["", "karim@demo.example", "departement@demo.example"])
def test_page_in_english_is_as_clean(site, email):
    faults = walk(site, email, "en", IN_ENGLISH)
    assert not faults, "\n".join(faults)


def test_refusals_and_missing_pages_are_clean(site):
    visitor = site.visitor("karim@demo.example", javascript=True)
    statuses = {}
    for address in ("/paiements", "/nulle-part", "/rendez-vous/OR-0000-0000/faux", "/lieux/999999"):
        statuses[address] = visitor.open(address)
        assert faults_of(visitor) == []
    assert list(statuses.values()) == [403, 404, 404, 404]


def test_walk_sees_planted_faults(site):
    visitor = site.visitor(javascript=True)
    visitor.open("/accessibilite")
    visitor.page.evaluate(
        "document.body.innerHTML = '<h1>a</h1><h1>b</h1><img src=x>"
        "<p class=wide>wide</p>'; document.querySelector('.wide').style.width = '2000px'"
    )
    faults = " ".join(faults_of(visitor))
    assert "2 h1" in faults
    assert "image-alt" in faults
    assert "px wide in a window of 390" in faults


def test_titles_tell_pages_apart(site):
    visitor = site.visitor()
    titles = {}
    for name in ("home", "finder_need", "finder_commune", "finder_moments", "finder_coming",
                 "results", "places", "place", "book", "booked", "booked_cancel", "open_accounts",
                 "accessibility", "your_data", "account_login", "diagnosis"):  # fmt: skip
        visitor.open(site.facts["pages"][name][0][1])
        titles.setdefault(visitor.page.title(), []).append(name)
    assert [names for names in titles.values() if len(names) > 1] == []
