"""What the journey of a programme needs beside its pages: days that pass, files, pictures."""

import datetime as dt
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.e2e.bank import Bank
from tests.e2e.test_every_page import RUN_AXE
from tests.e2e.visitor import DESK, PHONE, Site, Visitor

ROOT = Path(__file__).resolve().parents[2]
WORKER_SECONDS = 120
# Set to make the pictures of docs/guide again while the journey walks.
PICTURES = "FILIERE_PICTURES"


def plain(text: str) -> str:
    """The same words with ordinary spaces, on one line."""
    return " ".join(re.sub("[\u00a0\u202f\u2009]", " ", text).replace("−", "-").split())


class Life:
    """One programme's journey: its site, its bank, its clock; every page met is examined once."""

    def __init__(self, site: Site, facts: dict[str, Any], tmp_path: Path) -> None:
        self.site, self.facts, self.folder = site, facts, tmp_path
        self.bank = Bank(facts["iban"])
        self._seen: set[str] = set()
        self._drawn: set[str] = set()
        self._open: dict[str, Visitor] = {}

    def moves_to(self, day: dt.date, hour: int = 10) -> None:
        """Let days pass; everybody signs in again, as after a holiday."""
        moment = dt.datetime.combine(day, dt.time(hour), tzinfo=dt.UTC)
        Path(self.facts["moment"]).write_text(moment.isoformat(), "utf-8")
        self.site.close()
        self.site.forget()
        self._open.clear()

    def one(self, key: str) -> Visitor:
        """Somebody in front of the site, signed in as themselves; the same window all day."""
        if key not in self._open:
            self._open[key] = self.site.visitor(f"{key}@demo.example", javascript=True, size=DESK)
        return self._open[key]

    def work(self) -> None:
        """Let the worker do what waits for it."""
        command = [sys.executable, "-m", "tests.e2e.worker", self.facts["database"]]
        subprocess.run(command, cwd=ROOT, check=True, timeout=WORKER_SECONDS, capture_output=True)

    def file(self, name: str, content: bytes) -> Path:
        """A file on somebody's disk."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def looks(self, visitor: Visitor) -> None:
        """Examine a page, once for each kind: axe, width, console."""
        kind = re.sub(r"\d+", "N", re.sub(r"OR-[\w-]+", "R", visitor.page.url.partition("?")[0]))
        if kind in self._seen:
            return
        self._seen.add(kind)
        page = visitor.page
        faults = [f"console: {said}" for said in visitor.complaints]
        for size in (PHONE, DESK):  # axe once: test_every_page asks it at both widths
            page.set_viewport_size(size)  # type: ignore[arg-type]
            faults += [over] if (over := visitor.overflow()) else []
        page.evaluate(AXE_SCRIPT)
        faults += [
            f"axe: {one['id']} {one['help']}" for one in page.evaluate(RUN_AXE)["violations"]
        ]
        assert faults == [], f"{kind}: {faults}"

    def draws(self, visitor: Visitor, name: str, *, phone: bool = False, under: str = "") -> None:
        """Take a picture for the guide, when they are made again; from a heading down."""
        if name not in self._drawn:
            self._drawn.add(name)
            pictured(visitor, f"programme-{name}", phone=phone, under=under)


def pictured(visitor: Visitor, name: str, *, phone: bool = False, under: str = "") -> None:
    """Take a picture of the page shown, when those of the guides are made again.

    Args:
        under: words of the heading to begin at; blank begins at the top.
    """
    if not (folder := os.environ.get(PICTURES)):
        return
    page = visitor.page
    page.set_viewport_size(PHONE if phone else {"width": 1000, "height": 660})  # type: ignore[arg-type]
    page.evaluate("window.scrollTo(0, 0)")
    if under:
        page.locator("main h2", has_text=under).evaluate(
            "one => window.scrollTo(0, one.getBoundingClientRect().top - 24)"
        )
    page.screenshot(path=f"{folder}/{name}.png", scale="css")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]


def shows(visitor: Visitor, *words: str) -> None:
    """Check that the page shows each of these, whatever its spaces."""
    said = plain(visitor.page.locator("main").inner_text())
    missing = [some for some in words if plain(some) not in said]
    assert missing == [], f"{missing} not in: {said}"


def row(page: Page, name: str, *cells: str) -> None:
    """Check that the line of a table that names something ends with these cells."""
    lines = page.locator("main tr", has=page.locator("th", has_text=name))
    found = [[plain(cell) for cell in one.locator("td").all_inner_texts()] for one in lines.all()]
    assert any(one[-len(cells) :] == list(cells) for one in found), f"{name}: {found}"


def fills(page: Page, **values: str) -> None:
    """Type in fields by their names; a choice is chosen, a box or a round is ticked."""
    for name, value in values.items():
        named = page.locator(f"main [name={name}]")
        kind = named.first.evaluate("one => one.type || one.tagName")
        if kind in ("radio", "checkbox"):
            page.locator(f"main [name={name}][value='{value}']").check()
        elif kind == "select-one":
            chosen = named.locator("option", has_text=value).first.get_attribute("value")
            named.select_option(chosen)
        else:
            named.fill(value)


def sends(page: Page, within: str = "main form") -> None:
    """Press the solid button of a form, and wait for what follows."""
    page.locator(within).locator("button.button-solid, button.button-danger").first.click()
    page.wait_for_load_state()


def follows(page: Page, address: str) -> None:
    """Follow the first link of the page whose address ends so."""
    page.locator(f"main a[href$='{address}'], main a[href*='{address}']").first.click()
    expect(page).to_have_url(re.compile(re.escape(address)))
