"""Files that arrive in pieces: appended in order, whoever restarts in between.

The length of the file is the offset. Bytes that reached it before a cut count, also when nobody could
be told; what a power failure garbled shows when the whole is hashed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from app.foundation.errors import Conflict
from app.gateways.store.spool import disk_errors

BLOCK = 64 * 1024


class Part:
    """One such file, held by one writer at a time; looks like something received once it is whole."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def size(self) -> int:
        """How many bytes have arrived."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    @cached_property
    def sha256(self) -> str:
        """Hex digest of what has arrived; ask when all of it has."""
        digest = hashlib.sha256()
        with disk_errors(), self.path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
        return digest.hexdigest()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Be the only writer; the kernel lets go when the process dies.

        Raises Conflict with the present offset while somebody else writes.
        """
        with disk_errors(), self.path.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise misplaced(self.size) from None
            if not _same(file.fileno(), self.path):
                raise misplaced(self.size)
            yield

    def append(self, blocks: Iterable[bytes], room: int) -> int:
        """Write the blocks behind what is there, at most `room` bytes; how many bytes were left over.

        What was written before `blocks` raises stays.
        """
        over = 0
        with disk_errors(), self.path.open("ab") as file:
            try:
                for block in blocks:
                    fits = block[:room]
                    file.write(fits)
                    room -= len(fits)
                    over += len(block) - len(fits)
            finally:
                file.flush()
                os.fsync(file.fileno())
        return over

    def sync(self) -> None:
        """Nothing left to do: every append is synced."""

    def drop(self) -> None:
        """Begin again from nothing."""
        with disk_errors():
            self.path.unlink(missing_ok=True)


class Parts:
    """The folder of such files, by id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)

    def part(self, key: str) -> Part:
        """The part with this id (hex digits only; raises ValueError else)."""
        int(key, 16)
        return Part(self._folder / f"{key}.part")

    def tidy(self, older_than_seconds: float) -> int:
        """Drop parts that nothing was added to for so long; how many."""
        old = time.time() - older_than_seconds
        stale = [path for path in self._folder.iterdir() if path.stat().st_mtime < old]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)


def misplaced(offset: int) -> Conflict:
    """Somebody writes at another place than the end."""
    return Conflict("upload.offset", fields={"offset": [str(offset)]}, offset=offset)


def _same(descriptor: int, path: Path) -> bool:
    """Whether the file we locked is still the one at `path`: it may have been kept or dropped meanwhile."""
    try:
        return os.fstat(descriptor).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False
