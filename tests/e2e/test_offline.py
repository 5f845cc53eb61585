"""The counter goes on when the network is gone, and loses nothing."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from filiere.vouchers.paper import qr
from tests.conftest import AT
from tests.e2e.conftest import Chromium
from tests.e2e.visitor import Site, Visitor, fr

WIDE, HIGH, FRAMES = 640, 480, 5
# A telephone without camera, and one whose owner says no.
NO_CAMERA = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined });"
SAYS_NO = """navigator.mediaDevices.getUserMedia =
    () => Promise.reject(new DOMException("no", "NotAllowedError"));"""


def register(karim: Visitor, place: str, name: str = "Tablette sans caméra") -> None:
    karim.open("/structure/appareils/nouveau")
    karim.page.locator("[name=place]").select_option(label=place)
    karim.page.locator("[name=name]").fill(name)
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
    register(karim, stage["karims_place"], "Tablette de Karim")

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


def film(text: str, path: Path) -> Path:
    """Film a printed square, still and straight: what a fake camera shows."""
    rows = qr.matrix(text)
    side = len(rows) + 2 * qr.MARGIN
    scale = HIGH // side
    left, top = (WIDE - scale * side) // 2, (HIGH - scale * side) // 2
    light = [bytearray(b"\xeb" * WIDE) for _ in range(HIGH)]
    for y, row in enumerate(rows, qr.MARGIN):
        for x, dark in enumerate(row, qr.MARGIN):
            if dark:
                for line in range(top + y * scale, top + (y + 1) * scale):
                    start = left + x * scale
                    light[line][start : start + scale] = b"\x10" * scale
    frame = b"FRAME\n" + b"".join(light) + b"\x80" * (WIDE * HIGH // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDE} H{HIGH} F5:1 Ip A1:1 C420jpeg\n".encode() + frame * FRAMES)
    return path


def test_counter_reads_a_printed_square_with_the_camera(
    site: Site, running: Chromium, stage: Any, tmp_path: Path
):
    facts = stage["offline"]
    filming = running.filming(film(facts["filmed"], tmp_path / "square.y4m"))
    try:
        karim = Site(filming, stage).visitor("karim@demo.example", javascript=True)
        karim.page.clock.set_fixed_time(AT)
        register(karim, stage["karims_place"])
        karim.page.locator("#counter-sessions label").last.click()
        karim.press("Read the square with the camera")
        expect(karim.page.locator("#counter-code")).to_have_value(facts["filmed"])
        karim.reads("The square was read. Check the session, then record.")
        expect(karim.page.locator("#counter-video")).to_be_hidden()
        karim.press("Record this voucher")
        expect(karim.page.locator("#counter-queue .tone-ok")).to_have_count(1)
        assert states(karim) == [fr("paid")]
        assert karim.complaints == []
    finally:
        filming.close()


def test_counter_says_to_type_the_code_without_a_camera(site: Site, stage: Any):
    karim = site.visitor("karim@demo.example", javascript=True)
    karim.page.add_init_script(NO_CAMERA)
    register(karim, stage["karims_place"])

    expect(karim.page.locator("#counter-camera")).to_be_hidden()
    karim.reads(
        "This device has no camera that this page can use: type the code written under the square."
    )


def test_counter_says_to_type_the_code_when_the_camera_is_refused(site: Site, stage: Any):
    karim = site.visitor("karim@demo.example", javascript=True)
    karim.page.add_init_script(SAYS_NO)
    register(karim, stage["karims_place"])
    karim.press("Read the square with the camera")

    karim.reads(
        "The browser was not allowed to use the camera: type the code written under the square."
    )
    expect(karim.page.locator("#counter-code")).to_be_focused()


def test_counter_refuses_a_blocked_voucher_without_network_with_what_to_say(site: Site, stage: Any):
    facts = stage["offline"]
    karim = site.visitor("karim@demo.example", javascript=True)
    karim.page.clock.set_fixed_time(AT)
    register(karim, stage["karims_place"])
    karim.page.context.set_offline(True)
    karim.page.locator("#counter-outside-part label").first.click()

    for code in (facts["blocked"], facts["blocked_typed"].lower()):
        karim.page.locator("#counter-code").fill(code)
        karim.press("Record this voucher")
        karim.reads("Voucher refused. It is blocked while something is checked.")
        expect(karim.page.locator("#counter-answer")).to_contain_text("À dire")
    expect(karim.page.locator("#counter-queue li")).to_have_count(0)
    karim.page.context.set_offline(False)
