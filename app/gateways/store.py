"""The object store: originals by their SHA-256, renditions beside them.

Today a local folder (`file://` URL). Bytes are written to `incoming/` on the same volume, synced, and
renamed into place, so a reader sees a whole object or none.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import unquote, urlparse

from app.foundation.errors import TooLarge, Unavailable

ABANDONED_SECONDS = 24 * 3600


class Incoming:
    """A file being received: written once, hashed on the way, bounded. Gone on exit unless kept."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.path = path
        self.size = 0
        self._max_bytes = max_bytes
        self._hash = hashlib.sha256()
        with _disk_errors():
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
        with _disk_errors():
            return self._file.write(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """The form parser rewinds what it wrote; nothing here reads it back."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The position in the file."""
        return self._file.tell()

    def sync(self) -> None:
        """On the disk, not just on its way there."""
        with _disk_errors():
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close and drop the file unless it was renamed away."""
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


class LocalStore:
    """A folder. Keys are relative paths that the callers make from hashes and ids, never from names."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def incoming(self, max_bytes: int) -> Incoming:
        """Begin to receive a file of at most `max_bytes`."""
        return Incoming(self._incoming / secrets.token_hex(16), max_bytes)

    def keep(self, received: Incoming) -> str:
        """Keep what was received under its hash and give its key; the same content is kept once."""
        received.sync()
        digest = received.sha256
        key = f"originals/{digest[:2]}/{digest[2:4]}/{digest}"
        self._rename(received.path, key)
        return key

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, replacing what was there."""
        with self.incoming(max_bytes=len(data)) as received:
            received.write(data)
            received.sync()
            self._rename(received.path, key)

    def path(self, key: str) -> Path:
        """Where the object lies. Raises Unavailable when it cannot be read."""
        path = self.root / key
        if not path.is_file():
            raise Unavailable("store.missing", retry_after=60)
        return path

    def check(self) -> None:
        """Raise Unavailable unless the folder can be written to and has room left."""
        with _disk_errors():
            free = os.statvfs(self._incoming)
            if free.f_bavail * free.f_frsize < 64 * 1024 * 1024:
                raise OSError(errno.ENOSPC, "nearly full")
            with self.incoming(max_bytes=16) as probe:
                probe.write(b"ready?")

    def tidy(self) -> int:
        """Drop what was left in `incoming/` by processes that died; how many."""
        old = time.time() - ABANDONED_SECONDS
        stale = [path for path in self._incoming.iterdir() if path.stat().st_mtime < old]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)

    def _rename(self, source: Path, key: str) -> None:
        target = self.root / key
        with _disk_errors():
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
            for folder in (target.parent, target.parent.parent):
                _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise Unavailable("store.full" if full else "store.away", retry_after=60) from error


def open_store(url: str) -> LocalStore:
    """The store at `url`. Raises ValueError for a kind of store that is not known."""
    parts = urlparse(url)
    if parts.scheme != "file":
        raise ValueError(f"STORE_URL: {parts.scheme or 'no scheme'} is not a known kind of store")
    return LocalStore(Path(unquote(parts.path)))
