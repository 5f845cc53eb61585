"""File locks that the system drops by itself when their last holder dies."""

import fcntl
import os
from pathlib import Path


class Lock:
    """An advisory lock on one file. Forked children share it; it ends with the last of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def acquire(self, *, shared: bool) -> bool:
        """Try once, without waiting; return whether the lock is now ours."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give the lock back and keep the file open."""
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def is_current(self) -> bool:
        """Return whether the locked file is still the one at its path (it may be erased)."""
        try:
            there = self.path.stat()
        except FileNotFoundError:
            return False
        ours = os.fstat(self._file)
        return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)

    def write(self, text: str) -> None:
        """Replace the file's text, e.g. by the holder's process id."""
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, text.encode(), 0)

    def close(self) -> None:
        """Close the file; the lock ends unless a forked child still has it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def is_held(path: Path) -> bool:
    """Return whether some process holds the exclusive lock on ``path``."""
    if not path.exists():
        return False
    lock = Lock(path)
    try:
        return not lock.acquire(shared=True)
    finally:
        lock.close()
