"""Where the embedded server keeps its data, its socket and its locks.

An ordinary user's cluster lives in the project's state folder. PostgreSQL refuses to run as
root, and the project may lie under a folder that only root can enter: then the cluster lives
under /var/lib/filiere, for an unprivileged account, and no existing folder is opened up.
"""

import errno
import hashlib
import os
import pwd
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.postgres import errors

SHARED_HOME = Path("/var/lib/filiere")
SOCKET_NAME = ".s.PGSQL.5432"
# sun_path holds 108 bytes on Linux and 104 on macOS, the final NUL and a ".lock" beside it.
SOCKET_PATH_BYTES_MAX = 95


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged account that runs the server when we are root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Places:
    """Every path of one embedded server. ``account`` is None for an ordinary user."""

    state: Path
    home: Path
    socket: Path
    account: Account | None

    @property
    def clients_lock(self) -> Path:
        """Shared by each process that uses the server; exclusive to stop or erase it."""
        return self.home / "clients.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Exclusive to the one supervisor; its text is the supervisor's process id."""
        return self.home / "supervisor.lock"

    @property
    def server_log(self) -> Path:
        """What PostgreSQL writes."""
        return self.home / "server.log"

    @property
    def supervisor_log(self) -> Path:
        """What the supervisor did and when."""
        return self.home / "supervisor.log"

    def data(self, major: int) -> Path:
        """Return the data folder of one major version."""
        return self.home / str(major)

    def make(self) -> None:
        """Create the folders, owned by who needs them.

        Raises:
            PostgresUnavailable: a folder cannot be written, or the socket folder is unsafe.
        """
        with explained(self.home):
            if self.account:
                make_folder(SHARED_HOME, mode=0o755)
            make_folder(self.home, mode=0o711 if self.account else 0o700)
            if self.account:
                # The folder's name is a digest: say whose it is.
                (self.home / "state-folder").write_text(f"{self.state}\n", encoding="utf-8")
            self._make_socket_folder()

    def _make_socket_folder(self) -> None:
        uid = self.account.uid if self.account else os.getuid()
        try:
            self.socket.mkdir(mode=0o700)
        except FileExistsError:
            pass
        else:
            self.own(self.socket)
        found = self.socket.lstat()
        # A process killed between the two lines above leaves a folder of ours to finish.
        if stat.S_ISDIR(found.st_mode) and self.account and found.st_uid == 0:
            self.own(self.socket)
            found = self.socket.lstat()
        private = found.st_uid == uid and stat.S_IMODE(found.st_mode) & 0o077 == 0
        if not stat.S_ISDIR(found.st_mode) or not private:
            raise errors.unsafe_socket(self.socket)

    def own(self, path: Path) -> None:
        """Give ``path`` to the account that runs the server."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)


def make_folder(path: Path, *, mode: int) -> None:
    """Create a folder with exactly this mode, whatever the umask; leave an existing one alone."""
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the system's refusals to write under ``path`` into a sentence."""
    try:
        yield
    except OSError as refusal:
        if refusal.errno in (errno.ENOSPC, errno.EDQUOT):
            raise errors.disk_full(path) from refusal
        if refusal.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR):
            raise errors.not_writable(path, str(refusal.strerror)) from refusal
        raise


def state_folder(root: Path) -> Path:
    """Return the folder of what this installation keeps: FILIERE_STATE_DIR or ``.filiere``."""
    return Path(os.environ.get("FILIERE_STATE_DIR") or root / ".filiere")


def places_of(state: Path) -> Places:
    """Return the paths of the embedded server of one state folder, without touching the disk.

    Raises:
        PostgresUnavailable: we are root and there is no unprivileged account.
    """
    state = Path(os.path.realpath(state))
    mark = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    account = _unprivileged_account() if os.getuid() == 0 else None
    home = SHARED_HOME / mark if account else state / "postgres"
    return Places(state=state, home=home, socket=_socket_folder(home, mark), account=account)


def _socket_folder(home: Path, mark: str) -> Path:
    """Prefer the server's own folder; a long or unusual path gets a short one in /tmp.

    A comma, a space or an accent would have to survive libpq's list of hosts and PostgreSQL's
    list of folders: plain names only.
    """
    folder = home / "socket"
    plain = re.fullmatch(r"[A-Za-z0-9_./-]+", str(folder)) is not None
    if plain and len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX:
        return folder
    return Path(f"/tmp/filiere-{os.getuid()}-{mark}")  # noqa: S108 - made 0700 and verified


def _unprivileged_account() -> Account:
    """Return an account that exists: initdb looks its uid up in the password database."""
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        # macOS writes nobody's uid as -2.
        return Account(name, found.pw_uid % 2**32, found.pw_gid % 2**32)
    raise errors.no_account()
