"""A progress line in the terminal: what, how far, in words; silent when nobody watches."""

import time
from collections.abc import Callable
from typing import TextIO

WIDTH = 24
EVERY_SECONDS = 0.2


class Bar:
    """One line rewritten in place. Call it with a name, how many are done, and of how many."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.live = stream.isatty()
        self.last = 0.0

    def __call__(self, name: str, done: int, total: int) -> None:
        """Show progress, at most five times a second."""
        now = time.monotonic()
        if not self.live or (now - self.last < EVERY_SECONDS and done < total):
            return
        self.last = now
        filled = WIDTH * done // total if total else 0
        line = f"{name:<12} {'━' * filled}{'┄' * (WIDTH - filled)} {done:,} / {total:,}"
        self.stream.write(f"\r\x1b[2K{line}")
        self.stream.flush()

    def say(self, name: str) -> Callable[[int, int], None]:
        """Give a two-argument progress function under one name."""
        return lambda done, total: self(name, done, total)

    def done(self) -> None:
        """Leave the line clean."""
        if self.live:
            self.stream.write("\r\x1b[2K")
            self.stream.flush()
