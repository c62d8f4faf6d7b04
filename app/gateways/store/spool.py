"""Receiving: a file on a local volume, written once, hashed on the way, bounded."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from app.foundation.errors import TooLarge, Unavailable

ABANDONED_SECONDS = 24 * 3600
ROOM_BYTES = 64 * 1024 * 1024
DISK_RETRY_SECONDS = 60


class Received(Protocol):
    """What a store can keep: a whole file on its local volume."""

    @property
    def path(self) -> Path:
        """Where it lies until it is kept."""
        ...

    @property
    def size(self) -> int:
        """Its size in bytes."""
        ...

    @property
    def sha256(self) -> str:
        """Hex digest of its content."""
        ...

    def sync(self) -> None:
        """On the disk, not just on its way there."""
        ...


class Incoming:
    """A file being received: written once, hashed on the way, bounded. Gone on exit unless kept."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.path = path
        self.size = 0
        self._max_bytes = max_bytes
        self._hash = hashlib.sha256()
        with disk_errors():
            self._file: BinaryIO = path.open("xb")

    @property
    def sha256(self) -> str:
        """Hex digest of what was written so far."""
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        """Append. Raises TooLarge past the bound, Unavailable when the disk is full."""
        self.size += len(data)
        if self.size > self._max_bytes:
            raise TooLarge("photo.too_large", limit_mb=self._max_bytes // (1024 * 1024))
        self._hash.update(data)
        with disk_errors():
            return self._file.write(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """The form parser rewinds what it wrote; nothing here reads it back."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The position in the file."""
        return self._file.tell()

    def flush(self) -> None:
        """So that what was written can be read at `path`."""
        with disk_errors():
            self._file.flush()

    def sync(self) -> None:
        """On the disk, not just on its way there."""
        self.flush()
        with disk_errors():
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close and drop the file unless it was renamed away."""
        with suppress(OSError):  # a full disk refuses what is still in the buffer once more
            self._file.close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()


class Spool:
    """The folder where files are received."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)

    def incoming(self, max_bytes: int) -> Incoming:
        """Begin to receive a file of at most `max_bytes`."""
        return Incoming(self._folder / secrets.token_hex(16), max_bytes)

    def check(self) -> None:
        """Raise Unavailable unless the folder can be written to and has room left."""
        with disk_errors():
            free = os.statvfs(self._folder)
            if free.f_bavail * free.f_frsize < ROOM_BYTES:
                raise OSError(errno.ENOSPC, "nearly full")
            with self.incoming(max_bytes=16) as probe:
                probe.write(b"ready?")

    def tidy(self) -> int:
        """Drop what was left by processes that died; how many."""
        old = time.time() - ABANDONED_SECONDS
        return sum(self._drop_stale(path, old) for path in self._folder.iterdir())

    def _drop_stale(self, path: Path, old: float) -> bool:
        try:
            if path.stat().st_mtime >= old:
                return False
            path.unlink()
        except FileNotFoundError:  # kept or dropped by its process meanwhile
            return False
        return True


@contextmanager
def disk_errors() -> Iterator[None]:
    """Raise what the disk refuses as Unavailable."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        code = "store.full" if full else "store.away"
        raise Unavailable(code, retry_after=DISK_RETRY_SECONDS) from error
