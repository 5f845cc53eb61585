"""Web server and worker as two children of one command; Ctrl-C stops both."""

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError

# In each process of the web server: while one waits for the disk, others serve, and what they
# write is confirmed together. The most that the server takes without a warning.
THREADS = 2 * (os.cpu_count() or 1) + 1


class PortTaken(FiliereError):
    """Something already answers on the port."""

    code = "cli.port_taken"
    message = _("Port %(port)s is taken by another program.")
    remedy = _('Stop that program, or choose another port: make demo ARGS="--port %(other)s".')


def require_free_port(*, host: str, port: int) -> None:
    """Refuse a port that something else listens on.

    Raises:
        PortTaken: the address cannot be bound.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refused:
            raise PortTaken(port=port, other=port + 1) from refused


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def serve(*, host: str, port: int, workers: int = 2) -> int:
    """Run the web server and the worker until one ends or Ctrl-C is pressed.

    Returns:
        0 after Ctrl-C, else the exit code of the child that ended by itself.
    """
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application",
        "--host", host, "--port", str(port), "--workers", str(workers),
        "--blocking-threads", str(THREADS), "--log-level", "warning",
    ]  # fmt: skip
    worker = [
        sys.executable, "-m", "config.command_line", "procrastinate", "worker",
        "--concurrency", "1",
    ]  # fmt: skip
    signal.signal(signal.SIGTERM, _stop)
    # Children in a session of their own: Ctrl-C reaches them through us, once.
    children = [
        subprocess.Popen(command, env=os.environ.copy(), start_new_session=True)
        for command in (web, worker)
    ]
    try:
        while True:
            for child in children:
                if child.poll() is not None:
                    return child.returncode or 1
            time.sleep(0.3)
    except KeyboardInterrupt:
        return 0
    finally:
        _end(children)


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(timeout=10)
