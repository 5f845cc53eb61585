"""The detached parent of the embedded server: ``python -m config.postgres.supervisor STATE``.

It answers on standard output in one JSON line (ready, taken, or why not), then lives on while
any client holds the clients' lock. It reaps the server, which nobody else would do: a killed
server left as a zombie blocks the next start. It starts it again when it dies, and stops it
cleanly when no client has been left for a few seconds.
"""

import contextlib
import json
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import psycopg

from config.postgres import cluster, sources
from config.postgres.errors import PostgresUnavailable
from config.postgres.locks import Lock
from config.postgres.places import Places, explained, places_of
from config.postgres.server import Server

POLL_SECONDS = 0.1
RESTARTS_IN_A_ROW_MAX = 5
RESTART_PATIENCE_SECONDS = 30.0


class Supervisor:
    """One per state folder, as long as its exclusive lock is held."""

    def __init__(self, places: Places, lock: Lock) -> None:
        self.places = places
        self.lock = lock
        self.idle_seconds = float(os.environ.get("FILIERE_POSTGRES_IDLE_SECONDS", "3"))
        self.asked_to_stop = False
        self.server = Server(sources.choose(places), places=places)
        self._restarts: list[float] = []

    def start(self) -> None:
        """Bring the server up, with its logins and its database.

        Raises:
            PostgresUnavailable: with the sentence the client will show.
        """
        binaries = self.server.binaries
        cluster.create(binaries, places=self.places)
        try:
            self.server.start()
            cluster.furnish(self.places)
        except psycopg.Error as failure:
            raise cluster.explain(str(failure), places=self.places) from failure
        self.note(f"serving with {binaries.source} {binaries.major}, process {self.server.pid}")

    def watch(self) -> None:
        """Keep the server alive until nobody needs it, then stop it cleanly."""
        clients = Lock(self.places.clients_lock)
        idle_since = time.monotonic()
        while not self.asked_to_stop:
            if not (self.lock.is_current() and clients.is_current()):
                self.note("the folder was erased under the server: stopping")
                break
            if not self.server.is_alive():
                self._restart()
            if not clients.acquire(shared=False):
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since >= self.idle_seconds:
                # Held until the very end: a client that comes now waits, then starts afresh.
                self.note("no client left: stopping")
                break
            else:
                clients.release()
            time.sleep(POLL_SECONDS)

    def _restart(self) -> None:
        now = time.monotonic()
        recent = [then for then in self._restarts if now - then < RESTART_PATIENCE_SECONDS]
        self._restarts = [*recent, now]
        self.note(f"the server died; restart {len(self._restarts)}")
        if len(recent) >= RESTARTS_IN_A_ROW_MAX:
            raise cluster.explain("it died repeatedly.", places=self.places)
        self.server.start()

    def note(self, what: str) -> None:
        """Add a dated line to the supervisor's log; a full disk must not stop the server."""
        line = f"{datetime.now(UTC).isoformat(timespec='milliseconds')} {os.getpid()} {what}\n"
        with contextlib.suppress(OSError), self.places.supervisor_log.open("a") as log:
            log.write(line)


def _answer(**words: str) -> None:
    """Tell the client, then let go of its pipe and of every stream of its terminal."""
    sys.stdout.write(json.dumps(words) + "\n")
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _supervise(places: Places) -> None:
    with explained(places.home):
        lock = Lock(places.supervisor_lock)
    if not lock.acquire(shared=False):
        _answer(outcome="taken")
        return
    lock.write(str(os.getpid()))
    with explained(places.home):
        supervisor = Supervisor(places, lock)

    def stop(_number: int, _frame: FrameType | None) -> None:
        supervisor.asked_to_stop = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with explained(places.home):
            supervisor.start()
        _answer(outcome="ready")
        supervisor.watch()
    except BaseException as failure:
        supervisor.note(f"giving up: {failure}")
        raise
    finally:
        # Whatever happened, no server is left without its parent.
        supervisor.server.stop()
        supervisor.note("stopped")


def main(state: str) -> None:
    """Detach from the caller's terminal and process group, then supervise."""
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")
    os.umask(0o077)
    try:
        _supervise(places_of(Path(state)))
    except PostgresUnavailable as refusal:
        _answer(outcome="refused", code=refusal.code, sentence=refusal.sentence)


if __name__ == "__main__":
    main(sys.argv[1])
