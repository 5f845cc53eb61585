"""Requests a second of the web server itself, with every middleware of the project."""

import itertools
import os
import re
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from benchmarks.redeem_scene import Scene
from filiere.cli.serving import THREADS

CONNECTIONS = 16
START_SECONDS = 60.0
ALLOWED = b"HTTP/1.1 200"
_numbers = itertools.count()


@contextmanager
def server(database: str, *, workers: int = 2) -> Iterator[int]:
    """Serve the three pages of ``benchmarks.peers.pages`` on ``database``; give the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application",
        "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers),
        "--blocking-threads", str(THREADS), "--log-level", "warning",
    ]  # fmt: skip
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "benchmarks.peers.settings",
        "FILIERE_BENCH_DATABASE": database,
        "FILIERE_INSECURE": "1",
    }
    child = subprocess.Popen(command, env=environment)
    try:
        _wait_for(port)
        yield port
    finally:
        child.terminate()
        child.wait(timeout=20)


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def rate(port: int, page: str, scene: Scene, seconds: float) -> float:
    """Answers a second to sixteen connections that ask again as soon as they are answered.

    Raises:
        ValueError: an answer is not 200.
    """
    chooser = selectors.DefaultSelector()
    asking = []
    for _ in range(CONNECTIONS):
        one = socket.create_connection(("127.0.0.1", port))
        one.sendall(_request(page, scene))
        chooser.register(one, selectors.EVENT_READ)
        asking.append(one)
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        for key, _events in chooser.select(timeout=10):
            found: socket.socket = key.fileobj  # type: ignore[assignment]
            _read(found)
            done += 1
            found.sendall(_request(page, scene))
    passed = time.perf_counter() - began
    for one in asking:  # what was asked last is answered before the next page is measured
        _read(one)
        one.close()
    return done / passed


def _read(one: socket.socket) -> None:
    """Read one answer to its end."""
    answer = b""
    while True:
        answer += one.recv(65536)
        head, ended, body = answer.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        if ended and length and len(body) >= int(length[1]):
            break
    if not answer.startswith(ALLOWED):
        raise ValueError(answer.decode(errors="replace"))


def _request(page: str, scene: Scene) -> bytes:
    number = next(_numbers)
    act = scene.act(number * 7919)
    body = urlencode(
        {
            "code": act["code"],
            "reference": f"H-{os.getpid()}-{number}",
            "provider": act["provider_id"],
            "commune": act["commune_id"],
        }
    ).encode()
    head = (
        f"POST /{page} HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
