"""``python -m config.postgres status|stop|reset``: the embedded server, by hand."""

import argparse
import contextlib
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from config.postgres import errors
from config.postgres.errors import PostgresUnavailable, _
from config.postgres.locks import Lock, is_held
from config.postgres.places import Places, places_of, state_folder

ROOT = Path(__file__).resolve().parent.parent.parent
STOP_SECONDS_MAX = 90.0


def stop(places: Places) -> None:
    """Ask the supervisor to stop the server, and wait until it has.

    Raises:
        PostgresUnavailable: it has not stopped in time.
    """
    deadline = time.monotonic() + STOP_SECONDS_MAX
    while is_held(places.supervisor_lock):
        with contextlib.suppress(ValueError, ProcessLookupError):
            os.kill(int(places.supervisor_lock.read_text()), signal.SIGTERM)
        if time.monotonic() > deadline:
            raise errors.in_use(places.supervisor_lock)
        time.sleep(0.1)


def reset(places: Places, *, confirmed: bool) -> None:
    """Erase the local database, unless a command is using it.

    Raises:
        PostgresUnavailable: a command is using it.
    """
    if not places.home.exists():
        sys.stdout.write(_("There is no local database to erase.") + "\n")
        return
    question = _("Erase the local database {path} and all it holds? Type yes to erase it: ")
    if not confirmed and input(question.format(path=places.home)).strip() not in ("yes", "oui"):
        sys.stdout.write(_("Nothing was erased.") + "\n")
        return
    clients = Lock(places.clients_lock)
    deadline = time.monotonic() + STOP_SECONDS_MAX / 9
    while not clients.acquire(shared=False):
        # A server that is just stopping holds it too, for a few seconds.
        if time.monotonic() > deadline:
            raise errors.in_use(places.clients_lock)
        time.sleep(0.1)
    stop(places)
    shutil.rmtree(places.home)
    shutil.rmtree(places.socket, ignore_errors=True)
    sys.stdout.write(_("The local database was erased.") + "\n")


def main() -> None:
    """Parse the command and print a refusal as a sentence."""
    parser = argparse.ArgumentParser(prog="python -m config.postgres")
    parser.add_argument("command", choices=["status", "stop", "reset"])
    parser.add_argument("--yes", action="store_true", help="erase without asking")
    asked = parser.parse_args()
    places = places_of(state_folder(ROOT))
    try:
        if asked.command == "status":
            running = is_held(places.supervisor_lock)
            state = "running" if running else "stopped"
            sys.stdout.write(f"{state} {places.home} {places.socket}\n")
        elif asked.command == "stop":
            stop(places)
        elif os.environ.get("DATABASE_URL"):
            sys.exit(
                _("DATABASE_URL names a server that is not Filière's to erase: nothing was done.")
            )
        else:
            reset(places, confirmed=asked.yes)
    except PostgresUnavailable as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
