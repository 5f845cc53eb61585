"""Pages are used with a keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.visitor import Site

FOCUS = "document.activeElement.matches('main, main *')"
# The element itself, or the whole answer around it, is ringed.
RING = """[document.activeElement, document.activeElement.closest('label')].some(one => {
  const style = one && getComputedStyle(one);
  return style && (style.outlineStyle !== 'none' || style.boxShadow !== 'none');
})"""
MAIN = {
    "": ["/", "/aide/besoin", "/lieux", "/compte/entrer", "/diagnostic"],
    "karim@demo.example": ["/journee", "/orientations", "/creneaux/ouvrir"],
    "comptable@demo.example": ["/paiements"],
    "departement@demo.example": ["/financer"],
}


@pytest.mark.parametrize("email", MAIN)
def test_first_tab_is_the_skip_link_and_leads_to_the_first_action(site: Site, email):
    visitor = site.visitor(email, javascript=True)
    for address in MAIN[email]:
        visitor.open(address)
        visitor.page.keyboard.press("Tab")
        expect(visitor.page.locator("a.skip")).to_be_focused()
        expect(visitor.page.locator("a.skip")).to_be_in_viewport()
        visitor.page.keyboard.press("Enter")
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate(FOCUS), address
        assert visitor.page.evaluate(RING), f"{address}: nobody sees where the keyboard is"


def test_person_chooses_and_goes_on_with_the_keyboard_alone(site: Site):
    visitor = site.visitor(javascript=True)
    visitor.open("/aide/besoin")
    visitor.page.locator("[name=besoin]").first.focus()
    visitor.page.keyboard.press("Space")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page).to_have_url(re.compile(r"/aide/commune\?besoin=procedure"))


def test_menu_at_the_foot_is_reached_from_the_top_of_a_telephone(site: Site):
    visitor = site.visitor()
    visitor.open("/")
    visitor.page.locator("a.menu-link").click()
    expect(visitor.page.locator("#menu")).to_be_in_viewport()
