"""The object store as a local folder.

Bytes are written to `incoming/` on the same volume, synced, and renamed into place, so a reader sees a
whole object or none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.foundation.errors import Missing
from app.gateways.store import keys
from app.gateways.store.parts import Part, Parts
from app.gateways.store.spool import DISK_RETRY_SECONDS, Incoming, Received, Spool, disk_errors


class LocalStore:
    """A folder; see `Store` for what the methods promise."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._spool = Spool(root / "incoming")
        self._parts = Parts(root / "parts")

    def incoming(self, max_bytes: int) -> Incoming:
        """Begin to receive, on the folder's own volume."""
        return self._spool.incoming(max_bytes)

    def part(self, key: str) -> Part:
        """On the folder's own volume."""
        return self._parts.part(key)

    def keep(self, received: Received, media_type: str = keys.OCTETS) -> str:
        """Rename what was received into place. The media type is kept nowhere: there are no links."""
        received.sync()
        key = keys.original(received.sha256)
        self._rename(received.path, key)
        return key

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, replacing what was there."""
        with self.incoming(max_bytes=len(data)) as received:
            received.write(data)
            received.sync()
            self._rename(received.path, key)

    def read(self, key: str) -> bytes:
        """The whole object."""
        path = self.path(key)
        with disk_errors():
            return path.read_bytes()

    def path(self, key: str) -> Path:
        """Where the object lies. Raises Missing when it is not there."""
        path = self.root / keys.checked(key)
        if not path.is_file():
            raise Missing("store.missing", retry_after=DISK_RETRY_SECONDS)
        return path

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """The object itself, no copy."""
        yield self.path(key)

    def drop(self, key: str) -> None:
        """Unlink the file."""
        with disk_errors():
            (self.root / keys.droppable(key)).unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        return (self.root / keys.checked(key)).is_file()

    def size(self, key: str) -> int:
        """The file's size in bytes."""
        return self.path(key).stat().st_size

    def url(self, key: str, seconds: int) -> str | None:
        """None: nobody but us can read the folder."""
        keys.checked(key)
        return None

    def check(self) -> None:
        """Raise Unavailable unless the folder can be written to and has room left."""
        self._spool.check()

    def tidy(self) -> int:
        """Drop what was left in `incoming/` and `parts/` by processes and phones that died; how many."""
        return self._spool.tidy() + self._parts.tidy()

    def _rename(self, source: Path, key: str) -> None:
        target = self.root / keys.checked(key)
        with disk_errors():
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
