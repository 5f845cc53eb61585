"""One loop in progress: its clock, its people, its tally, the time each phase took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from filiere.operations.loop.counter import Tally
from filiere.operations.loop.people import Walk
from filiere.operations.loop.world import World

Say = Callable[[str, int, int], None]


@dataclass
class Run:
    """What is carried from day to day."""

    world: World
    persons: int
    seed: int
    say: Say
    workers: int = 1
    tally: Tally = field(default_factory=Tally)
    walks: dict[int, Walk] = field(default_factory=dict)
    codes: dict[UUID, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the time spent inside to the phase's."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
