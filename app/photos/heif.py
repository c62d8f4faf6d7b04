"""What a HEIC file's boxes say of its pictures, without a decoder. ISO/IEC 14496-12 and 23008-12."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from app.photos.filebytes import FileBytes

MOST_BOXES = 4096
_TYPE = re.compile(rb"[\x20-\x7e]{4}")
# The boxes that lead to the picture properties; `meta` has four bytes of version and flags first.
_WAY = {b"meta": 4, b"iprp": 0, b"ipco": 0}


class Box(NamedTuple):
    """`start` to `end` is the content, without the header."""

    kind: bytes
    start: int
    end: int


class BrokenBoxError(ValueError):
    """A box that does not fit into what holds it, or one that is missing."""

    def __init__(self, kind: bytes) -> None:
        super().__init__(kind)
        self.kind = kind


def boxes(data: FileBytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes one after the other; ends before what cannot be a box.

    Raises BrokenBoxError for one that is cut short.
    """
    last = len(data) if end is None else end
    while last - start >= 8:
        size, kind = struct.unpack(">I4s", data[start : start + 8])
        header = 8
        if not _TYPE.fullmatch(kind):
            return
        if size == 1:
            if last - start < 16:
                raise BrokenBoxError(kind)
            (size,) = struct.unpack(">Q", data[start + 8 : start + 16])
            header = 16
        elif size == 0:  # to the end of the file
            size = last - start
        if size < header or start + size > last:
            raise BrokenBoxError(kind)
        yield Box(kind, start + header, start + size)
        start += size


def size(data: FileBytes) -> tuple[int, int]:
    """Width and height of the largest picture in the file, as stored: what a decoder may have to hold.

    A large picture made of tiles says its own size beside theirs. Raises BrokenBoxError when none is said.
    """
    largest = (0, 0)
    for width, height in _sizes(data):
        if width * height > largest[0] * largest[1]:
            largest = width, height
    if not largest[0]:
        raise BrokenBoxError(b"ispe")
    return largest


def _sizes(data: FileBytes) -> Iterator[tuple[int, int]]:
    """What comes before a box that is cut short counts: pixels that end early are for the decoder to tell."""
    properties = _properties(data, 0, len(data))
    with suppress(BrokenBoxError):
        for box in islice(properties, MOST_BOXES):
            if box.kind == b"ispe" and box.end - box.start >= 12:
                yield struct.unpack(">4xII", data[box.start : box.start + 12])
    if next(properties, None) is not None:
        raise BrokenBoxError(b"ipco")


def _properties(data: FileBytes, start: int, end: int) -> Iterator[Box]:
    for box in boxes(data, start, end):
        if box.kind in _WAY:
            yield from _properties(data, box.start + _WAY[box.kind], box.end)
        else:
            yield box
