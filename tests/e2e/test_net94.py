"""Net94 page by page, from a blank page to the report of each funder.

180,000 €, two years, seven towns, twenty-two requests on nine forms; four refuse, three give less;
the plan is balanced again, money comes late, one funder takes some back. One of each kind of step
is done by the pages, and what people mistype is tried; the others go through the services. The
same life without a browser: tests/projects/test_net94.py.
"""

import csv
import datetime as dt
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ROOT, Chromium, played
from tests.e2e.life import Life, fills, pictured, plain, sends, shows
from tests.e2e.visitor import Site, Visitor, fr

TOWNS = ["94003", "94016", "94028", "94041", "94043", "94076", "94081"]
BELOW_ZERO = (
    "Type an amount above zero. A discount lowers the line it is on; money that comes in is written"
    " with those who pay."
)
COST, ASKED = 18_000_000, 32_300_000
FIRST_DAY = dt.date(2026, 11, 24)
ANSWERED, LATE, TAKEN, ENDED = (
    dt.date(2027, 1, 15), dt.date(2027, 6, 1), dt.date(2027, 9, 1), dt.date(2029, 1, 15),
)  # fmt: skip
ACT_SECONDS, WALK_SECONDS, LIMIT_SECONDS = 150, 500, 800


class Journey:
    """The site, Nora's window, the address of the project once it has one."""

    def __init__(self, life: Life) -> None:
        self.life, self.url = life, ""

    @property
    def nora(self) -> Visitor:
        return self.life.one("nora")

    def opens(self, after: str) -> None:
        self.nora.open(self.url + after)

    def act(self, step: str, on: dt.date) -> dict[str, Any]:
        """Let the services do what is left of a step; nothing is ever over-funded nor broken."""
        database, project = self.life.facts["database"], self.url.strip("/").rpartition("/")[2]
        command = [sys.executable, "-m", "tests.e2e.net94_acts", database, project, step, str(on)]
        done = subprocess.run(
            command, cwd=ROOT, check=True, timeout=ACT_SECONDS, capture_output=True, text=True
        )
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        assert told["broken"] == []
        assert told["allocated_cents"] <= told["cost_cents"]
        return told

    def refused(self, words: str, **values: str) -> None:
        """Check that the form is refused with this sentence."""
        expect(self.nora.page.locator("#errors")).to_contain_text(fr(words, **values))

    def funder(self, name: str) -> None:
        """Open one funder from the plan."""
        self.opens("plan")
        self.nora.page.locator("main a", has_text=name).first.click()
        self.nora.page.wait_for_load_state()

    def draws(self, name: str) -> None:
        pictured(self.nora, f"project-{name}")


@pytest.fixture(scope="module")
def town_hall() -> Iterator[dict[str, Any]]:
    """A site where no project exists yet, with a clock that can be moved."""
    with played("net94_scene") as facts:
        yield facts


@pytest.fixture
def journey(running: Chromium, town_hall: dict[str, Any], tmp_path: Path) -> Iterator[Journey]:
    site = Site(running.browser(), town_hall)
    with running.limited(WALK_SECONDS):
        yield Journey(Life(site, town_hall, tmp_path))
        site.close()


@pytest.mark.timeout(LIMIT_SECONDS)
def test_net94_from_a_blank_page_to_the_report_of_each_funder(journey: Journey):
    opens_a_file(journey)
    counts_a_cost(journey)
    two_write_one_answer(journey)
    adds_a_funder(journey)
    told = journey.act("written", FIRST_DAY)
    assert (told["cost_cents"], told["missing_cents"]) == (COST, 0)
    fills_and_sends_a_form(journey)
    told = journey.act("sent", FIRST_DAY)
    assert (told["requests"], told["forms"], told["asked_first_cents"]) == (22, 9, ASKED)
    hears_answers(journey)
    told = journey.act("answered", ANSWERED)
    assert told["granted_cents"] == 6_700_000
    assert told["missing_cents"] > 0
    balances_again(journey)
    told = journey.act("agreed", ANSWERED)
    assert (told["granted_cents"], told["missing_cents"]) == (COST, 0)
    receives_late(journey)
    told = journey.act("paid", LATE)
    crosses_the_gap(journey)
    gives_back(journey, told["paid_cents"])
    reports(journey)


def opens_a_file(journey: Journey) -> None:
    """A title, two days, seven towns."""
    nora = journey.nora
    nora.open("/projets/")
    journey.life.looks(nora)
    nora.press("Open a first file")
    fills(
        nora.page, title="Réseau de sept villes", starts_on="2028-01-01", ends_on="2027-12-31",
        need="Une personne sur six renonce à une démarche en ligne.",
        territories="\n".join(f"commune {code}" for code in TOWNS),
    )  # fmt: skip
    sends(nora.page)
    journey.refused("The last day comes before the first.")
    fills(nora.page, starts_on="2027-01-01", ends_on="2028-12-31")
    sends(nora.page)
    found = re.search(r"/projets/\d+/", nora.page.url)
    assert found
    journey.url = found[0]
    shows(nora, "Villejuif", "Réseau de sept villes")
    journey.life.looks(nora)
    journey.draws("begun")


def counts_a_cost(journey: Journey) -> None:
    """What people mistype is refused in words and stays typed; VAT told twice must agree."""
    nora, page = journey.nora, journey.nora.page
    journey.opens("budget/ajouter")
    fills(page, label="Ormeval 2027", nature="64", year="2027", vat="none")
    for typed, words in (
        ("7,5 k€", "Type the amount in euros, not in thousands: 12 000 rather than 12 k€."),
        ("7500 € TTC", "Type the amount alone: with or without VAT is chosen beside it."),
        (
            "-7 500",
            BELOW_ZERO,
        ),
    ):
        fills(page, amount=typed)
        sends(page)
        journey.refused(words)
        expect(page.locator("[name=amount]")).to_have_value(typed)
        expect(page.locator("[name=label]")).to_have_value("Ormeval 2027")
    fills(page, amount="1 234,56 €", vat="paid")
    page.locator("summary", has_text=fr("The other amount, when there is VAT")).click()
    fills(page, without_vat="1 500")
    sends(page)
    journey.refused("Without VAT it is not dearer than what is paid.")
    journey.life.looks(nora)
    fills(page, without_vat="1028,80")
    sends(page)
    shows(nora, "1 234,56 €", "1 028,80 €")
    page.locator("main a", has_text="Ormeval 2027").click()
    fills(page, amount="7 500,00", without_vat="", with_vat="", vat="none")
    sends(page)
    shows(nora, "7 500 €")
    journey.life.looks(nora)


def two_write_one_answer(journey: Journey) -> None:
    """Idriss saves while Nora types: both texts are shown, and she keeps both."""
    nora, idriss = journey.nora, journey.life.one("idriss")
    address = f"{journey.url}questions/need"
    mine, his = "Une personne sur six renonce.", "Un habitant sur trois est loin d’un lieu."
    for one in (nora, idriss):
        one.open(address)
    for one, text in ((idriss, his), (nora, mine)):
        one.page.locator("#text_short").fill(text)
        one.page.locator("form", has=one.page.locator("#text_short")).locator("button").click()
        one.page.wait_for_load_state()
    shows(nora, his, "Idriss Morel")
    expect(nora.page.locator("#yours")).to_have_value(mine)
    journey.life.looks(nora)
    nora.press("Save both")
    said = nora.page.locator("#text_short").input_value()
    assert mine in said
    assert his in said


def adds_a_funder(journey: Journey) -> None:
    """A town, asked for 10,000 €; what is not euros is refused."""
    page = journey.nora.page
    journey.opens("plan")
    journey.life.looks(journey.nora)
    journey.opens("plan/financeurs/nouveau")
    page.locator("[name=kind]").select_option("commune")
    fills(page, funder_name="Ville de Ormeval", amount="10 milliers", likely="67")
    sends(page)
    journey.refused("Type the amount in euros, not in thousands: 12 000 rather than 12 k€.")
    fills(page, amount="10 000 €")
    sends(page)
    journey.nora.reads("Noted. Nobody is asked yet.")
    shows(journey.nora, "Ville de Ormeval : 10 000 €")


def fills_and_sends_a_form(journey: Journey) -> None:
    """The form fills itself; its deadline passes while the request is typed; then it is sent."""
    nora, page = journey.nora, journey.nora.page
    journey.opens("formulaires")
    journey.life.looks(nora)
    journey.draws("forms")
    page.locator("main a", has_text="Ville de Ormeval").first.click()
    page.wait_for_load_state()
    journey.life.looks(nora)
    form = page.url
    file = page.request.get(f"{form}/fichier/docx")
    assert (file.status, file.body()[:2]) == (200, b"PK")
    page.goto(f"{form}/envoyer")
    fills(page, amount="10 000", deadline_on=str(FIRST_DAY), deadline_hour="10:50")
    page.locator("[name=read]").check()
    later = dt.datetime.combine(FIRST_DAY, dt.time(9, 51), tzinfo=dt.UTC)
    Path(journey.life.facts["moment"]).write_text(later.isoformat(), "utf-8")
    sends(page)
    nora.reads("It is too late for this call")
    nora.reads("Nothing is lost: the form, its answers and what you typed below are kept.")
    expect(page.locator("[name=amount]")).to_have_value("10 000")
    fills(page, deadline_on="2026-12-01", deadline_hour="")
    page.locator("[name=read]").check()
    sends(page)
    nora.reads("It is noted as sent, as it was.")
    journey.life.looks(nora)


def hears_answers(journey: Journey) -> None:
    """One gives less than asked, one refuses; more than asked says why."""
    life, day = journey.life, str(ANSWERED)
    journey.opens("formulaires")
    journey.nora.reads("Every form was sent")
    life.moves_to(ANSWERED)
    nora, page = journey.nora, journey.nora.page
    journey.funder("Ville de Pérouse")
    nora.press("Note its answer")
    fills(page, answer="granted", day=day, amount="9 k€")
    sends(page)
    journey.refused("Type the amount in euros, not in thousands: 12 000 rather than 12 k€.")
    fills(page, amount="16 000,01")
    sends(page)
    expect(page.locator("#errors")).to_be_visible()
    life.looks(nora)
    fills(page, amount="9 000,00", text="Enveloppe épuisée.")
    sends(page)
    journey.funder("Ville de Pérouse")
    shows(nora, "Ville de Pérouse : 9 000 €", "16 000 € demandés, 9 000 € accordés")
    journey.funder("FEDER")
    nora.press("Note its answer")
    fills(page, answer="refused", day=day, amount="20 000")
    sends(page)
    journey.refused("A refusal has no amount: empty this, or choose yes.")
    fills(page, amount="")
    sends(page)
    expect(page.locator("#errors")).to_have_count(0)


def balances_again(journey: Journey) -> None:
    """The proposal is proven, and taken."""
    nora = journey.nora
    journey.opens("plan/proposition?but=fewest_files")
    nora.reads("No better plan exists.")
    shows(nora, "180 000 €")
    journey.life.looks(nora)
    journey.draws("proposal")
    nora.press("Take this proposal")
    nora.reads("The proposal is now the plan.")
    journey.opens("plan/repartition")
    nora.reads("Every cost has somebody to pay it")
    journey.life.looks(nora)


def receives_late(journey: Journey) -> None:
    """A schedule within the award, a payment within it too, two months late."""
    page, nora = journey.nora.page, journey.nora
    journey.opens("plan")
    assert plain(page.locator(".equation-sign").inner_text()) == "="
    journey.draws("balanced")
    journey.funder("Département")
    nora.press("Say when it pays")
    dues = (("advance", "2027-03-01", "6 000"), ("balance", "2029-02-28", "7 000"))
    for rank, (kind, day, amount) in enumerate(dues):
        page.locator(f"[name=dues-{rank}-kind]").select_option(kind)
        fills(page, **{f"dues-{rank}-due_on": day, f"dues-{rank}-amount": amount})
    sends(page)
    assert page.url.endswith("/echeancier")
    fills(page, **{"dues-1-amount": "6 000"})
    sends(page)
    nora.reads("Noted: cash is counted from it.")
    journey.life.moves_to(LATE)
    page, nora = journey.nora.page, journey.nora
    journey.funder("Département")
    shows(nora, "92 jours de retard")
    nora.press("Note money received")
    fills(page, amount="13 000", day="2027-05-15")
    sends(page)
    expect(page.locator("#errors")).to_be_visible()
    fills(page, amount="6 000,00")
    sends(page)
    shows(nora, "6 000 €")
    journey.life.looks(nora)


def crosses_the_gap(journey: Journey) -> None:
    """What will be short, when, and what a loan costs."""
    nora, page = journey.nora, journey.nora.page
    journey.opens("tresorerie")
    short = plain(page.locator("h1").inner_text())
    assert re.fullmatch(r"(Il manquera )?.*\d € .*20\d\d", short), short
    fills(page, taux="4,5")
    nora.press("Count the price of the loan")
    nora.reads("Whom to call first")
    assert "type the rate" not in page.locator("main").inner_text()
    journey.life.looks(nora)
    journey.draws("cash")


def gives_back(journey: Journey, paid_cents: int) -> None:
    """600 € are taken back: the plan lacks exactly that; own money fills it."""
    journey.life.moves_to(TAKEN)
    nora, page = journey.nora, journey.nora.page
    journey.funder("Département")
    nora.press("Note that it took money back")
    fills(page, amount="6 000,01", day=str(TAKEN), reason="Deux ateliers n’ont pas eu lieu.")
    sends(page)
    expect(page.locator("#errors")).to_be_visible()
    fills(page, amount="600")
    sends(page)
    nora.reads("Noted. The plan now lacks %(amount)s.", amount="600\u00a0€")
    told = journey.act("told", TAKEN)
    assert (told["missing_cents"], told["paid_cents"]) == (60_000, paid_cents - 60_000)
    journey.opens("plan/financeurs/nouveau")
    page.locator("[name=kind]").select_option("own")
    fills(page, funder_name="Fonds propres", amount="600,00")
    sends(page)
    nora.press("Say that it is sure")
    fills(page, answer="granted", day=str(TAKEN), amount="600")
    sends(page)
    journey.opens("plan/proposition?but=fewest_files")
    nora.press("Take this proposal")
    told = journey.act("told", TAKEN)
    assert (told["missing_cents"], told["granted_cents"]) == (0, COST)


def reports(journey: Journey) -> None:
    """A cost with the page, the others by services; each funder has its claim and its report."""
    journey.life.moves_to(ENDED)
    nora, page = journey.nora, journey.nora.page
    journey.opens("preuves/depense")
    line = page.locator("[name=line] option", has_text="Ormeval 2027").get_attribute("value")
    page.locator("[name=line]").select_option(line)
    fills(page, label="Salaires 2027", spent_on="2028-01-02", amount="7 500")
    sends(page)
    expect(page.locator("#errors")).to_be_visible()
    fills(page, spent_on="2027-12-31")
    sends(page)
    journey.act("proved", ENDED)
    journey.opens("preuves")
    journey.life.looks(nora)
    journey.opens("plan")
    links = page.locator("main .equation a[href*='/plan/financeurs/']")
    funders = {(one.get_attribute("href") or "").rpartition("/")[2] for one in links.all()}
    totals = [0, 0, 0]
    for pk in sorted(funders):
        address = f"{journey.url}preuves/financeurs/{pk}"
        table = page.request.get(f"{address}/preuves.csv")
        assert table.status == 200
        for cells in list(csv.reader(io.StringIO(table.text().removeprefix("\ufeff"))))[1:]:
            amounts = [int(cell.replace(".", "")) for cell in cells[2:]]
            totals = [sum(pair) for pair in zip(totals, amounts, strict=True)]
        report = page.request.get(f"{address}/compte-rendu.pdf")
        assert (report.status, report.body()[:4]) == (200, b"%PDF")
    assert len(funders) >= 10
    assert totals == [COST, COST - 123_456, 123_456]
    nora.open(f"{journey.url}preuves/financeurs/{min(funders)}")
    journey.life.looks(nora)
    journey.draws("report")
