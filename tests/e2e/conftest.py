"""One site for the whole session, one browser for each file, one visitor for each role."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from tests.e2e.visitor import Site, Visitor

ROOT = Path(__file__).resolve().parents[2]
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
        ["sh", "scripts/chromium.sh"], check=False, cwd=ROOT, capture_output=True, text=True
    )
    if found.returncode:
        pytest.fail(found.stderr, pytrace=False)
    return found.stdout.strip()


@pytest.fixture(scope="session")
def stage() -> Iterator[dict[str, Any]]:
    """The site, in a process of its own; it ends when its standard input closes."""
    command = [sys.executable, "-m", "tests.e2e.stage"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            pytest.fail("the site of the browser tests did not start; see above", pytrace=False)
        yield json.loads(line)
        process.communicate("", timeout=30)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One for each file: its event loop must be gone before tests that use the database."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        with contextlib.suppress(Error):  # it may be gone already
            launched.close()


@pytest.fixture
def site(browser: Browser, stage: dict[str, Any]) -> Iterator[Site]:
    """Where visitors come from; their windows close after the test."""
    opened = Site(browser, stage)
    yield opened
    opened.close()


@pytest.fixture
def citizen(site: Site) -> Visitor:
    """Someone with a telephone, without account and without JavaScript."""
    return site.visitor()
