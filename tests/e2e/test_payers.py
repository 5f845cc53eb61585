"""Who pays, in French, page by page: the person, an employer, and the tax office a year later.

What each says is computed by hand here, to the cent; what it rests on: docs/guide/who-pays.md.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Chromium, played
from tests.e2e.life import Life, fills, pictured, plain, row, sends, shows
from tests.e2e.payers_scene import FUND, FUND_TITLE
from tests.e2e.visitor import Site, Visitor, fr
from tests.pdf_reading import texts

USED, YEAR_OVER = dt.date(2026, 12, 2), dt.date(2027, 1, 5)
OFFER = "Aide numérique pour nos équipes et leurs familles"
SAP = "SAP123456789"
UNTOLD = "told by whole months, together, from 5 sessions on, so that nobody is recognised"
CARD = re.compile(r"HO-\w{4}-\w{4}-\w{2}")
# The scene is made within the first test, hence the long limit.
WALK_SECONDS, LIMIT_SECONDS = 200, 500


@pytest.fixture(scope="module")
def territory() -> Iterator[dict[str, Any]]:
    with played("payers_scene") as facts:
        yield facts


@pytest.fixture
def life(running: Chromium, territory: dict[str, Any], tmp_path) -> Iterator[Life]:
    site = Site(running.browser(), territory)
    with running.limited(WALK_SECONDS):
        yield Life(site, territory, tmp_path)
        site.close()


def comes(life: Life, mediator: Visitor, ref: str) -> None:
    """Two taps: the person came, it is done; the counter follows."""
    mediator.open("/journee")
    mediator.page.locator(f"form[action='/seance/{ref}/venue'] [value=yes]").click()
    mediator.page.locator(f"form[action='/seance/{ref}/issue'] [value=done_together]").click()
    expect(mediator.page).to_have_url(re.compile(f"/seance/{ref}/encaisser"))
    life.looks(mediator)


def reads_why(visitor: Visitor) -> dict[str, str]:
    """The sentence that explains each amount, by the name of its line."""
    lines = visitor.page.locator("main dl.stated")
    names, whys = (lines.locator(tag).all_inner_texts() for tag in ("dt", "dd"))
    return {plain(name): plain(why) for name, why in zip(names, whys, strict=True)}


def printed(visitor: Visitor, link: str) -> str:
    """What the file behind a link says."""
    with visitor.page.expect_download() as coming:
        visitor.page.locator(link).first.click()
    return " ".join(texts(coming.value.path().read_bytes()))


@pytest.mark.timeout(LIMIT_SECONDS)
def test_a_person_pays_4_euros_of_30_and_reads_why_line_by_line(life: Life):
    life.moves_to(USED, hour=16)
    karim = life.one("karim")
    comes(life, karim, life.facts["odile"])
    shows(karim, "Prix de la séance : 30,00 €", "Odile Marchand")
    karim.page.locator("[name=code]").fill(life.facts["voucher"])
    karim.press("Check the code")
    assert plain(karim.title) == "Reste 4,00 € à payer"
    amounts = karim.page.locator("main .receipt")
    said = plain(amounts.inner_text())
    assert re.findall(r"-?\d+,\d\d €", said) == ["30,00 €", "-20,00 €", "-6,00 €", "4,00 €"]
    why = reads_why(karim)
    assert why == {
        "Prix de la séance": "Chaque séance coûte 30,00 €, quelle que soit sa durée.",
        "Le chèque n° 1": "Le chèque donne tout ce qu’il peut pour cette séance.",
        FUND: f"60 % de ce que laisse le chèque, par « {FUND_TITLE} ».",
        "Reste pour la personne": "Ce qui reste du prix quand les autres ont payé.",
    }
    life.looks(karim)
    pictured(karim, "who-pays")
    paper = printed(karim, "a[href$='.pdf']")
    for sentence in why.values():
        assert sentence in paper


@pytest.mark.timeout(LIMIT_SECONDS)
def test_an_employer_offers_hours_and_reads_counts_never_who_came(life: Life):
    life.moves_to(USED, hour=16)
    lea, karim = life.one("lea"), life.one("karim")
    refs = [life.facts["sessions"]["karim"][0], *life.facts["sessions"]["sandrine"]]
    family, other = buys_hours_and_makes_cards(life, lea)
    shows_card(life, karim, refs[0], family)
    assert plain(karim.title) == fr("Nothing to pay")
    assert f"30 min des heures achetées par « {OFFER} »" in " ".join(reads_why(karim).values())
    life.looks(karim)

    lea.open("/heures-offertes")
    lea.reads(UNTOLD)
    lea.reads("told with the hours used, or once the agreement is over")
    sandrine = life.one("sandrine")
    for ref in refs[1:]:
        shows_card(life, sandrine, ref, other)
    lea.open("/heures-offertes")
    lea.reads(UNTOLD)  # the month is not over
    life.moves_to(YEAR_OVER)
    lea = life.one("lea")
    lea.open("/heures-offertes")
    shows(lea, "2 h 30, en 5 séances jusqu’au 31 décembre 2026 ; reste 97 h 30", "110,00 €")
    pictured(lea, "free-hours")
    life.looks(lea)
    source = plain(lea.page.content())
    places = ("Médiathèque de Guéret", "Saint-Vaury")
    for secret in (*refs, *places, family, other, "Nadia", "Toumi", "2 décembre à"):
        assert secret not in source
    for ref in refs[:2]:
        assert lea.open(f"/seance/{ref}/recu") in (403, 404)


def buys_hours_and_makes_cards(life: Life, lea: Visitor) -> list[str]:
    """Léa buys 100 hours with any place, makes two cards of 10 hours; give their codes."""
    lea.open("/espace")
    lea.press("Free hours")
    lea.press("Buy hours")
    life.looks(lea)
    fills(lea.page, title=OFFER, hours="100", starts_on="2026-12-01", ends_on="2027-11-30")
    sends(lea.page)
    lea.reads("It is signed. Make the cards to give out.")
    fills(lea.page, count="2", hours_each="10")
    lea.press("Make the cards")
    life.looks(lea)
    lea.sees("2 cartes")
    codes = CARD.findall(lea.page.locator("main").inner_text())
    lea.open("/heures-offertes")
    assert CARD.search(lea.page.content()) is None  # shown once
    return codes


def shows_card(life: Life, mediator: Visitor, ref: str, card: str) -> None:
    """At the counter: the session, then the card of the employer."""
    comes(life, mediator, ref)
    mediator.page.locator("summary", has_text="employeur").click()
    mediator.page.locator("[name=card]").fill(card)
    mediator.press("Use the card")
    expect(mediator.page).to_have_url(re.compile(f"/seance/{ref}/recu"))


@pytest.mark.timeout(LIMIT_SECONDS)
def test_a_year_of_help_at_home_ends_with_its_attestation(life: Life):
    life.moves_to(USED, hour=16)
    sandrine = life.one("sandrine")
    sandrine.open("/domicile")
    sandrine.page.locator("[name=offer]").select_option(life.facts["home_offer"])
    fills(sandrine.page, number="sap 123 456 789", from_on="2026-01-01")
    sandrine.press("Declare this service")
    sandrine.reads("It is noted. Receipts now estimate the tax credit.")
    comes(life, sandrine, life.facts["jeanne"])
    sandrine.press("No voucher for this session")
    # 23 sessions of 130 € came before: 10 € are left under the ceiling of 3 000 €.
    assert "Environ 5,00 € reviennent plus tard" in reads_why(sandrine)
    shows(sandrine, "3 000 €", "125,00 €")
    life.looks(sandrine)
    sandrine.open("/domicile?annee=2026")
    row(sandrine.page, "J. A.", "24", "3 120,00 €", fr("when the year is over"))

    life.moves_to(YEAR_OVER)
    sandrine = life.one("sandrine")
    sandrine.open("/domicile")
    assert plain(sandrine.title) == "Aide à domicile en 2026 : 1 attestation à donner"
    shows(sandrine, "31 mars 2027", SAP)
    row(sandrine.page, "Total", "", "3 120,00 €", "")
    pictured(sandrine, "help-at-home")
    life.looks(sandrine)
    paper = printed(sandrine, "a[href*='/domicile/attestation/2026/']")
    assert "Vous avez payé 3 120,00 € d’aide à domicile en 2026" in paper
    assert paper.count("130,00 €") == 2 * 24  # the price, and what she paid of it
    close = paper.replace(" ", "")  # a reader of PDF may lose the thin space of thousands
    assert "Environ1500,00€" in close
    assert "jusqu’à3000,00€d’aideinformatiqueparan" in close
    for words in (SAP, "Jeanne Aubert", "9 janvier 2026", "2 décembre 2026"):
        assert words in paper
