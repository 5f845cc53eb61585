"""A person in front of the site: opens pages, presses, reads; and what a page must never do."""

import re
from typing import Any

from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PATIENCE_MS = 20_000
WIDTH = "[document.documentElement.scrollWidth, window.innerWidth]"


def fr(words: str, **values: str) -> str:
    """Say in French, as the site does, a sentence of the source; it must have been translated."""
    with translation.override("fr"):
        said = translation.gettext(words)
    assert said != words, f"no French for: {words}"
    return said % values if values else said


class Site:
    """The served stage, and the windows opened on it."""

    def __init__(self, browser: Browser, facts: dict[str, Any]) -> None:
        self.browser, self.facts = browser, facts
        self._contexts: list[BrowserContext] = []
        self._keys: dict[str, Any] = facts.setdefault("keys", {})

    def visitor(
        self,
        email: str = "",
        *,
        language: str = "fr",
        javascript: bool = False,
        size: dict[str, int] | None = None,
    ) -> "Visitor":
        """Open a fresh window, signed in if an e-mail is given."""
        context = self.browser.new_context(
            base_url=self.facts["url"],
            locale={"fr": "fr-FR", "en": "en-GB"}[language],
            viewport=size or PHONE,  # type: ignore[arg-type]
            java_script_enabled=javascript,
            accept_downloads=True,
            storage_state=self._keys.get(email),
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        visitor = Visitor(context.new_page())
        if email and email not in self._keys:
            visitor.sign_in(email, self.facts["password"])
            self._keys[email] = context.storage_state()
        return visitor

    def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def forget(self) -> None:
        """Let everybody sign in again."""
        self._keys.clear()


class Visitor:
    """One window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        # A refusal is a page of its own with the status that says so; the browser remarks on it.
        if message.type in ("error", "warning") and "the server responded with" not in message.text:
            self.complaints.append(message.text)

    def sign_in(self, email: str, password: str) -> None:
        self.open("/compte/entrer")
        self.page.locator("[name=login]").fill(email)
        self.page.locator("[name=password]").fill(password)
        self.page.locator("main button[type=submit]").click()
        expect(self.page).not_to_have_url(re.compile("/compte/entrer"))

    def open(self, address: str) -> int:
        """Go to an address of the site; give the status of the answer."""
        answer = self.page.goto(address)
        assert answer is not None
        return answer.status

    def press(self, words: str) -> None:
        """Press the button, or follow the link, that bears exactly these words, in French."""
        body = self.page.locator("body")
        button = body.get_by_role("button", name=fr(words), exact=True)
        link = body.get_by_role("link", name=fr(words), exact=True)
        button.or_(link).first.click()
        self.page.wait_for_load_state()

    def choose(self, words: str) -> None:
        """Tick the answer that bears these words, in French."""
        self.page.locator("label", has_text=fr(words)).first.click()

    def reads(self, words: str, **values: str) -> None:
        """Check that the page says this sentence of the source, in French."""
        self.sees(fr(words, **values))

    def sees(self, *words: str) -> None:
        """Check that the page shows exactly this."""
        for some in words:
            expect(self.page.locator("main")).to_contain_text(some)

    @property
    def title(self) -> str:
        return self.page.locator("h1").first.inner_text()

    def overflow(self) -> str:
        """Say by how much the page is wider than its window, blank if it is not."""
        wide, window = self.page.evaluate(WIDTH)
        return f"{wide} px wide in a window of {window}" if wide > window else ""
