"""One site for the whole session, one browser for each file, one visitor for each role."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

from tests.e2e.visitor import Site, Visitor

ROOT = Path(__file__).resolve().parents[2]
STAGE_SECONDS = 280
LAUNCH_MS = 60_000
# Under the limit of pytest (300), so that the browser is what stops.
TEST_SECONDS = 200
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs Chromium, and says so by its mark."""
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Chromium; without it the tests fail, with the command that installs it."""
    found = subprocess.run(
        ["sh", "scripts/chromium.sh"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if found.returncode:
        pytest.fail(found.stderr, pytrace=False)
    return found.stdout.strip()


@contextlib.contextmanager
def played(scene: str) -> Iterator[dict[str, Any]]:
    """Serve a scene in a process of its own; it ends when its standard input closes."""
    command = [sys.executable, "-m", "tests.e2e.stage", scene]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        ready, _write, _error = select.select([process.stdout], [], [], STAGE_SECONDS)
        line = process.stdout.readline() if ready else ""
        if not line:
            pytest.fail("the site of the browser tests did not start; see above", pytrace=False)
        yield json.loads(line)
        process.communicate("", timeout=60)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=10)


@pytest.fixture(scope="session")
def stage() -> Iterator[dict[str, Any]]:
    """The site with one of each thing a page can show."""
    with played("scene") as facts:
        yield facts


class Chromium:
    """A browser that is started again when it was killed."""

    def __init__(self, playwright: Playwright, path: str) -> None:
        self._playwright, self._path = playwright, path
        self._browser: Browser | None = None
        self._pid = 0

    def browser(self) -> Browser:
        """Give the browser, started now if there is none."""
        if self._browser is None or not self._browser.is_connected():
            try:
                self._browser = self._launched()
            except Error:  # a busy machine: once more
                self._browser = self._launched()
            told = self._browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
            self._pid = next(one["id"] for one in told["processInfo"] if one["type"] == "browser")
        return self._browser

    def _launched(self, *more: str) -> Browser:
        return self._playwright.chromium.launch(
            executable_path=self._path, args=[*FLAGS, *more], timeout=LAUNCH_MS
        )

    def filming(self, film: Path) -> Browser:
        """Give another browser, whose camera sees this film (Y4M) for ever; the caller closes it."""
        return self._launched(
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        )  # fmt: skip

    @contextlib.contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """Kill the browser after a while: what waits for it then fails instead of hanging."""
        timer = threading.Timer(seconds, self._kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    def close(self) -> None:
        if self._browser is not None:
            with contextlib.suppress(Error), self.limited(30):  # it may be gone already
                self._browser.close()


@pytest.fixture(scope="module")
def running(chromium: str) -> Iterator[Chromium]:
    """One for each file: its event loop must be gone before tests that use the database."""
    with sync_playwright() as playwright:
        one = Chromium(playwright, chromium)
        yield one
        one.close()


@pytest.fixture
def site(running: Chromium, stage: dict[str, Any]) -> Iterator[Site]:
    """Where visitors come from; their windows close after the test."""
    opened = Site(running.browser(), stage)
    # Neither a script in a page nor a new window has a limit of its own.
    with running.limited(TEST_SECONDS):
        yield opened
        with contextlib.suppress(Error):
            opened.close()


@pytest.fixture
def citizen(site: Site) -> Visitor:
    """Someone with a telephone, without account and without JavaScript."""
    return site.visitor()
