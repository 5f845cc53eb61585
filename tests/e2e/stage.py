"""``python -m tests.e2e.stage [SCENE]``: a small site with data, served until input closes.

Prints one JSON line: where it is served, the addresses of every page and what the journeys need
to know. The browser tests never touch the database: a browser's event loop forbids it.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from tests.e2e import clock

os.environ.update(clock.ENVIRONMENT)
STARTS_WITHIN = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _served(port: int) -> Iterator[None]:
    """Serve the site; ask for the home page until it answers."""
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "tests.e2e.application:application",
        "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "4",
        "--log-level", "warning",
    ]  # fmt: skip
    # Its own words go to our standard error: standard output is the one JSON line.
    server = subprocess.Popen(command, stdout=sys.stderr, start_new_session=True)
    try:
        _wait_for(port, server)
        yield
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(timeout=10)


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/accessibilite", timeout=20).close()
        except urllib.error.HTTPError:
            return  # it answers; the tests will say what is wrong
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the web server of the browser tests did not start")


def main() -> None:
    """Prepare, serve, say where, and wait."""
    with tempfile.TemporaryDirectory() as static:
        os.environ[clock.STATIC] = static
        moment = Path(static) / "moment"
        moment.touch()
        os.environ[clock.MOMENT] = str(moment)
        clock.stop_at_the_moment()
        clock.lighten()
        import django

        django.setup()
        from django.core.management import call_command

        from filiere.operations import database

        call_command("collectstatic", verbosity=0, interactive=False)
        with database.scratch("e2e") as name:
            os.environ[clock.DATABASE] = name
            scene = sys.argv[1] if len(sys.argv) > 1 else "scene"
            facts = import_module(f"tests.e2e.{scene}").play()
            port = _free_port()
            with _served(port):
                place = {"url": f"http://127.0.0.1:{port}", "database": name, "moment": str(moment)}
                said = json.dumps(facts | place)
                sys.stdout.write(said + "\n")
                sys.stdout.flush()
                sys.stdin.read()


if __name__ == "__main__":
    main()
