"""The counter goes on when the network is gone, and loses nothing."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.conftest import AT
from tests.e2e.visitor import Site, Visitor, fr


def register(karim: Visitor, place: str) -> None:
    karim.open("/structure/appareils/nouveau")
    karim.page.locator("[name=place]").select_option(label=place)
    karim.page.locator("[name=name]").fill("Tablette de Karim")
    karim.press("Register this device")
    expect(karim.page).to_have_url(re.compile("/comptoir/$"))
    expect(karim.page.locator("#counter-ready")).to_be_visible()
    karim.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")


def take(karim: Visitor, session: str, code: str) -> None:
    karim.page.locator("#counter-sessions label", has_text=session).last.click()
    karim.page.locator("#counter-code").fill(code)
    karim.press("Record this voucher")


def mistyped(code: str) -> str:
    """Replace one symbol near the end, as a tired hand or a forger does."""
    return code[:-5] + ("B" if code[-5] == "A" else "A") + code[-4:]


def states(karim: Visitor) -> list[str]:
    return karim.page.locator("#counter-queue .tag").all_inner_texts()


def test_counter_takes_vouchers_without_network_and_sends_each_once(site: Site, stage: Any):
    facts = stage["offline"]
    karim = site.visitor("karim@demo.example", javascript=True)
    karim.page.clock.set_fixed_time(AT)
    register(karim, stage["karims_place"])

    karim.page.context.set_offline(True)
    take(karim, facts["ref"], mistyped(facts["typed"]))
    karim.reads("Nothing was recorded. This code is mistyped: read it again, group by group.")
    take(karim, facts["ref"], facts["typed"].lower())
    karim.reads("It is recorded on this device.")
    take(karim, fr("Somebody without appointment"), mistyped(facts["signed"]))
    karim.reads("Nothing was recorded. This square was not made by us, or it was changed.")
    take(karim, fr("Somebody without appointment"), facts["signed"])
    expect(karim.page.locator("#counter-queue li")).to_have_count(2)
    karim.page.reload()
    expect(karim.page.locator("#counter-ready")).to_be_visible()
    assert states(karim) == [fr("waits to be sent")] * 2

    karim.page.context.set_offline(False)
    expect(karim.page.locator("#counter-queue .tone-ok")).to_have_count(2)
    assert states(karim) == [fr("paid")] * 2
    karim.press("Send now")

    karim.open("/structure/appareils")
    karim.page.locator("main a", has_text="Tablette de Karim").click()
    expect(karim.page.locator("main tbody tr")).to_have_count(2)
    karim.sees(facts["ref"], "35,00 €")
    karim.open(f"/seance/{facts['ref']}/encaisser")
    assert karim.page.url.endswith("/recu")
