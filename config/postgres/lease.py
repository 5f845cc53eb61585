"""A client's hold on the embedded server: it runs at least as long as the hold lasts."""

import json
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from config.postgres import cluster, errors
from config.postgres.errors import PostgresUnavailable
from config.postgres.locks import Lock, is_held
from config.postgres.places import Places, explained, places_of, state_folder

PROJECT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 120.0
# A first start creates the cluster; a start after a crash replays what was confirmed.
LAUNCH_SECONDS = 320.0


class Lease:
    """Keeps the embedded server up. Ends by ``close``, at the end of a ``with``, or by death.

    A forked child shares its parent's hold; a program started by ``exec`` takes its own.
    """

    def __init__(self, lock: Lock | None) -> None:
        self._lock = lock

    def close(self) -> None:
        """Let go; the server stops a few seconds after the last client has."""
        if self._lock:
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def take(*, root: Path) -> Lease:
    """Start or join the embedded server of ``root`` and keep it up.

    Raises:
        PostgresUnavailable: it cannot be started, or did not answer within two minutes.
    """
    places = places_of(state_folder(root))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        places.make()
        lock = _shared_lock(places, deadline)
        try:
            ready = _bring_up(places, lock, deadline)
        except BaseException:
            lock.close()
            raise
        if ready:
            return Lease(lock)
        lock.close()


def _shared_lock(places: Places, deadline: float) -> Lock:
    with explained(places.home):
        lock = Lock(places.clients_lock)
    while not lock.acquire(shared=True):
        # The supervisor is stopping the server, or somebody is erasing it.
        if time.monotonic() > deadline:
            lock.close()
            raise errors.in_use(places.clients_lock)
        time.sleep(0.05)
    return lock


def _bring_up(places: Places, lock: Lock, deadline: float) -> bool:
    """Wait for the server; False when the folder was erased meanwhile and all is to redo."""
    while lock.is_current():
        if not is_held(places.supervisor_lock):
            _launch(places)
        elif _answers(places):
            return True
        elif time.monotonic() > deadline:
            raise errors.slow(places.server_log)
        else:
            time.sleep(0.05)
    return False


def _answers(places: Places) -> bool:
    try:
        for role in (cluster.OWNER, cluster.APPLICATION):
            psycopg.connect(cluster.url(role, places=places), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _launch(places: Places) -> None:
    """Start a supervisor and wait for its one line; several may race, one of them stays.

    Raises:
        PostgresUnavailable: it refused, stopped, or said nothing for five minutes. It then goes
            on by itself: the next command may find the server up.
    """
    launched = subprocess.Popen(
        [sys.executable, "-m", "config.postgres.supervisor", str(places.state)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    try:
        said, complained = launched.communicate(timeout=LAUNCH_SECONDS)
    except subprocess.TimeoutExpired:
        # Not read to the end: the detached supervisor still holds the other end.
        for stream in (launched.stdout, launched.stderr):
            if stream:
                stream.close()
        launched.poll()
        raise errors.slow(places.supervisor_log) from None
    try:
        words = json.loads(said.rpartition("{")[1] + said.rpartition("{")[2])
    except ValueError:
        last = complained.strip().rpartition("\n")[2]
        raise errors.did_not_start(places.supervisor_log, last) from None
    if words["outcome"] == "refused":
        raise PostgresUnavailable(words["code"], words["sentence"])
