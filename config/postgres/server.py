"""The PostgreSQL process: started and reaped by its supervisor, or adopted from a dead one."""

import contextlib
import os
import shlex
import signal
import subprocess
import time
from pathlib import Path
from typing import BinaryIO

import psycopg

from config.postgres import cluster, errors, processes
from config.postgres.places import Places, explained
from config.postgres.sources import Binaries

START_SECONDS_MAX = 300.0
STOP_SECONDS_MAX = 60.0
LOG_BYTES_MAX = 5_000_000
# Words of a start that only needs a little patience: what is left of a killed server.
PASSING = ("pre-existing shared memory block", "lock file", "is still in use")
PASSING_TRIES = 40


class Server:
    """One PostgreSQL on one data folder. Only its supervisor holds one."""

    def __init__(self, binaries: Binaries, *, places: Places) -> None:
        self.binaries = binaries
        self.places = places
        self.data = places.data(binaries.major)
        self.pid = 0
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, or adopt the one that runs, and wait until it answers.

        Raises:
            PostgresUnavailable: it stopped while starting, or did not answer in time.
        """
        cluster.write_access_rules(self.data, places=self.places)
        for attempt in range(PASSING_TRIES):
            left = processes.postmaster_pid(self.data)
            if left and processes.serves(left, self.data):
                self.pid, self._child = left, None
                log_from = 0
            else:
                log_from = self._spawn(left)
            if self._answers():
                return
            words = self._log_since(log_from)
            if attempt == PASSING_TRIES - 1 or not any(mark in words for mark in PASSING):
                raise cluster.explain(words, places=self.places)
            time.sleep(0.25)

    def _spawn(self, left: int | None) -> int:
        """Start the process; return where its words begin in the log."""
        options = cluster.SETTINGS | {"unix_socket_directories": f'"{self.places.socket}"'}
        command = [self.binaries.program("postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        environment = cluster.environment()
        if left:
            # The number in postmaster.pid belongs to a zombie or to another program. PostgreSQL
            # takes the grandparent's number for stale, and still checks the shared memory.
            environment["PG_GRANDPARENT_PID"] = str(left)
        account = self.places.account
        with explained(self.places.home), self._open_log() as log:
            begins = log.tell()
            log.write(f"# {shlex.join(command)}\n".encode())
            log.flush()
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                umask=0o077,
            )
        self.pid = self._child.pid
        return begins

    def _open_log(self) -> BinaryIO:
        path = self.places.server_log
        if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")

    def _answers(self) -> bool:
        """Wait for the first answer; False when the process ends before."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            try:
                cluster.connect_as_superuser(self.places).close()
            except psycopg.OperationalError:
                if not self.is_alive():
                    return False
                time.sleep(0.03)
            else:
                return True
        raise errors.slow(self.places.server_log)

    def is_alive(self) -> bool:
        """Return whether the server runs; a dead child is reaped on the way."""
        if self._child:
            return self._child.poll() is None
        return processes.serves(self.pid, self.data)

    def stop(self) -> None:
        """Stop cleanly: sessions are ended, a checkpoint written. Kills nothing that answers."""
        for sign, seconds in ((signal.SIGINT, STOP_SECONDS_MAX), (signal.SIGQUIT, 10.0)):
            if not self.is_alive():
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sign)
            deadline = time.monotonic() + seconds
            while self.is_alive() and time.monotonic() < deadline:
                time.sleep(0.02)

    def _log_since(self, begins: int) -> str:
        with Path(self.places.server_log).open("rb") as log:
            log.seek(begins)
            return log.read()[-20_000:].decode(errors="replace")
