"""The web server killed without warning while people book and pay: what was answered is kept."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e import clock

PROJECT = Path(__file__).resolve().parents[2]
CLIENTS = 4
LEAST_ANSWERS = 12
SESSIONS = 60
FACE_CENTS = 3_000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
]


@dataclass
class Site:
    """The served site: started, killed with -9, started again on the same data."""

    environment: dict[str, str]
    port: int
    server: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi",
            "tests.e2e.application:application", "--host", "127.0.0.1", "--port", str(self.port),
            "--workers", "2", "--log-level", "error",
        ]  # fmt: skip
        self.server = subprocess.Popen(
            command, cwd=PROJECT, env=self.environment, start_new_session=True
        )
        deadline = time.monotonic() + 60
        while not self.status("/api/v1/territories"):  # any answer will do
            assert time.monotonic() < deadline, "the site did not start"
            time.sleep(0.1)

    def kill(self) -> None:
        if self.server is not None:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait(timeout=30)

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.url(path), timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def post(self, path: str, given: dict[str, object], **headers: str) -> dict[str, object]:
        """Send JSON; raises when no answer, or a refusal, comes back."""
        request = urllib.request.Request(
            self.url(f"/api/v1/{path}"),
            json.dumps(given).encode(),
            {"Content-Type": "application/json", **headers},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            found: dict[str, object] = json.loads(answer.read())
            return found


@dataclass
class Counter:
    """One mediator at work: what is to be paid, and what the site answered was."""

    token: str
    to_pay: list[tuple[str, str]]
    slots: list[int]
    booked: list[str] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)
    cut: bool = False

    def work(self, site: Site, number: int) -> None:
        """Book and pay in turn until the site stops answering; note only what it confirmed."""
        for turn, (ref, code) in enumerate(self.to_pay):
            visitor = {"X-Forwarded-For": f"192.0.2.{number * 50 + turn}"}
            try:
                slot = {"slot_id": self.slots[turn % len(self.slots)]}
                self.booked.append(str(site.post("registrations", slot, **visitor)["ref"]))
                bearer = {"Authorization": f"Bearer {self.token}"}
                site.post(f"registrations/{ref}/pay", {"voucher_code": code}, **bearer)
                self.paid.append(ref)
            except urllib.error.HTTPError as refused:
                raise AssertionError(refused.read().decode()) from refused
            except (OSError, ValueError, http.client.HTTPException):
                self.cut = True
                return


def open_counters() -> list[Counter]:
    """A provider with sessions to be paid, and slots with many seats."""
    from filiere.accounts.models import Membership
    from filiere.accounts.services import issue_token
    from tests.agenda.factories import UserFactory, new_slot
    from tests.billing.factories import lot_for, world
    from tests.conftest import AT

    here = world(price=FACE_CENTS)
    codes = [one.code for one in lot_for(here, count=SESSIONS, face=FACE_CENTS).issued]
    counters = []
    for _number in range(CLIENTS):
        user = UserFactory()
        Membership.objects.create(user=user, organisation=here.provider, role="mediator")
        refs = [here.charge().registration.ref for _ in range(SESSIONS // CLIENTS)]
        slots = [
            new_slot(here.offer, starts_at=AT.replace(day=27, hour=8 + hour), seats=100).pk
            for hour in range(3)
        ]
        to_pay = [(ref, codes.pop()) for ref in refs]
        token = issue_token(email=user.email, name="counter", at=AT, actor="test")
        counters.append(Counter(token, to_pay, slots))
    return counters


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    from django.db import connections

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | clock.ENVIRONMENT | {
        clock.DATABASE: str(connections["default"].settings_dict["NAME"]),
        clock.STATIC: str(tmp_path),
        "FILIERE_BEHIND_PROXY": "1",
    }  # fmt: skip
    served = Site(environment, port)
    yield served
    served.kill()


def answers(counters: list[Counter]) -> int:
    return sum(len(one.booked) + len(one.paid) for one in counters)


def test_nothing_answered_is_lost_when_the_web_server_is_killed(site):
    from filiere.agenda.models import Registration
    from filiere.billing.models import Charge
    from filiere.kernel import checks

    counters = open_counters()
    site.start()
    threads = [
        threading.Thread(target=one.work, args=(site, number), daemon=True)
        for number, one in enumerate(counters)
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 30
    while answers(counters) < LEAST_ANSWERS:
        assert time.monotonic() < deadline, "nobody is served"
        time.sleep(0.01)

    site.kill()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    assert all(one.cut for one in counters), "the work had ended before the kill"
    site.start()

    booked = [ref for one in counters for ref in one.booked]
    paid = [ref for one in counters for ref in one.paid]
    kept = Registration.objects.filter(ref__in=booked, state="confirmed")
    assert kept.count() == len(booked) >= CLIENTS
    split = Charge.objects.filter(registration__ref__in=paid, state="split")
    assert split.count() == len(paid) >= CLIENTS
    assert [one.name for one in checks.run() if not one.holds] == []

    first = counters[0]
    again = first.to_pay[len(first.paid)]
    answer = site.post(
        f"registrations/{again[0]}/pay", {"voucher_code": again[1]},
        Authorization=f"Bearer {first.token}",
    )  # fmt: skip
    assert answer["lines"]
