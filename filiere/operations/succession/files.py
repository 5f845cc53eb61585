"""Files of an export: private, compressed as they come, told apart by their SHA-256."""

import fcntl
import hashlib
import json
import os
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from filiere.operations.errors import ExportAltered, ExportBusy, ExportFolderOpen, ExportIncomplete

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
BLOCK = 1 << 20
GZIP = 31  # zlib's word for a gzip header and trailer
LEVEL = 1  # the fastest: a national operator has tens of gigabytes

MANIFEST, KEYS, PROGRESS, LOCK = "manifest.json", "keys.json", "progress.json", ".lock"
DICTIONARY, BALANCES, DOCUMENTS = "dictionary.csv.gz", "books/balances.csv.gz", "documents"


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file: its size in bytes and the SHA-256 of its bytes, in hexadecimal."""

    bytes: int
    sha256: str


@contextmanager
def private_folder(folder: Path) -> Iterator[None]:
    """Make a folder closed to other users, and keep it for this process alone.

    Raises:
        ExportFolderOpen: it exists and others may enter it.
        ExportBusy: another process has it.
    """
    _make(folder)
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        raise ExportFolderOpen(folder=folder)
    with _created(folder / LOCK) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise ExportBusy(folder=folder) from taken
        yield


def _created(path: Path) -> BinaryIO:
    """Open a file to write that only its owner can read, in folders closed to others."""
    _make(path.parent)
    return os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, PRIVATE_FILE), "wb"
    )


def _make(folder: Path) -> None:
    """Make a folder and those above it, each closed to other users; those that exist stay."""
    if not folder.exists():
        _make(folder.parent)
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def write(path: Path, blocks: Iterable[bytes], *, compressed: bool = True) -> Written:
    """Write a file, whole or not at all: under another name until it is on the disk.

    Args:
        blocks: its content, in pieces of any size; never held together in memory.
        compressed: as gzip.
    """
    draft = path.with_name(f"{path.name}.part")
    digest, size = hashlib.sha256(), 0
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP) if compressed else None
    with _created(draft) as file:
        for block in _gathered(blocks):
            out = packer.compress(block) if packer else block
            size += file.write(out)
            digest.update(out)
        if packer:
            out = packer.flush()
            size += file.write(out)
            digest.update(out)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return Written(size, digest.hexdigest())


def _gathered(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Put small pieces together: the database gives a row at a time."""
    held: list[bytes] = []
    size = 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size >= BLOCK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def write_json(path: Path, content: Any) -> Written:
    """Write JSON that a person can read and that is the same for the same content."""
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return write(path, [text.encode()], compressed=False)


def read_json(path: Path) -> Any:
    """Read JSON.

    Raises:
        ExportIncomplete: there is no such file.
        ExportAltered: it is no JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError as missing:
        raise ExportIncomplete(file=path.name) from missing
    except ValueError as broken:
        raise ExportAltered(file=path.name) from broken


def digest_of(path: Path, *, progress: Callable[[int], None] | None = None) -> Written:
    """Read a file through for its size and SHA-256, a mebibyte at a time.

    Raises:
        FileNotFoundError: there is no such file.
    """
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
            if progress:
                progress(len(block))
    return Written(size, digest.hexdigest())


def opened(folder: Path, name: str) -> Path:
    """Give the path of a file that a manifest names, never outside the folder.

    Raises:
        ExportAltered: the name leads elsewhere.
        ExportIncomplete: there is no such file.
    """
    path = folder / name
    if Path(name).is_absolute() or ".." in Path(name).parts or path.is_symlink():
        raise ExportAltered(file=name)
    if not path.is_file():
        raise ExportIncomplete(file=name)
    return path


def unpacked(path: Path) -> Iterator[bytes]:
    """Give the content of a compressed file in pieces of about a mebibyte.

    Raises:
        ExportAltered: it is not a whole gzip file.
    """
    reader = zlib.decompressobj(GZIP)
    with path.open("rb") as file:
        try:
            while block := file.read(BLOCK):
                out = reader.decompress(block, BLOCK)
                while out:
                    yield out
                    out = reader.decompress(reader.unconsumed_tail, BLOCK)
        except zlib.error as broken:
            raise ExportAltered(file=path.name) from broken
    if not reader.eof:
        raise ExportAltered(file=path.name)


def below(folder: Path) -> Iterator[str]:
    """Every file under a folder, as paths from it, in order; none when there is no folder."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix()


def pieces(path: Path) -> Iterator[bytes]:
    """Give a file as it is, a mebibyte at a time."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
