"""Embedded servers of their own for these tests, erased afterwards."""

import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.postgres import cluster, lease, processes, sources
from config.postgres.__main__ import stop
from config.postgres.places import Places, places_of

PROJECT = Path(__file__).resolve().parent.parent.parent


def wait_until(true: Callable[[], object], *, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def server_pid(places: Places) -> int:
    major = sources.existing_major(places)
    assert major
    pid = processes.postmaster_pid(places.data(major))
    assert pid
    return pid


def supervisor_pid(places: Places) -> int:
    return int(places.supervisor_lock.read_text())


def erase(places: Places) -> None:
    if places.supervisor_lock.exists():
        stop(places)
    shutil.rmtree(places.home, ignore_errors=True)
    shutil.rmtree(places.socket, ignore_errors=True)


def client(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Start another process that uses the same state folder."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=PROJECT,
        text=True,
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def said_by(process: subprocess.Popen[str]) -> str:
    """The next line of another process, waited for two minutes at most."""
    assert process.stdout
    ready, _write, _error = select.select([process.stdout], [], [], 120)
    assert ready, "it said nothing for two minutes"
    return process.stdout.readline()


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    """A state folder with no server yet."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_APP_URL", raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("FILIERE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("FILIERE_POSTGRES_IDLE_SECONDS", "0.3")
    found = places_of(tmp_path / "state")
    yield found
    erase(found)


@pytest.fixture
def held(places: Places) -> Iterator[Places]:
    """A running server, held by this process."""
    with lease.take(root=places.state.parent):
        yield places


@pytest.fixture
def kill() -> Callable[[int], None]:
    return lambda pid: os.kill(pid, signal.SIGKILL)


@pytest.fixture
def owner_url(held: Places) -> str:
    return cluster.url(cluster.OWNER, places=held)
