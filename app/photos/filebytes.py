"""A file looked at as if it were bytes, a little of it in memory at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

BLOCK = 256 * 1024
LONGEST_MATCH = 64


class FileBytes:
    """Slices and length as of `bytes`; the caller keeps the file open and slices small."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, 2)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self._size)
        self._file.seek(start)
        return self._file.read(max(0, stop - start))

    def find(self, wanted: bytes, start: int = 0) -> int:
        """Where `wanted` is first found from `start` on; -1 when it is not."""
        for at, block in self._blocks(start, len(wanted)):
            if (found := block.find(wanted)) >= 0:
                return at + found
        return -1

    def matches(self, pattern: re.Pattern[bytes]) -> Iterator[int]:
        """Where the pattern is found; what it matches is at most LONGEST_MATCH bytes long."""
        last = -1
        for at, block in self._blocks(0, LONGEST_MATCH):
            for match in pattern.finditer(block):
                if at + match.start() > last:
                    last = at + match.start()
                    yield last

    def _blocks(self, start: int, overlap: int) -> Iterator[tuple[int, bytes]]:
        while start < self._size:
            block = self[start : start + BLOCK + overlap]
            yield start, block
            start += BLOCK
