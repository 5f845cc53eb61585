"""What is known of a process that is not ours: alive, zombie, or somebody else's by now."""

import os
import subprocess
from pathlib import Path

PROC = Path("/proc")


def postmaster_pid(data: Path) -> int | None:
    """Return the process id PostgreSQL left in ``data``, or None."""
    try:
        first = (data / "postmaster.pid").read_text(encoding="utf-8").partition("\n")[0]
        return abs(int(first))
    except (OSError, ValueError):
        return None


def exists(pid: int) -> bool:
    """Return whether the process id is taken, even by a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def serves(pid: int, data: Path) -> bool:
    """Return whether ``pid`` is a live PostgreSQL working on ``data``.

    False for a zombie (killed, but PID 1 has not reaped it) and for another program that took
    the number of a dead server: neither may block a start.
    """
    if (PROC / "self").exists():
        return _serves_by_proc(pid, data)
    answer = subprocess.run(
        ["/bin/ps", "-o", "stat=,command=", "-p", str(pid)],
        check=False,
        capture_output=True,
        text=True,
        timeout=20,
    )
    state, _, command = answer.stdout.strip().partition(" ")
    return bool(state) and not state.startswith("Z") and str(data) in command


def _serves_by_proc(pid: int, data: Path) -> bool:
    try:
        # The name stands in parentheses and may hold spaces: the state follows the last one.
        state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
        command = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return state not in ("Z", "X") and os.fsencode(data) in command
