"""Files that arrive in pieces: appended in order, whoever restarts in between.

The length of the file is the offset. Bytes that reached it before a cut count, also when nobody could
be told; what a power failure garbled shows when the whole is hashed. The files lie on a local volume:
machines that serve one API must share it, or send an upload always to the same machine.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from io import FileIO
from pathlib import Path

from app.foundation.errors import Conflict
from app.gateways.store.spool import disk_errors

BLOCK = 1024 * 1024
ABANDONED_SECONDS = 72 * 3600
MISPLACED = "upload.offset"
_ID = re.compile(r"[0-9a-f]{1,64}")


class Whole:
    """A file that is all there: what a store can keep. Hashed when asked, on the file as it lies there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with disk_errors():
            self._seen = path.stat()

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self._seen.st_size

    def same(self, file: FileIO) -> bool:
        """Whether `file` is this very file, by whatever name."""
        return os.path.samestat(self._seen, os.fstat(file.fileno()))

    @cached_property
    def sha256(self) -> str:
        """Hex digest of its content."""
        digest = hashlib.sha256()
        with disk_errors(), self.path.open("rb", buffering=0) as file:
            while block := file.read(BLOCK):
                digest.update(block)
        return digest.hexdigest()

    def sync(self) -> None:
        """On the disk, whoever wrote the last of it and was killed."""
        with disk_errors(), self.path.open("rb", buffering=0) as file:
            os.fsync(file.fileno())


class Part:
    """One such file. Many may append at once: each block goes behind what its sender saw there, or fails.

    Nobody holds the file while waiting for a phone, so one whose connection hangs is in nobody's way.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def size(self) -> int:
        """How many bytes have arrived."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, blocks: Iterable[bytes], offset: int) -> int:
        """Write the blocks behind the first `offset` bytes, synced; the offset after them.

        Raises Conflict with the true offset once the end is elsewhere: somebody else writes too, or the
        part was dropped. What was written before that, or before `blocks` raises, stays.
        """
        if offset != self.size:
            raise misplaced(self.size)
        file: FileIO | None = None
        try:
            for block in blocks:
                if file is None:
                    with disk_errors():
                        file = self.path.open("ab", buffering=0)
                self._add(file, block, offset)
                offset += len(block)
        finally:
            if file is not None:
                with file, disk_errors():
                    os.fsync(file.fileno())
        return offset

    def _add(self, file: FileIO, block: bytes, offset: int) -> None:
        with disk_errors(), _alone(file):
            if not self._is(file) or os.fstat(file.fileno()).st_size != offset:
                raise misplaced(self.size)
            left = memoryview(block)
            while left:
                left = left[file.write(left) :]

    @contextmanager
    def whole(self) -> Iterator[Whole]:
        """What has arrived under a second name, for a store to keep; the part stays until it is dropped.

        Raises Conflict when there is nothing.
        """
        twin = self.path.with_suffix(f".{secrets.token_hex(8)}")
        with disk_errors():
            try:
                twin.hardlink_to(self.path)
            except FileNotFoundError:
                raise misplaced(0) from None
        try:
            yield Whole(twin)
        finally:
            twin.unlink(missing_ok=True)

    def drop(self, only: Whole | None = None) -> None:
        """Begin again from nothing, or nothing done when the part is not the same file as `only` any more.

        Whoever is writing finds out with the next block.
        """
        with (
            disk_errors(),
            suppress(FileNotFoundError),
            self.path.open("rb", buffering=0) as file,
            _alone(file),
        ):
            if self._is(file) and (only is None or only.same(file)):
                self.path.unlink()

    def _is(self, file: FileIO) -> bool:
        """Whether the open file still goes by our name: it may have been dropped meanwhile."""
        try:
            return os.path.samestat(os.fstat(file.fileno()), self.path.stat())
        except FileNotFoundError:
            return False


class Parts:
    """The folder of such files, by id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)

    def part(self, key: str) -> Part:
        """The part with this id, hex digits only. Raises ValueError else."""
        if not _ID.fullmatch(key):
            raise ValueError(f"not an id of a part: {key!r}")
        return Part(self._folder / f"{key}.part")

    def tidy(self) -> int:
        """Drop what nothing was added to for three days: its upload is gone; how many files."""
        old = time.time() - ABANDONED_SECONDS
        stale = 0
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < old:
                    path.unlink()
                    stale += 1
        return stale


def misplaced(offset: int) -> Conflict:
    """Somebody writes at another place than the end."""
    return Conflict(MISPLACED, fields={"offset": [str(offset)]}, offset=offset)


@contextmanager
def _alone(file: FileIO) -> Iterator[None]:
    """Be the only one with the file; the kernel lets go when the process dies."""
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)
