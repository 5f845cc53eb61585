"""Killed without warning, twice: the loop in mid-way, then PostgreSQL under the next loop.

One scene, walked once on a server of its own. A counter works beside the loops: it writes down
each payment only after the service has answered, and looks for all of them afterwards.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.postgres import cluster, lease, processes, sources
from config.postgres.__main__ import stop
from config.postgres.places import Places, places_of
from filiere.operations import demo

PROJECT = Path(__file__).resolve().parents[2]
SESSIONS = 3
PATIENCE_SECONDS = 150.0

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

COUNTER = """
import json, sys, time
import django
django.setup()
from django.db import Error, connections
from filiere.billing.models import Charge
from filiere.kernel import checks
from filiere.operations import database
from tests.billing.factories import lot_for, world

with database.scratch("counter", durable=True):
    here = world(price=3000)
    answered, interrupted = [], False
    for issued in lot_for(here, count=2000, face=3000).issued:
        try:
            charge = here.split(issued.code)
        except Error:
            interrupted = True
            break
        answered.append(charge.pk)
        print(charge.pk, flush=True)
        time.sleep(0.02)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for connection in connections.all():
            connection.close()
        try:
            connections["default"].ensure_connection()
            break
        except Error:
            time.sleep(0.1)
    paid = Charge.objects.filter(pk__in=answered, state="split", shares__movement__isnull=False)
    print(json.dumps({
        "answered": len(answered),
        "interrupted": interrupted,
        "kept": paid.distinct().count(),
        "wrong": [one.name for one in checks.run() if not one.holds],
    }), flush=True)
"""


@dataclass
class Scene:
    """What was seen, in order."""

    check_after_loop_killed: subprocess.CompletedProcess[str]
    loop_without_server: tuple[int, str, str]
    counter: dict[str, Any]
    check_after_server_killed: subprocess.CompletedProcess[str]
    seconds_to_answer_again: float


@dataclass
class Stage:
    """A state folder, its server, and what is started on it."""

    places: Places
    environment: dict[str, str]

    def start(self, *command: object) -> subprocess.Popen[str]:
        """Start a process in a group of its own."""
        return subprocess.Popen(
            [sys.executable, *map(str, command)],
            cwd=PROJECT,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def loop(self, territory: str) -> subprocess.Popen[str]:
        return self.start(
            "-m", "config.command_line", "loop", "--places", demo.PLACES, "--keep", "--json",
            "--territory", territory, "--persons", 60, "--workers", 2,
        )  # fmt: skip

    def check(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "config.command_line", "check"],
            check=False,
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=100,
        )

    def sessions(self) -> int:
        """Sessions noted so far; 0 before the table exists."""
        url = cluster.url(cluster.OWNER, places=self.places)
        with contextlib.suppress(psycopg.Error), psycopg.connect(url) as connection:
            row = connection.execute("SELECT count(*) FROM pathways_sessionnote").fetchone()
            return int(row[0]) if row else 0
        return 0

    def wait_for_sessions(self, wanted: int, process: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.sessions() < wanted:
            assert process.poll() is None, process.communicate(timeout=60)
            assert time.monotonic() < deadline, "no session in time"
            time.sleep(0.1)

    def kill_server(self) -> None:
        major = sources.existing_major(self.places)
        assert major
        pid = processes.postmaster_pid(self.places.data(major))
        assert pid
        os.kill(pid, signal.SIGKILL)

    def seconds_to_answer(self) -> float:
        began = time.monotonic()
        while time.monotonic() < began + 60:
            with contextlib.suppress(psycopg.Error):
                cluster.connect_as_superuser(self.places).close()
                return time.monotonic() - began
            time.sleep(0.05)
        raise AssertionError("the server did not come back")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    state = tmp_path_factory.mktemp("crash") / "state"
    gone = ("DATABASE_URL", "DATABASE_APP_URL")
    environment = {name: value for name, value in os.environ.items() if name not in gone} | {
        "FILIERE_STATE_DIR": str(state),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name in gone:
            patch.delenv(name, raising=False)
        patch.setenv("FILIERE_STATE_DIR", str(state))
        places = places_of(state)
        try:
            with lease.take(root=state.parent):
                yield Stage(places, environment)
        finally:
            stop(places)
            shutil.rmtree(places.home, ignore_errors=True)
            shutil.rmtree(places.socket, ignore_errors=True)


@pytest.fixture(scope="module")
def scene(stage: Stage) -> Iterator[Scene]:
    counter = stage.start("-c", COUNTER)
    started = [counter]
    try:
        first = stage.loop("23")
        started.append(first)
        stage.wait_for_sessions(SESSIONS, first)
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate(timeout=60)
        after_loop = stage.check()
        second = stage.loop("49")
        started.append(second)
        stage.wait_for_sessions(stage.sessions() + SESSIONS, second)
        stage.kill_server()
        seconds = stage.seconds_to_answer()
        said, complained = second.communicate(timeout=100)
        told, why = counter.communicate(timeout=100)
        assert counter.returncode == 0, why
        yield Scene(
            check_after_loop_killed=after_loop,
            loop_without_server=(second.returncode, said, complained),
            counter=json.loads(told.splitlines()[-1]),
            check_after_server_killed=stage.check(),
            seconds_to_answer_again=seconds,
        )
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate(timeout=60)


def test_check_holds_after_the_loop_was_killed(scene):
    done = scene.check_after_loop_killed
    assert done.returncode == 0, done.stdout
    assert "FALSE" not in done.stdout
    assert " 0 false" in done.stderr


def test_loop_says_that_its_database_was_killed(scene):
    code, said, complained = scene.loop_without_server
    assert code == 1
    assert said == ""
    assert "filiere check" in complained
    assert "Traceback" not in complained


def test_server_killed_answers_again_by_itself(scene):
    assert scene.seconds_to_answer_again < 30


def test_every_payment_that_was_answered_is_still_there(scene):
    seen = scene.counter
    assert seen["interrupted"]
    assert seen["answered"] >= SESSIONS
    assert seen["kept"] == seen["answered"]
    assert seen["wrong"] == []


def test_check_holds_after_the_server_was_killed(scene):
    done = scene.check_after_server_killed
    assert done.returncode == 0, done.stdout
    assert "FALSE" not in done.stdout
